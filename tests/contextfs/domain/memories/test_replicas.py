"""Three replicas that edit, exchange stale, repeated and shuffled deliveries, and whose wall clocks lie.

After each step a replica's view must be what the law says in its slow reading (`histories.slowly`), and what its model
says, which knows of no revisions. The model is not asked where it cannot know:

- Revisions that say the same without knowing of each other count as one, whoever made them.
- A revision that was made twice, at two times, keeps the earlier one. What its makers saw then may not be what the set
  shows: see `test_view.py`, "made twice". The law decides, for the set alone must.
"""

# ruff: noqa: D102 - a rule's name says what happens

from collections import defaultdict
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule

from contextfs.domain.memories.clock import tick
from contextfs.domain.memories.revisions import ancestors
from contextfs.domain.memories.view import View, view
from tests.contextfs.domain.memories.histories import root, slowly, state, taken_apart, told_once
from tests.contextfs.domain.memories.replicas import NOON, TAGS, Parcel, Register, Replica, written

FIRST = state("the first text", tags=("x",), title="T0", metadata={"k": 0})


class Replicas(RuleBasedStateMachine):
    """The world: three replicas, and the parcels under way between them."""

    parcels = Bundle("parcels")
    who = st.integers(0, 2)

    def __init__(self) -> None:
        super().__init__()
        first = root(FIRST, clock=str(tick(None, NOON)))
        model = {name: Register({first.id: value}) for name, value in written(state("", deleted=True), FIRST)}
        self.replicas = [Replica() for _ in range(3)]
        for replica in self.replicas:
            replica.learn(Parcel((first,), model, {first.id: first.clock}), 0)
        self.ever = {first.id: first}
        self.clocks = defaultdict[str, set[str]](set)

    @rule(target=parcels, who=who)
    def pack(self, who: int) -> Parcel:
        return self.replicas[who].pack()

    @rule(parcel=parcels, who=who, order=st.integers(0, 999))
    def deliver(self, parcel: Parcel, who: int, order: int) -> None:
        self.replicas[who].learn(parcel, order)
        self._check(who)

    @rule(parcel=consumes(parcels))
    def lose(self, parcel: Parcel) -> None:
        assert parcel.revisions

    @rule(who=who, whom=who)
    def meet(self, who: int, whom: int) -> None:
        self.replicas[whom].learn(self.replicas[who].pack(), 1)
        self.replicas[who].learn(self.replicas[whom].pack(), 2)
        self._check(who)

        assert view(self.replicas[who].revisions) == view(self.replicas[whom].revisions)

    @rule(who=who, millis=st.sampled_from([1, 40, -40, 10**7, -(10**7), 10**11, -(10**11), 3 * 10**12]))
    def jump(self, who: int, millis: int) -> None:
        self.replicas[who].skew += timedelta(milliseconds=millis)
        if abs(self.replicas[who].skew) > timedelta(days=200_000):
            self.replicas[who].skew = timedelta()

    @rule(who=who, text=st.sampled_from(["ES256", "HS512", "EdDSA"]))
    def reword(self, who: int, text: str) -> None:
        self._edit(who, self.replicas[who].pack(), content=text)

    @rule(who=who, text=st.sampled_from(["ES256", "HS512", "EdDSA"]))
    def settle(self, who: int, text: str) -> None:
        self._edit(who, self.replicas[who].pack(), content=text, alternatives=())

    @rule(who=who, parcel=parcels, text=st.sampled_from(["stale 1", "stale 2"]))
    def reword_what_was_read_long_ago(self, who: int, parcel: Parcel, text: str) -> None:
        self._edit(who, parcel, content=text, alternatives=())

    @rule(who=who, tags=st.sets(st.sampled_from(TAGS)))
    def retag(self, who: int, tags: set[str]) -> None:
        self._edit(who, self.replicas[who].pack(), tags=tuple(tags))

    @rule(who=who, parcel=parcels, tags=st.sets(st.sampled_from(TAGS)))
    def retag_what_was_read_long_ago(self, who: int, parcel: Parcel, tags: set[str]) -> None:
        self._edit(who, parcel, tags=tuple(tags))

    @rule(who=who, title=st.sampled_from(["T1", "T2", "T3"]))
    def rename(self, who: int, title: str) -> None:
        self._edit(who, self.replicas[who].pack(), title=title)

    @rule(who=who, value=st.sampled_from([{}, {"k": 1}, {"k": 2}]))
    def annotate(self, who: int, value: dict[str, int]) -> None:
        self._edit(who, self.replicas[who].pack(), metadata=value)

    @rule(who=who)
    def delete(self, who: int) -> None:
        self._edit(who, self.replicas[who].pack(), deleted=True)

    @rule(who=who, parcel=parcels)
    def delete_what_was_read_long_ago(self, who: int, parcel: Parcel) -> None:
        self._edit(who, parcel, deleted=True)

    @rule(who=who)
    def bring_back(self, who: int) -> None:
        self._edit(who, self.replicas[who].pack(), deleted=False)

    def teardown(self) -> None:
        """Bring everybody together: one view, and nothing that anyone ever made is out of reach."""
        for who in (0, 1, 2, 0, 1):
            self.replicas[(who + 1) % 3].learn(self.replicas[who].pack(), who)
        views = [view(replica.revisions) for replica in self.replicas]
        reach = {*views[0].heads, *ancestors(self.replicas[0].revisions, views[0].heads)}
        self._check(0)

        assert views[0] == views[1] == views[2]
        assert reach == self.ever.keys()

    def _edit(self, who: int, parcel: Parcel, **given: Any) -> None:
        fields = msgspec.structs.replace(view(parcel.revisions).fields, **given)
        replica = self.replicas[who]
        made = replica.edit(fields, parcel)
        if made is not None:
            self.ever.setdefault(made.id, made)
            self.clocks[made.id].add(made.clock)
        self._check(who)

    def _check(self, who: int) -> None:
        replica = self.replicas[who]
        shown = view(replica.revisions)
        authored = {text for revision in self.ever.values() for text in revision.fields.bodies}

        assert set(shown.bodies) <= authored
        assert {**taken_apart(shown.fields), "deleted": shown.deleted} == slowly(replica.revisions)
        if self._is_plain(replica):
            self._check_model(replica, shown)

    def _is_plain(self, replica: Replica) -> bool:
        """Tell whether each revision at hand was made at one time, and says what no other does beside it."""
        known = replica.revisions
        return all(len(self.clocks[one.id]) < 2 for one in known) and len(told_once(known)) == len(known)

    def _check_model(self, replica: Replica, shown: View) -> None:
        bodies = tuple(dict.fromkeys(text for texts in replica.winners("body") for text in texts))
        [k, *_] = replica.winners("metadata")[0]

        assert shown.bodies == bodies
        assert shown.fields.title == replica.winners("title")[0]
        assert shown.fields.metadata.get("k") == k
        assert shown.fields.tags == tuple(tag for tag in TAGS if replica.model[tag].live)
        assert shown.deleted == (not replica.model["alive"].live)


TestReplicas = Replicas.TestCase
TestReplicas.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
