"""Reads what a provider says about the end of a login (SAML 2.0 profiles, 4.4): it has to be signed, always."""

import zlib
from datetime import datetime, timedelta
from typing import Final

from contextfs.adapters.identity.saml.assertion import named
from contextfs.adapters.identity.saml.metadata import Metadata
from contextfs.adapters.identity.saml.response import SKEW, check_message, opened
from contextfs.adapters.identity.saml.signatures import check_query, signed
from contextfs.adapters.identity.saml.xml import ASSERTION, PROTOCOL, Element, Malformed, moment, parsed, text_of, the
from contextfs.kit.saml import LogoutAnswered, LogoutAsked, LogoutMessage

_LARGEST: Final = 256 * 1024
_LASTS: Final = timedelta(minutes=10)
"""How old a request may be that does not say until when it is good."""
_SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"


def read(message: LogoutMessage, metadata: Metadata, place: str, now: datetime) -> LogoutAsked | LogoutAnswered:
    """Prove a request to end logins, or the answer to ours; Malformed says why it is not to be believed."""
    content = opened(message.content)
    if message.binding == "redirect":
        root = parsed(_inflated(content))
        name = "SAMLResponse" if root.tag == f"{PROTOCOL}LogoutResponse" else "SAMLRequest"
        check_query(message.query, name, metadata.certificates)
    else:
        root = signed(parsed(content), metadata.certificates)
    check_message(root, metadata, place, now, is_signed=True)
    if text_of(the(root, f"{ASSERTION}Issuer")) != metadata.entity_id:
        raise Malformed("another provider issued it")
    if root.tag == f"{PROTOCOL}LogoutResponse":
        code = the(the(root, f"{PROTOCOL}Status"), f"{PROTOCOL}StatusCode").get("Value")
        return LogoutAnswered(answers=root.get("InResponseTo") or "", succeeded=code == _SUCCESS)
    if root.tag != f"{PROTOCOL}LogoutRequest" or not root.get("ID"):
        raise Malformed("it is not a message about the end of a login")
    return _asked(root, metadata, now)


def _asked(root: Element, metadata: Metadata, now: datetime) -> LogoutAsked:
    issued, told = moment(root, "IssueInstant"), moment(root, "NotOnOrAfter")
    ends = told if told is not None or issued is None else issued + _LASTS
    if ends is None or ends + SKEW <= now:
        raise Malformed("it has expired")
    return LogoutAsked(
        id=root.get("ID"),
        issuer=metadata.entity_id,
        name=named(the(root, f"{ASSERTION}NameID")),
        session_indexes=tuple(text_of(one) for one in root.findall(f"{PROTOCOL}SessionIndex")),
        good_until=ends + SKEW,
    )


def _inflated(content: bytes) -> bytes:
    """Unpack a message of an address within a limit."""
    unpacker = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        text = unpacker.decompress(content, _LARGEST)
    except zlib.error:
        raise Malformed("it cannot be unpacked") from None
    if not unpacker.eof:
        raise Malformed("it is too long, or cut off")
    return text
