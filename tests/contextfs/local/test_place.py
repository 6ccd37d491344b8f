"""Where a store is, and what is said where it cannot be used."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from contextfs.kit.errors import Unavailable
from contextfs.local import place
from tests.contextfs.local.places import Machine


@pytest.mark.parametrize("look", [place.find, place.meant, place.required, place.is_off])
def test_a_folder_that_one_may_not_look_into_is_said_to_be_another_users(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, look: Callable[[Path], object]
) -> None:
    stat = os.stat

    def refused(path: Path | str, **more: bool) -> os.stat_result:
        """Refuse as the system does, also to somebody who may look everywhere."""
        if Path(path).parent.name == "local":
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **more)  # pyright: ignore[reportArgumentType] - as it was called

    monkeypatch.setattr(os, "stat", refused)

    with pytest.raises(Unavailable, match="local cannot be looked into: it is another user's, and theirs alone"):
        look(machine.root)
