"""Secrets that are called secrets: `password=…`, `"api_key": "…"`, `--token …`, "the password is …".

The words are found at memory speed; the name around each and the value after it are then read by short, anchored and
bounded patterns, and the value is judged by what kind of thing the name promises.
"""

import re
from collections.abc import Iterator

import msgspec

from contextfs.domain.redaction.model import Span
from contextfs.domain.redaction.placed import placed
from contextfs.domain.redaction.quotes import enclosed
from contextfs.domain.redaction.values import is_machine_secret, is_password, is_placeholder, is_uuid
from contextfs.kit.pattern import pattern

_RANK = 4
_WORDS = (b"pass", b"pwd", b"secret", b"token", b"key", b"credential")
_NAME_CHARS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_PASS = pattern(rb"(?i)passw(?:or)?d|passphrase|passcode|passwd|pass(?![a-z])")
_PASSING = (b"_", b"-", b"B", b"b", b"require")
"""What a name says before `pass` where that is a password."""
_KEY_OWNERS = tuple(
    b"api access secret private signing encryption auth master account session service role storage shared subscription"
    b" license webhook deploy admin anon".split(),
)
_HARMLESS = pattern(
    rb"(?i)(?:[_.-]|(?<=[a-z]))(?:ids?|names?|counts?|types?|paths?|files?|dir|ur[li]s?|arns?|limits?|length|len|size"
    rb"|expir\w*|ttl|headers?|fields?|env|var|usage|budget|hash|hint|policy|version|label|format|index|prefix|suffix"
    rb"|regex|pattern|rotation|days|age|min|max|ref|refs|provider|manager|store|endpoint|host|scopes?)$"
    rb"|tokeni[sz]|public[_-]?key|(?:^|[_.-])sha|keyboard|keyword|keyring",
)
_REST = pattern(
    rb"""(?x) (?P<tail>(?:[_.-]?[A-Za-z0-9]{1,20}+){0,4})
    (?P<close>\\?["'`]?\]?)
    (?: [ \t]{0,8}(?P<sep>:[ \t]{0,2}[A-Za-z_][\w.|\[\] ]{0,24}=|:=|=>|==?|:)(?:\*\*)?[ \t]{0,8}
      | [ \t]{1,4}(?:is|was):?[ \t]{1,4} )
    (?: (?P<open>\\?["'`]) | (?=[^\s"'`]) )""",
)
_SPACED = pattern(rb"(?P<tail>(?:[_-][a-z0-9]{1,16}){0,3})[ \t]{1,4}(?P<open>[\"'])?")
_BARE = pattern(rb"[^\s\"'`<>\\,;|]{4,512}")
_TRAILING = b").,:]}"


class _Name(msgspec.Struct, frozen=True):
    """A key as it is written: what stands before the word, the word, and what stands after."""

    head: bytes
    word: bytes
    tail: bytes

    def full(self) -> bytes:
        return self.head + self.word + self.tail


class _Value(msgspec.Struct, frozen=True):
    start: int
    text: bytes
    quoted: bool
    tight: bool
    member: bool = False
    """A member of JSON gives it the name, as an environment file would."""


def assignments(data: bytes, lowered: bytes) -> Iterator[Span]:
    """Find the values of things that are called a password, token, secret, key or credential."""
    for word in _WORDS:
        at = lowered.find(word)
        while at >= 0:
            found = _at(data, at, word)
            if found:
                yield found
            at = lowered.find(word, found.end if found else at + len(word))


def secret_kind(name: str, value: str) -> str | None:
    """Judge a value by the name that a JSON object gives it; None when it is harmless."""
    key, data = name.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass")
    lowered = key.lower()
    for word in _WORDS:
        at = lowered.rfind(word)
        named = _name(key[:at], key[at:], word) if at >= 0 else None
        if named:
            kind = _judge(_Name(*named), _Value(0, data, quoted=True, tight=True))
            if kind:
                return kind
    return None


