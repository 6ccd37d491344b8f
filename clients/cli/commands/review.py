"""`ctx review`: what consolidation is not sure of, shown and decided."""

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Annotated, Literal, Protocol

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from contextfs.domain.reviews.model import Decided, Decision, Review, ReviewedMemory, ReviewState

_KEYS: dict[str, Decision] = {"a": "accept", "r": "reject", "k": "keep_both"}
_DONE = {
    "accept": "Accepted",
    "reject": "Rejected",
    "keep_both": "Both are kept",
    "undo": "Taken back",
}
_ACCEPTED = {
    "duplicate": "the first goes, and the other one has its proofs",
    "contradiction": "the first is valid no longer",
    "stale": "it is deleted",
    "left_behind": "it is deleted",
}


class Queue(Protocol):
    """The queue of a store or of a server."""

    def reviews(self, state: ReviewState, limit: int) -> Sequence[Review]:
        """List reviews."""
        ...

    def decide(self, text: str, decision: Decision) -> Decided:
        """Decide the review whose id starts or ends with some digits."""
        ...


def review(
    id: Annotated[  # noqa: A002 - the argument's name
        str | None, Argument("The review's id, or some of its first or last digits; by default all are shown.")
    ] = None,
    accept: Annotated[bool, Option("--accept", help="Retire the first memory in favour of the other one.")] = False,
    reject: Annotated[
        bool, Option("--reject", help="Keep the first: retire the other one; of a duplicate, keep both.")
    ] = False,
    keep_both: Annotated[bool, Option("--keep-both", help="Keep both, and never ask again.")] = False,
    undo: Annotated[bool, Option("--undo", help="Undo a settled review; everything is as before.")] = False,
    settled: Annotated[bool, Option("--settled", help="Show what was settled, by you or automatically.")] = False,
    project: options.Project = None,
    limit: options.Limit = 50,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Decide what learning is unsure of: memories that say nearly the same, or contradict each other.

    At a terminal it asks one question after the other. Clear cases are settled automatically; --settled shows them, and
    --undo takes one back. Nothing is ever destroyed: each decision is a revision.
    """
    decision = _decision(accept=accept, reject=reject, keep_both=keep_both, undo=undo)
    if (id is None) != (decision is None):
        raise Misused("give an id together with --accept, --reject, --keep-both or --undo; or none of them")
    with _queue(server, project) as queue:
        if id is not None and decision is not None:
            _told(queue.decide(id, decision), json=json)
            return
        state: ReviewState = "settled" if settled else "open"
        found = queue.reviews(state, limit)
        if json:
            output.say_json(found)
        elif not found:
            output.say("Nothing is settled." if settled else "Nothing waits for a decision.")
        elif settled or not sys.stdin.isatty():
            for one in found:
                _show(one)
        else:
            _ask_all(queue, found)


def _decision(*, accept: bool, reject: bool, keep_both: bool, undo: bool) -> Decision | None:
    given: list[tuple[bool, Decision]] = [
        (accept, "accept"),
        (reject, "reject"),
        (keep_both, "keep_both"),
        (undo, "undo"),
    ]
    chosen: list[Decision] = [name for is_given, name in given if is_given]
    if len(chosen) > 1:
        raise Misused("give one of --accept, --reject, --keep-both and --undo")
    return chosen[0] if chosen else None


def _queue(server: bool, project: str | None) -> AbstractContextManager[Queue]:
    place = where.here(server or project is not None)
    if place is None:
        from clients.cli.there import review as there  # noqa: PLC0415 - the one that is meant is loaded

        return there.opened(project)
    from clients.cli.here import review as here  # noqa: PLC0415 - as above

    return here.opened_queue(place)


def _ask_all(queue: Queue, found: Sequence[Review]) -> None:
    for number, one in enumerate(found, start=1):
        output.say(output.dim(f"{number} of {len(found)}"))
        _show(one)
        decision = _answer(one)
        if decision is None:
            return
        if decision != "skip":
            _told(queue.decide(str(one.id), decision), json=False)


def _answer(one: Review) -> Decision | Literal["skip"] | None:
    """Ask until the answer is one; None ends it."""
    words = f"[a]ccept ({_ACCEPTED[one.kind]}), [r]eject, [k]eep both, [s]kip, [q]uit? "
    while True:
        sys.stdout.write(words)
        sys.stdout.flush()
        said = sys.stdin.readline()
        key = said.strip().casefold()[:1]
        if not said or key == "q":
            return None
        if key == "s":
            return "skip"
        if key in _KEYS:
            return _KEYS[key]


def _show(one: Review) -> None:
    output.say(f"{output.bold(output.short(one.id))}  {one.kind}: {one.reason or 'settled'}")
    output.block([("memory", _line(one.memory)), ("other", _line(one.other) if one.other else "")])
    output.say()


def _line(memory: ReviewedMemory) -> str:
    since = f", since {output.day(memory.valid_from)}" if memory.valid_from else ""
    until = f" until {output.day(memory.valid_to)}" if memory.valid_to else ""
    return f"{output.one_line(memory.content, 200)}  ({memory.type}, {memory.author_kind}{since}{until})"


def _told(decided: Decided, *, json: bool) -> None:
    if json:
        output.say_json(decided)
        return
    many = output.counted(len(decided.changed), "memory", "memories")
    cure = "" if decided.decision == "undo" else f"; `ctx review {output.short(decided.id)} --undo` undoes it"
    output.say(f"{_DONE[decided.decision]}: {many} changed{cure}.")
