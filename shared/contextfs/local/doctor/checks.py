"""All checks of a local store, in the order in which one fault explains the next."""

from collections.abc import Callable, Mapping

from contextfs.kit.errors import ContextFSError
from contextfs.local.doctor.model import Check
from contextfs.local.doctor.placed import of_place
from contextfs.local.doctor.stored import mend, of_store
from contextfs.local.place import Place
from contextfs.local.store import LocalStore


def checks(
    place: Place, open_store: Callable[[], LocalStore], *, environment: Mapping[str, str], repair: bool = False
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
        what, _, cure = error.detail.partition(": ")
        found.append(Check(name="database", state="fail", detail=what, cure=cure))
    return found
