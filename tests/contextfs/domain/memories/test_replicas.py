"""Three replicas that edit, exchange stale, repeated and shuffled deliveries, and whose wall clocks lie.

Beside each replica runs a model that knows no graph of revisions: per register it keeps which writes live and which are
dead, as the textbook's observed-remove set does. After each step the replica's view must be what its model says.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule

from contextfs.domain.memories.clock import Clock, receive, tick
from contextfs.domain.memories.revisions import Fields, Revision, ancestors, gathered, union
from contextfs.domain.memories.view import change, view
from tests.contextfs.domain.memories.histories import root, state

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)
TAGS = ("x", "y", "z")
FIRST = state("the first text", tags=("x",), title="T0", metadata={"k": 0})


@dataclass
class Register:
    """The writes of one register: a new one kills those that its author saw; the dead stay dead."""

    live: dict[str, Any] = field(default_factory=dict[str, Any])
    dead: set[str] = field(default_factory=set[str])

    def write(self, name: str, value: Any) -> None:
        self.dead |= self.live.keys()
        self.live = {name: value}

    def meet(self, other: "Register") -> None:
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
        self.last = tick(self.last, NOON + self.skew)
        return str(self.last)

    def learn(self, parcel: "Parcel", order: int) -> None:
        shuffled = Random(order).sample(parcel.revisions, len(parcel.revisions))  # noqa: S311 - repeatable
        self.revisions = union(self.revisions, shuffled)
        for revision in shuffled:
            self.last = receive(self.last, Clock.parse(revision.clock), NOON + self.skew)
        for name, register in parcel.model.items():
            self.model[name].meet(register)
        for name, clock in parcel.clocks.items():
            self.clocks[name] = min(clock, self.clocks.get(name, clock))

    def edit(self, fields: Fields, parcel: "Parcel") -> None:
        """Make a change to the view of what a parcel held when it was packed, and take it in."""
        made = change(view(parcel.revisions), fields, author="ann", clock=self.stamp())
        if made is None:
            return
        seen = view(parcel.revisions).fields
        model = {name: Register(dict(register.live), set(register.dead)) for name, register in parcel.model.items()}
        for name, value in _written(seen, fields):
            register = model.setdefault(name, Register())
            register.write(made.id, value)
            if value is None:
                del register.live[made.id]
        self.learn(Parcel((*parcel.revisions, made), model, parcel.clocks | {made.id: made.clock}), 0)

    def winners(self, name: str) -> list[Any]:
        live = self.model[name].live
        return [live[one] for one in sorted(live, key=lambda one: (self.clocks[one], one), reverse=True)]


@dataclass(frozen=True)
class Parcel:
    """A copy of what a replica held at some time; it may arrive late, twice, or never."""

    revisions: tuple[Revision, ...]
    model: dict[str, Register]
    clocks: dict[str, str]


def _written(old: Fields, new: Fields) -> list[tuple[str, Any]]:
    """Name what a change writes; None takes something out, without leaving a write of its own."""
    written: list[tuple[str, Any]] = [("alive", None if new.deleted else True)]
    if new.bodies != old.bodies:
        written.append(("body", new.bodies))
    if new.title != old.title:
        written.append(("title", new.title))
    if new.metadata != old.metadata:
        written.append(("metadata", (new.metadata.get("k"),)))
    return written + [(tag, tag in new.tags or None) for tag in TAGS if (tag in new.tags) != (tag in old.tags)]


class Replicas(RuleBasedStateMachine):
    """The world: three replicas, and the parcels under way between them."""

    parcels = Bundle("parcels")
    who = st.integers(0, 2)

    def __init__(self) -> None:
        super().__init__()
        first = root(FIRST, clock=str(tick(None, NOON)))
        model = {name: Register({first.id: value}) for name, value in _written(state("", deleted=True), FIRST)}
        self.replicas = [Replica() for _ in range(3)]
        for replica in self.replicas:
            replica.learn(Parcel((first,), model, {first.id: first.clock}), 0)
        self.ever = {first.id: first}

    @rule(target=parcels, who=who)
    def pack(self, who: int) -> Parcel:
        return self._pack(who)

    @rule(parcel=parcels, who=who, order=st.integers(0, 999))
    def deliver(self, parcel: Parcel, who: int, order: int) -> None:
        self.replicas[who].learn(parcel, order)
        self._check(who)

    @rule(parcel=consumes(parcels))
    def lose(self, parcel: Parcel) -> None:
        assert parcel.revisions

    @rule(who=who, whom=who)
    def meet(self, who: int, whom: int) -> None:
        self.replicas[whom].learn(self._pack(who), 1)
        self.replicas[who].learn(self._pack(whom), 2)
        self._check(who)

        assert view(self.replicas[who].revisions) == view(self.replicas[whom].revisions)

    @rule(who=who, millis=st.sampled_from([1, 40, -40, 10**7, -(10**7), 10**11, -(10**11), 3 * 10**12]))
    def jump(self, who: int, millis: int) -> None:
        self.replicas[who].skew += timedelta(milliseconds=millis)
        if abs(self.replicas[who].skew) > timedelta(days=200_000):
            self.replicas[who].skew = timedelta()

    @rule(who=who, text=st.sampled_from(["ES256", "HS512", "EdDSA"]))
    def reword(self, who: int, text: str) -> None:
        self._edit(who, self._pack(who), content=text)

    @rule(who=who, text=st.sampled_from(["ES256", "HS512", "EdDSA"]))
    def settle(self, who: int, text: str) -> None:
        self._edit(who, self._pack(who), content=text, alternatives=())

    @rule(who=who, parcel=parcels, text=st.sampled_from(["stale 1", "stale 2"]))
    def reword_what_was_read_long_ago(self, who: int, parcel: Parcel, text: str) -> None:
        self._edit(who, parcel, content=text, alternatives=())

    @rule(who=who, tags=st.sets(st.sampled_from(TAGS)))
    def retag(self, who: int, tags: set[str]) -> None:
        self._edit(who, self._pack(who), tags=tuple(tags))

    @rule(who=who, parcel=parcels, tags=st.sets(st.sampled_from(TAGS)))
    def retag_what_was_read_long_ago(self, who: int, parcel: Parcel, tags: set[str]) -> None:
        self._edit(who, parcel, tags=tuple(tags))

    @rule(who=who, title=st.sampled_from(["T1", "T2", "T3"]))
    def rename(self, who: int, title: str) -> None:
        self._edit(who, self._pack(who), title=title)

    @rule(who=who, value=st.sampled_from([{}, {"k": 1}, {"k": 2}]))
    def annotate(self, who: int, value: dict[str, int]) -> None:
        self._edit(who, self._pack(who), metadata=value)

    @rule(who=who)
    def delete(self, who: int) -> None:
        self._edit(who, self._pack(who), deleted=True)

    @rule(who=who, parcel=parcels)
    def delete_what_was_read_long_ago(self, who: int, parcel: Parcel) -> None:
        self._edit(who, parcel, deleted=True)

    @rule(who=who)
    def bring_back(self, who: int) -> None:
        self._edit(who, self._pack(who), deleted=False)

    def teardown(self) -> None:
        """Bring everybody together: one view, and nothing that anyone ever made is out of reach."""
        for who in (0, 1, 2, 0, 1):
            self.replicas[(who + 1) % 3].learn(self._pack(who), who)
        views = [view(replica.revisions) for replica in self.replicas]
        reach = {*views[0].heads, *ancestors(self.replicas[0].revisions, views[0].heads)}
        self._check(0)

        assert views[0] == views[1] == views[2]
        assert reach == self.ever.keys()

    def _pack(self, who: int) -> Parcel:
        held = self.replicas[who]
        model = {name: Register(dict(register.live), set(register.dead)) for name, register in held.model.items()}
        return Parcel(held.revisions, model, dict(held.clocks))

    def _edit(self, who: int, parcel: Parcel, **given: Any) -> None:
        fields = msgspec.structs.replace(view(parcel.revisions).fields, **given)
        replica = self.replicas[who]
        replica.edit(fields, parcel)
        self.ever |= gathered(replica.revisions)
        self._check(who)

    def _check(self, who: int) -> None:
        replica = self.replicas[who]
        shown = view(replica.revisions)
        written = {text for revision in self.ever.values() for text in revision.fields.bodies}
        bodies = tuple(dict.fromkeys(text for texts in replica.winners("body") for text in texts))
        [k, *_] = replica.winners("metadata")[0]

        assert shown.bodies == bodies
        assert set(shown.bodies) <= written
        assert shown.fields.title == replica.winners("title")[0]
        assert shown.fields.metadata.get("k") == k
        assert shown.fields.tags == tuple(tag for tag in TAGS if replica.model[tag].live)
        assert shown.deleted == (not replica.model["alive"].live)


TestReplicas = Replicas.TestCase
TestReplicas.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
