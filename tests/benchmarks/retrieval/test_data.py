"""Files of labelled conversations as other people write them are read, or one line says what is wrong and where."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.retrieval.data import Conversation, fitting, load, sample
from benchmarks.retrieval.systems.pure import said_at
from contextfs.kit.errors import Invalid


def written(tmp_path: Path, conversation: dict[str, Any]) -> Path:
    file = tmp_path / "data.json"
    file.write_text(json.dumps({"mine": [conversation]}), "utf-8")
    return file


def turn(key: Any, text: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "speaker": "Ana", "text": text, **more}


def question(*evidence: Any, **more: Any) -> dict[str, Any]:
    return {"q": "Where did Ana move?", "evidence": list(evidence), **more}


def read(tmp_path: Path, turns: list[Any], questions: list[Any], **more: Any) -> Conversation:
    [conversation] = load(written(tmp_path, {"turns": turns, "questions": questions, **more}))["mine"]
    return conversation


def test_what_may_be_missing_may_be_missing(tmp_path: Path) -> None:
    found = read(tmp_path, [turn("1", "I moved."), turn("2", "Oh?", speaker="Ben", date=None)], [question("1")])

    assert ("1", ["Ana", "Ben"]) == (found.conv_id, found.speakers)
    assert [("", None), ("", None)] == [(one.session, one.date) for one in found.turns]
    assert [("1", "")] == [(one.qid, one.category) for one in found.questions]


def test_ids_may_be_numbers(tmp_path: Path) -> None:
    found = read(tmp_path, [turn(1, "I moved.", session=7, date=1683108000)], [question(1, qid=5)], conv_id=3)

    assert ("3", "1", "7") == (found.conv_id, found.turns[0].id, found.turns[0].session)
    assert [("5", ["1"])] == [(one.qid, one.evidence) for one in found.questions]
    assert "2023-05-03" == said_at(found.turns)["1"].date().isoformat()


def test_roles_are_known_by_their_usual_names_where_nobody_has_another_one(tmp_path: Path) -> None:
    with_roles = read(tmp_path, [turn("1", "Hi.", speaker="Human"), turn("2", "Hi.", speaker="AI")], [question("1")])
    with_people = read(tmp_path, [turn("1", "Hi.", speaker="Ai"), turn("2", "Hi.", speaker="Ana")], [question("1")])

    assert [] == with_roles.names
    assert ["user", "assistant"] == [one.speaker for one in with_roles.turns]
    assert ["Ai", "Ana"] == with_people.names


def test_questions_of_one_name_are_told_apart(tmp_path: Path) -> None:
    found = read(tmp_path, [turn("1", "I moved.")], [question("1", qid="q"), question("1", qid="q"), question("1")])

    assert ["q", "q (2)", "3"] == [one.qid for one in found.questions]


def test_evidence_that_is_not_there_is_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [question("1", "8"), question("8"), question(), question("1", q=" ")]

    found = read(tmp_path, [turn("1", "I moved.")], asked)

    assert [["1"]] == [one.evidence for one in found.questions]
    assert "mine: 3 questions are left out: no text, or no evidence among the turns.\n" in capsys.readouterr().err


def test_evidence_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    assert ["1"] == read(tmp_path, [turn("1", "I moved.")], [question("1", "1")]).questions[0].evidence


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read"),
        (b"conv_id;text", "cannot be read"),
        ("{}".encode("utf-16"), "cannot be read"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"mine": {}}', "Expected `array`, got `object`"),
        (b"{}", "no question whose evidence"),
        (b'{"mine": []}', "no question whose evidence"),
        (b'{"mine": [3]}', "Expected `object`"),
        (b'{"mine": [{"questions": []}]}', "missing required field `turns`"),
        (b'{"mine": [{"turns": {}}]}', "Expected `array`, got `object` - at `$.turns`"),
        (b'{"mine": [{"turns": []}]}', "no question whose evidence"),
        (b'{"mine": [{"turns": [{"id": 1, "speaker": "a"}]}]}', "missing required field `text` - at `$.turns[0]`"),
        (b'{"mine": [{"turns": ["hello"]}]}', "Expected `object`, got `str` - at `$.turns[0]`"),
        (b'{"mine": [{"turns": [], "questions": [{"q": "?", "evidence": "1"}]}]}', "at `$.questions[0].evidence`"),
    ],
)
def test_another_form_is_refused_in_one_line_that_names_the_place(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "data.json"
    file.write_bytes(content)

    with pytest.raises(Invalid, match=r"benchmarks/retrieval/README\.md shows the form") as refused:
        load(file)

    assert said in refused.value.detail
    assert "\n" not in refused.value.detail


def test_two_turns_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"Data set mine, conversation 0: two turns have the id 1\."):
        read(tmp_path, [turn("1", "I moved."), turn(1, "Oh?")], [question("1")])


def test_only_data_sets_that_are_there_are_chosen(tmp_path: Path) -> None:
    file = tmp_path / "data.json"
    file.write_bytes(sample())

    assert ["invented"] == list(load(file, ["invented"]))
    with pytest.raises(Invalid, match="has no data set other: choose from invented"):
        load(file, ["other"])


def test_a_mark_of_utf_8_at_the_start_is_no_matter(tmp_path: Path) -> None:
    file = tmp_path / "data.json"
    file.write_bytes(b"\xef\xbb\xbf" + sample())

    assert ["invented"] == list(load(file))


def test_nothing_is_fitted_on_what_is_held_out(tmp_path: Path) -> None:
    both = load(written(tmp_path, {"turns": [turn("1", "I moved.")], "questions": [question("1")]}))

    assert ["mine"] == list(fitting({**both, "mine-held-out": both["mine"]}))


def test_a_year_that_no_calendar_follows_breaks_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, [turn(number, "I moved.", date="9999-12-31") for number in range(90)], [question(1)])

    assert sorted(said_at(found.turns).values()) == list(said_at(found.turns).values())
