"""What is wrong with a value, in people's words: msgspec speaks of `str | null` and of `array`, people do not."""

import re

from contextfs.kit.forms import END, WORDS

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
    "datetime": "a moment",
    "uuid": "a UUID",
}
_COUNTED = {"str": "character", "array": "entry", "object": "field"}
_PLURAL = {"character": "characters", "entry": "entries", "field": "fields"}
_BOUNDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "": "exactly"}

# Compiled where a refusal is told: most processes tell none.
_KIND = r"`([\w |]+)`"
_LENGTH = r"`(str|array|object)` of length (>=|<=|)\s*(\d+)"
_RANGE = r"`(int|float)` (>=|<=|>|<) (\S+)"
_PATTERN = r"(?s)`str` matching regex (['\"])(.*)\1"
_NAMES = r"\^\(((?:[\w:.-]|\\\*|\|)+)\)\$"
_MISSING = r"Object missing required field `(\w+)`"


def in_words(what: str) -> str:
    """Say ``Expected `str | null`, got `int` `` as `Expected text or null, got a whole number`; no full stop."""
    if missing := re.fullmatch(_MISSING, what):
        return f"The field `{missing[1]}` is missing"
    if not what.startswith("Expected "):
        return what
    told = re.sub(_LENGTH, _length, what)
    told = re.sub(_RANGE, _range, told)
    told = re.sub(_PATTERN, _form, told)
    return re.sub(_KIND, _kind, told)


def refused(error: Exception) -> str:
    """Say a whole refusal of msgspec's, in a line of text: what is wrong, and where in the value; no full stop."""
    what, _, where = str(error).partition(" - at `")
    named = where.rstrip("`").removeprefix("$").removeprefix(".")
    return f"{named}: {in_words(what)}" if named else in_words(what)


def _length(found: re.Match[str]) -> str:
    kind, bound, number = found.groups()
    one = _COUNTED[kind]
    return f"{_KINDS[kind]} of {_BOUNDS[bound]} {number} {one if number == '1' else _PLURAL[one]}"


def _range(found: re.Match[str]) -> str:
    kind, bound, number = found.groups()
    return f"{_KINDS[kind]}, {_BOUNDS[bound]} {number.removesuffix('.0')}"


def _form(found: re.Match[str]) -> str:
    pattern = found[2].replace("\\\\", "\\")
    if pattern in WORDS:
        return WORDS[pattern]
    pattern = pattern.replace(END, "$")
    named = re.fullmatch(_NAMES, pattern)
    if named is None:
        return f"text of the form {pattern}"
    names = named[1].replace("\\*", "*").split("|")
    all_of_them = "; * stands for all of a kind" if any("*" in name for name in names) else ""
    return f"one of {', '.join(name for name in names if '*' not in name)}{all_of_them}"


def _kind(found: re.Match[str]) -> str:
    return " or ".join(_KINDS.get(kind, kind) for kind in found[1].split(" | "))
