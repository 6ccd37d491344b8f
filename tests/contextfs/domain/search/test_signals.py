"""What speaks for a passage of a conversation beside the legs."""

import random
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.names import named
from contextfs.domain.search.question import Question, understand
from contextfs.domain.search.ranking import rank
from contextfs.domain.search.signals import Passage, read

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = 3
RARITIES = [3.0, 2.0, 1.0]


def asked(text: str = "When did Ana move to Lisbon in May 2023?") -> Question:
    return understand(text, today=NOW.date()).without(named(text, ["Ana", "Ben"]))


def turn(place: int, body: str = "Yes.", *, held: tuple[float, ...] = (0, 0, 0), **more: object) -> Passage:
    usual = Passage(
        key=f"k{place}",
        source=f"m{place}",
        body=body,
        lexical=sum(held),
        semantic=0.2,
        held=held,
        occurred_at=datetime(2023, 5, 9, tzinfo=UTC),
        type="message",
        session="s",
        place=place,
        role="user",
        speaker="Ana" if place % 2 else "Ben",
    )
    return msgspec.structs.replace(usual, **more)


def test_a_turn_is_read_with_its_neighbours() -> None:
    turns = [turn(0, "Did you move?", held=(3, 0, 0)), turn(1, held=(0, 2, 0)), turn(2, "In May.", held=(0, 0, 1))]

    signals = read(turns, asked(), RARITIES)

    assert [0.5, 1 / 3, 1 / 6] == [signals[one.key].coverage for one in turns]
    assert [5 / 6, 1.0, 0.5] == [signals[one.key].window for one in turns]
    assert [0.0, 0.0, 0.5] == [signals[one.key].before for one in turns]
    assert [0.0, 1.0, 0.0] == [signals[one.key].named for one in turns]
    assert [0.0, 1.0, 1.0] == [signals[one.key].stated for one in turns]
    assert [1.0, 1.0, 1.0] == [signals[one.key].dated for one in turns]


TURNS = st.lists(
    st.lists(st.tuples(*(st.sampled_from([0.0, rarity]) for rarity in RARITIES)), min_size=1, max_size=2),
    min_size=1,
    max_size=6,
)


@given(TURNS)
def test_a_turn_is_one_in_however_many_messages(said: list[list[tuple[float, float, float]]]) -> None:
    speakers = ["Ana" if number % 2 else "Ben" for number in range(len(said))]
    whole = [
        turn(number, held=tuple(map(max, zip(*messages, strict=True))), speaker=speaker)
        for number, (messages, speaker) in enumerate(zip(said, speakers, strict=True))
    ]
    sent = [(number, held, speakers[number]) for number, messages in enumerate(said) for held in messages]
    pieces = [turn(place, held=held, speaker=speaker) for place, (_, held, speaker) in enumerate(sent)]

    turns, messages = read(whole, asked(), RARITIES), read(pieces, asked(), RARITIES)

    for place, (number, _, _) in enumerate(sent):
        of_turn, of_message = turns[f"k{number}"], messages[f"k{place}"]
        assert (of_turn.window, of_turn.before) == (of_message.window, of_message.before)


def test_messages_of_one_speaker_with_others_between_them_are_not_one_turn() -> None:
    turns = [turn(place, speaker="Ana", held=(3, 2, 1) if place == 0 else (0, 0, 0)) for place in (0, 2, 3)]

    signals = read(turns, asked(), RARITIES)

    assert [1.0, 0.0, 0.0] == [signals[one.key].window for one in turns]
    assert [0.0, 1.0, 1.0] == [signals[one.key].before for one in turns]


def test_of_a_long_row_of_messages_those_nearby_count() -> None:
    turns = [turn(place, speaker="Ana", held=(3, 2, 1) if place == 0 else (0, 0, 0)) for place in range(9)]

    assert [*[1.0] * 7, 0.0, 0.0] == [one.window for one in read(turns, asked(), RARITIES).values()]


def test_neighbours_of_another_session_do_not_count() -> None:
    turns = [turn(0, held=(3, 2, 1)), turn(1, session="other")]

    assert read(turns, asked(), RARITIES)["k1"].window == 0.0


def test_what_does_not_apply_is_not_judged() -> None:
    signals = read([turn(1)], asked("which port?"), RARITIES)["k1"]

    assert (None, None) == (signals.named, signals.dated)
    assert read([turn(0, session=None)], asked(), RARITIES) == {}


def test_with_an_assistant_it_matters_what_came_first() -> None:
    user, assistant = turn(0, speaker=None), turn(1, speaker=None, role="assistant")

    signals = read([user, assistant], asked(), RARITIES)

    assert [("assistance", 1.0), ("assistance", 0.0)] == [(one.kind, one.opens) for one in signals.values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("which port did I want?", [1.0, 0.0]),
        ("which port did you find?", [None, None]),
        ("why does the port not answer", [None, None]),
    ],
)
def test_who_said_it_counts_where_a_question_is_about_the_one_who_asks(text: str, expected: list[float | None]) -> None:
    user, assistant = turn(0, speaker=None), turn(1, speaker=None, role="assistant")

    signals = read([user, assistant], asked(text), RARITIES)

    assert expected == [one.own for one in signals.values()]


