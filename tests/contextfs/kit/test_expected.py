"""A value that is refused is refused in people's words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, cast

import msgspec
import pytest
from msgspec import Meta

from contextfs.kit import forms
from contextfs.kit.expected import in_words, refused
from contextfs.kit.forms import END

OPENAPI = Path(__file__).parents[3] / "docs/openapi.json"


class Addressed(msgspec.Struct):
    """Something with a field that has a form."""

    email: Annotated[str, Meta(pattern=forms.EMAIL)]


class Noun(msgspec.Struct):
    """Something with a field that must be there."""

    name: str


REFUSED: list[tuple[Any, object, str]] = [
    (str, 1, "Expected text, got a whole number"),
    (str | None, 1, "Expected text or null, got a whole number"),
    (int, 1.5, "Expected a whole number, got a number"),
    (list[str], {}, "Expected a list, got an object"),
    (bool, None, "Expected true or false, got null"),
    (Annotated[str, Meta(min_length=1)], "", "Expected text of at least 1 character"),
    (Annotated[str, Meta(max_length=2)], "abc", "Expected text of at most 2 characters"),
    (Annotated[list[int], Meta(max_length=2)], [1, 2, 3], "Expected a list of at most 2 entries"),
    (tuple[int, int], [1], "Expected a list of exactly 2 entries, got 1"),
    (Annotated[dict[str, int], Meta(max_length=1)], {"a": 1, "b": 2}, "Expected an object of at most 1 field"),
    (Annotated[int, Meta(ge=2)], 1, "Expected a whole number, at least 2"),
    (Annotated[float, Meta(gt=2)], 1.0, "Expected a number, more than 2"),
    (Annotated[str, Meta(pattern="^a$")], "b", "Expected text of the form ^a$"),
    (
        Annotated[str, Meta(pattern=rf"^(\*|sql:read|sql:\*){END}")],
        "x",
        "Expected one of sql:read; * stands for all of a kind",
    ),
    (Noun, {}, "The field `name` is missing"),
]


@pytest.mark.parametrize(("wanted", "value", "said"), REFUSED)
def test_a_refusal_is_said_in_words(wanted: Any, value: object, said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(value, wanted)

    assert in_words(str(refused.value).partition(" - at ")[0]) == said


def test_every_form_of_a_field_is_said_in_words() -> None:
    schemas = json.loads(OPENAPI.read_text(encoding="utf-8"))["components"]["schemas"]
    forms = {one for one in patterns(schemas) if not one.startswith(r"^(\*|")}

    untold = {one for one in forms if in_words(f"Expected `str` matching regex {one!r}").startswith("Expected text of")}

    assert forms
    assert set() == untold


def test_an_address_that_is_none_is_told_with_an_example() -> None:
    with pytest.raises(msgspec.ValidationError) as refused_:
        msgspec.convert({"email": "notanemail"}, Addressed)

    assert refused(refused_.value) == "email: Expected an email address, like ada@example.com"


def patterns(value: Any) -> Iterator[str]:
    """Give every pattern in a schema."""
    if isinstance(value, dict):
        found = cast("dict[str, Any]", value)
        if isinstance(found.get("pattern"), str):
            yield found["pattern"]
        for one in found.values():
            yield from patterns(one)
    elif isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from patterns(one)
