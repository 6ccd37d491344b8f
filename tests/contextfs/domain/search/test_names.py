"""Names in a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.names import asked_without, named, without_names
from tests.growth import is_linear


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("What did Ana decide?", "What did decide?"),
        ("Where is Ana\u2019s key, Ana?", "Where is key,?"),
        ("Did Ana Lopez call Bo?", "Did call?"),
        ("the analysis of Anatomy", "the analysis of Anatomy"),
        ("will ana come", "will ana come"),
        ("Ana?", "Ana?"),
    ],
)
def test_names_are_left_out_as_they_are_spelled(query: str, expected: str) -> None:
    assert expected == without_names(query, ["Ana Lopez", "Bo"])


@given(st.text(), st.lists(st.text(max_size=5), max_size=4))
def test_a_query_is_never_emptied(query: str, names: list[str]) -> None:
    assert bool(query.strip()) == bool(without_names(query, names).strip())


@given(st.text())
def test_without_names_nothing_changes(query: str) -> None:
    assert query == without_names(query, [])


PEOPLE = ["Ana Lopez", "Will", "Mark Twain", "Jos\u00e9", "Deploy Bot", "You", "jdoe"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("what did ana decide about the flat", {"Ana Lopez"}),
        ("ANA LOPEZ: when", {"Ana Lopez"}),
        ("anas flat, ana's key", {"Ana Lopez"}),
        ("the analysis of anatomy", set[str]()),
        ("jose said what", {"Jos\u00e9"}),
        ("what did JDOE push", {"jdoe"}),
        ("will you come", set[str]()),
        ("did you mark this, and will it rise", set[str]()),
        ("what did will say", {"Will"}),
        ("where is mark's key", {"Mark Twain"}),
        ("Where is Mark?", {"Mark Twain"}),
        ("what did you say", set[str]()),
    ],
)
def test_a_name_counts_in_any_case_and_a_word_where_a_name_must_stand(query: str, expected: set[str]) -> None:
    assert expected == named(query, PEOPLE).people


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["We deploy it on Monday.", "Thanks, Deploy Bot!", "I deploy the bot."], set[str]()),
        (["Deploy Bot is down.", "We deploy on Mondays."], {"Deploy Bot"}),
        (["we deploy on thursday at nine", "build 12 is green"], set[str]()),
        (["ask deploy", "deploy said so"], {"Deploy Bot"}),
        ([""], {"Deploy Bot"}),
    ],
)
def test_what_people_use_as_a_word_is_no_name_in_small_letters(said: list[str], expected: set[str]) -> None:
    assert expected == named("when do we deploy", PEOPLE, said).people


def test_a_word_with_a_capital_is_a_name_whatever_was_said() -> None:
    assert {"Deploy Bot"} == named("When did Deploy answer?", PEOPLE, ["We deploy it.", "I deploy."]).people


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("what did ana decide", "what did decide"),
        ("did will say when we will go", "did say when we will go"),
        ("is this mark's flat, and will you mark it", "is this flat, and will you mark it"),
        ("ana lopez?", "ana lopez?"),
        ("the  analysis", "the  analysis"),
    ],
)
def test_what_is_named_is_taken_out_of_a_question_and_nothing_else(query: str, expected: str) -> None:
    assert expected == asked_without(query, named(query, ["Ana Lopez", "Will", "Mark Twain"]))


NAME = st.sampled_from([*PEOPLE, "Ann-Marie", "Dr. (Bo)", "Ren\u00e9e"]) | st.text(max_size=6)
QUERY = st.lists(
    st.sampled_from(["ana", "Will", "did", "will", "mark's", "jos\u00e9", "?", "bot"]) | st.text(max_size=5)
).map(" ".join)


@given(QUERY, st.lists(NAME, max_size=4), st.lists(st.text(max_size=9), max_size=3))
def test_who_is_named_does_not_hang_on_who_else_speaks_and_no_query_is_emptied(
    query: str, names: list[str], said: list[str]
) -> None:
    found = named(query, names, said)
    alone = {name for name in names if named(query, [name], said).people}

    assert found.people <= alone if "s" in query.casefold() else found.people == alone
    assert bool(query.strip()) == bool(asked_without(query, found).strip())
    assert query == asked_without(query, named(query, []))


def test_a_word_beside_a_name_stays_in_the_question() -> None:
    query = "what did the Bot say about when we deploy"
    found = named(query, ["Deploy Bot"], ["We deploy.", "I deploy."])

    assert "what did the say about when we deploy" == asked_without(query, found)


@pytest.mark.parametrize(
    ("query", "names", "said", "expected"),
    [
        ("where is Andreas", ["Andrea"], [], set[str]()),
        ("where is andreas", ["Andrea", "Andreas"], [], {"Andreas"}),
        ("which alias is it", ["Alia"], ["The alias is mail."], set[str]()),
        ("anas flat", ["Ana"], ["The flat is big."], {"Ana"}),
    ],
)
def test_an_s_is_an_ending_where_nobody_says_the_word(
    query: str, names: list[str], said: list[str], expected: set[str]
) -> None:
    assert expected == named(query, names, said).people


def test_the_longest_of_names_that_begin_together_is_left_out() -> None:
    query = "what did ana lopez silva decide"

    assert "what did decide" == asked_without(query, named(query, ["Ana", "Ana Lopez", "Ana Lopez Silva"]))


def test_its_time_is_linear_in_the_question_and_in_those_who_speak() -> None:
    names = [f"Name{number} of eight words in a row {number}" for number in range(30)]
    question = " ".join(names)

    assert is_linear(lambda text: named(text, names, ["Hello."] * 50), "name1 of eight ", 16_000)
    assert is_linear(lambda text: named(question, text.split("|"), [question]), "Name1 of eight|", 16_000)
