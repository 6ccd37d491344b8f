"""The views that direct SQL reads, each in a sentence; their columns are in the guide."""

from collections.abc import Mapping
from types import MappingProxyType

NOW, THEN = "contextfs_now", "contextfs_then"
"""The schemas that have them all: as things are, and as they were at a moment."""

VIEWS: Mapping[str, str] = MappingProxyType(
    {
        "projects": "The projects that you may see.",
        "sessions": "Conversations, one a row.",
        "messages": "What was said in them.",
        "memories": "What is known, one memory a row.",
        "memory_fact": "Memories of the type fact, with key and value.",
        "memory_episodic": "Memories of the type episodic, with goal, outcome and when it happened.",
        "memory_procedural": "Memories of the type procedural, with their steps.",
        "memory_user": "Memories of the type user: preferences, and whose they are.",
        "memory_decision": "Memories of the type decision, with the reason.",
        "revisions": "Every version of every memory that was ever stored.",
    }
)
