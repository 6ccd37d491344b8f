"""A replica to test with, and beside it a model of what it must show.

The model knows no graph of revisions: per register it keeps which writes live and which are dead, as the textbook's
observed-remove set does. It takes its makers at their word: who saw a title and left it as it was did not write it.
A revision does not say so. It is a whole state, and writes what differs from the fold of its parents. As long as each
revision has one clock, the two are the same.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from contextfs.domain.memories.clock import Clock, receive, tick
from contextfs.domain.memories.revisions import Fields, Revision, union
from contextfs.domain.memories.view import change, view

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)
TAGS = ("x", "y", "z")


@dataclass
class Register:
    """The writes of one register: a new one kills those that its author saw; the dead stay dead."""

    live: dict[str, Any] = field(default_factory=dict[str, Any])
    dead: set[str] = field(default_factory=set[str])

    def write(self, name: str, value: Any) -> None:
        """Replace what lives; None leaves nothing alive."""
        self.dead |= self.live.keys()
        self.live = {} if value is None else {name: value}

    def meet(self, other: "Register") -> None:
        """Take in another replica's knowledge."""
        self.dead |= other.dead
        self.live = {name: value for name, value in (self.live | other.live).items() if name not in self.dead}


@dataclass
class Replica:
    """What one machine holds: revisions, the latest stamp, how wrong its wall clock is, and the model."""

    revisions: tuple[Revision, ...] = ()
    last: Clock | None = None
    skew: timedelta = timedelta()
    model: defaultdict[str, Register] = field(default_factory=lambda: defaultdict(Register))
    clocks: dict[str, str] = field(default_factory=dict[str, str])

    def stamp(self) -> str:
        """Make the clock of an edit."""
        self.last = tick(self.last, NOON + self.skew)
        return str(self.last)

    def learn(self, parcel: "Parcel", order: int) -> None:
        """Take in what a parcel holds, shuffled."""
        shuffled = Random(order).sample(parcel.revisions, len(parcel.revisions))  # noqa: S311 - repeatable
        self.revisions = union(self.revisions, shuffled)
        for revision in shuffled:
            self.last = receive(self.last, Clock.parse(revision.clock), NOON + self.skew)
        for name, register in parcel.model.items():
            self.model[name].meet(register)
        for name, clock in parcel.clocks.items():
            self.clocks[name] = min(clock, self.clocks.get(name, clock))

    def edit(self, fields: Fields, parcel: "Parcel") -> Revision | None:
        """Make a change to the view of what a parcel held when it was packed, and take it in."""
        made = change(view(parcel.revisions), fields, author="ann", clock=self.stamp())
        if made is None:
            return None
        seen = view(parcel.revisions).fields
        model = copied(parcel.model)
        for name, value in written(seen, fields):
            model.setdefault(name, Register()).write(made.id, value)
        self.learn(Parcel((*parcel.revisions, made), model, parcel.clocks | {made.id: made.clock}), 0)
        return made

    def pack(self) -> "Parcel":
        """Copy all that is held here."""
        return Parcel(self.revisions, copied(self.model), dict(self.clocks))

    def winners(self, name: str) -> list[Any]:
        """Give the live values of a register, the last written first."""
        live = self.model[name].live
        return [live[one] for one in sorted(live, key=lambda one: (self.clocks[one], one), reverse=True)]


@dataclass(frozen=True)
class Parcel:
    """A copy of what a replica held at some time; it may arrive late, twice, or never."""

    revisions: tuple[Revision, ...]
    model: dict[str, Register]
    clocks: dict[str, str]


def copied(model: dict[str, Register]) -> dict[str, Register]:
    """Copy a model, so that it stays as it is."""
    return {name: Register(dict(register.live), set(register.dead)) for name, register in model.items()}


def written(old: Fields, new: Fields) -> list[tuple[str, Any]]:
    """Name what a change writes; None takes something out, without leaving a write of its own."""
    writes: list[tuple[str, Any]] = [("alive", None if new.deleted else True)]
    if new.bodies != old.bodies:
        writes.append(("body", new.bodies))
    if new.title != old.title:
        writes.append(("title", new.title))
    if new.metadata != old.metadata:
        writes.append(("metadata", (new.metadata.get("k"),)))
    return writes + [(tag, tag in new.tags or None) for tag in TAGS if (tag in new.tags) != (tag in old.tags)]
