"""The episode: one short account of a session, made of its own words.

What was asked and what came of it belong together. An account tells what was asked first and, where its outcome came of
something that was asked later, that as well; an answer stands with the question that it answers.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from contextfs.journeys.learn.candidates import Candidate, title_of
from contextfs.journeys.learn.commands import Run, links, purpose
from contextfs.journeys.learn.cues import cue, surest
from contextfs.journeys.learn.decisions import decisions
from contextfs.journeys.learn.fixes import CAUSE
from contextfs.journeys.learn.gate import SHORTEST, Said, is_machine_text
from contextfs.journeys.learn.inputs import edits, path_of
from contextfs.journeys.learn.sentences import is_output, sentences
from contextfs.journeys.learn.turns import Turn, closing, is_human
from contextfs.kit.pattern import pattern

_OUTCOME = cue(
    r"""
    ^(?:(?:i(?:'ve| have)? )?(?:now )?(?:successfully )?(?:fixed|added|updated|created|implemented
    |removed|renamed|moved|refactored|replaced|completed|consolidated|migrated|switched|extracted
    |simplified|corrected|converted|changed|rewrote|wrote|split|merged|deleted|enabled|disabled
    |introduced|upgraded|documented)\b|the \S.* (?:has been|have been|now|is now|are now|no longer)\b
    |now \S|both \S.* (?:now|have been)\b)
    """,
)
_BARE = cue(
    r"""
    ^(?:done|all (?:tests?|checks|changes|\w+ items|passing)|(?:the )?(?:build|linter|lint|tests?) (?:is
    |are|pass|clean)|everything|both tests|no (?:errors|issues)).{0,60}$
    """,
)
_STALE = cue(
    r"""
    \b(?:let me|i'?ll|i will|now i|would you like|do you want|want me to|shall i|should i|if you want
    |happy to)\b|\?$|:$
    """,
)
_GREETING = cue(r"^(?:hi|hello|hey|thanks?|ok(?:ay)?|yes|no|proceed|continue|go ahead|resume|test|review)\b.{0,15}$")
_EMPTY = cue(r"^\w+ (?:(?:[\d\s,.#&]|and)+|something|anything|this|that|it|them)[.!]?$")
_COMMAND = pattern(r"\A/[\w:-]+(?:\s+|\Z)")
_PLAN = pattern(r"\AImplement the following plan:\s+#+\s*(?:Plan:\s*)?(.{8,200})")
_PASSING_FILE = pattern(r"/\.\w+/plans/|^/(?:private/)?(?:tmp|var)/")
_MOST_FILES, _MOST_COMMANDS, _MOST_TOLD, _PART = 8, 4, 3, 240
_LONG_ENOUGH = 40
"""Characters from which on a prompt that has no reply yet says by itself what is asked for."""


class _Asked(NamedTuple):
    """What a person asked for, and the message that says it, or begins to; `place` is its number."""

    message_id: UUID
    words: str
    place: int


def episode(turns: Sequence[Turn], ran: Sequence[Run], heard: Sequence[Said], root: str = "") -> Iterator[Candidate]:
    """Yield the session's account: the goal as it was asked, the outcome as it was told, decisions, files, commands.

    Nothing is yielded for a session in which nobody asked for anything, or nothing came of it. `root` is the folder
    that the session was held in, where it is known.
    """
    asked, files = _asked(turns), _changed(turns, root)
    proof, outcome = _outcome(turns)
    done = bool(outcome)
    if not outcome and not files:
        proof, outcome = _answer(turns)
    goals = _goals(asked, [turn.message_id in proof for turn in turns], done=done or bool(files))
    if not goals or not (outcome or files):
        return
    commands = list(dict.fromkeys(c for run in ran if run.ok for c in links(run.command) if purpose(c)))
    told = _decided(heard)
    parts = [
        f"Goal: {_cut(goals[0].words)}",
        *(f"Then: {_cut(one.words)}" for one in goals[1:] if one.words not in told),
    ]
    parts += [f"Outcome: {outcome}"] if outcome else []
    parts += [f"Decided: {told}"] if told else []
    parts += [f"Files changed: {_listed(files, _MOST_FILES)}."] if files else []
    parts += [f"Commands: {_listed([f'`{c}`' for c in commands], _MOST_COMMANDS)}."] if commands else []
    yield Candidate(
        type="episodic",
        title=title_of(goals[0].words),
        content="\n".join(parts),
        tags=("episode",),
        confidence=0.5 + 0.1 * done + 0.1 * bool(files and done),
        author_kind="assistant",
        message_ids=(*(one.message_id for one in goals), *proof),
    )


def _asked(turns: Sequence[Turn]) -> list[_Asked]:
    """Give what was asked for, in its order; a prompt that only announced what follows is one with it."""
    found: list[_Asked] = []
    replied = False
    for place, turn in enumerate(turns):
        replied = replied or turn.role == "assistant"
        words = _words(turn) if is_human(turn) else ""
        if not words:
            continue
        before = found[-1] if found else None
        if before and (before.words.endswith(":") or not (replied or len(before.words) >= _LONG_ENOUGH)):
            found[-1] = before._replace(words=f"{before.words} {words}")
        else:
            found.append(_Asked(turn.message_id, words, place))
        replied = False
    return found


def _words(turn: Turn) -> str:
    """Give the words with which a prompt asks for something; empty when it asks for nothing that says itself."""
    plan = _PLAN.match(turn.content)
    if plan:
        return plan[1].strip()
    if is_machine_text(turn) or is_output(turn.content):
        return ""
    text = " ".join(sentences(_COMMAND.sub("", turn.content)))
    return "" if len(text) < SHORTEST or _GREETING.match(text) or _EMPTY.match(text) else text


def _goals(asked: Sequence[_Asked], proves: Sequence[bool], *, done: bool) -> list[_Asked]:
    """Give what was asked first and what the outcome came of; of an answer, only the question."""
    came_of = [[one for one in asked if one.place < at][-1:] for at, is_proof in enumerate(proves) if is_proof]
    named = {one.words: one for one in reversed([*(asked[:1] if done else ()), *chain(*came_of)])}
    return sorted(named.values(), key=lambda one: one.place)


def _outcome(turns: Sequence[Turn]) -> tuple[tuple[UUID, ...], str]:
    """Give what the closing replies say was done, the latest first to be chosen, told in their order."""
    last = closing(turns)
    ids: list[UUID] = []
    told: list[str] = []
    for turn in reversed(turns):
        done = [s for s in sentences(turn.content) if _tells(s) and _fits(s)] if turn.message_id in last else []
        room = _PART - sum(map(len, told))
        chosen = [s for n, s in enumerate(done[:_MOST_TOLD]) if sum(map(len, done[: n + 1])) <= room]
        if done and not told:
            chosen = chosen or [_cut(done[0])]
        if chosen:
            ids, told = [turn.message_id, *ids], [*chosen, *told]
        if len(told) >= _MOST_TOLD:
            break
    return tuple(ids), " ".join(s if s[-1] in ".!…" else f"{s}." for s in told)


def _answer(turns: Sequence[Turn]) -> tuple[tuple[UUID, ...], str]:
    """Give the first whole sentence of the last reply, where nothing was done but something was answered."""
    last = closing(turns)
    for turn in reversed(turns):
        fit = (
            [s for s in sentences(turn.content) if _fits(s) and not _BARE.match(s) and len(s.split()) > 5]
            if turn.message_id in last
            else []
        )
        if fit:
            return (turn.message_id,), _cut(next((s for s in fit if s[-1] in ".!"), fit[0]))
    return (), ""


def _tells(sentence: str) -> bool:
    """Say whether a sentence tells what was done, or what something came from."""
    return _OUTCOME.match(sentence) is not None or surest(sentence, CAUSE) > 0


def _fits(sentence: str) -> bool:
    return len(sentence) >= 12 and not _STALE.search(sentence)


def _decided(heard: Sequence[Said]) -> str:
    """Give what people decided, the surest first, as far as there is room."""
    found = sorted((one for one in decisions(heard) if one.author_kind == "human"), key=lambda one: -one.confidence)
    told = list(dict.fromkeys(one.content for one in found))[:_MOST_TOLD]
    kept = [text for place, text in enumerate(told) if sum(map(len, told[: place + 1])) <= _PART]
    return " ".join(text if text[-1] in ".!…" else f"{text}." for text in kept)


def _changed(turns: Iterable[Turn], folder: str) -> list[str]:
    """Give the files that editing tools were called for, below the session's folder where they lie in it.

    Where they do not, or it is not known, they are told below the folder that all touched files have in common.
    """
    touched: list[str] = []
    edited: list[str] = []
    for turn in turns:
        for use in turn.tool_calls:
            path = path_of(use)
            if path and not _PASSING_FILE.search(path):
                touched.append(path)
                edited += [path] if edits(use) else []
    here = folder.replace("\\", "/").rstrip("/") + "/" if folder else ""
    root = here if here and all(path.startswith(here) for path in edited) else _root(touched)
    return list(dict.fromkeys(path.removeprefix(root) for path in edited))


def _root(paths: Sequence[str]) -> str:
    """Give the common folder of absolute paths with its closing slash; a lone file keeps its last three parts."""
    split = [path.split("/")[:-1] for path in paths if path.startswith("/") or path[1:3] == ":/"]
    if not split:
        return ""
    common = [parts[0] for parts in zip(*split, strict=False) if len(set(parts)) == 1]
    if len(set(paths)) == 1:
        common = common[:-2]
    return "/".join(common) + "/" if common else ""


def _listed(things: Sequence[str], most: int) -> str:
    more = f" and {len(things) - most} more" if len(things) > most else ""
    return ", ".join(things[:most]) + more


def _cut(text: str) -> str:
    return text if len(text) <= _PART else text[:_PART].rsplit(" ", 1)[0] + "…"
