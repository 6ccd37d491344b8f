"""How a handler is bound to its route: what may stand beside it."""

import sys
from collections.abc import Callable
from types import ModuleType
from uuid import uuid4

import pytest

from contextfs.kit.call import Outside
from contextfs.runtime.door.binding import bind
from contextfs.runtime.table import Route


def _replies(call: object, draft: object) -> None:
    """Store what was drafted."""


def _asks(call: object, draft: object) -> Outside[None]:
    """Ask somebody outside."""
    raise NotImplementedError


def _beside(*_: object) -> tuple[()]:
    return ()


@pytest.mark.parametrize(("handle", "beside"), [(_replies, ["behind"]), (_asks, ["behind", "drafted"])])
def test_what_stores_a_draft_stands_beside_what_makes_it_and_stores_it_once(
    monkeypatch: pytest.MonkeyPatch, handle: Callable[..., object], beside: list[str]
) -> None:
    route = Route(f"test_{uuid4().hex}", "POST", "/v1/test", needs="sessions:write")
    door = ModuleType(route.name)
    for name in beside:
        setattr(door, name, _beside)
    monkeypatch.setattr(door, "handle", handle, raising=False)
    monkeypatch.setitem(sys.modules, f"functions.{route.name}", door)

    with pytest.raises(TypeError, match=route.name):
        bind(route)
