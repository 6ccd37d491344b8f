"""Lists that are read one page at a time."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from contextfs.kit.page import Page

T = TypeVar("T")


class Listing(Generic[T]):
    """A list on the server. Iterating reads each page when it is needed; each iteration starts again.

    `for memory in client.memories.list(): …` sees all of them; `.page()` returns one page and the cursor of the next.
    """

    def __init__(self, read: Callable[[str | None], Page[T]]) -> None:
        self._read = read

    def __repr__(self) -> str:
        """Describe the list, which holds nothing until it is read."""
        return "<Listing: walk through it, or read .page()>"

    def __iter__(self) -> Iterator[T]:
        cursor: str | None = None
        while True:
            page = self._read(cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def page(self, cursor: str | None = None) -> Page[T]:
        """Read one page: the first, or the one of a `next_cursor`."""
        return self._read(cursor)
