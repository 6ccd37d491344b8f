"""The walk over turns raises what shares entities with the best, and lowers nothing that shares none."""

from pathlib import Path

from benchmarks.retrieval.data import Conversation, Turn
from benchmarks.retrieval.systems.graph import Graph
from benchmarks.retrieval.systems.pure import Pure
from tests.benchmarks.retrieval.test_pure import Blind

TURNS = [
    Turn("1", "s1", "user", "Sessions are kept in src/auth/login.py."),
    Turn("2", "s2", "user", "The kitchen is green."),
    Turn("3", "s3", "user", "src/auth/login.py reads IDLE_LIMIT."),
]


def test_what_shares_an_entity_with_the_best_comes_next(tmp_path: Path) -> None:
    blind = Blind(tmp_path / "none", tmp_path / "cache.db")
    conversation = Conversation("c", ["user"], TURNS, [])
    graph, pure = Graph(blind), Pure(blind)
    graph.load(conversation)
    pure.load(conversation)
    relevance = {one.hit.key: one.relevance for one in pure.ranked("where are sessions kept")}
    raised = {one.hit.key: one.relevance for one in graph.ranked("where are sessions kept")}

    assert ["1", "3", "2"] == graph.search("where are sessions kept", 3)
    assert all(raised[key] >= relevance[key] for key in relevance)
    assert raised["3#0"] > relevance["3#0"]
