"""Is this value a secret, or a placeholder, a name, a path, a piece of code?

Words used here: a value is *quoted* when quotes enclosed it, *tight* when it follows its key as in `KEY=value`.
"""

from collections import Counter
from math import log2

import msgspec

from contextfs.kit.pattern import pattern

NOT_SECRET = frozenset(b"password pass passwd pwd pw secret token x-oauth-basic".split())
"""What stands where a password does, and says no more than that."""
_PLACEHOLDER = pattern(
    rb"""(?ix) x{4,} | \*{3,} | \.{3,} | \xe2\x80\xa6 | \#{4,} | _{4,} | -{4,}
    | your | example | placeholder | change[_-]?(?:me|this|it) | replace[_-]?(?:me|this|with) | insert[_-]
    | redacted | dummy | sample | goes[_-]?here | [_-]here\b | ^(?:na|n/a|tbd|todo|fixme)$
    | ^[<\[{] | ^\$[a-z_({] | ^%[sdvq(a-z] | \$\{ | \{\{ | <[a-z][^<>]*> | %\( | ^@[\w.-]+@$ | ^\#\{ """,
)
_WORDS = pattern(
    rb"""(?ix) password | passwd | passphrase | pass | pwd | secret | token | api | key | credential | auth | access
    | refresh | bearer | session | client | private | public | signing | default | invalid | missing | required
    | wrong | correct | incorrect | none | null | true | false | undefined | string | value | text | test(?:ing)?
    | fake | mock | stub | super | very | some | this | that | the | my | new | old | current | user | admin | root
    | postgres | mysql | redis | guest | demo | local | dev | prod | staging | hash(?:ed)? | plain | input | field""",
)
_JOINERS = pattern(rb"[-_./:\s]+")
_UUID = pattern(rb"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_SHOWN = pattern(rb"[A-Za-z ]*[\x80-\xff][A-Za-z\x80-\xff ]*|#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})")
_PATH = pattern(
    rb"(?i)^(?:~|\.{1,2})/|^(?:/[\w.@-]+){2,}+/?$|^[a-z]:\\|^[a-z][a-z0-9+.-]*://|^(?:data|file|urn|arn|sha\d+|md5|ssh-[a-z0-9]+)[:-]",
)
_FILE = pattern(
    rb"(?i)[\w./-]{1,90}\.(?:py|jsx?|mjs|tsx?|go|rs|rb|java|sh|json|ya?ml|toml|md|txt|env|pem|sql|html|css)"
)
_CALL = pattern(rb"^[A-Za-z_$][\w$.]*+(?:\(|\[|::|->|\?\.)|^(?:await|new|not|async|function|lambda)$|^[!@&*#]")
_NAME = pattern(rb"(?:[A-Z]?[a-z]{2,}+|[A-Z]{2,}+)++\d{0,2}")
_BASE64 = pattern(rb"[A-Za-z0-9+/]+={0,2}")
_ENOUGH_ENTROPY, _ENOUGH_WHEN_SHORT, _DENSE = 3.0, 2.5, 4.5
_RANDOM = 5.0
"""What no words reach: they have about thirty characters, and these mostly not evenly."""
_LEAST_GIVEN = 4
_LOOK_AT = 64  # the beginning tells enough, and bounds what one value can cost


def entropy(value: bytes) -> float:
    """Give the Shannon entropy of the value's bytes, in bits per byte."""
    n = len(value)
    return -sum(c / n * log2(c / n) for c in Counter(value).values()) if n else 0.0


def is_placeholder(value: bytes) -> bool:
    """Say whether the value only stands for a secret: `xxxx`, `your-key-here`, `${VAR}`, `<token>`, `aaaaaaaa`."""
    few = 2 if len(value) < 12 else 4
    value = value[:_LOOK_AT]
    return len(set(value)) <= few or _PLACEHOLDER.search(value) is not None


def is_given(value: bytes) -> bool:
    """Judge what stands where a password is given: any word may be one, but none that stands for it or points there."""
    stands_for = value[:1] in b"$%:" or is_placeholder(value) or _says_itself(value)
    return len(value) >= _LEAST_GIVEN and not stands_for and not _is_reference(value, quoted=True)


def is_file(value: bytes) -> bool:
    """Say whether the value is the name of a file of a usual kind."""
    return _FILE.fullmatch(value) is not None


def is_shown(value: bytes) -> bool:
    """Say whether the value is what lists of texts and of colors hold: words of another language, `#1f2937`."""
    return _SHOWN.fullmatch(value) is not None


def is_uuid(value: bytes) -> bool:
    """Say whether the value is a UUID in its usual spelling."""
    return _UUID.fullmatch(value) is not None


def _is_words(value: bytes) -> bool:
    """Say whether the value is made of names: `my-app-secret-v2`, `newPassword2`, `projects/x/secrets/y`."""
    parts = [p for p in _JOINERS.split(value) if p]
    return all(_NAME.fullmatch(p) or len(p) == 1 or (p.isdigit() and len(p) <= 4) for p in parts)  # a year at most


def _says_itself(value: bytes) -> bool:
    """Say whether little is left when words like `password`, `my` and `new` are taken out."""
    left = len(_JOINERS.sub(b"", _WORDS.sub(b"", value)))
    return left < 3 or (left < len(value) // 4 and len(value) < 24)  # what a person adds: `1`, `v2`


def _is_reference(value: bytes, *, quoted: bool) -> bool:
    """Say whether the value points elsewhere: a path, an address, a file, or (unquoted) an expression."""
    if _PATH.search(value) or is_file(value):
        return True
    return not quoted and (_CALL.search(value) is not None or (b"." in value and _is_words(value)))


class _Classes(msgspec.Struct, frozen=True, kw_only=True):
    lower: bool
    upper: bool
    digit: bool
    symbol: bool


def _classes(value: bytes) -> _Classes:
    """Say whether there are small letters, capitals, digits, and anything else but `-` and `_`."""
    return _Classes(
        lower=value != value.upper(),
        upper=value != value.lower(),
        digit=len(value.translate(None, b"0123456789")) < len(value),
        symbol=not value.translate(None, b"_-").isalnum(),
    )


def is_password(value: bytes, *, quoted: bool, tight: bool) -> bool:
    """Judge the value of something called a password; people choose them, so length and entropy may be low."""
    size, value = len(value), value[:_LOOK_AT]
    has = _classes(value)
    if has.digit or has.symbol:
        enough = size >= 6 and (has.lower or has.upper or has.symbol or quoted or tight)
    else:  # letters alone are mostly prose or a variable, unless many, or mixed, or set in an environment file
        enough = (tight and size >= 8) or (
            quoted and (size >= 16 or (has.lower and has.upper and not _is_words(value)))
        )
    return enough and not _is_harmless(value, quoted=quoted)


def is_machine_secret(value: bytes, *, quoted: bool, tight: bool) -> bool:
    """Judge the value of something called a token, key or secret; machines make them, so they look random."""
    size, value = len(value), value[:_LOOK_AT]
    has = _classes(value)
    if size < (8 if quoted or tight else 16) or not (has.lower or has.upper):
        return False
    if not has.digit and not (has.lower and has.upper and size >= 20):  # base64 without a digit is rare
        return False
    if _is_harmless(value, quoted=quoted) or _is_words(value):
        return False
    return entropy(value) >= (_ENOUGH_ENTROPY if size >= 16 else _ENOUGH_WHEN_SHORT)


def _is_harmless(value: bytes, *, quoted: bool) -> bool:
    if is_placeholder(value) or ((b" " in value or b"\t" in value) and entropy(value) < _RANDOM):
        return True
    return _says_itself(value) or (_is_reference(value, quoted=quoted) and not _is_dense(value))


def _is_dense(value: bytes) -> bool:
    """Tell base64 that begins with `/` or `sha1-` from a path or a name."""
    return len(value) >= 40 and _BASE64.fullmatch(value) is not None and entropy(value) >= _DENSE
