"""Ids for messages of a conversation that is sent again and again."""

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.sessions.model import NewMessage
from contextfs.journeys.ingest.history import named

TURNS = st.lists(st.tuples(st.sampled_from(["user", "assistant", "system", "tool"]), st.text(max_size=3)), max_size=8)


def ids(turns: list[tuple[str, str]]) -> list[str | None]:
    messages = (NewMessage(role=role, content=content) for role, content in turns)  # pyright: ignore[reportArgumentType]
    return [message.external_id for message in named(messages)]


@given(TURNS, TURNS)
def test_a_beginning_is_known_again(begun: list[tuple[str, str]], more: list[tuple[str, str]]) -> None:
    assert ids(begun + more)[: len(begun)] == ids(begun)


@given(TURNS)
def test_a_word_that_is_said_twice_is_two_messages(turns: list[tuple[str, str]]) -> None:
    said = [one for one, (role, _) in zip(ids(turns), turns, strict=True) if role != "system"]

    assert len(set(said)) == len(said)


@given(TURNS, st.text(max_size=3))
def test_a_system_message_moves_no_other(turns: list[tuple[str, str]], text: str) -> None:
    assert ids([("system", text), *turns])[1:] == ids(turns)


def test_a_history_that_was_cut_is_kept_beside_the_whole_one() -> None:
    whole = ids([("user", "a"), ("assistant", "b"), ("user", "c")])

    assert not set(whole) & set(ids([("user", "c")]))


def test_an_id_of_its_own_stays() -> None:
    [message] = named([NewMessage(role="user", content="a", external_id="m1")])

    assert message.external_id == "m1"
