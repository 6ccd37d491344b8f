"""A provider that ends a login is believed where it signed that, for us, now."""

import base64
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.saml import LogoutAnswered, LogoutAsked, LogoutMessage
from tests.contextfs.adapters.identity.saml.changes import drops, says, sets
from tests.contextfs.adapters.identity.saml.conftest import AUDIENCE, LOGOUT, Organization
from tests.contextfs.adapters.identity.saml.foreign import etree
from tests.contextfs.adapters.identity.saml.idp import Change, IdentityProvider, key_pair
from tests.contextfs.adapters.identity.saml.libxmlsec import NAMES

SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


def renames(name: str) -> Change:
    """Make another message of it."""

    def change(root: Any) -> None:
        root.tag = f"{{{NAMES['p']}}}{name}"

    return change


def ask(organization: Organization, change: Change | None = None) -> Any:
    """Let pysaml2 ask for the end of a session."""
    idp = organization.idp
    _, request = idp.server.create_logout_request(LOGOUT, AUDIENCE, name_id=idp.name_id, session_indexes=["session-1"])
    root = etree.fromstring(str(request).encode())
    if change is not None:
        change(root)
    return root


def by_address(
    root: Any, key_file: str, *, name: str = "SAMLRequest", algorithm: str = SHA256, spelt: Callable[[str], str] = str
) -> LogoutMessage:
    """Sign an address that brings a message."""
    packer = zlib.compressobj(wbits=-15)
    content = base64.b64encode(packer.compress(etree.tostring(root)) + packer.flush()).decode()
    query = spelt(urlencode({name: content, "RelayState": "a b", "SigAlg": algorithm}))
    key: Any = load_pem_private_key(Path(key_file).read_bytes(), None)
    kind = hashes.SHA1() if algorithm.endswith("sha1") else hashes.SHA256()  # noqa: S303 - it has to be refused
    value = base64.b64encode(key.sign(query.encode(), padding.PKCS1v15(), kind)).decode()
    return LogoutMessage(binding="redirect", content=content, query=f"{query}&Signature={quote(value, safe='')}")


def by_form(root: Any, idp: IdentityProvider | None) -> LogoutMessage:
    """Sign a message that a form brings."""
    if idp is not None:
        idp.sign(root)
    return LogoutMessage(binding="post", content=base64.b64encode(etree.tostring(root)).decode())


def read(organization: Organization, message: LogoutMessage) -> LogoutAsked | LogoutAnswered:
    return organization.saml.read_logout(organization.peer, message, organization.now())


def refusal(organization: Organization, message: LogoutMessage) -> str:
    with pytest.raises(NotAuthenticated) as told:
        read(organization, message)
    return told.value.detail


def lowered(query: str) -> str:
    """Spell an address as .NET does: %2b."""
    return query.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d").replace("%3A", "%3a")


@pytest.mark.parametrize("spelt", [str, lowered])
def test_it_is_taken_by_an_address_as_it_was_spelt(spelt: Callable[[str], str], organization: Organization) -> None:
    said = read(organization, by_address(ask(organization), organization.idp.key_file, spelt=spelt))

    assert isinstance(said, LogoutAsked)
    assert (said.name.text, said.session_indexes) == ("ann-4711", ("session-1",))


def test_it_is_taken_by_a_form(organization: Organization) -> None:
    said = read(organization, by_form(ask(organization), organization.idp))

    assert isinstance(said, LogoutAsked)
    assert said.issuer == organization.idp.entity_id


def test_an_answer_is_taken(organization: Organization) -> None:
    answer = etree.fromstring(
        f'<p:LogoutResponse xmlns:p="{NAMES["p"]}" xmlns:a="{NAMES["a"]}" ID="r" Version="2.0" Destination="{LOGOUT}"'
        f' IssueInstant="{organization.now():%Y-%m-%dT%H:%M:%SZ}" InResponseTo="ours"><a:Issuer>'
        f"{organization.idp.entity_id}</a:Issuer><p:Status><p:StatusCode"
        ' Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status></p:LogoutResponse>'
    )

    said = read(organization, by_address(answer, organization.idp.key_file, name="SAMLResponse"))

    assert said == LogoutAnswered(answers="ours", succeeded=True)


