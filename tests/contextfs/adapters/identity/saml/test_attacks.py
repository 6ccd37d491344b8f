"""Attacks on SAML, by their names: each is refused, and for its own reason."""

import base64
import hashlib
import hmac
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from contextfs.adapters.identity.saml.signatures import signed
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.identity.saml.changes import doubles, says, sets
from tests.contextfs.adapters.identity.saml.conftest import Organization
from tests.contextfs.adapters.identity.saml.foreign import etree, xmlsec
from tests.contextfs.adapters.identity.saml.idp import Change, IdentityProvider, key_pair
from tests.contextfs.adapters.identity.saml.libxmlsec import NAMES, encrypt
from tests.contextfs.adapters.identity.saml.wrapping import WRAPPINGS


def edited(response: bytes, edit: Change) -> bytes:
    """Change what was signed, as somebody on the way can."""
    root = etree.fromstring(response)
    edit(root)
    return etree.tostring(root)


def find(root: Any, path: str) -> Any:
    found = root.find(path, NAMES)
    assert found is not None, path
    return found


@pytest.mark.parametrize("identity", ["evil", None], ids=["new-id", "same-id"])
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_wrapped_signature(wrapping: str, identity: str | None, organization: Organization) -> None:
    signs = "response" if wrapping in {"XSW1", "XSW2"} else "assertion"
    response = etree.fromstring(organization.respond(signs=signs))

    refusal = organization.refusal(etree.tostring(WRAPPINGS[wrapping](response, identity)))

    reason = "2 assertions, and not one" if identity else "two of its elements have one id"
    assert reason in refusal


@pytest.mark.parametrize("signs", ["assertion", "response", "both"])
def test_a_stripped_signature(signs: str, organization: Organization) -> None:
    def strip(root: Any) -> None:
        for signature in root.findall(".//ds:Signature", NAMES):
            signature.getparent().remove(signature)

    assert "nobody signed its assertion" in organization.refusal(edited(organization.respond(signs=signs), strip))


@pytest.mark.parametrize("signs", ["assertion", "response", "both"])
@pytest.mark.parametrize("path", [".//a:NameID", ".//a:Audience", ".//a:AttributeValue"])
def test_a_changed_text(path: str, signs: str, organization: Organization) -> None:
    def change(root: Any) -> None:
        find(root, path).text = "mallory"

    reason = "not by a key of the provider's metadata"
    assert reason in organization.refusal(edited(organization.respond(signs=signs), change))


def test_a_good_signature_of_the_response_does_not_excuse_a_bad_one_of_the_assertion(
    organization: Organization,
) -> None:
    def other_key(root: Any) -> None:
        mallory.sign(find(root, "a:Assertion"))

    mallory = IdentityProvider(organization.saml.describe(organization.service).decode(), name="mallory")

    assert "not by a key" in organization.refusal(organization.respond(other_key, signs="response"))


def test_a_moved_signature_of_the_assertion_on_the_response(organization: Organization) -> None:
    def move(root: Any) -> None:
        root.insert(1, find(root, "a:Assertion/ds:Signature"))

    assert "over another element" in organization.refusal(edited(organization.respond(), move))


def test_a_moved_signature_of_another_message(organization: Organization) -> None:
    """The provider once signed something else: its signature, with what it covers, is put into an assertion."""

    def graft(root: Any) -> None:
        assertion = find(root, "a:Assertion")
        find(assertion, ".//a:NameID").text = "mallory"
        signature = find(other, "ds:Signature")
        other.remove(signature)
        assertion.insert(1, signature)
        etree.SubElement(assertion, f"{{{NAMES['a']}}}Advice").append(other)

    other = etree.fromstring(f'<p:Extra xmlns:p="{NAMES["p"]}" ID="other"><p:Said>nothing</p:Said></p:Extra>')
    organization.idp.sign(other)

    assert "over another element" in organization.refusal(edited(organization.respond(signs="nothing"), graft))


def test_a_signature_where_none_belongs(organization: Organization) -> None:
    def hide(root: Any) -> None:
        find(root, ".//a:Subject").append(deepcopy(signature))

    signature = find(etree.fromstring(organization.respond(signs="response")), "ds:Signature")

    assert "a signature where none belongs" in organization.refusal(organization.respond(hide))


def test_a_signature_that_carries_an_object(organization: Organization) -> None:
    def carry(root: Any) -> None:
        etree.SubElement(find(root, ".//ds:Signature"), f"{{{NAMES['ds']}}}Object").text = "x"

    assert "carries something with it" in organization.refusal(edited(organization.respond(), carry))


def test_a_key_that_the_message_brings(organization: Organization) -> None:
    mallory = IdentityProvider(organization.saml.describe(organization.service).decode(), signer="mallory")

    response = mallory.respond("ctxo_request", organization.service.consumer, organization.service.entity_id)

    assert b"X509Certificate" in response
    assert "not by a key of the provider's metadata" in organization.refusal(response)


