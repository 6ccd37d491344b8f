"""What our tools stand on: a memory, wherever it is kept."""

from typing import Protocol

from contextfs.adapters.mcp.model import (
    Context,
    GetSession,
    Hits,
    ListSessions,
    Packed,
    Recalled,
    Remember,
    Remembered,
    Search,
    SessionLine,
    SessionPart,
)


class Source(Protocol):
    """Answers what the tools ask. It may be called from several threads; errors are those of `contextfs.kit.errors`."""

    def search(self, wanted: Search) -> Hits:
        """Find memories and messages, best first."""
        ...

    def remember(self, wanted: Remember) -> Remembered:
        """Store a memory; one that says the same is not stored twice."""
        ...

    def recall(self, memory_id: str) -> Recalled:
        """Give a memory whole, by its id or a part of it; NotFound when there is none."""
        ...

    def recent(self, limit: int) -> list[Recalled]:
        """List memories, newest first."""
        ...

    def list_sessions(self, wanted: ListSessions) -> list[SessionLine]:
        """List conversations, newest first."""
        ...

    def get_session(self, wanted: GetSession) -> SessionPart:
        """Give a conversation, and some of its messages; NotFound when there is none."""
        ...

    def context(self, wanted: Context) -> Packed:
        """Pack what matters for a task into a budget of tokens."""
        ...
