"""Says what is wrong with a value of a stack's file in words of people: msgspec speaks of types and patterns."""

import re
from typing import Any, get_args

import msgspec

WRITTEN = {
    "name": "small letters and digits, the first one a letter",
    "peppers": "one to eight small letters and digits each",
    "languageModel": "the name that its vendor gives it",
    "languageModelPrices": "dollars for a million tokens, in and out: 0.25/2",
    "embedder": "the name that its vendor gives it, or name@dimensions",
    "embedderBefore": "the name that its vendor gives it, or name@dimensions",
    "reranker": "the name that its vendor gives it",
}
"""How the values are written that have a pattern."""
_TYPES = {
    "array": """write a list as JSON: '["…"]'""",
    "object": """write an object as JSON: '{"region": "…"}'""",
    "bool": "write true or false",
    "int": "write a whole number",
    "float": "write a number",
    "str": "write a text",
}


def sentence(text: str, fields: type[msgspec.Struct]) -> str:
    """Say msgspec's words about a value of `fields`: which one, what is wrong with it, and how it is written."""
    what, _, where = text.partition(" - at `$.")
    if not where:
        field = what.rsplit("`", 2)[-2] if "`" in what else "?"
        return f"{_camel(field)} is missing: pulumi config set contextfs:{_camel(field)} …"
    name = re.split(r"[.\[`]", where, maxsplit=1)[0]
    return f"{_camel(name)}: {_said(what, _camel(name), _choices(fields, name))}."


def _said(what: str, name: str, choices: list[str]) -> str:
    if match := re.match(r"Invalid enum value '(.*)'", what):
        return f"{match[1]!r} is none of {', '.join(choices)}"
    if match := re.match(r"Expected `(\w+)` (of length )?([<>]=) (\d+)", what):
        bound = {"<=": "at most", ">=": "at least"}[match[3]]
        unit = "" if match[2] is None else " letters" if match[1] == "str" else " of them"
        return f"{bound} {match[4]}{unit}"
    if "matching regex" in what:
        return f"it is written as {WRITTEN.get(name, 'the guide says')}"
    if match := re.match(r"Expected `(\w+)", what):
        return _TYPES.get(match[1], what)
    return what


def _choices(fields: type[msgspec.Struct], name: str) -> list[str]:
    """Give the words that a value may be."""
    hint = next((one.type for one in msgspec.structs.fields(fields) if one.name == name), None)
    return [str(one) for one in _literals(hint)]


def _literals(hint: Any) -> list[Any]:
    found = [one for one in get_args(hint) if isinstance(one, str)]
    return found or [one for inner in get_args(hint) for one in _literals(inner)]


def _camel(name: str) -> str:
    """Give a value's name as the guide writes it."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
