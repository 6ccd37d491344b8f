"""Fixes: what went wrong, why, and what cured it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from contextfs.journeys.learn.candidates import Candidate, title_of
from contextfs.journeys.learn.commands import Run, plain
from contextfs.journeys.learn.gate import Said

_TROUBLE = r"(?:root cause|real (?:issue|problem|culprit|cause)|actual (?:issue|problem|cause)|underlying (?:issue|problem|cause)|bug|problem|issue|failure|error|crash|cause|culprit|regression|deadlock|leak|flak\w+)"
_CUES: tuple[tuple[float, float, re.Pattern[str]], ...] = tuple(
    (human, assistant, re.compile(pattern, re.IGNORECASE))
    for human, assistant, pattern in (
        (0.85, 0.75, r"^(?:the )?root cause(?: of .{3,60})?(?: was| is|:|\s[—–-])\s+(?!still|not|un(?:clear|known)|being|likely|either)\S"),
        (0.85, 0.7, rf"\b(?:the|that) (?:\w+ ){{0,3}}{_TROUBLE} (?:was (?:that|caused by|due to|in|because)|is caused by|came from|comes from|stems from|stemmed from|happened because|occurred because|turned out to be|was not|was an?) \S"),
        (0.8, 0.7, r"^(?:i |we |have |i've |we've |also )?(?:fixed|solved|resolved|worked around|cured) .{8,} by \w+ing\b"),
        (0.8, 0.7, r"\b(?:was|got|is) (?:fixed|solved|resolved) by \w+ing\b|^(?:the|this) fix (?:was|is) to \S|^(?:the )?fix\s*:\s*(?:\w+ed|made|set|kept|put|rewrote|split)\b.{12,}"),
        (0.8, 0.65, r"^(?:the|our|that|those) .{3,80} (?:was|were) caused by \S"),
        (0.75, 0.6, r"\b(?:failed|crashed|broke|hung|errored|was failing|were failing|didn'?t work) because \S"),
        (0.75, 0.0, r"\bit turned out (?:that|to be)\b|\bturns out (?:that |the |we )\S"),
    )
)
_ERROR_LINE = re.compile(r"(?im)^.{0,160}(?:command not found|no such (?:file|command|module|option)|not recognized|unknown (?:command|flag|option|shorthand)|module named|cannot find module|permission denied|is not installed|unrecognized argument|missing script|invalid option|not found|ERR!|error:).{0,160}$")
_SAME, _LOOK_AHEAD = 0.45, 4


def fixes(heard: Iterable[Said], ran: Sequence[Run]) -> Iterator[Candidate]:
    """Yield told causes and cures, and commands that failed with the one that worked in their place."""
    for one in heard:
        confidence = max((_weight(one, human, other) for human, other, cue in _CUES if cue.search(one.text)), default=0.0)
        if confidence:
            yield Candidate(
                type="episodic",
                title=title_of(one.text),
                content=one.text,
                tags=("fix",),
                confidence=confidence,
                author_kind="human" if one.human else "assistant",
                message_ids=(one.message_id,),
            )
    yield from _replaced(ran)


def _weight(one: Said, human: float, assistant: float) -> float:
    if one.human:
        return human
    return assistant if one.closes else 0.0


def _replaced(ran: Sequence[Run]) -> Iterator[Candidate]:
    """Pair a command that the machine refused with a like one that worked soon after."""
    for at, bad in enumerate(ran):
        error = _ERROR_LINE.search(bad.output[:4000]) if bad.ok is False else None
        wrong = plain(bad.command)
        if not error or not _is_short(wrong):
            continue
        for good in ran[at + 1 : at + 1 + _LOOK_AHEAD]:
            right = plain(good.command)
            if good.ok and right != wrong and _is_short(right) and _alike(wrong, right):
                yield _instead(wrong, right, error[0], bad, good)
                break


def _is_short(command: str) -> bool:
    return 3 < len(command) <= 140 and "\n" not in command


def _alike(wrong: str, right: str) -> bool:
    return SequenceMatcher(None, wrong, right, autojunk=False).ratio() >= _SAME and wrong.split()[-1:] == right.split()[-1:]


def _instead(wrong: str, right: str, error: str, bad: Run, good: Run) -> Candidate:
    said = " ".join(error.split())[:160]
    return Candidate(
        type="procedural",
        title=f"Use `{right}`, not `{wrong}`"[:100],
        content=f"`{wrong}` failed ({said}); `{right}` worked instead.",
        key=wrong,
        value=right,
        steps=(right,),
        tags=("fix", "command"),
        confidence=0.7,
        author_kind="tool",
        message_ids=tuple(dict.fromkeys((*bad.message_ids, *good.message_ids))),
    )
