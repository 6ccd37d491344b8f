"""The product's ranking with a walk over the graph of what each turn mentions: what `search/graph` does.

The graph holds memories only; here each turn stands for one, so that it can be seen whether it would help with what was
said, too.
"""

from collections.abc import Iterable

import msgspec

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.systems.pure import NOW, Pure, Stored
from benchmarks.retrieval.vectors import Vectors
from contextfs.domain.graph.entities import entities
from contextfs.domain.graph.model import Link, Reached
from contextfs.domain.graph.relations import relations
from contextfs.domain.graph.walk import web
from contextfs.domain.search.fusion import Ranked
from contextfs.domain.search.question import Question
from contextfs.domain.search.ranking import rank
from contextfs.journeys.graph.seeds import keys_of, seeds_of

HUB = 120


class Graph(Pure):
    """Ranks as `Pure` does, walks from the best, and ranks again with what the walk came to."""

    def load(self, conversation: Conversation) -> None:
        """Link each turn with what it mentions."""
        super().load(conversation)
        found = [link for one in self._stored for link in _links(one, self._names)]
        totals: dict[str, int] = {}
        for link in found:
            totals[link.target] = totals.get(link.target, 0) + 1
        self._links = [link for link in found if totals[link.target] <= HUB]
        self._web = web(self._links)
        self._of_source = {f"memory:{one.passage.source}": place for place, one in enumerate(self._stored)}

    def ranked(self, question: str) -> list[Ranked]:
        """Give the ranking with its explanations."""
        asked = self.asked(question)
        first = super().ranked(question)
        by_key = {one.passage.key: one.passage for one in self._stored}
        best = [(f"memory:{by_key[one.hit.key].source}", one.relevance) for one in first]
        reached = self._web.walk(seeds_of(keys_of(question), best, self._links))
        return self._again(asked, reached)

    def _again(self, asked: Question, reached: dict[str, Reached]) -> list[Ranked]:
        passages, rarities = self.found(asked, {self._of_source[node] for node in reached})
        with_graph = [
            msgspec.structs.replace(
                one, graph=reached[node].strength if (node := f"memory:{one.source}") in reached else 0.0
            )
            for one in passages
        ]
        return rank(with_graph, asked, rarities, now=NOW, weights=self._weights)


def _links(one: Stored, people: Iterable[str]) -> list[Link]:
    memory = f"memory:{one.passage.source}"
    text = one.passage.body
    mentions = [
        Link(memory=memory, source=memory, relation="mentions", target=each.entity, name=each.name, whole=each.whole)
        for each in entities(text, people=people)
    ]
    return mentions + [
        Link(memory=memory, source=edge.source, relation=edge.relation, target=edge.target) for edge in relations(text)
    ]


def make(vectors: Vectors) -> Graph:
    """Build it."""
    return Graph(vectors)