def _name(head: bytes, rest: bytes, word: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Split a key around its word, or None when the word does not mean a secret here."""
    length = len(word)
    if word == b"pass":
        match = _PASS.match(rest)
        if not match or (match.end() == length and not head.endswith(_PASSING)):
            return None
        length = match.end()
    if word == b"key" and not head.rstrip(b" _-").lower().endswith(_KEY_OWNERS):
        return None
    return head, rest[:length], rest[length:]


def _at(data: bytes, at: int, word: bytes) -> Span | None:
    before = data[max(0, at - 48) : at]
    named = _name(before, data[at : at + 12], word)
    if not named:
        return None
    head = before[len(before.rstrip(_NAME_CHARS)) :]
    after = at + len(named[1])
    rest = _REST.match(data, after) or (_SPACED.match(data, after) if head.startswith(b"--") else None)
    if rest:
        value, tail = _value(data, rest, before[: len(before) - len(head)][-1:]), rest["tail"]
        kind = _judge(_Name(head, named[1], tail), value) if value else None
        if value and kind:
            return Span(value.start, value.start + len(value.text), kind, _RANK)
    beside = placed(data, at, after, head, named[1])
    if beside is None:
        return None
    value = _Value(beside.start, beside.text, quoted=beside.quoted, tight=False, member=beside.member)
    kind = _judge(_Name(head, named[1], beside.tail), value)
    return Span(value.start, value.start + len(value.text), kind, _RANK) if kind else None


def _value(data: bytes, rest: re.Match[bytes], before: bytes) -> _Value | None:
    """Read the value; `before` is the character before its name. ODBC may have it in braces."""
    start = rest.end()
    opening, groups = rest["open"], rest.groupdict()
    if opening:
        inside = enclosed(data, start, opening)
        member = before == b'"' and groups.get("sep") == b":" and groups.get("close") == opening
        return _Value(start, inside, quoted=True, tight=False, member=member) if inside else None
    match = _BARE.match(data, start)
    if not match:
        return None
    text = match[0].split(b"&", 1)[0] if before in {b"?", b"&"} else match[0]
    tight = groups.get("sep") == b"=" and rest.end() - rest.end("sep") == 0 and rest.start("sep") == rest.end("close")
    if before == b";" and text.startswith(b"{") and text.endswith(b"}"):
        return _Value(start + 1, text[1:-1], quoted=True, tight=tight)
    return _Value(start, text.rstrip(_TRAILING), quoted=False, tight=tight)


def _judge(name: _Name, value: _Value) -> str | None:
    """Name the kind of secret that `name = value` holds, or None."""
    full = name.full()
    if _HARMLESS.search(full) or (name.tail[:1].islower() and name.tail not in {b"s", b"key"}):
        return None
    if name.word[:1] in b"pP":
        sets = value.tight or (value.member and _is_variable(name, value.text))
        tight = sets and name.word.isupper()  # `PASSWORD=word` sets a variable, `password=word` passes one on
        good = is_password(value.text, quoted=value.quoted, tight=tight)
        return "password" if good else None
    return _machine_kind(full.lower(), name.word.lower(), value)


def _is_variable(name: _Name, value: bytes) -> bool:
    """Tell a variable from what a form shows (`"PASSWORD": "Kennwort"`) and a program calls (`"setPassword"`)."""
    return name.head.replace(b"_", b"").isalnum() and b"pass" not in value.lower()


def _machine_kind(full: bytes, word: bytes, value: _Value) -> str | None:
    if is_uuid(value.text):
        is_one = word in {b"key", b"secret"} or full.endswith(b"_authtoken")
        return _kind_of(full, word) if is_one and not is_placeholder(value.text) else None
    if is_machine_secret(value.text, quoted=value.quoted, tight=value.tight):
        return _kind_of(full, word)
    return None


def _kind_of(full: bytes, word: bytes) -> str:
    squeezed = full.replace(b"_", b"").replace(b"-", b"").replace(b" ", b"")
    if b"secretaccesskey" in squeezed or b"awssecret" in squeezed:
        return "aws-secret-access-key"
    if squeezed.endswith(b"accountkey"):
        return "azure-storage-key"
    return {b"token": "token", b"key": "api-key"}.get(word, "secret")
