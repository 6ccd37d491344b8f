"""The fence around what we hand to a conversation, so that it is recognised, and never learned again."""

import re
from functools import cache
from typing import Final

FENCE: Final = "contextfs-context"
"""The name of the tag that a context pack stands in: `<contextfs-context …>` to `</contextfs-context>`."""

Span = tuple[int, int]

_INDENT = 80


def elements(text: str, name: str = FENCE) -> list[Span]:
    """Find where the outermost elements of a name begin and end.

    What is out of balance is read so that too much is taken rather than too little. A closing tag too many stretches
    the element before it, and one too few lets it run to the last closing tag: quoted text must not be able to break
    out of a fence.
    """
    spans: list[Span] = []
    open_tags: list[int] = []
    depth, last_close = 0, -1
    for tag in _tags(name).finditer(text):
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


def closed_elements(text: str, name: str = FENCE) -> list[Span]:
    """Find where the outermost elements of a name begin and end, as far as they are closed.

    A tag without its other is text like any other: what stands around it must not be lost for a mere mention.
    """
    spans: list[Span] = []
    open_tags: list[int] = []
    for tag in _tags(name).finditer(text):
        if tag[2].endswith("/"):
            spans.append(tag.span())
        elif not tag[1]:
            open_tags.append(tag.start())
        elif open_tags:
            start = open_tags.pop()
            while spans and spans[-1][0] > start:
                spans.pop()
            spans.append((start, tag.end()))
    return spans


@cache
def _tags(name: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?){name}(?=[\s/>])([^<>]{{0,2000}})>")


def _unclosed(text: str, open_tags: list[int], last_close: int) -> list[Span]:
    """Read an element left open: to the end when a tag begins a line (a cut-off text); in mid-line, a mere mention."""
    for start in open_tags:
        if text[max(0, start - _INDENT) : start].rstrip(" \t")[-1:] in {"", "\n"}:
            return [(min(start, open_tags[0]) if last_close >= 0 else start, len(text))]
    return [(open_tags[0], last_close)] if last_close >= 0 else []