def test_an_hmac_with_the_public_key(organization: Organization) -> None:
    def confuse(root: Any) -> None:
        info = find(root, ".//ds:SignedInfo")
        find(info, "ds:SignatureMethod").set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
        covered = etree.tostring(info, method="c14n", exclusive=True)
        value = hmac.new(Path(organization.idp.certificate_file).read_bytes(), covered, hashlib.sha256).digest()
        find(root, ".//ds:SignatureValue").text = base64.b64encode(value).decode()

    assert "an algorithm that is not accepted" in organization.refusal(edited(organization.respond(), confuse))


@pytest.mark.parametrize("weak", [{"signature": "rsa-sha1"}, {"digest": "sha1"}])
def test_a_weak_algorithm(weak: dict[str, str], organization: Organization) -> None:
    response = organization.respond(lambda _: None, **weak)

    assert "an algorithm that is not accepted" in organization.refusal(response)


def test_a_weak_key(organization: Organization) -> None:
    weak = "".join(Path(key_pair("weak", 1024)[1]).read_text(encoding="ascii").splitlines()[1:-1])
    metadata = re.sub("(<[^>]*X509Certificate>)[^<]+", rf"\g<1>{weak}", organization.idp.metadata)

    with pytest.raises(Invalid, match="RSA has to have 2048 bits"):
        organization.saml.check(organization.known(metadata))


@pytest.mark.parametrize(
    "way",
    [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2000/09/xmldsig#base64",
    ],
)
@pytest.mark.parametrize("path", [".//ds:Transform[2]", ".//ds:CanonicalizationMethod"])
def test_a_way_to_change_what_is_covered(path: str, way: str, organization: Organization) -> None:
    def change(root: Any) -> None:
        find(root, path).set("Algorithm", way)

    assert "in a way that is not accepted" in organization.refusal(edited(organization.respond(), change))


def test_two_references(organization: Organization) -> None:
    def double(root: Any) -> None:
        reference = find(root, ".//ds:Reference")
        reference.addnext(deepcopy(reference))

    assert "2 times Reference" in organization.refusal(edited(organization.respond(), double))


def test_two_signed_infos(organization: Organization) -> None:
    """SAMLStorm (CVE-2025-29775): one is verified, the other is read."""

    def double(root: Any) -> None:
        info = find(root, ".//ds:SignedInfo")
        info.addnext(deepcopy(info))

    assert "2 times SignedInfo" in organization.refusal(edited(organization.respond(), double))


@pytest.mark.parametrize("path", [".//ds:DigestValue", ".//a:NameID", ".//a:AttributeValue", ".//a:Audience"])
@pytest.mark.parametrize("inserted", ["<!---->", "<?x y?>", "<![CDATA[]]>"])
def test_a_comment_within_a_text(path: str, inserted: str, organization: Organization) -> None:
    """What is signed does not tell of comments, and parsers cut a text at them: `ann@acme<!---->.evil`."""
    response = organization.respond()
    text = find(etree.fromstring(response), path).text.encode()
    cut = response.replace(text, text[:3] + inserted.encode() + text[3:], 1)

    assert cut != response
    assert "comments, instructions, CDATA or a DTD" in organization.refusal(cut)


ENTITIES = {
    "a bomb": '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>',
    "a file": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "an address": '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]>',
    "a parameter": '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:1/"> %x;]>',
    "a DTD elsewhere": '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd">',
}


@pytest.mark.parametrize("name", ENTITIES)
def test_an_entity(name: str, organization: Organization) -> None:
    response = ENTITIES[name].encode() + organization.respond()

    assert "comments, instructions, CDATA or a DTD" in organization.refusal(response)


@pytest.mark.parametrize("name", ENTITIES)
def test_an_entity_in_metadata(name: str, organization: Organization) -> None:
    with pytest.raises(Invalid, match="it has a DTD"):
        organization.saml.check(organization.known(ENTITIES[name] + organization.idp.metadata))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7"])
def test_another_encoding(encoding: str, organization: Organization) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + ENTITIES["a file"] + organization.respond().decode()

    assert "is refused" in organization.refusal(text.encode(encoding))


@pytest.mark.parametrize(
    "content", [b"", b"<", b"x", b"<r/>", b"\xff\xfe", b"<a>" * 100_000, b"<r>&#0;</r>", b"<r xmlns:p='&x;'/>"]
)
def test_what_is_no_response(content: bytes, organization: Organization) -> None:
    assert "is refused" in organization.refusal(content)


def test_a_flood_of_text(organization: Organization) -> None:
    assert "it is too long" in organization.refusal(organization.respond() + b" " * 500_000)


