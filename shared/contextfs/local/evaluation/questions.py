"""Questions made of one's own store, with the items that answer them, by rules: pure, and the same for a seed.

- turn: what a person asked in a later session, held out: asked against what was known before. It is answered by what
  speaks of the same files, symbols or errors as the reply that was given.
- title: what a memory is called, asked of the conversation that it was learned from, where it was said otherwise.
- symbol: a file, symbol, error or issue that few memories speak of, asked for by its name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, pairwise, takewhile
from random import Random
from typing import TYPE_CHECKING

from contextfs.domain.graph.entities import entities
from contextfs.domain.graph.model import Mention
from contextfs.local.evaluation.model import Item, Kind, Question

if TYPE_CHECKING:
    from datetime import datetime

_TELLING = frozenset({"file", "symbol", "error", "issue", "package", "command", "host"})
_ASKED_FOR = _TELLING - {"host"}
_LONGEST, _LEAST_WORDS = 2000, 4
_COMMON, _RARE = 8, 2
_MOST_EVIDENCE = 5
_KINDS: tuple[Kind, ...] = ("turn", "symbol", "title")

_Mentions = Mapping[str, Mapping[str, Mention]]


def questions(
    items: Sequence[Item], *, most: int, seed: int, progress: Callable[[str], None] = lambda _: None
) -> list[Question]:
    """Give at most `most` questions, of each kind alike as far as there are any; a seed gives the same ones again."""
    mentions: dict[str, dict[str, Mention]] = {}
    for number, item in enumerate(items, start=1):
        progress(f"{number:,} of {len(items):,} memories and messages read for questions …")
        mentions[item.id] = _telling(f"{item.title}\n{item.text}")
    made = {
        "turn": [*_turns(items, mentions)],
        "symbol": [*_symbols(items, mentions)],
        "title": [*_titles(items)],
    }
    chance = Random(seed)  # noqa: S311 - repeatable
    for kind in _KINDS:
        made[kind].sort(key=lambda one: (one.query, one.evidence))
        chance.shuffle(made[kind])
    return _in_turn([made[kind] for kind in _KINDS], most)


def _in_turn(lists: Sequence[list[Question]], most: int) -> list[Question]:
    longest = max(map(len, lists), default=0)
    return [some[number] for number in range(longest) for some in lists if number < len(some)][:most]


def _turns(items: Sequence[Item], mentions: _Mentions) -> Iterator[Question]:
    holders = _holders(sorted(items, key=lambda one: one.said), mentions)
    for prompt, reply in _exchanges(items):
        query = prompt.text[:_LONGEST]
        if len(query.split()) < _LEAST_WORDS:
            continue
        [session] = prompt.sessions
        asked = Question(kind="turn", query=query, evidence=(), before=prompt.said, session=session)
        evidence = _same_things(asked, prompt.said, {one for each in reply for one in mentions[each.id]}, holders)
        if 0 < len(evidence) <= _MOST_EVIDENCE:
            yield Question(kind="turn", query=query, evidence=tuple(evidence), before=prompt.said, session=session)


def _same_things(asked: Question, at: "datetime", told: set[str], holders: Mapping[str, list[Item]]) -> list[str]:
    """Give what speaks of two of the things that a reply tells of, or of one that hardly anything else speaks of.

    `holders` are in the order of their time: of what is common, no more is looked at than shows that.
    """
    shared: dict[str, int] = {}
    for entity in sorted(told):
        before = takewhile(lambda item: item.said < at, holders.get(entity, ()))
        known = [*islice(filter(asked.may_find, before), _COMMON + 1)]
        if len(known) <= _COMMON:
            for item in known:
                shared[item.id] = shared.get(item.id, 0) + (2 if len(known) <= _RARE else 1)
    return sorted(one for one, times in shared.items() if times > 1)


def _exchanges(items: Sequence[Item]) -> Iterator[tuple[Item, list[Item]]]:
    """Yield what people said, each with the replies to it."""
    sessions: dict[str, list[Item]] = {}
    for item in items:
        if item.source == "message":
            sessions.setdefault(next(iter(item.sessions)), []).append(item)
    for _, said in sorted(sessions.items()):
        ordered = sorted(said, key=lambda one: (one.said, one.id))
        starts = [number for number, one in enumerate(ordered) if one.role == "user" and one.kind == "prompt"]
        for start, end in pairwise([*starts, len(ordered)]):
            yield ordered[start], [one for one in ordered[start + 1 : end] if one.role == "assistant"]


def _symbols(items: Sequence[Item], mentions: _Mentions) -> Iterator[Question]:
    memories = [item for item in items if item.source == "memory"]
    for entity, known in sorted(_holders(memories, mentions).items()):
        kind, name = entity.partition(":")[0], mentions[known[0].id][entity].name
        if kind in _ASKED_FOR and len(known) <= _RARE + 1:
            is_decided = all(item.type == "decision" for item in known)
            asks = f"What was decided about {name}?" if is_decided else f"What do we know about {name}?"
            ids = tuple(sorted(item.id for item in known))
            yield Question(kind="symbol", query=asks, evidence=ids, sources=("memory",))


def _titles(items: Sequence[Item]) -> Iterator[Question]:
    messages = {item.id: item for item in items if item.source == "message"}
    for item in items:
        said = [messages[one] for one in item.proofs if one in messages]
        title = item.title.rstrip("\u2026. ")
        if 0 < len(said) <= _MOST_EVIDENCE and len(title.split()) >= _LEAST_WORDS:
            if any(_plain(title) in _plain(one.text) for one in said):
                continue
            ids = tuple(sorted(one.id for one in said))
            yield Question(kind="title", query=title, evidence=ids, sources=("message",))


def _holders(items: Sequence[Item], mentions: _Mentions) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        for entity in mentions[item.id]:
            found.setdefault(entity, []).append(item)
    return found


def _telling(text: str) -> dict[str, Mention]:
    return {one.entity: one for one in entities(text) if one.whole is None and one.kind in _TELLING}


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").replace("*", "").casefold().split())
