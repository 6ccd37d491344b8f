"""XML signatures (XMLDSig), as strict as SAML 2.0 allows (core, 5.4), and signed addresses (bindings, 3.4.4.1).

A signature is believed when it is made by a key of the provider's metadata, never by one that the message brings; by
an algorithm of the list; over the very element that it stands in, and over nothing else. What was signed is given back
as it was signed, and that alone is read.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote_plus

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from contextfs.adapters.identity.saml.xml import SIGNATURE, Element, Malformed, etree, the

_METHODS: Final = frozenset(
    {
        *(SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512),
        *(SignatureMethod.SHA256_RSA_MGF1, SignatureMethod.SHA384_RSA_MGF1, SignatureMethod.SHA512_RSA_MGF1),
        *(SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512),
    }
)
_DIGESTS: Final = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_ALGORITHMS: Final = frozenset({*(one.value for one in _METHODS), *(one.value for one in _DIGESTS)})
_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_TRANSFORMS: Final = frozenset({_EXCLUSIVE, _ENVELOPED})
_HASHES: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}
_QUERY_METHODS: Final = {
    f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha{size}": (kind, hashed)
    for kind in ("rsa", "ecdsa")
    for size, hashed in _HASHES.items()
}
_verifier: Any = XMLVerifier  # its types are not all known
_FAILURES: Final[tuple[type[Exception], ...]] = (
    SignXMLException,
    etree.LxmlError,
    InvalidSignature,
    ValueError,
    TypeError,
)
"""What signxml raises for a signature that is wrong, or is none."""


def signed(element: Element, certificates: Sequence[x509.Certificate]) -> Element:
    """Give an element as its own signature covers it; Malformed when that is not good, or covers something else."""
    signature = the(element, f"{SIGNATURE}Signature")
    _check_form(element, signature)
    for certificate in certificates:
        found = _verified(element, certificate)
        if found is not None:
            if (found.tag, found.get("ID")) != (element.tag, element.get("ID")):
                raise Malformed("its signature covers another element than this")
            return found
    raise Malformed("its signature is not by a key of the provider's metadata")


def check_query(query: str, content: str, certificates: Iterable[x509.Certificate]) -> None:
    """Look whether an address is signed, as it was spelt; Malformed when not.

    `content` names the parameter with the message: SAMLRequest or SAMLResponse.
    """
    pairs = [part.partition("=") for part in query.split("&")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs):
        raise Malformed("its address names a parameter twice")
    if "Signature" not in parts or "SigAlg" not in parts:
        raise Malformed("it is not signed")
    names = [name for name in (content, "RelayState", "SigAlg") if name in parts]
    covered = "&".join(f"{name}={parts[name]}" for name in names).encode()
    try:
        value = base64.b64decode(unquote_plus(parts["Signature"]), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("its signature is not base64") from None
    if not any(_is_by(one, unquote_plus(parts["SigAlg"]), value, covered) for one in certificates):
        raise Malformed("its signature is not by a key of the provider's metadata")


def _check_form(element: Element, signature: Element) -> None:
    """Look at what a signature says that it covers, and how, before anything is computed."""
    info = the(signature, f"{SIGNATURE}SignedInfo")
    reference = the(info, f"{SIGNATURE}Reference")
    if not element.get("ID") or reference.get("URI") != f"#{element.get('ID')}":
        raise Malformed("its signature is over another element")
    methods = (the(info, f"{SIGNATURE}SignatureMethod"), the(reference, f"{SIGNATURE}DigestMethod"))
    if not {one.get("Algorithm") for one in methods} <= _ALGORITHMS:
        raise Malformed("its signature is by an algorithm that is not accepted: SHA-256 or better is")
    transforms = the(reference, f"{SIGNATURE}Transforms").findall(f"{SIGNATURE}Transform")
    ways = [the(info, f"{SIGNATURE}CanonicalizationMethod").get("Algorithm")]
    if ways != [_EXCLUSIVE] or not {one.get("Algorithm") for one in transforms} <= _TRANSFORMS:
        raise Malformed("its signature changes what it covers in a way that is not accepted")
    if signature.find(f"{SIGNATURE}Object") is not None:
        raise Malformed("its signature carries something with it")


def _verified(element: Element, certificate: x509.Certificate) -> Element | None:
    """Give what the signature covers, read anew from the bytes that were signed; None when it is not by this key.

    Metadata is what is trusted, not a certificate's dates (SAML V2.0 Metadata Interoperability Profile, 2.5).
    """
    configuration = SignatureConfiguration(
        location="./",
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        verification_time=certificate.not_valid_before_utc,
    )
    try:
        found = _verifier().verify(element, x509_cert=certificate, id_attribute="ID", expect_config=configuration)
    except _FAILURES:
        return None
    return found.signed_xml


def _is_by(certificate: x509.Certificate, algorithm: str, value: bytes, covered: bytes) -> bool:
    kind, hashed = _QUERY_METHODS.get(algorithm, ("none", hashes.SHA256))
    key = certificate.public_key()
    try:
        if kind == "rsa" and isinstance(key, rsa.RSAPublicKey):
            key.verify(value, covered, padding.PKCS1v15(), hashed())
            return True
        if kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, covered, ec.ECDSA(hashed()))
            return True
    except InvalidSignature:
        return False
    return False
