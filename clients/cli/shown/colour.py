"""Whether colours are welcome where something is printed. Standard library only: `ctx status` begins here."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def is_welcome(stream: "TextIO") -> bool:
    """Tell whether people look at a stream, and have not said that they want no colours."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
