"""OpenCode: a real database, the exports from it, older files, and the rules by themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.opencode import find, read
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import (
    DATA,
    files_of,
    order,
    place,
    said,
    session,
    sessions,
    spent,
    unread,
)

LONG = "ses_dfabee22fffegKJhD8XG2WZ3m3"
TYPED = ["list the files please", "How should we sign JWT tokens?", "Which database did we choose?"]


def export(*messages: dict[str, Any], **info: Any) -> Transcript:
    """Read an export of these messages."""
    [one] = read(json.dumps({"info": {"id": "s-1", **info}, "messages": messages}).encode(), name="e.json")
    return one


def message(name: str, *parts: dict[str, Any], role: str = "user", **info: Any) -> dict[str, Any]:
    return {"info": {"id": name, "role": role, **info}, "parts": list(parts)}


def words(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, **more}


def test_prompts_are_what_the_person_typed_without_the_quotes_of_the_shell() -> None:
    short, long = sessions("opencode", "opencode.db")

    assert (["What should we do about the rename of get_usr?"], TYPED) == (said(short), said(long))


def test_the_order_is_that_of_the_conversation() -> None:
    one = sessions("opencode", "opencode.db")[1]
    expected = [
        ("prompt", 0), ("reply", 1), ("tool_result", 0), ("reply", 0),
        ("prompt", 0), ("reply", 0), ("prompt", 0), ("reply", 0),
    ]  # fmt: skip

    assert expected == order(one)


def test_tokens_are_those_of_the_replies() -> None:
    one = sessions("opencode", "opencode.db")[1]

    assert ((1200, 220, 3600, 0), (LONG, "/home/dev/cfs/proj/demo", None, "mock-1")) == (spent(one), place(one))


def test_export_database_and_bytes_give_the_same() -> None:
    of_base, of_export = sessions("opencode", "opencode.db")[1], session("opencode", f"export-{LONG}.json")
    of_bytes = read((DATA / "opencode" / "opencode.db").read_bytes(), name="opencode.db")[1]
    names = [[(m.external_id, m.content) for m in one.messages] for one in (of_base, of_export, of_bytes)]

    assert names[0] == names[1] == names[2]


def test_older_files_are_put_together() -> None:
    one = session("opencode", "storage/session/proj_test/ses_s_stage0_large.json")
    expected = [("prompt", 0), ("reply", 1), ("tool_result", 0), ("prompt", 0), ("reply", 0)]

    assert (expected, ["Step 1", "Step 2"], (120, 16, 0, 0)) == (order(one), said(one), spent(one))


def test_files_of_messages_and_parts_are_no_sessions() -> None:
    names = [path.name for path in files_of("opencode") if path.suffix == ".json"]
    expected = {"export-ses_dfabe4cc3ffebAO7dgb9AD8yiK.json", f"export-{LONG}.json"}

    assert expected | {"ses_s_stage0_large.json", "ses_s_stage0_small.json"} == set(names)


def test_what_the_tool_added_to_a_prompt_is_injected() -> None:
    one = export(message("m1", words("see it"), words("file: secret", synthetic=True)))

    assert (["see it"], ["file: secret"]) == (said(one), said(one, "injected"))


def test_what_was_reverted_is_counted() -> None:
    talk = (message("m1", words("a")), message("m2", words("b")), message("m3", words("c")))
    one = export(*talk, revert={"messageID": "m2"})

    assert (["a"], 2) == (said(one), one.skipped["off_path"])
    assert set() == unread(export(*talk), one)


def test_a_subagent_is_asked_by_nobody() -> None:
    one = export(message("m1", words("Look around.")), parentID="s-0")

    assert ([], "s-0") == (said(one), one.metadata["parent"])


def test_a_compaction_leaves_its_summary() -> None:
    one = export(message("m1", words("a")), message("m2", words("So far."), role="assistant", summary=True))

    assert ["So far."] == said(one, "summary")


@pytest.mark.parametrize(
    ("stored", "typed"),
    [('"two words"', "two words"), ('say "hi"', 'say "hi"'), ('"a" or "b"', '"a" or "b"'), ('"', '"')],
)
def test_one_pair_of_quotes_is_taken_off(stored: str, typed: str) -> None:
    one = export(message("m1", words(stored)))

    assert [typed] == said(one)


def test_a_message_of_which_only_a_summary_is_left_is_kept() -> None:
    one = export(message("m1", summary={"body": "Open README"}))

    assert ["Open README"] == said(one)


def test_another_file_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        read(b'[{"title":"t","mapping":{}}]', name="e.json")

    assert "`ctx import chatgpt` reads it." in refusal.value.detail


def test_databases_are_found(tmp_path: Path) -> None:
    path = tmp_path / "data" / "opencode" / "opencode.db"
    path.parent.mkdir(parents=True)
    path.touch()

    assert [path] == find(tmp_path, {"XDG_DATA_HOME": str(tmp_path / "data")}, "linux")
