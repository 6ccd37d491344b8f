"""Questions that are made of a store, and what answers them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contextfs.local.evaluation.grep import Grep
from contextfs.local.evaluation.model import Item, Question
from contextfs.local.evaluation.questions import questions

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def said(number: int, session: str, role: str, text: str) -> Item:
    """Give a message of a session; later numbers were said later."""
    return Item(
        id=f"m{number:02}",
        source="message",
        text=text,
        said=DAY + timedelta(hours=number),
        role=role,
        kind="prompt" if role == "user" else "reply",
        sessions=frozenset({session}),
    )


def known(name: str, text: str, *, title: str = "", proofs: tuple[str, ...] = (), session: str = "s1") -> Item:
    """Give a memory that was learned in a session."""
    return Item(
        id=name,
        source="memory",
        text=text,
        title=title,
        type="decision",
        said=DAY,
        sessions=frozenset({session}),
        proofs=proofs,
    )


TALK = [
    said(1, "s1", "user", "Why does the login time out after an hour?"),
    said(2, "s1", "assistant", "IDLE_LIMIT in src/auth/login.py is 3600."),
    said(3, "s2", "user", "Please tell me where sessions end."),
    said(4, "s2", "assistant", "See src/auth/login.py: IDLE_LIMIT says it."),
    said(5, "s3", "user", "Paint the kitchen in green, please."),
    said(6, "s3", "assistant", "Done, it is green now."),
    said(7, "s4", "assistant", "Nobody asked in this one."),
]


def asked(items: list[Item], kind: str) -> list[Question]:
    return [one for one in questions(items, most=100, seed=1) if one.kind == kind]


def test_a_later_turn_is_answered_by_what_was_known_before_of_the_same_things() -> None:
    [question] = asked(TALK, "turn")

    assert (question.query, question.evidence, question.session) == (TALK[2].text, ("m02",), "s2")
    assert [one.id for one in TALK if question.may_find(one)] == ["m01", "m02"]


def test_what_was_learned_of_the_held_out_session_itself_is_no_answer() -> None:
    own = known("k1", "IDLE_LIMIT is in src/auth/login.py.", session="s2")
    other = known("k2", "IDLE_LIMIT is in src/auth/login.py too.", session="s1")

    assert ("k2", "m02") == next(one.evidence for one in asked([*TALK, own, other], "turn") if one.session == "s2")


def test_a_symbol_that_few_memories_speak_of_is_asked_for_by_name() -> None:
    rare = known("k1", "We keep IDLE_LIMIT at 900.")
    common = [known(f"c{number}", "Uses load_user.") for number in range(4)]

    assert [("What was decided about IDLE_LIMIT?", ("k1",))] == [
        (one.query, one.evidence) for one in asked([rare, *common], "symbol")
    ]


def test_a_title_is_asked_of_the_conversation_unless_its_words_were_said_there() -> None:
    told = known("k1", "x", title="How long sessions may idle", proofs=("m02",))
    quoted = known("k2", "x", title="Why does the login time out", proofs=("m01",))

    assert [(told.title, ("m02",))] == [(one.query, one.evidence) for one in asked([*TALK, told, quoted], "title")]


TEXTS = st.lists(
    st.sampled_from(["IDLE_LIMIT is in a/b.py", "see a/b.py and ERR_42", "Hello there my friend", ""]), max_size=9
)


@given(TEXTS, st.integers(0, 9), st.integers(1, 5))
def test_a_seed_asks_the_same_whatever_order_things_came_in(texts: list[str], seed: int, most: int) -> None:
    items = [
        said(number, f"s{number // 2}", "user" if number % 2 == 0 else "assistant", text)
        for number, text in enumerate(texts)
    ]
    made = questions(items, most=most, seed=seed)

    assert made == questions(items[::-1], most=most, seed=seed)
    assert len(made) <= most
    assert all(one.evidence for one in made)
    by_id = {item.id: item for item in items}
    assert all(one.may_find(by_id[each]) for one in made for each in one.evidence)


def test_grep_counts_words_and_keeps_to_what_may_be_found() -> None:
    question = Question(kind="turn", query="login time out", evidence=("m01",), before=TALK[2].said, session="s2")

    assert ["m01", "m02"] == Grep(TALK).search(question, 5)


def test_how_far_it_is_with_reading_is_told() -> None:
    told: list[str] = []

    questions(TALK, most=3, seed=1, progress=told.append)

    assert [f"{number} of 7 memories and messages read for questions …" for number in range(1, 8)] == told
