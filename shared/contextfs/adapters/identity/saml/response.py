"""Finds the one assertion of a response that the provider signed (SAML 2.0 profiles, 4.1.4.3).

A provider signs the assertion, or the response around it, or both; one has to be, and each signature that is there has
to be good. What is read from then on is what was signed, and no signature is left in it that was not looked at: so
wrapping (Somorovsky and others, 2012: XSW 1 to 8) finds nothing to wrap.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from contextfs.adapters.identity.saml.metadata import Metadata
from contextfs.adapters.identity.saml.signatures import signed
from contextfs.adapters.identity.saml.xml import (
    ASSERTION,
    PROTOCOL,
    SIGNATURE,
    Element,
    Malformed,
    maybe,
    moment,
    parsed,
    parsed_inside,
    text_of,
    the,
)

SKEW: Final = timedelta(seconds=60)
"""How far a provider's clock may be off."""
_LONGEST: Final = 512 * 1024
_SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"

Decrypt = Callable[[Element, bool], bytes]


class Response(NamedTuple):
    """A response, and its assertion as it was signed."""

    answers: str | None
    assertion: Element


def opened(encoded: str) -> bytes:
    """Read the base64 of a form; Malformed when it is none, or too long."""
    if len(encoded) > _LONGEST:
        raise Malformed("it is too long")
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("it is not base64") from None


def read_response(content: bytes, metadata: Metadata, consumer: str, decrypt: Decrypt, now: datetime) -> Response:
    """Give what a response says that is proven; Malformed says why it is not to be believed."""
    root = parsed(content)
    if root.tag != f"{PROTOCOL}Response":
        raise Malformed("it is not a response")
    check_status(root)
    _check_one(root)
    is_signed = root.find(f"{SIGNATURE}Signature") is not None
    if is_signed:
        root = signed(root, metadata.certificates)
    check_message(root, metadata, consumer, now, is_signed=is_signed)
    return Response(root.get("InResponseTo"), _assertion(root, metadata, decrypt, is_signed=is_signed))


def check_message(root: Element, metadata: Metadata, place: str, now: datetime, *, is_signed: bool) -> None:
    """Look whether a message is from the provider, for this place, and of this time (bindings, 3.5.5.2)."""
    if root.get("Version") != "2.0":
        raise Malformed("it is not SAML 2.0")
    issuer = maybe(root, f"{ASSERTION}Issuer")
    if issuer is not None and text_of(issuer) != metadata.entity_id:
        raise Malformed("another provider issued it")
    destination = root.get("Destination")
    if destination != place and (destination is not None or is_signed):
        raise Malformed("it is for another address")
    issued = moment(root, "IssueInstant")
    if issued is None or issued - SKEW > now:
        raise Malformed("it is of another time: compare the clocks")


def check_status(root: Element) -> None:
    """Look whether the provider did what it was asked; Malformed tells what it says."""
    code = the(the(root, f"{PROTOCOL}Status"), f"{PROTOCOL}StatusCode")
    if code.get("Value") != _SUCCESS:
        inner = code.find(f"{PROTOCOL}StatusCode")
        said = str((code if inner is None else inner).get("Value")).rsplit(":", 1)[-1]
        raise Malformed(f"the provider answers {said if said.isalnum() and len(said) < 40 else 'with a failure'}")


def _check_one(root: Element) -> None:
    """Look that there is one assertion in the whole message, where it belongs."""
    names = (f"{ASSERTION}Assertion", f"{ASSERTION}EncryptedAssertion")
    found = list(root.iter(*names))
    if len(found) != 1:
        raise Malformed(f"it has {len(found)} assertions, and not one")
    if found[0].getparent() is not root:
        raise Malformed("its assertion is not where it belongs")


def _assertion(root: Element, metadata: Metadata, decrypt: Decrypt, *, is_signed: bool) -> Element:
    encrypted = root.find(f"{ASSERTION}EncryptedAssertion")
    if encrypted is None:
        assertion = the(root, f"{ASSERTION}Assertion")
    else:
        assertion = parsed_inside(decrypt(encrypted, is_signed), encrypted)
        if assertion.tag != f"{ASSERTION}Assertion" or len(list(assertion.iter(f"{ASSERTION}Assertion"))) != 1:
            raise Malformed("it encrypts something else than one assertion")
    if assertion.find(f"{SIGNATURE}Signature") is not None:
        assertion = signed(assertion, metadata.certificates)
    elif not is_signed:
        raise Malformed("nobody signed its assertion")
    if next(assertion.iter(f"{SIGNATURE}Signature"), None) is not None:
        raise Malformed("it has a signature where none belongs")
    return assertion
