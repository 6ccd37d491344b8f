"""Passages: a long text cut into overlapping chunks at places where a reader would pause, and the line above each."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from datetime import date as Date  # noqa: N812 - `date` is the parameter's name
from itertools import accumulate

import msgspec

from contextfs.domain.search.names import without_names
from contextfs.kit.errors import Invalid
from contextfs.kit.fence import FENCE, closed_elements
from contextfs.kit.pattern import pattern

CHUNK_SIZE = 1000
"""Characters in a chunk at most: about the 256 word pieces that the local embedder reads."""

CHUNK_OVERLAP = 120
"""Characters that a chunk repeats of the one before at most, so that a sentence at the seam is found from both."""

_LONGEST_LABEL = 200
_LONGEST_PAUSE = 4

# From the best place to cut to the worst: a cut falls at the end of the match.
_PAUSES = tuple(
    pattern(pause)
    for pause in (
        r"\n[ \t]*\n\s*|\n(?=#{1,6} )",
        r"\n",
        r"[.!?…][\"')\]]*\s+|[\u3002\uff01\uff1f]",
        r"[;:,]\s+|[\u3001\uff0c\uff1b\uff1a]",
        r"\s+",
    )
)


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a text: its characters from `start` up to, not including, `end`, without what was left out there."""

    start: int
    end: int
    text: str


def chunk(text: str, *, size: int = CHUNK_SIZE, overlap: int = CHUNK_OVERLAP) -> list[Chunk]:
    """Cut a text into chunks of at most `size` characters that together cover every character; empty gives none.

    A cut falls in the last half of a chunk, at the last paragraph, line, sentence, clause or word end found there,
    in this order of preference, else anywhere. A chunk begins at most `overlap` characters before the last one's end.
    Invalid unless size >= 2 and 0 <= overlap <= size / 4.
    """
    if size < 2 or not 0 <= overlap <= size // 4:
        raise Invalid(f"chunks of {size} with an overlap of {overlap}: give size >= 2 and 0 <= overlap <= size / 4")
    return [Chunk(start=start, end=end, text=text[start:end]) for start, end in _bounds(text, size, overlap)]


def chunks_of_message(text: str) -> list[Chunk]:
    """Cut what was said, without the packs of ours in it: they say again what is found where it was said first.

    What stands around them is cut as one text, and a chunk of it may reach over a pack that it does not hold. A message
    that holds nothing else is cut to the tag that the first one opens with.
    """
    packs = closed_elements(text) if f"<{FENCE}" in text else []
    if not packs:
        return chunk(text)
    ends = [0, *(end for _, end in packs)]
    starts = [*(start for start, _ in packs), len(text)]
    spans = [(at, end) for at, end in zip(ends, starts, strict=True) if text[at:end].strip()]
    if not spans:
        first = packs[0][0]
        spans = [(first, text.index(">", first) + 1)]
    return _cut_together(text, spans)


def _cut_together(text: str, spans: Sequence[tuple[int, int]]) -> list[Chunk]:
    """Cut some stretches of a text as one, a line for each: of a thousand short ones there are few chunks."""
    begins = [0, *accumulate(end - at + 1 for at, end in spans)]

    def place(offset: int) -> int:
        """Tell where in the text a character of the joined ones stands; the break behind a stretch is at its end."""
        which = bisect_right(begins, offset) - 1
        return min(spans[which][0] + offset - begins[which], spans[which][1])

    return [
        Chunk(start=place(one.start), end=min(place(one.end - 1) + 1, len(text)), text=one.text)
        for one in chunk("\n".join(text[at:end] for at, end in spans))
    ]


def context_line(*, project: str = "", title: str = "", date: Date | None = None, speaker: str = "") -> str:
    """Give the line that is indexed above a passage, "project · title · 2026-03-01 · speaker", without empty parts."""
    parts = (project, title, date.strftime("%Y-%m-%d") if date else "", speaker)
    labels = (" ".join(part.split())[:_LONGEST_LABEL] for part in parts)
    return " · ".join(label for label in labels if label)


def heading(*, title: str = "", speaker: str | None = None, opens: bool = False) -> str:
    """Give what is searched by words above what was said: who speaks, and above the first one its session's title.

    Above each of them, the title would find them all.
    """
    return "\n".join(part for part in (title if opens else "", speaker) if part)


def embedded_text(*, source: str, context: str, body: str, speakers: Collection[str]) -> str:
    """Give what stands for a passage: a memory with the line above it; of what was said, the words without the names.

    Small embedders take a name for the topic: measured, without names more than half again is found by meaning.
    """
    return without_names(body, speakers) if source == "message" else f"{context}\n{body}"


def _bounds(text: str, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    start = 0
    while len(text) - start > size:
        end = _last_pause(text, start + (size + 1) // 2, start + size)
        yield start, end
        start = _first_pause(text, end - overlap, end)
    if start < len(text):
        yield start, len(text)


def _last_pause(text: str, low: int, high: int) -> int:
    """Give the last cut in (low, high] of the best kind that occurs there, or `high`."""
    return next((cuts[-1] for cuts in _cuts(text, low + 1, high)), high)


def _first_pause(text: str, low: int, high: int) -> int:
    """Give the first cut in [low, high) of the best kind that occurs there, or `low`."""
    return next((cuts[0] for cuts in _cuts(text, low, high - 1)), low)


def _cuts(text: str, low: int, high: int) -> Iterator[list[int]]:
    """Give the cuts in [low, high] of each kind that occurs there, best kind first."""
    for pause in _PAUSES:
        ends = (match.end() for match in pause.finditer(text, max(0, low - _LONGEST_PAUSE), max(0, high)))
        cuts = [end for end in ends if end >= low]
        if cuts:
            yield cuts
