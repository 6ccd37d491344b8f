"""Where a claude.ai export is found: the person downloads it, as a zip that holds `conversations.json`."""

from contextfs.adapters.transcripts.chatgpt.where import PATTERNS, places

__all__ = ["PATTERNS", "places"]
