"""What `ctx memory edit` is asked to change."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Edit(NamedTuple):
    """The wanted changes of a memory; what is None stays. Tags are added and dropped."""

    text: str | None
    title: str | None
    type: str | None
    add: Sequence[str]
    drop: Sequence[str]
    pinned: bool | None

    def changes(self, tags: Sequence[str]) -> dict[str, Any]:
        """Give the fields that change, for a memory that has these tags."""
        given: dict[str, Any] = {"content": self.text, "title": self.title, "type": self.type, "pinned": self.pinned}
        wanted = {name: value for name, value in given.items() if value is not None}
        if self.add or self.drop:
            wanted["tags"] = sorted({*tags, *self.add} - set(self.drop))
        return wanted
