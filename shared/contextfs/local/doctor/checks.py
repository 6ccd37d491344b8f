"""All checks of a local store, in the order in which one fault explains the next."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from contextfs.kit.errors import ContextFSError
from contextfs.local.base.connection import FILE, explained
from contextfs.local.doctor.model import Check
from contextfs.local.doctor.placed import of_place
from contextfs.local.doctor.stored import mend, of_store
from contextfs.local.place import Place
from contextfs.local.store import LocalStore


def checks(
    place: Place,
    open_store: Callable[[], AbstractContextManager[LocalStore]],
    *,
    environment: Mapping[str, str],
    repair: bool = False,
) -> list[Check]:
    """Look at everything; a store that cannot be opened is one of the findings. `repair` writes missing files."""
    found = list(of_place(place, environment))
    try:
        with open_store() as store:
            store.refresh()
            if repair:
                mend(store)
            found += of_store(store)
    except ContextFSError as error:
        found.append(_cannot_be_opened(error))
    except sqlite3.Error as error:
        found.append(_cannot_be_opened(explained(error, place.local / FILE)))
    return found


def _cannot_be_opened(error: ContextFSError) -> Check:
    what, _, cure = error.detail.partition(": ")
    return Check(name="database", state="fail", detail=what, cure=cure)