def test_what_a_person_asked_gives_way_to_what_answers_it() -> None:
    question, reply = (
        turn(0, "Why does it hang?", speaker=None),
        turn(1, "Shall I go on?", speaker=None, role="assistant"),
    )

    matter = read([question, reply], asked("why did it hang"), RARITIES)
    personal = read([question, reply], asked("what did I ask about"), RARITIES)

    assert [0.0, 1.0] == [one.stated for one in matter.values()]
    assert [None, None] == [one.stated for one in personal.values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How should I write the date?", [1.0, 0.0, 0.0, None]),
        ("which date did we set", [None, None, None, None]),
    ],
)
def test_what_a_person_always_wants_counts_where_advice_is_asked_for(text: str, expected: list[float | None]) -> None:
    turns = [
        turn(0, "Always write the day first.", speaker=None),
        turn(1, "Always write the day first.", speaker=None, role="assistant"),
        turn(2, "I write the day first.", speaker=None),
        turn(3, "Always write the day first.", session="people"),
    ]

    signals = read(turns, asked(text), RARITIES)

    assert expected == [one.wished for one in signals.values()]


@pytest.mark.parametrize("speaker", ["Ana", None])
def test_a_good_session_supports_its_turns(speaker: str | None) -> None:
    good = [turn(place, held=(3, 2, 1), session="good", speaker=speaker) for place in (1, 3, 5)]
    poor = [turn(place, session="poor", key=f"p{place}", source=f"p{place}", speaker=speaker) for place in (1, 3, 5)]

    signals = read([*good, *poor], asked(), RARITIES)

    assert (signals["k1"].support or 0) > (signals["p1"].support or 0)


@pytest.mark.parametrize(
    ("semantic", "lexical", "expected"), [(0.5, 20.0, 0.5), (None, 20.0, 0.5), (0.5, None, 0.5), (None, None, 0.0)]
)
def test_a_leg_that_could_not_judge_takes_no_support_away(
    semantic: float | None, lexical: float | None, expected: float
) -> None:
    one = turn(0, speaker=None, semantic=semantic, lexical=lexical)

    assert expected == read([one], asked(), RARITIES)["k0"].support


HELD = st.tuples(*(st.sampled_from([0.0, rarity]) for rarity in RARITIES))
PASSAGES = st.lists(
    st.builds(
        Passage,
        key=st.integers(0, 99).map(str),
        source=st.sampled_from("abcdef"),
        body=st.sampled_from(["Yes.", "Why?", "I moved last week.", "מעבר 🎉", ""]),
        lexical=st.none() | st.floats(0, 60),
        semantic=st.none() | st.floats(-1, 1) | st.just(float("nan")),
        held=HELD,
        occurred_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        type=st.sampled_from(["message", "fact"]),
        session=st.sampled_from([None, "s", "t"]),
        place=st.none() | st.integers(0, 6),
        role=st.sampled_from(["user", "assistant"]),
        speaker=st.sampled_from([None, "Ana", "Ben"]),
    ),
    max_size=8,
    unique_by=(lambda one: one.key, lambda one: (one.session, one.place)),
)


@given(PASSAGES)
def test_signals_and_scores_lie_in_the_unit_and_each_source_comes_once(passages: list[Passage]) -> None:
    ranked = rank(passages, asked(), RARITIES, now=NOW)
    sources = {one.key: one.source for one in passages}
    kept = [sources[one.hit.key] for one in ranked]

    assert all(0 <= one.score <= 1 and 0 <= one.relevance <= 1 for one in ranked)
    assert all(0 <= value <= 1 for one in ranked for value in one.explanation.terms.values())
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
    assert len(kept) == len(set(kept))


@given(PASSAGES, st.randoms(use_true_random=False))
def test_the_order_of_passages_is_irrelevant(passages: list[Passage], rng: random.Random) -> None:
    shuffled = rng.sample(passages, len(passages))

    assert [one.hit.key for one in rank(passages, asked(), RARITIES, now=NOW)] == [
        one.hit.key for one in rank(shuffled, asked(), RARITIES, now=NOW)
    ]


BETTER = [
    {"semantic": 0.6},
    {"held": (3.0, 2.0, 1.0)},
    {"speaker": "Ana"},
    {"occurred_at": datetime(2023, 5, 20, tzinfo=UTC)},
    {"body": "I moved last month."},
]


@pytest.mark.parametrize("better", BETTER)
@given(others=PASSAGES)
def test_more_of_a_signal_never_lowers_a_score(better: dict[str, object], others: list[Passage]) -> None:
    plain = turn(0, "So what?", occurred_at=datetime(2020, 1, 1, tzinfo=UTC), session="own", key="it", source="it")
    known = turn(1, "Ana is here.", session="elsewhere", key="ana", source="ana")
    rest = [known, *others]

    before, after = (
        next(r.relevance for r in rank([one, *rest], asked(), RARITIES, now=NOW) if r.hit.key == "it")
        for one in (plain, msgspec.structs.replace(plain, **better))
    )

    assert after >= before


def test_nothing_that_speaks_of_the_question_is_not_relevant_however_well_it_stands() -> None:
    lonely = turn(1, "I moved last week.", semantic=None)

    assert 0.0 == rank([lonely], asked(), RARITIES, now=NOW)[0].relevance


def test_a_date_of_today_is_found_in_the_year_9999() -> None:
    assert understand("yesterday", today=date(9999, 12, 31)).when[0].last == date(9999, 12, 30)
