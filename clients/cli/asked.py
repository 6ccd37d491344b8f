"""What `ctx search` was asked, as both of its variants take it."""

from typing import Literal, NamedTuple


class Asked(NamedTuple):
    """A query, and within which bounds to look; what is None does not matter."""

    query: str
    type: str | None
    tags: list[str] | None
    since: str | None
    author: str | None
    tool: str | None
    branch: str | None
    limit: int
    mode: Literal["hybrid", "lexical", "semantic", "graph"]
    explain: bool

    def told(self) -> str:
        """Say the bounds, as a person would."""
        bounds = {
            "type": self.type,
            "tag": ", ".join(self.tags or ()),
            "since": self.since,
            "author": self.author,
            "tool": self.tool,
            "branch": self.branch,
        }
        return ", ".join(f"{name} {value}" for name, value in bounds.items() if value)
