"""Front matter: a strict subset of YAML, so that files are plain to read and no file can do harm.

Written are `key: value` lines, a value being a plain word or sentence, or JSON (which is YAML too). Read are besides:
single quotes, `[flow, lists]`, block lists of plain values, comments and blank lines. Anchors, aliases, tags, block
texts, nested blocks and keys that come twice are refused, with the line and the cure.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from contextfs.kit.errors import Invalid
from contextfs.kit.pattern import pattern

FENCE = "---"

_LINE = pattern(r"([A-Za-z_][\w-]*):(?:[ \t]+(.*))?$")
_ITEM = pattern(r"[ \t]*-(?:[ \t]+(.*))?$")
_PLAIN = pattern(r"[^\W\d_][\w ./@+()-]*", re.UNICODE)
_ID_OR_TIME = pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z")
_MEANS_MORE = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
_COMMENT = pattern(r"[ \t]+#.*$")
_FLOW_ITEM = pattern(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,\[\]{}"'][^,\[\]{}]*)\s*(,|$)""")
_REFUSED = {
    "&": "an anchor",
    "*": "an alias",
    "!": "a tag",
    "|": "a block text",
    ">": "a block text",
    "%": "a directive",
}


def written(values: Mapping[str, Any]) -> str:
    """Write the lines of a front matter, without its fences; None and what is empty is left out."""
    kept = {key: value for key, value in values.items() if value is not None and value not in ([], {}, ())}
    return "".join(f"{key}: {_value_text(value)}\n" for key, value in kept.items())


def read(lines: list[str], *, first_line: int) -> dict[str, tuple[int, Any]]:
    """Read front matter lines into values, each with the number of its line; Invalid says which line cannot be read."""
    values: dict[str, tuple[int, Any]] = {}
    waiting = iter(enumerate(lines, start=first_line))
    pending: tuple[str, int] | None = None
    for number, line in waiting:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        item = _ITEM.match(line) if pending else None
        if item and pending:
            values[pending[0]][1].append(_scalar(item[1] or "", number))
            continue
        key, text = _key(line, number)
        if key in values:
            raise Invalid(f"`{key}` comes twice: keep one of them", where=f"line {number}")
        pending = (key, number) if not text else None
        values[key] = (number, [] if pending else _value(text, number))
    return values


def _key(line: str, number: int) -> tuple[str, str]:
    found = _LINE.match(line)
    if not found:
        what = "a tab" if line.startswith("\t") else "this"
        raise Invalid(f"{what} is no `name: value`: {line.strip()[:60]!r}", where=f"line {number}")
    return found[1], (found[2] or "").strip()


def _value(text: str, number: int) -> Any:
    if text[0] in "[{":
        import json  # noqa: PLC0415 - most values are plain

        try:
            return json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError):
            if text[0] == "[" and text.endswith("]"):
                return list(_flow_items(text[1:-1], number))
            raise Invalid(
                "this is neither a list nor a JSON object: close it on the same line", where=f"line {number}"
            ) from None
    return _scalar(text, number)


def _flow_items(text: str, number: int) -> Iterator[Any]:
    at = 0
    while at < len(text.rstrip()):
        found = _FLOW_ITEM.match(text, at)
        if not found:
            raise Invalid("this list cannot be read: write [one, two] with quotes where needed", where=f"line {number}")
        yield _scalar(found[1].strip(), number)
        at = found.end()


def _scalar(text: str, number: int) -> Any:
    text = text.strip()
    if text.startswith('"'):
        return _quoted(_COMMENT.sub("", text) if not text.endswith('"') else text, number)
    if text.startswith("'"):
        if len(text) < 2 or not text.endswith("'"):
            raise Invalid("a quote is not closed", where=f"line {number}")
        return text[1:-1].replace("''", "'")
    if text[:1] in _REFUSED:
        raise Invalid(f"{_REFUSED[text[0]]} of YAML is not read here: put the text in quotes", where=f"line {number}")
    plain = _COMMENT.sub("", text)
    return _WORDS.get(plain, plain)


def _quoted(text: str, number: int) -> Any:
    import json  # noqa: PLC0415 - as above

    try:
        return json.loads(text)
    except ValueError:
        raise Invalid("a quoted text cannot be read: write it as JSON does", where=f"line {number}") from None


def _value_text(value: Any) -> str:
    if isinstance(value, str):
        return value if _is_plain(value) else _as_json(value)
    if isinstance(value, (list, tuple)):
        items = cast("list[Any]", value)
        if all(isinstance(item, str) for item in items):
            return f"[{', '.join(_value_text(item) for item in items)}]"
    return _as_json(value)


def _as_json(value: Any) -> str:
    import json  # noqa: PLC0415 - as above

    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _is_plain(text: str) -> bool:
    if _ID_OR_TIME.fullmatch(text):
        return True
    return bool(_PLAIN.fullmatch(text)) and text == text.strip() and text.lower() not in _MEANS_MORE


def _no_number(text: str) -> Any:
    raise ValueError(text)


_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
