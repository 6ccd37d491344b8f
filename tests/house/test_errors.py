"""One tree of errors: drawn where it is defined, with a title and a status for each."""

import inspect
import re

from contextfs.kit import errors
from contextfs.kit.errors import ContextFSError


def classes() -> list[type[ContextFSError]]:
    return [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ContextFSError)]


def test_the_drawing_shows_every_error_with_its_status() -> None:
    drawn = dict(re.findall(r"^(?: *[├└]── )?(\w+)\s+(\d{3})", errors.__doc__ or "", re.MULTILINE))

    assert {kind.__name__: str(kind.status) for kind in classes()} == drawn


def test_every_error_has_a_title_and_a_name_of_its_own() -> None:
    assert all(kind.title() for kind in classes())
    assert len({kind.slug() for kind in classes()}) == len(classes())
