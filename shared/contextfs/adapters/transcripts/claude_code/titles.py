"""Finds a session's title among the records that name it."""

from contextfs.adapters.transcripts.claude_code.reader import Record
from contextfs.adapters.transcripts.voices import headline

_CUSTOM, _AI, _SUMMARY = "custom-title", "ai-title", "summary"


class Titles:
    """The names that a file gives its session, and others."""

    def __init__(self) -> None:
        self._own: dict[str, object] = {}
        self._summaries: list[tuple[str, object]] = []

    def add(self, record: Record) -> None:
        """Note a record, if it names something."""
        if record.type in (_CUSTOM, _AI):
            self._own[record.type] = record.custom_title or record.ai_title
        elif record.type == _SUMMARY and isinstance(record.leaf_uuid, str):
            self._summaries.append((record.leaf_uuid, record.summary))

    def best(self, uuids: set[str | None]) -> str | None:
        """Prefer the name a person gave, then the tool's own titles.

        A summary counts only when it points into this file (`uuids`): older versions write other sessions' summaries
        at its head.
        """
        pointing = [summary for leaf, summary in self._summaries if leaf in uuids]
        titles = [self._own.get(_CUSTOM), self._own.get(_AI), *reversed(pointing)]
        return next((headline(title) for title in titles if isinstance(title, str) and title), None)
