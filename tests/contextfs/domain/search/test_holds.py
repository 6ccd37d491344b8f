"""What a pattern says that each of its matches holds, each of them does: none is missed by what it was not asked."""

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.domain.search import dates, personal, question


def holding(module: ModuleType) -> Iterator[re.Pattern[str]]:
    for value in vars(module).values():
        patterns = cast("tuple[Any, ...]", value if type(value) is tuple else (value,))
        yield from (one for one in patterns if hasattr(one, "_holds"))


HOLDING = [one for module in (dates, personal, question) for one in holding(module)]


def test_there_are_some() -> None:
    assert len(HOLDING) > 20


@pytest.mark.parametrize("one", HOLDING, ids=[str(number) for number in range(len(HOLDING))])
@given(data=st.data())
@settings(max_examples=30)
def test_every_match_is_found(one: re.Pattern[str], data: st.DataObject) -> None:
    compiled = re.compile(one.pattern, one.flags)
    text = data.draw(
        st.from_regex(compiled) | st.from_regex(re.compile(one.pattern, one.flags & ~re.UNICODE | re.ASCII))
    )

    assert compiled.findall(text) == one.findall(text)
    assert compiled.sub("-", text) == one.sub("-", text)
