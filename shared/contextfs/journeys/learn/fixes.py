"""Fixes: what went wrong, why, and what cured it."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple
from uuid import UUID

from contextfs.journeys.learn.candidates import AuthorKind, Candidate, title_of
from contextfs.journeys.learn.commands import Run, plain
from contextfs.journeys.learn.cues import cue, surest, weighted
from contextfs.journeys.learn.gate import Said
from contextfs.journeys.learn.inputs import edits, path_of
from contextfs.journeys.learn.sentences import sentences
from contextfs.journeys.learn.turns import Turn, is_reply

_TROUBLE = (
    r"(?:root cause|real (?:issue|problem|culprit|cause)|actual (?:issue|problem|cause)|underlying (?:issue"
    r"|problem|cause)|bug|problem|issue|failure|error|crash|cause|culprit|regression|deadlock|leak|flak\w+|hang|freeze"
    r"|stall|slowness|slowdown|timeout|outage|exception|segfault|corruption)"
)
CAUSE = weighted(
    (
        0.85,
        r"""
        ^(?:the )?root cause(?: of .{3,60})?(?: was| is|:|\s[—–-])\s+(?!still|not|un(?:clear|known)
        |being|likely|either|well\b|now\b|(?:clear|known|understood|identified|confirmed)(?!:)|why\b|how\b|what\b)\S
        """,
    ),
    (
        0.85,
        r"""
        \b(?:the|that) (?:\w+ ){0,3}{trouble} (?:was (?:that|caused by|due to|in|because)|is caused by
        |came from|comes from|stems from|stemmed from|happened because|occurred because|turned out to be
        |was not|was an?) \S
        """,
    ),
    (
        0.8,
        r"""
        ^(?:i |we |have |i've |we've |also )?(?:fixed|solved|resolved|worked around
        |cured) .{8,} by \w+ing\b
        """,
    ),
    (
        0.8,
        r"""
        \b(?:was|got|is) (?:fixed|solved|resolved) by \w+ing\b|^(?:the|this) fix (?:was|is) to \S
        |^(?:the )?fix\s*:\s*(?:\w+ed|made|set|kept|put|rewrote|split)\b.{12,}
        """,
    ),
    (0.8, r"^(?:the|our|that|those) .{3,80} (?:was|were) caused by \S"),
    (0.75, r"\b(?:failed|crashed|broke|hung|errored|was failing|were failing|didn'?t work) because \S"),
    trouble=_TROUBLE,
)
_TURNED_OUT = weighted((0.75, r"\bit turned out (?:that|to be)\b|\bturns out (?:that |the |we )\S"))
_DOUBT = 0.1  # an assistant is less often right about a cause than a person who says it outright
_COSMETIC = cue(
    r"""
    \b(?:lint(?:ing|er)?|eslint|prettier|format(?:ting)?|quot(?:e|es|ing)|style|indentation|whitespace|import
    |require|type(?:script)?|typing|compilation|compiler|syntax)(?: \w+){0,2} (?:errors?|issues?|warnings?|problems?
    |consistency|statements?|violations?)\b|\bmissing (?:\S+ )?imports?\b(?! of\b)|\bconflicts? in\b
    |\btype (?:annotations?|assertions?|guards?)\b|\bimplicit `?any\b|\bnull (?:checks?|handling)\b
    |\b(?:hook|missing) dependenc(?:y|ies)\b
    """,
)
"""What a tool tells anew whenever it is run: how it was cured is worth nothing to the next one."""
_OF_THE_MOMENT = cue(
    r"""
    \b(?:the|this|that|your|my) (?:\w+ )?(?:command|commit|push|edit|call|attempt|request|operation|search
    |replacement) (?:has |had )?failed\b
    |\b(?:was|is) (?:that|because|caused by|due to) (?:it|this|that|they
    |(?:the )?code(?! \w+ .*\b(?:while|whereas)\b)|misunderstanding|i (?:was|had|did|have)(?:n'?t)?)\b|\band/or\b
    """,
)
"""Something went wrong once, or what it was is not said."""
_DIAGNOSIS = cue(
    r"""
    ^(?:i see[,:—–-]* |so |ah,? |now i (?:see|understand)[:,.]? )?(?:the (?:\w+ ){0,3}(?:issue|problem
    |cause|reason|bug|error)(?: here| now)? is {says}\S.{24,}|the (?:\S+ ){0,3}(?:tests?|build|linter|lint
    |command|check|compilation) (?:(?:is|are) failing because|fails? because|failed because|complains?
    |wants?|expects?|needs?|requires?) .{15,})
    """,
    # "the issue is the expected value itself" says nothing.
    says=r"(?!(?:the|an?|in|with|on|just) (?:[a-z'-]+ ){0,4}[a-z'-]+[.!]?$)",
)
_UNSURE = cue(
    r"""
    \bthe (?:\S+ )?tests? (?:wants?|expects?|needs?|requires?)\b|\b(?:but|that) (?:we|the (?:actual|output))\b
    |\bnow\b|\bmy new\b
    |\b(?:let me|might|maybe|probably|perhaps|looks like|seems|not sure|could be|should be (?:fine|ok))\b
    |[:?]$
    """,
)
_ERROR_LINE = cue(
    r"""
    (?m)^.{0,160}(?:(?:command|module|script|executable|target|task|recipe) not found|no such (?:command|module|option)
    |not recognized|unknown (?:command|flag|option|shorthand|argument)|module named|cannot find module|permission denied
    |is not installed|unrecognized (?:argument|option)s?|missing script|invalid option|no rule to make target).{0,160}$
    """,
)
"""What a machine says of a command that it does not know, and not of what goes wrong within one that it knows."""
_SAME, _LOOK_AHEAD, _NEXT_TRIES, _MOST_FILES = 0.45, 4, 8, 5


def fixes(heard: Iterable[Said], turns: Sequence[Turn], ran: Sequence[Run]) -> Iterator[Candidate]:
    """Yield told causes and cures, failures that an edit mended, and commands that failed with the one that worked."""
    for one in heard:
        confidence = surest(one.text, CAUSE) if one.human or (one.closes and _is_telling(one.text)) else 0.0
        if one.human:
            confidence = max(confidence, surest(one.text, _TURNED_OUT))
        if confidence:
            author: AuthorKind = "human" if one.human else "assistant"
            sure = confidence if one.human else confidence - _DOUBT
            yield _fix(one.text, one.text, sure, (one.message_id,), author=author)
    yield from _mended(turns, ran)
    yield from _replaced(ran)


def _is_telling(text: str) -> bool:
    """Tell whether what an assistant says of a fix is more than a check tells by itself, and lasts."""
    return not (_COSMETIC.search(text) or _OF_THE_MOMENT.search(text))


def _fix(title: str, content: str, confidence: float, ids: tuple[UUID, ...], *, author: AuthorKind) -> Candidate:
    return Candidate(
        type="procedural",
        title=title_of(title),
        content=content,
        tags=("fix",),
        confidence=confidence,
        author_kind=author,
        message_ids=ids,
    )


def _mended(turns: Sequence[Turn], ran: Sequence[Run]) -> Iterator[Candidate]:
    """Pair a failed command with its success after edits; the diagnosis said in between has proved right."""
    done: set[int] = set()
    for at, bad in enumerate(ran):
        command = plain(bad.command)
        if bad.ok is not False or at in done or not _is_short(command):
            continue
        again = [n for n in range(at + 1, min(len(ran), at + 1 + _NEXT_TRIES)) if plain(ran[n].command) == command]
        good = next((n for n in again if ran[n].ok), None)
        told = _diagnosis(turns, bad.index, ran[good].index) if good is not None else None
        if good is not None and told:
            done |= set(again)
            files = ", ".join(told.files[:_MOST_FILES])
            content = f"`{command}` failed. {told.text} It passed after changes to {files}."
            yield _fix(told.text, content, 0.6, (*bad.message_ids, told.message_id), author="assistant")


class _Told(NamedTuple):
    text: str
    message_id: UUID
    files: tuple[str, ...]


def _diagnosis(turns: Sequence[Turn], start: int, end: int) -> _Told | None:
    """Give the last diagnosis between two runs, if files were edited between them."""
    between = turns[start + 1 : end + 1]
    files = [path_of(use).rsplit("/", 1)[-1] for turn in between for use in turn.tool_calls if edits(use)]
    files = list(dict.fromkeys(name for name in files if name))
    for turn in reversed(between):
        said = [s for s in sentences(turn.content) if _DIAGNOSIS.match(s)] if is_reply(turn) else []
        fit = [s for s in said if len(s) <= 300 and not _UNSURE.search(s)]
        if fit and files:
            return _Told(fit[-1], turn.message_id, tuple(files))
    return None


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
    return (
        SequenceMatcher(None, wrong, right, autojunk=False).ratio() >= _SAME
        and wrong.split()[-1:] == right.split()[-1:]
    )


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
