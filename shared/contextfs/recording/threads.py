"""Which conversation a request belongs to: APIs do not say, but each request repeats all that was said before.

A request whose beginning is known, to the last message of a conversation, continues it. One that parts from a
conversation before its end (an answer asked for anew, an edited question) is one of its own, forked from it. It is
named by its first exchange, so that another process gives it the same name. A caller that names its conversation is
taken at its word, also where it sends only the last messages of it.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from itertools import islice, pairwise
from typing import Any

from contextfs.recording.links import chain, digest, seed
from contextfs.recording.model import Turn

MOST_LINKS = 100_000
"""Messages that are remembered: about 20 MB."""
_REMEMBERED = 500


class Thread:
    """A conversation as it stands: its name, the link and the time of its last message, and what it cost."""

    def __init__(self, name: str, forked_from: str | None = None) -> None:
        self.name = name
        self.forked_from = forked_from
        self.tip = ""
        self.at: datetime | None = None
        self.digests: list[str] = []
        self.input_tokens = 0
        self.output_tokens = 0


class Placed:
    """Where a request belongs: its conversation, and the links of its turns from the first that is new, `new`, on."""

    def __init__(self, thread: Thread, links: Sequence[str], new: int) -> None:
        self.thread = thread
        self.links = links
        self.new = new


class Threads:
    """Remembers conversations by the links of their messages. It stores nothing, and is not shared between threads."""

    def __init__(self, most: int = MOST_LINKS) -> None:
        self._most = most
        self._by_link: OrderedDict[str, Thread] = OrderedDict()
        self._by_reply: OrderedDict[str, tuple[Thread, str]] = OrderedDict()
        self._by_name: OrderedDict[tuple[str, str], Thread] = OrderedDict()

    def place(
        self,
        turns: Sequence[Turn],
        *,
        tool: str,
        scope: str | None = None,
        session: str | None = None,
        after: str | None = None,
        cut: bool = False,
    ) -> Placed:
        """Find or begin the conversation of some turns, the last of which is the reply; `cut` says it ended early.

        `session` is the caller's name for it. What is said in one `scope` does not continue another's. `after` names
        the reply that the turns follow.
        """
        digests = [digest(one) for one in turns]
        if session is not None:
            placed = self._named(tool, session, digests)
        else:
            placed = self._continued(turns, digests, seed(tool, scope or "", after or ""), after)
        self._remember(placed, digests, cut=cut)
        return placed

    def answered(self, placed: Placed, reply_id: str) -> None:
        """Remember what a later request may call the reply."""
        self._by_reply[reply_id] = (placed.thread, placed.thread.tip)
        _forget(self._by_reply, self._most)

    def _continued(self, turns: Sequence[Turn], digests: Sequence[str], start: str, after: str | None) -> Placed:
        known, before = self._by_reply.get(after or "", (None, start))
        links = list(chain(before, digests))
        at = next((place for place in reversed(range(len(links))) if links[place] in self._by_link), -1)
        thread = self._by_link[links[at]] if at >= 0 else known
        is_repeated = at == len(links) - 1
        if thread is not None and (is_repeated or thread.tip == (links[at] if at >= 0 else before)):
            return Placed(thread, links[at + 1 :], at + 1)
        first = next((place for place, one in enumerate(turns) if place > at and one.role == "assistant"), -1)
        return Placed(Thread(links[first], thread.name if thread else None), links, 0)

    def _named(self, tool: str, session: str, digests: Sequence[str]) -> Placed:
        thread = self._by_name.get((tool, session))
        if thread is None:
            thread = self._by_name[tool, session] = Thread(session)
            thread.tip = seed(tool, session)
            _forget(self._by_name, self._most)
        known = _known_of(thread.digests, digests)
        return Placed(thread, [*chain(thread.tip, digests[known:])], known)

    def _remember(self, placed: Placed, digests: Sequence[str], *, cut: bool) -> None:
        thread = placed.thread
        thread.digests += digests[placed.new :]
        del thread.digests[:-_REMEMBERED]
        kept = placed.links[:-1] if cut else placed.links  # what was cut off is asked for again
        thread.tip = kept[-1] if kept else thread.tip
        for link in placed.links:
            self._by_link[link] = thread
            self._by_link.move_to_end(link)
        _forget(self._by_link, self._most)


def _known_of(known: Sequence[str], digests: Sequence[str]) -> int:
    """Give how many of the first digests are known: a caller may send the last messages only.

    They are the end of what is known, or else all up to the last one that is known with the one before it.
    """
    for size in range(min(len(known), len(digests)), 0, -1):
        if known[-size:] == digests[:size]:
            return size
    pairs = {*pairwise(known), *((None, one) for one in known)}
    told = list(pairwise([None, *digests]))
    return next((place + 1 for place in reversed(range(len(told))) if told[place] in pairs), 0)


def _forget(remembered: OrderedDict[Any, Any], most: int) -> None:
    for name in list(islice(remembered, max(0, len(remembered) - most))):
        del remembered[name]
