"""Takes out of a text what a tool or ContextFS itself put there, so that it is never learned as a person's words."""

import re

from contextfs.adapters.transcripts.tally import Tally
from contextfs.kit.fence import FENCE

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


_ELEMENTS = {name: re.compile(rf"<(/?){name}(?=[\s/>])([^<>]{{0,2000}})>") for name in (FENCE, *_HARNESS)}

_INDENT = 80

Span = tuple[int, int]


def without_fence(text: str, tally: Tally) -> str:
    """Take out our own recalled memories, wherever they stand."""
    return _without(text, FENCE, tally)


def without_context(text: str, tally: Tally) -> str:
    """Take out recalled memories and all that the tool added to what a person typed."""
    for name in _ELEMENTS:
        text = _without(text, name, tally)
    return text.strip()


def _without(text: str, name: str, tally: Tally) -> str:
    if f"<{name}" not in text:
        return text
    spans = _spans(text, _ELEMENTS[name])
    tally.add(f"injected:{name}", len(spans))
    kept: list[str] = []
    at = 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])


def _spans(text: str, element: re.Pattern[str]) -> list[Span]:
    """Find the outermost elements; what is out of balance is read so that too much is taken rather than too little.

    A closing tag too many stretches the element before it, and one too few lets it run to the last closing tag:
    quoted text must not be able to break out of a fence.
    """
    spans: list[Span] = []
    open_tags: list[int] = []
    depth, last_close = 0, -1
    for tag in element.finditer(text):
        if tag[2].endswith("/"):
            spans += [] if depth else [tag.span()]
        elif not tag[1]:
            depth += 1
            open_tags.append(tag.start())
        elif depth:
            depth -= 1
            last_close = tag.end()
            if not depth:
                spans.append((open_tags[0], last_close))
                open_tags, last_close = [], -1
        elif spans:
            spans[-1] = (spans[-1][0], tag.end())
    return spans + (_unclosed(text, open_tags, last_close) if depth else [])


def _unclosed(text: str, open_tags: list[int], last_close: int) -> list[Span]:
    """Read an element left open: to the end when a tag begins a line (a cut-off text); in mid-line, a mere mention."""
    for start in open_tags:
        if text[max(0, start - _INDENT) : start].rstrip(" \t")[-1:] in {"", "\n"}:
            return [(min(start, open_tags[0]) if last_close >= 0 else start, len(text))]
    return [(open_tags[0], last_close)] if last_close >= 0 else []