def test_two_assertions_that_the_provider_signed(organization: Organization) -> None:
    def add(root: Any) -> None:
        root.append(find(other, "a:Assertion"))

    other = etree.fromstring(organization.respond())
    del find(other, ".//ds:Signature").attrib["Id"]

    assert "2 assertions, and not one" in organization.refusal(edited(organization.respond(), add))


def test_an_assertion_in_another_place(organization: Organization) -> None:
    def move(root: Any) -> None:
        extensions = etree.Element(f"{{{NAMES['p']}}}Extensions")
        extensions.append(find(root, "a:Assertion"))
        root.insert(1, extensions)

    assert "not where it belongs" in organization.refusal(edited(organization.respond(), move))


def test_another_kind_of_message(organization: Organization) -> None:
    def rename(root: Any) -> None:
        root.tag = f"{{{NAMES['p']}}}ArtifactResponse"

    assert "it is not a response" in organization.refusal(edited(organization.respond(), rename))


def test_what_is_read_is_what_was_signed(organization: Organization) -> None:
    """What no signature covers, a prefix or a space before an attribute, is not there any more when it is read."""
    root = etree.fromstring(organization.respond())
    certificates = [x509.load_pem_x509_certificate(Path(organization.idp.certificate_file).read_bytes())]

    read = signed(find(root, "a:Assertion"), certificates)

    assert read is not find(root, "a:Assertion")
    assert read.getparent() is None
    assert read.find("ds:Signature", NAMES) is None


def test_an_unsigned_assertion_beside_an_encrypted_one(organization: Organization) -> None:
    def add(root: Any) -> None:
        root.append(find(other, "a:Assertion"))

    other = etree.fromstring(organization.respond(signs="nothing"))

    assert "2 assertions" in organization.refusal(edited(organization.respond(encrypts="aes256-gcm"), add))


def test_another_tenants_provider(organization: Organization) -> None:
    """It is a good provider, that signs well, and another organization's."""
    theirs = IdentityProvider(organization.saml.describe(organization.service).decode(), name="theirs")

    response = theirs.respond("ctxo_request", organization.service.consumer, organization.service.entity_id)

    assert "another provider issued it" in organization.refusal(response)


def test_an_unsigned_assertion_that_anybody_encrypted(organization: Organization) -> None:
    """The key to encrypt by is public: that it can be decrypted proves nothing."""
    response = organization.respond(signs="nothing", encrypts="aes256-gcm")

    assert "nobody signed its assertion" in organization.refusal(response)


def test_an_encryption_that_tells_by_its_errors(organization: Organization) -> None:
    """CBC in a response that nobody signed lets who may try often read it (Jager and Somorovsky, 2011)."""
    response = organization.respond(encrypts="aes256-cbc")

    assert "encrypt by AES-GCM, or sign it" in organization.refusal(response)


def test_an_encryption_of_the_key_that_tells_by_its_errors(organization: Organization) -> None:
    """RSA with the padding of PKCS #1 1.5 does so, too (Bleichenbacher, 1998)."""
    root = etree.fromstring(organization.respond())
    encrypt(root, organization.idp.service_certificate, "aes256-gcm", xmlsec.constants.TransformRsaPkcs1)

    assert "RSA-OAEP is" in organization.refusal(etree.tostring(root))


@pytest.mark.parametrize("place", [0, 1], ids=["data", "key"])
def test_a_changed_ciphertext(place: int, organization: Organization) -> None:
    def change(root: Any) -> None:
        value = root.findall(".//xenc:CipherValue", NAMES)[place]
        content = bytearray(base64.b64decode(value.text))
        content[20] ^= 1
        value.text = base64.b64encode(content).decode()

    response = edited(organization.respond(encrypts="aes256-gcm"), change)

    assert "cannot be decrypted" in organization.refusal(response)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (sets(".//xenc:EncryptionMethod", "Algorithm", "none"), "AES-GCM is"),
        (sets(".//xenc:EncryptionMethod", "Algorithm", f"{NAMES['xenc']}tripledes-cbc"), "AES-GCM is"),
        (doubles(".//xenc:EncryptedKey"), "2 encrypted keys"),
        (says(".//xenc:CipherValue", "%"), "not base64"),
    ],
)
def test_an_encryption_that_is_not_accepted(change: Change, reason: str, organization: Organization) -> None:
    response = edited(organization.respond(encrypts="aes256-gcm"), change)

    assert reason in organization.refusal(response)


def test_an_encrypted_assertion_that_holds_another(organization: Organization) -> None:
    def nest(root: Any) -> None:
        etree.SubElement(find(root, "a:Assertion"), f"{{{NAMES['a']}}}Advice").append(other)

    other = find(etree.fromstring(organization.respond()), "a:Assertion")

    response = organization.respond(nest, signs="nothing", encrypts="aes256-gcm")

    assert "something else than one assertion" in organization.refusal(response)
