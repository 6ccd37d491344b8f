"""What a sync is asked for, and what it did."""

from collections.abc import Callable
from typing import Literal

import msgspec

Direction = Literal["both", "pull", "push"]
Progress = Callable[[str], None]


class PullReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull did. `kept` memories were withdrawn by their author, and stay here for they have edits of our own.

    `sessions` are new or have grown by `messages`; `sessions_withdrawn` were taken out, for they are not ours to see.
    """

    received: int = 0
    revisions: int = 0
    memories: int = 0
    conflicted: int = 0
    withdrawn: int = 0
    kept: int = 0
    sessions: int = 0
    messages: int = 0
    sessions_withdrawn: int = 0


class PushReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a push did."""

    sent: int = 0
    stored: int = 0
    refused: int = 0


class SessionsReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a push of sessions did; `followed` memories are shown to whom their session is shown now.

    `records`: of how many what their tool wrote was sent, too.
    """

    sent: int = 0
    messages: int = 0
    refused: int = 0
    followed: int = 0
    records: int = 0


class SyncReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a sync did, in both directions."""

    url: str
    pulled: PullReport = PullReport()
    pushed: PushReport = PushReport()
    sessions: SessionsReport = SessionsReport()
