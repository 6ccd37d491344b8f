"""Takes out of a text what a tool or ContextFS itself put there, so that it is never learned as a person's words."""

from contextfs.adapters.transcripts.tally import Tally
from contextfs.kit.fence import FENCE, elements

"""The element that ContextFS wraps around recalled memories when it hands them to a tool."""

_HARNESS = (
    "system-reminder",
    "hook_context",
    "ide_opened_file",
    "ide_selection",
    "ide_diagnostics",
    "new-diagnostics",
    "session-start-hook",
    "user-prompt-submit-hook",
    "pre-tool-use-hook",
    "post-tool-use-hook",
)


def without_fence(text: str, tally: Tally) -> str:
    """Take out our own recalled memories, wherever they stand."""
    return _without(text, FENCE, tally)


def without_context(text: str, tally: Tally) -> str:
    """Take out recalled memories and all that the tool added to what a person typed."""
    for name in (FENCE, *_HARNESS):
        text = _without(text, name, tally)
    return text.strip()


def _without(text: str, name: str, tally: Tally) -> str:
    if f"<{name}" not in text:
        return text
    spans = elements(text, name)
    tally.add(f"injected:{name}", len(spans))
    kept: list[str] = []
    at = 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])
