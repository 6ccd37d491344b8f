"""The fence around what we hand to a conversation, so that it is recognised, and never learned again."""

from typing import Final

FENCE: Final = "contextfs-context"
"""The name of the tag that a context pack stands in: `<contextfs-context …>` to `</contextfs-context>`."""
