"""The walk, and its laws."""

import random

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.graph.model import Link
from contextfs.domain.graph.walk import walk
from tests.contextfs.domain.graph.graphs import links, node

SESSIONS = {
    1: "We keep sessions in Redis, see src/auth/login.py.",
    2: "login.py reads SESSION_TTL_SECONDS.",
    3: "SESSION_TTL_SECONDS is 900, said Ana Silva after SHOP-7.",
    4: "The kitchen is green.",
}


def test_it_comes_to_memories_that_share_no_word_with_what_was_found_and_shows_the_way() -> None:
    reached = walk({node(1): 1.0}, links(SESSIONS))

    assert list(reached) == [node(2), node(3)]
    assert 0 < reached[node(3)].strength < reached[node(2)].strength < 1
    assert [(step.node, step.by) for step in reached[node(3)].paths[0]] == [
        (node(1), "found"),
        ("file:src/auth/login.py", "mentions"),
        (node(2), "mentions"),
        ("symbol:session_ttl_seconds", "mentions"),
        (node(3), "mentions"),
    ]


def test_a_name_that_fits_two_things_joins_neither() -> None:
    texts = {1: "See src/a/main.py.", 2: "See src/b/main.py.", 3: "main.py is long."}

    assert walk({node(1): 1.0}, links(texts)) == {}
    assert node(3) in walk({node(1): 1.0}, links({1: texts[1], 3: texts[3]}))


def test_what_an_edge_states_is_followed_in_both_directions() -> None:
    texts = {1: "AuthService uses Redis.", 2: "Redis runs on port 6390.", 3: "AuthService is old."}

    assert {node(1), node(2), node(3)} == set(walk({"symbol:authservice": 1.0}, links(texts)))


def test_what_was_overtaken_leads_to_what_stands_for_it() -> None:
    edge = Link(memory=node(1), source=node(2), relation="supersedes", target=node(1))
    reached = walk({node(1): 0.5}, [edge])

    assert [(0.4, "supersedes")] == [(one.strength, one.paths[0][-1].by) for one in reached.values()]


def test_what_everything_mentions_leads_almost_nowhere() -> None:
    rare = walk({node(0): 1.0}, links(dict.fromkeys(range(2), "Redis")))
    common = walk({node(0): 1.0}, links(dict.fromkeys(range(50), "Redis")))

    assert common[node(1)].strength < rare[node(1)].strength / 2.5


WORDS = ["Redis", "Kafka", "src/a.py", "a.py", "load_user", "load_user uses Redis", "#7", "x/a.py", "acme/shop#7"]
TEXTS = st.dictionaries(st.integers(1, 8), st.lists(st.sampled_from(WORDS), max_size=3).map("; ".join), max_size=8)


@given(TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_links_and_their_repetition_do_not_matter(texts: dict[int, str], chance: random.Random) -> None:
    found = links(texts)
    shuffled = [*found, *found[: len(found) // 2]]
    chance.shuffle(shuffled)

    assert walk({node(1): 1.0, "tool:redis": 1.0}, found) == walk({"tool:redis": 1.0, node(1): 1.0}, shuffled)


@given(TEXTS, st.floats(0, 1))
def test_strengths_lie_between_0_and_1_and_grow_with_the_seeds(texts: dict[int, str], less: float) -> None:
    found = links(texts)
    weak, strong = walk({node(1): less}, found), walk({node(1): 1.0}, found)

    assert all(0 < one.strength <= 1 for one in strong.values())
    assert all(one.strength <= strong[name].strength + 1e-12 for name, one in weak.items())


@given(TEXTS)
def test_every_path_is_made_of_links_and_goes_nowhere_twice(texts: dict[int, str]) -> None:
    for name, one in walk({node(1): 1.0, "tool:kafka": 1.0}, links(texts)).items():
        assert one.paths
        for path in one.paths:
            nodes = [step.node for step in path]

            assert (nodes[-1], len(set(nodes))) == (name, len(nodes))
            assert len(nodes) <= 6
