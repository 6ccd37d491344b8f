"""A value that is refused is refused in people's words."""

from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from contextfs.kit.expected import in_words
from contextfs.kit.fields import END


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
