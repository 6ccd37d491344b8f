"""What is in the store is found, as it is now, and nothing else is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contextfs.domain.memories.model import MemoryChange
from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.kit.errors import Invalid
from contextfs.kit.ports import Embedder
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found, said


def test_words_are_found_in_their_other_forms_and_what_fits_best_comes_first(machine: Machine) -> None:
    machine.add("The kitchen is painted green.")
    machine.add("The staging database listens on port 5433.", title="Staging", tags=["db"])
    machine.add("Databases are backed up at night.")

    reply = found(machine, "which port do staging databases use", explain=True)
    first = reply.hits[0]

    assert ["Staging", "database"] == [first.context.split(" · ")[1], first.snippet.split()[2]]
    assert (len(reply.hits), first.tags, first.type) == (2, ["db"], "fact")
    assert first.explanation is not None
    assert (first.explanation.lexical_rank, first.explanation.semantic_rank) == (1, None)


def test_a_memory_is_dated_by_when_it_was_said(machine: Machine) -> None:
    machine.add("The kitchen is painted green.", valid_from=datetime(2029, 5, 6, tzinfo=UTC))
    machine.add("Databases are backed up at night.")

    (first,) = found(machine, "which colour has the kitchen").hits

    assert first.context.endswith(" · 2029-05-06")


def test_whose_word_it_is_decides_among_equals_now_and_in_the_past(machine: Machine) -> None:
    said_by = {"human": "Cobalt is kept in the north barn.", "assistant": "Cobalt is kept in the south barn."}
    for kind, text in said_by.items():
        machine.add(text, author_kind=kind)
    then = machine.tick()
    machine.tick()

    now, back = (
        [(hit.snippet, hit.explanation and hit.explanation.trust) for hit in reply.hits]
        for reply in (found(machine, "cobalt", explain=True), found(machine, "cobalt", explain=True, as_of=then))
    )

    assert [(said_by["human"], 1.0), (said_by["assistant"], 0.6)] == now == back


@pytest.mark.parametrize("query", ["AuthError", "auth error", "src/auth/login_page.py", "login_page", "LoginPage"])
def test_code_is_found_whole_and_in_its_parts(query: str, machine: Machine) -> None:
    machine.add("AuthError comes from src/auth/login_page.py.")

    assert len(said(machine, query)) == 1


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"fact", "decision"}),
    ({"types": ["fact"]}, {"fact"}),
    ({"types": ["memory_decision"]}, {"decision"}),
    ({"tags": ["a"]}, {"fact"}),
    ({"tags": ["a", "b"]}, set()),
    ({"author": "ann@example.com"}, {"fact"}),
    ({"author": "user:BOB@example.com"}, {"decision"}),
    ({"sources": ["message"]}, set()),
    ({"sources": []}, set()),
    ({"tools": ["codex"]}, set()),
    ({"branch": "main"}, set()),
    ({"since": datetime(2030, 1, 31, 12, 0, 4, tzinfo=UTC)}, {"decision"}),
    ({"until": datetime(2030, 1, 31, 12, 0, 4, tzinfo=UTC)}, {"fact"}),
    ({"visibility": ["private"]}, {"decision"}),
    ({"visibility": ["private", "project"]}, {"fact", "decision"}),
    ({"visibility": ["organization"]}, set()),
    ({"sensitivity": ["public", "internal"]}, {"fact"}),
    ({"sensitivity": ["confidential", "restricted"]}, set()),
    ({"visibility": ["private"], "sensitivity": ["internal"]}, set()),
    ({"min_relevance": 1.0}, set()),
    ({"limit": 1}, {"fact"}),
]


@pytest.mark.parametrize(("filters", "names"), FILTERS)
def test_filters_narrow(filters: dict[str, Any], names: set[str], machine: Machine) -> None:
    machine.add("The fact: deploy the shop with blue-green deploys.", tags=["a"], sensitivity="internal")
    machine.now += timedelta(seconds=2)
    machine.who = "user:bob@example.com"
    machine.add("The decision: deploy on Fridays never.", type="decision", visibility="private")

    assert names == {text.split()[1].rstrip(":") for text in said(machine, "deploy shop", **filters)}


def test_a_filter_that_few_pass_still_finds_them(machine: Machine) -> None:
    with machine.open() as store:
        store.take_in(
            Revision(
                memory_id=UUID(int=number + 1),
                fields=Fields(type="fact", content=f"Deploy number {number}.", visibility="project"),
                author="user:ann",
                clock=f"2030-01-01T00:00:00.000Z-{number:04x}",
            )
            for number in range(300)
        )
    machine.add("Among very many other things it is also told how to deploy.", type="user")

    assert len(said(machine, "deploy", types=["user"])) == 1


def test_what_changes_is_found_as_it_is_now(machine: Machine) -> None:
    kept, gone = machine.add("We use gunicorn."), machine.add("We use uvicorn.")
    before = said(machine, "gunicorn"), said(machine, "uvicorn")
    machine.edit(kept, "gunicorn", "hypercorn")
    machine.refresh()
    with machine.open() as store:
        store.remove(gone)

    assert (["We use gunicorn."], ["We use uvicorn."]) == before
    assert ([], [], ["We use hypercorn."]) == (
        said(machine, "gunicorn"),
        said(machine, "uvicorn"),
        said(machine, "hypercorn"),
    )


def test_private_memories_are_found_and_expired_ones_are_not(machine: Machine) -> None:
    machine.add("A private unicorn.", visibility="private")
    machine.add("A unicorn of yesterday.", expires_at=machine.now + timedelta(days=1))
    before = said(machine, "unicorn")
    machine.now += timedelta(days=2)

    assert {"A private unicorn.", "A unicorn of yesterday."} == {*before}
    assert ["A private unicorn."] == said(machine, "unicorn")


def test_every_text_of_a_conflict_is_found(machine: Machine) -> None:
    memory = machine.add("The port is not known.")
    with machine.open() as store:
        [first] = store.log(memory)
        sides = [("5432", "user:ann"), ("6543", "user:bob")]
        store.take_in(
            Revision(
                memory_id=memory,
                parents=(first.id,),
                fields=Fields(type="fact", content=f"The port is {port}.", visibility="project"),
                author=who,
                clock="2030-02-01T00:00:00.000Z-0000",
            )
            for port, who in sides
        )

    assert [[str(memory)], [str(memory)]] == [
        [str(hit.id) for hit in found(machine, port).hits] for port in ("5432", "6543")
    ]


def test_what_says_the_same_is_shown_once(machine: Machine) -> None:
    machine.add("Deploy on Mondays.", type="fact")
    machine.add("deploy on mondays!", type="decision")

    [hit] = found(machine, "deploy").hits

    assert hit.copies == 1


def test_what_says_nearly_the_same_is_named_beside_the_best(machine: Machine) -> None:
    both = {
        machine.add("We deploy with Pulumi on Mondays."),
        machine.add("Remember: please deploy with pulumi on Monday"),
    }
    other = machine.add("We deploy with Pulumi on Tuesdays.")

    hits = found(machine, "when do we deploy with Pulumi").hits

    assert [both, {other}] == [
        {hit.id, *(one.id for one in hit.similar)} for hit in sorted(hits, key=lambda it: -it.copies)
    ]


def test_a_long_memory_is_one_hit_that_tells_its_place(machine: Machine) -> None:
    filler = "Nothing of interest is said here, at length. " * 40
    machine.add(f"{filler}The needle is in the hay. {filler}needle")

    [hit] = found(machine, "needle in the hay").hits

    assert "needle is in the hay" in hit.snippet
    assert 0 < hit.starts < hit.ends <= len(filler) * 2 + 40


def test_nothing_found_says_in_how_much(machine: Machine) -> None:
    machine.add("Something.")

    reply = found(machine, "unicorn")

    assert ([], 1, 0) == (reply.hits, reply.memories, reply.messages)


def test_a_project_that_is_renamed_is_found_by_its_name(machine: Machine) -> None:
    machine.add("Something.")
    said(machine, "something")
    config = machine.root / ".contextfs/config.toml"
    config.write_text(config.read_text().replace('name = "p"', 'name = "zebra"'))
    machine.add("Another thing.")

    assert len(said(machine, "zebra")) == 2


def test_meanings_are_compared_where_a_model_is(machine: Machine, minilm: Embedder) -> None:
    machine.add("The canteen serves lunch from noon.")
    machine.add("Our servers are backed up to tape each night.")

    reply = found(machine, "disaster recovery of machines", minilm, mode="semantic", explain=True)
    word = found(machine, "tape", minilm, explain=True)

    assert ["Our servers are backed up to tape each night.", []] == [reply.hits[0].snippet, reply.degraded]
    assert reply.hits[0].explanation is not None
    assert reply.hits[0].explanation.lexical_score is None
    assert word.hits[0].explanation is not None
    assert (1, 1) == (word.hits[0].explanation.lexical_rank, word.hits[0].explanation.semantic_rank)


def test_what_is_written_right_before_is_found_by_its_meaning(machine: Machine, minilm: Embedder) -> None:
    machine.add("The canteen serves lunch from noon.")
    said(machine, "food", minilm)
    memory = machine.add("Cats and dogs are not allowed.")
    first = said(machine, "pets", minilm)[0]
    with machine.open() as store:
        store.change(memory, MemoryChange(content="Bring your own chair."))

    assert ("Cats and dogs are not allowed.", "Bring your own chair.") == (first, said(machine, "furniture", minilm)[0])


@pytest.mark.parametrize(("query", "complaint"), [("", "empty"), (" \t\n", "empty"), ("x" * 10_001, "10,001")])
def test_a_query_that_says_nothing_or_too_much_is_refused(query: str, complaint: str, machine: Machine) -> None:
    with pytest.raises(Invalid, match=complaint):
        found(machine, query)


STRANGE = [
    ('zebra" OR "b', 1),
    ("* AND NOT (", 0),
    ("NEAR(zebra b)", 1),
    ("terms:foo", 0),
    ("terms:zebra", 1),
    ("'; drop table passages; --", 0),
    ("%_\\", 0),
    ("\0", 0),
    ("nul\0zebra", 1),
    ("\ud800 alone", 0),
    ("\ud800zebra", 1),
    ("🦄🏳️‍🌈", 0),
    ("שלום עולם", 0),
    ("東京の天気", 0),
    ("c++ c# .net", 0),
    ("^start -minus +plus", 0),
    ("ﬀ ﬃ ①", 0),
    ("zebra " * 1500, 1),
    (" ".join(f"word{number}" for number in range(1200)), 1),
    ("a" * 10_000, 0),
]


@pytest.mark.parametrize(("query", "count"), STRANGE)
def test_any_other_text_has_an_answer(query: str, count: int, machine: Machine) -> None:
    machine.add("Zebra word7 b.")

    assert count == len(said(machine, query))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Der Straßenname steht im Vertrag.", "strassenname"),
        ("שלום עולם", "עולם"),
        ("اَلْعَرَبِيَّةُ لغة", "العربية"),
        ("東京の天気は晴れです", "天気"),
        ("Use C++ here.", "c++"),
        ("It's o'clock.", "o'clock"),
    ],
)
def test_other_scripts_are_found(text: str, query: str, machine: Machine) -> None:
    machine.add(text)
    machine.add("Something else.")

    assert [text] == said(machine, query)


@pytest.mark.parametrize(("query", "what"), [("?!", "no word"), ("🎉", "no word"), ("the", "small words alone")])
def test_a_query_without_a_word_that_tells_anything_is_told_so(query: str, what: str, machine: Machine) -> None:
    machine.add("Something.")

    [told] = found(machine, query).degraded

    assert what in told


def test_that_other_forms_of_a_word_were_not_looked_for_is_told_where_nothing_was_found(machine: Machine) -> None:
    machine.add("Резервные копии хранятся на серверах.")

    told = [one for one in found(machine, "сервер").degraded if "found only exactly as typed" in one]

    assert [1, []] == [len(told), found(machine, "копии").degraded]


def test_that_other_forms_of_a_word_were_not_looked_for_is_told_where_the_meaning_alone_finds(
    machine: Machine, minilm: Embedder
) -> None:
    machine.add("Резервные копии хранятся на серверах.")
    told = "found only exactly as typed"

    forms = {query: found(machine, query, minilm) for query in ("сервер", "копии", "servers")}

    assert {1} == {len(reply.hits) for reply in forms.values()}
    assert [True, False, False] == [told in " ".join(reply.degraded) for reply in forms.values()]


def test_small_words_alone_are_looked_for(machine: Machine) -> None:
    machine.add("To be or not to be.")

    assert ["To be or not to be."] == said(machine, "to be")


def test_operators_alone_list_what_they_let_pass_newest_first(machine: Machine) -> None:
    machine.add("We deploy on Thursdays.", type="decision")
    machine.add("The kitchen is painted green.", type="fact")
    machine.add("We freeze on Fridays.", type="decision")

    hits = found(machine, "type:decision").hits

    assert ["We freeze on Fridays.", "We deploy on Thursdays."] == [hit.snippet for hit in hits]
    assert {1.0} == {hit.relevance for hit in hits}
    assert [] == said(machine, "type:decision before:2020")
