"""Secrets that travel in addresses and headers: `scheme://user:password@host`, `Authorization:`, signed links."""

import re
from collections.abc import Callable, Iterator

from contextfs.domain.redaction.model import Span
from contextfs.domain.redaction.values import NOT_SECRET, entropy, is_machine_secret, is_placeholder
from contextfs.kit.pattern import pattern

_RANK = 3
_URL = pattern(
    rb"://(?:(?=[\w-]{16,128}:x-oauth-basic@)|(?P<user>[^\s/:@\"'`<>]{0,128}):)"  # there the user is the secret
    rb"(?P<value>[^\s/\"'`<>]{1,256})@(?P<host>[\w.\[\]-]{1,64})"
)
_WEAK = frozenset(
    b"password pass passwd pwd secret pw postgres root admin test user guest mysql redis rabbitmq minio".split(),
)
_LOCAL = (b"localhost", b"127.0.0.1", b"0.0.0.0", b"db", b"postgres", b"redis", b"mysql", b"host.docker.internal")
_BEARER = pattern(rb"(?i)bearer[ \t]{1,4}(?P<value>[A-Za-z0-9._~+/-]{16,2048}={0,2})")
_BASIC = pattern(rb"(?i)basic[ \t]{1,4}(?P<value>[A-Za-z0-9+/]{8,1024}={0,2})")
_SIGNATURE = pattern(rb"[?&;]sig=(?P<value>[A-Za-z0-9%/+_-]{30,256}={0,2})")
_AUTHORIZATION = pattern(
    rb"(?i)authorization(?P<close>[\"']?)[ \t]{0,4}"
    rb"(?::[ \t]{0,4}|=[ \t]{0,4}(?=[\"']))(?P<open>[\"']?)(?P<scheme>[a-z][a-z-]{1,20}[ \t]{1,4})?"
    rb"(?P<value>[a-z0-9._~+=@-]{20,2048})(?![\w.~+=@(-])"
)
_CODE = pattern(
    rb"(?i)(?=[^.]*\.)(?:(?:[a-z]{2,}+\d{0,4}+)++|[a-z]\d{0,2})(?:[-_.]++(?:(?:[a-z]{2,}+\d{0,4}+)++|[a-z]?\d{1,2}))*+"
)
_AUTH = pattern(
    rb"(?i)auth(?:\\?[\"']\s{0,4}:\s{0,4}\\?[\"']|(?<=:_auth)[ \t]{0,4}=[ \t]{0,4}[\"']?)"
    rb"(?P<value>[a-z0-9+/]{8,1024}={0,2})"
)
_AUTH_ENDS = frozenset({b'"', b"'", b"\\", b"=", b" "})
_COOKIES = pattern(rb"(?i)cookie\\?[\"']?:[ \t]{0,4}\\?[\"']?([^\r\n\"'\\]{8,4096})")
_COOKIE = pattern(rb"(?:\A|;[ \t]{0,4})(?P<name>[^\s=;]{1,64})=(?P<value>[^\s;,]{16,2048})")
_DATE = pattern(rb"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
_SETTING = pattern(
    rb"(?i)<(?:[\w-]{1,32}:)?(?:add|(?:app)?setting|(?:connection)?property|(?:init-)?param(?:eter)?|entry|env(?:ironment)?"
    rb"|variable|attribute)\s[^<>]*+\Z"
)
_STANDS_FOR = pattern(rb"(?i)%[^%]*%\Z|#\{|@(?:model\b|\(|\{)")
_XML = pattern(rb"(?i)password\"\s{1,4}value=\"(?P<value>[^\"\s]{6,256})\"")
_WEBHOOK = pattern(
    rb"(?:hooks\.slack\.com/(?:services|workflows)/|discord(?:app)?\.com/api/webhooks/[0-9]{5,25}/)"
    rb"(?P<value>[A-Za-z0-9_/-]{20,256})",
)
_NEAR = 256


def addresses(data: bytes, lowered: bytes) -> Iterator[Span]:
    """Find passwords in URLs and in XML, credentials in headers, and signatures in links."""
    yield from each(data, lowered, b"://", _URL, "url-password", is_of_account)
    yield from each(data, lowered, b"bearer", _BEARER, "bearer-token", _is_bearer)
    yield from _authorizations(data, lowered)
    yield from each(data, lowered, b'password"', _XML, "password", _is_xml_password)
    yield from each(data, lowered, b"basic", _BASIC, "basic-auth", _is_basic)
    yield from each(data, lowered, b"sig=", _SIGNATURE, "azure-signature", _is_random, back=1)
    yield from each(data, lowered, b"hooks.slack.com/", _WEBHOOK, "webhook-url", _is_random)
    yield from each(data, lowered, b"/api/webhooks/", _WEBHOOK, "webhook-url", _is_random, back=14)
    yield from _cookies(data, lowered)


def each(
    data: bytes,
    lowered: bytes,
    anchor: bytes,
    shape: re.Pattern[bytes],
    kind: str,
    good: Callable[[re.Match[bytes]], bool],
    *,
    back: int = 0,
) -> Iterator[Span]:
    """Try a shape where its anchor stands (up to `back` bytes earlier) and yield the values that are good."""
    at = lowered.find(anchor)
    while at >= 0:
        match = next(filter(None, (shape.match(data, max(0, at - step)) for step in range(back + 1))), None)
        if match and good(match):
            yield Span(match.start("value"), match.end("value"), kind, _RANK)
        at = lowered.find(anchor, max(at + len(anchor), match.end() if match else 0))


def _authorizations(data: bytes, lowered: bytes) -> Iterator[Span]:
    """Find credentials in the header `Authorization`, and those that settings of registries call `auth`."""
    at = lowered.find(b"auth")
    while at >= 0:
        if lowered.startswith(b"orization", at + 4):
            match = _AUTHORIZATION.match(data, at)
            if match and _is_authorization(match):
                yield Span(match.start("value"), match.end("value"), "authorization", _RANK)
        elif lowered[at + 4 : at + 5] in _AUTH_ENDS:
            match = _AUTH.match(data, at)
            if match and _is_basic(match):
                yield Span(match.start("value"), match.end("value"), "basic-auth", _RANK)
        else:
            match = None
        at = lowered.find(b"auth", match.end() if match else at + 4)


def _cookies(data: bytes, lowered: bytes) -> Iterator[Span]:
    """Find what cookies hold that looks random."""
    at = lowered.find(b"cookie")
    while at >= 0:
        header = _COOKIES.match(data, at)
        for one in _COOKIE.finditer(header[1]) if header else ():
            if is_machine_secret(one["value"], quoted=True, tight=True):
                begin = header.start(1) if header else 0
                yield Span(begin + one.start("value"), begin + one.end("value"), "cookie", _RANK)
        at = lowered.find(b"cookie", header.end() if header else at + 6)


def is_of_account(match: re.Match[bytes]) -> bool:
    """Spare placeholders, and the default passwords of databases that run on the developer's own machine."""
    value, host = match["value"].lower(), match["host"].lower()
    if value in NOT_SECRET or is_placeholder(match["value"]) or value.startswith((b"$", b"%", b":")):
        return False
    return not (host.startswith(_LOCAL) and (value in _WEAK or value == (match["user"] or b"").lower()))


def _is_random(match: re.Match[bytes]) -> bool:
    return not is_placeholder(match["value"]) and entropy(match["value"][:96]) >= 3  # as for machine secrets


def _is_bearer(match: re.Match[bytes]) -> bool:
    return _is_random(match) and any(c in b"0123456789" for c in match["value"])


def _is_authorization(match: re.Match[bytes]) -> bool:
    """Spare what a program or its settings say where neither a scheme nor quotes tell of a header's value."""
    value = match["value"]
    before = match.string[max(0, match.start() - 1) : match.start()]
    is_quoted = match["open"] or (before in {b'"', b"'"} and not match["close"])  # -H 'Authorization: …'
    if not is_quoted and not match["scheme"] and (b"@" in value or _DATE.search(value) or _CODE.fullmatch(value)):
        return False
    return _is_bearer(match)


def _is_xml_password(match: re.Match[bytes]) -> bool:
    """Take the values of settings, not of forms and texts; spare what stands for one: `%PASSWORD%`, `#{Password}`."""
    value, before = match["value"], match.string[max(0, match.start() - _NEAR) : match.start()]
    if _SETTING.match(before, max(0, before.rfind(b"<"))) is None:
        return False
    return not (is_placeholder(value) or value.lower() in NOT_SECRET or _STANDS_FOR.match(value))


def _is_basic(match: re.Match[bytes]) -> bool:
    """Say whether the value is base64 of `user:password`; "basic authentication" is not."""
    from binascii import Error, a2b_base64  # noqa: PLC0415 - few texts hold one

    value = match["value"].rstrip(b"=")
    try:
        decoded = a2b_base64(value + b"=" * (-len(value) % 4))
    except Error:
        return False
    return b":" in decoded and all(32 <= c < 127 for c in decoded)  # printable ASCII
