"""What was said is read as one conversation: neighbours, speakers, dates; a question's operators narrow."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from clients.cli import sample
from contextfs.kit.ports import Embedder
from contextfs.local.search.reindexing import finish
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found, opened, said
from tests.contextfs.local.search.test_sessions import say, session
from tests.contextfs.local.sessions.conversations import brought
from tests.functions.letters import Letters

SAID = [
    ("Ben", "Where do you keep the staging password?", "2025-05-02T10:00:00.000000Z"),
    ("Ana", "In the vault, under deploy.", "2025-05-02T10:01:00.000000Z"),
    ("Ben", "Thanks!", "2025-05-02T10:02:00.000000Z"),
    ("Ana", "The kitchen is painted green.", "2025-08-09T10:00:00.000000Z"),
    ("Ben", "I painted my kitchen blue.", "2025-08-09T10:01:00.000000Z"),
]


def speak(machine: Machine, number: int, speaker: str, text: str, at: str) -> None:
    say(machine, number, text, metadata=f'{{"speaker": "{speaker}"}}', at=at)


@pytest.fixture
def talk(machine: Machine) -> Machine:
    """Give a store with a conversation between two people."""
    session(machine, tool="chat")
    for number, (speaker, text, at) in enumerate(SAID, start=1):
        speak(machine, number, speaker, text, at)
    return machine


def test_an_answer_is_found_by_the_question_before_it_and_says_why(talk: Machine) -> None:
    hits = found(talk, "staging password", explain=True).hits

    answer = next(hit for hit in hits if hit.snippet == "In the vault, under deploy.")
    assert answer.explanation is not None
    assert ("dialogue", 0.0) == (answer.explanation.kind, answer.explanation.lexical_score)
    assert 0 < answer.explanation.terms["window"]


@pytest.mark.parametrize(("name", "colour"), [("Ana", "green"), ("Ben", "blue"), ("ana", "green"), ("BEN", "blue")])
def test_who_is_named_decides_whose_words_come_first(name: str, colour: str, talk: Machine) -> None:
    first = found(talk, f"which colour is the kitchen of {name}").hits[0]

    assert colour in first.snippet
    assert f"2025-08-09 · {name.capitalize()}" in first.context


@pytest.mark.parametrize("text", ["we deploy on thursday at nine", "deploy happens thursday"])
def test_a_name_that_is_a_word_too_keeps_nothing_from_being_found(text: str, machine: Machine) -> None:
    session(machine, tool="chat")
    speak(machine, 1, "ana", text, "2025-05-02T10:00:00.000000Z")
    speak(machine, 2, "Deploy Bot", "build 12 is green, deploy", "2025-05-02T10:01:00.000000Z")

    assert text in [hit.snippet for hit in found(machine, "on which day do we deploy").hits]


class Listening(Letters):
    """Tells which texts it was given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Give each text its vector, and remember the text."""
        self.texts += texts
        return [list(one) for one in super().embed(texts)]


def test_names_are_left_out_of_what_is_embedded_and_of_a_question_that_means_somebody(talk: Machine) -> None:
    speak(talk, 6, "Ana", "Thank you Ben, tell Cem.", "2025-08-09T10:02:00.000000Z")
    listening = Listening()
    found(talk, "Which colour is the kitchen of Ana?", listening)
    first = [*listening.texts]
    listening.texts.clear()
    speak(talk, 7, "Cem", "I know.", "2025-08-09T10:03:00.000000Z")
    with opened(talk, listening) as index:
        finish(index)

    assert {"Thank you, tell Cem.", "Which colour is the kitchen of Ana?", "Which colour is the kitchen of?"} <= {
        *first
    }
    assert {"Thank you, tell.", "I know."} == {*listening.texts}


OPERATORS: list[tuple[str, list[int]]] = [
    ("staging password since:2025-08", []),
    ("staging password before:2025-06-01 type:message", [0, 1]),
    ("staging password type:decision", []),
    ("staging password tool:other", []),
    ("staging password tool:chat before:2025-06", [0, 1]),
    ("staging password tag:work branch:main before:2025-06", [0, 1]),
    ("tag:none staging password", []),
    ("staging password author:bob@example.com", []),
    ("staging password author:me before:2025-06", [0, 1]),
]


@pytest.mark.parametrize(("query", "places"), OPERATORS)
def test_operators_in_a_question_narrow_and_neighbours_do_not_slip_through(
    query: str, places: list[int], talk: Machine
) -> None:
    assert {SAID[place][1] for place in places} == {*said(talk, query)}


def test_what_is_given_goes_before_what_is_typed(talk: Machine) -> None:
    assert ([], 2) == (
        said(talk, "staging password type:message", types=["decision"]),
        len(said(talk, "staging password tool:other before:2025-06", tools=["chat"])),
    )


def test_authors_of_memories_are_typed_as_they_are_known(machine: Machine) -> None:
    machine.add("Deploy on Fridays.")
    machine.who = "user:bob@example.com"
    machine.now += timedelta(seconds=1)
    machine.add("Deploy on Mondays.")

    assert (["Deploy on Fridays."], ["Deploy on Mondays."], ["Deploy on Mondays."]) == (
        said(machine, "deploy author:ann@example.com"),
        said(machine, "author:me deploy"),
        said(machine, "deploy", author="me"),
    )


@pytest.mark.parametrize(
    "query", ["type:fact", "since:2025-01-01", "last spring", "on 31 December 9999", '"" :: type:']
)
def test_a_question_of_nothing_but_operators_or_dates_is_answered(query: str, talk: Machine) -> None:
    assert isinstance(said(talk, query, Letters()), list)


def places(machine: Machine) -> list[str]:
    """Give what was said, in the order in which it stands in the index."""
    with opened(machine) as index:
        index.freshen()
        rows = index.base.each("select t.body from passages as p join passage_texts as t using (id) order by p.place")
        return [body for (body,) in rows]


def test_what_comes_late_or_goes_leaves_the_conversation_in_its_order(talk: Machine) -> None:
    before = places(talk)
    speak(talk, 9, "Ben", "Between the two.", "2025-06-01T10:00:00.000000Z")
    late = places(talk)
    with opened(talk) as index:
        index.base.run("delete from messages where content = 'Thanks!'")
        index.base.run("insert or ignore into dirty_sessions select id from sessions")
    gone = places(talk)
    with opened(talk) as index:
        numbers = [one for (one,) in index.base.each("select place from passages order by place")]

    texts = [text for _, text, _ in SAID]
    assert (texts, [*texts[:3], "Between the two.", *texts[3:]]) == (before, late)
    assert [*texts[:2], "Between the two.", *texts[3:]] == gone
    assert [0, 1, 2, 3, 4] == numbers


def test_meanings_of_what_was_said_are_compared_without_the_line_above(talk: Machine, minilm: Embedder) -> None:
    reply = found(talk, "where are secrets stored", minilm, mode="semantic")

    assert [] == reply.degraded
    assert {"In the vault, under deploy.", "Where do you keep the staging password?"} >= {
        reply.hits[0].snippet,
    }


def test_what_was_said_here_is_by_who_works_here_however_that_is_typed(machine: Machine) -> None:
    session(machine, tool="chat")
    say(machine, 1, "Herons nest here.")
    me = machine.who.removeprefix("user:")

    assert [1, 1, 1, 0] == [
        len(said(machine, f"herons author:{one}")) for one in ("me", me.upper(), f"user:{me}", "bob@example.com")
    ]


def test_a_pack_that_a_conversation_was_handed_is_not_found_in_it_again(machine: Machine) -> None:
    machine.add("Unicorns graze on the north meadow.")
    pack = "<contextfs-context items='1'>\n- Unicorns graze on the north meadow.\n</contextfs-context>"
    session(machine, tool="chat")
    say(machine, 1, f"{pack}\nMow the lawn.")
    say(machine, 2, pack)

    first = [(hit.source, hit.snippet) for hit in found(machine, "unicorns on the meadow").hits]
    again = [(hit.source, hit.snippet) for hit in found(machine, "unicorns on the meadow").hits]

    assert [("memory", "Unicorns graze on the north meadow.")] == first == again
    assert ["Mow the lawn."] == said(machine, "lawn")


def test_what_was_found_out_stands_beside_the_question_that_it_answers(machine: Machine, minilm: Embedder) -> None:
    with machine.open() as store:
        brought(store, sample.FOLDER)

    first, second, *_ = said(machine, "why did the tests hang", minilm, sources=["message"])

    assert "The hang came from the session-level advisory lock" in f"{first} {second}"