def test_an_unsigned_message_is_refused(organization: Organization) -> None:
    signed = by_address(ask(organization), organization.idp.key_file)
    bare = LogoutMessage(binding="redirect", content=signed.content, query=signed.query.split("&SigAlg")[0])

    assert "it is not signed" in refusal(organization, bare)
    assert "0 times Signature" in refusal(organization, by_form(ask(organization), None))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("RelayState=a+b", "RelayState=evil"),
        ("RelayState=a+b&", ""),
        ("SAMLRequest=", "SAMLRequest=AA"),
        ("SAMLRequest=", "SAMLResponse="),
    ],
)
def test_a_changed_address_is_refused(right: str, wrong: str, organization: Organization) -> None:
    signed = by_address(ask(organization), organization.idp.key_file)
    query = signed.query.replace(right, wrong)

    changed = LogoutMessage(binding="redirect", content=signed.content, query=query)

    assert query != signed.query
    assert "not by a key of the provider's metadata" in refusal(organization, changed)


def test_a_parameter_that_stands_twice_is_refused(organization: Organization) -> None:
    """One of the two would be verified, and the other read."""
    signed = by_address(ask(organization), organization.idp.key_file)
    twice = LogoutMessage(binding="redirect", content=signed.content, query=f"SAMLRequest=x&{signed.query}")

    assert "names a parameter twice" in refusal(organization, twice)


def test_another_key_and_a_weak_algorithm_are_refused(organization: Organization) -> None:
    weak = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"

    assert "not by a key" in refusal(organization, by_address(ask(organization), key_pair("mallory")[0]))
    assert "not by a key" in refusal(
        organization, by_address(ask(organization), organization.idp.key_file, algorithm=weak)
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (sets(".", "Destination", "https://evil.example"), "it is for another address"),
        (drops(".", "Destination"), "it is for another address"),
        (sets(".", "NotOnOrAfter", "2020-01-01T00:00:00Z"), "it has expired"),
        (sets(".", "IssueInstant", "2020-01-01T00:00:00Z"), "it has expired"),
        (sets(".", "IssueInstant", "2999-01-01T00:00:00Z"), "it is of another time"),
        (drops("a:NameID"), "0 times NameID"),
        (drops("a:Issuer"), "0 times Issuer"),
        (says("a:Issuer", "https://evil.example"), "another provider"),
        (renames("ManageNameIDRequest"), "not a message about the end"),
    ],
)
@pytest.mark.parametrize("binding", ["redirect", "post"])
def test_a_signed_lie_is_refused(change: Change, reason: str, binding: str, organization: Organization) -> None:
    root = ask(organization, change)
    idp = organization.idp
    message = by_address(root, idp.key_file) if binding == "redirect" else by_form(root, idp)

    assert reason in refusal(organization, message)


def test_a_request_without_an_end_is_good_for_ten_minutes(organization: Organization) -> None:
    message = by_form(ask(organization), organization.idp)
    organization.passed = timedelta(minutes=12)
    try:
        assert "it has expired" in refusal(organization, message)
    finally:
        organization.passed = timedelta(0)


def test_a_bomb_is_not_unpacked(organization: Organization) -> None:
    packer = zlib.compressobj(wbits=-15)
    bomb = base64.b64encode(packer.compress(b"<" * 5_000_000) + packer.flush()).decode()

    assert "too long, or cut off" in refusal(organization, LogoutMessage(binding="redirect", content=bomb, query=""))


@pytest.mark.parametrize("content", ["", "%", "AAAA", base64.b64encode(b"<r/>").decode()])
@pytest.mark.parametrize("binding", ["redirect", "post"])
def test_what_is_no_message_is_refused(binding: Any, content: str, organization: Organization) -> None:
    assert "is refused" in refusal(organization, LogoutMessage(binding=binding, content=content))
