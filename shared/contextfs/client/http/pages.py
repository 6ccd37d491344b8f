"""Lists that are read page by page."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from contextfs.kit.page import Page

T = TypeVar("T")


class Listing(Generic[T]):
    """A list on the server. Walking through it reads each page when it is needed; each walk begins anew.

    `for memory in client.memories.list(): …` sees all of them; `.page()` gives one page and the cursor of the next.
    """

    def __init__(self, read: Callable[[str | None], Page[T]]) -> None:
        self._read = read

    def __repr__(self) -> str:
        """Say what it is: it holds nothing until it is walked through."""
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
        """Read one page: the first, or the one that a `next_cursor` names."""
        return self._read(cursor)
