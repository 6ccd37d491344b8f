"""Gemini CLI: a real log with resumes, an older JSON, and the rules by themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from contextfs.adapters.transcripts.files import FOLDER
from contextfs.adapters.transcripts.gemini import find, is_session, read
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.normalised import normalised
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import order, place, said, session, spent

RESUMED = "demo/chats/session-2026-11-22T21-54-b038f9ed.jsonl"
WHOLE = "f7633853-6663-4dbb-bbf4-6159afa29df8-0.json"
HEAD = {"sessionId": "s-1", "projectHash": "h", "startTime": "2026-01-01T00:00:00Z"}


def log(*events: dict[str, Any]) -> Transcript:
    """Read a session of these events."""
    [one] = read("\n".join(map(json.dumps, [HEAD, *events])).encode(), name="session.jsonl")
    return one


def message(name: str, text: str, kind: str = "user", **more: Any) -> dict[str, Any]:
    return {"id": name, "type": kind, "content": [{"text": text}], "timestamp": "2026-01-01T00:00:01Z", **more}


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        (RESUMED, ["list the files please", "How should we sign JWT tokens?", "Which database did we choose?"]),
        (WHOLE, ["run an agent that creates a color file inside docs, choose your color"]),
        ("jsonl_v040.jsonl", ["Say hello and list files."]),
    ],
)
def test_prompts_are_what_the_person_typed(name: str, prompts: list[str]) -> None:
    one = session("gemini", name)

    assert prompts == said(one)


@pytest.mark.parametrize(
    ("name", "tokens"),
    [(RESUMED, (4800, 220, 3600, 48)), (WHOLE, (62895, 309, 50471, 464)), ("jsonl_v040.jsonl", (23924, 228, 11502, 0))],
)
def test_replies_that_a_resume_wrote_again_keep_their_tokens(name: str, tokens: tuple[int, int, int, int]) -> None:
    one = session("gemini", name)

    assert tokens == spent(one)


def test_a_resumed_session_is_one_conversation_in_order() -> None:
    one = session("gemini", RESUMED)
    expected = [
        ("meta", 0), ("prompt", 0), ("reply", 1), ("tool_result", 0), ("reply", 0),
        ("prompt", 0), ("reply", 0), ("prompt", 0), ("reply", 0),
    ]  # fmt: skip

    assert expected == order(one)


def test_messages_keep_the_time_at_which_they_were_first_written() -> None:
    times = [message.created_at for message in session("gemini", RESUMED).messages]

    assert sorted(time for time in times if time) == times


def test_the_folder_is_told_by_a_file_beside() -> None:
    one = session("gemini", RESUMED)
    expected = ("b038f9ed-3998-4b75-bc70-34d1b9eca304", "/home/dev/cfs/proj/demo", None, "gemini-2.5-flash")

    assert expected == place(one)


def test_a_session_grows_by_what_is_new() -> None:
    data = (Path(__file__).parents[4] / "data" / "transcripts" / "gemini" / RESUMED).read_bytes()
    before = b"".join(data.splitlines(keepends=True)[:11])
    [short], [long] = read(before, name="s"), read(data, name="s")
    names = [message.external_id for message in short.messages]

    assert names == [message.external_id for message in long.messages[: len(names)]]


def test_injected_context_is_taken_out_of_the_words() -> None:
    one = log(message("1", "fix it\n<hook_context>recalled</hook_context>"), message("2", "ok", "gemini"))

    assert ["fix it"] == said(one)


def test_what_was_rewound_is_gone_and_was_spent() -> None:
    tokens = {"input": 5, "output": 1, "total": 6}
    one = log(message("1", "a"), message("2", "b", "gemini", tokens=tokens), {"$rewindTo": "2"}, message("3", "c"))

    assert (["a", "c"], 5, 1) == (said(one), one.usage.input_tokens, one.skipped["off_path"])
    assert ["2"] == one.left


def test_what_a_new_list_of_messages_lacks_was_not_taken_back() -> None:
    one = log(message("1", "a"), message("2", "b", "gemini"), {"$set": {"messages": [message("3", "summary of it")]}})

    assert ([], ["1", "2"]) == ([*one.left], [*one.aside])


def test_a_result_that_is_told_by_both_branches_goes_on() -> None:
    answered: dict[str, Any] = {"content": [{"functionResponse": {"id": "c", "response": {"output": "ok"}}}]}
    rewound = [message("1", "a"), message("2", "", **answered), {"$rewindTo": "2"}]
    one = log(*rewound, message("3", "", **answered), message("4", "b", "gemini"))

    assert (["c/result"], []) == ([m.external_id for m in one.messages if m.role == "tool"], normalised(one).left)


def test_a_message_that_is_written_again_is_one() -> None:
    call: dict[str, Any] = {"id": "c", "name": "ls", "args": {}, "status": "error", "result": [], "resultDisplay": "no"}
    one = log(message("1", "a"), message("2", "", "gemini"), message("2", "", "gemini", toolCalls=[call]))

    assert [("prompt", 0), ("reply", 1), ("tool_result", 0)] == order(one)
    assert one.messages[-1].is_error


def test_shown_words_are_preferred_to_what_was_sent() -> None:
    one = log(message("1", "see @a\n--- Content from referenced files ---\nsecret", displayContent="see @a"))

    assert ["see @a"] == said(one)


def test_another_file_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        read(b'{"timestamp":"t","type":"session_meta","payload":{}}\n', name="s.jsonl")

    assert "`ctx import codex` reads it." in refusal.value.detail


def test_sessions_are_found(tmp_path: Path) -> None:
    chats = tmp_path / ".gemini" / "tmp" / "demo" / "chats"
    chats.mkdir(parents=True)
    (chats / "session-1.jsonl").touch()

    assert [chats / "session-1.jsonl"] == find(tmp_path, {}, "linux")


def test_files_that_were_read_along_are_not_the_persons_words() -> None:
    files = "\n--- Content from referenced files ---\nContent from @a:\nsecret\n--- End of content ---"
    one = log(
        message("1", f"see @a{files}"),
        message("2", "b", "gemini"),
    )

    assert (["see @a"], 1) == (said(one), one.skipped["injected:files"])


@pytest.mark.parametrize(
    "text",
    [
        "Why does it contain '--- Content from referenced files ---'? We deploy on Mondays.",
        "It wrote\n--- Content from referenced files ---\nand nothing more. Why?",
    ],
)
def test_what_a_person_says_of_such_files_is_theirs(text: str) -> None:
    one = log(message("1", text))

    assert [text] == said(one)


@pytest.mark.parametrize(
    ("text", "second", "is_person"),
    [
        ("System: Please continue.", 50, False),
        ("System: Potential loop detected. Details: x", 50, False),
        ("Please continue.", 3, False),
        ("Please continue.", 50, True),
        ("please continue", 3, True),
    ],
)
def test_what_the_tool_tells_its_model_is_no_prompt(text: str, second: int, *, is_person: bool) -> None:
    one = log(
        message("1", "go"),
        message("2", "half", "gemini"),
        message("3", text) | {"timestamp": f"2026-01-01T00:00:{second:02}Z"},
    )

    assert is_person == (said(one) == ["go", text])


def test_in_a_subagents_session_nobody_types() -> None:
    head = HEAD | {"kind": "subagent"}
    [one] = read("\n".join(map(json.dumps, [head, message("1", "Look around.")])).encode(), name="s.jsonl")

    assert [] == said(one)


def test_a_message_without_a_name_is_counted() -> None:
    whole = HEAD | {"messages": [message("1", "a"), {"type": "gemini", "content": "b"}]}
    [one] = read(json.dumps(whole).encode(), name="session.json")

    assert (["a"], 1) == (said(one), one.skipped["unknown:gemini"])


CHECKPOINT: list[dict[str, Any]] = [
    {"role": "user", "parts": [{"text": "<session_context>\nToday's date is 2026-11-29.\n</session_context>"}]},
    {"role": "user", "parts": [{"text": "list the files"}]},
    {
        "role": "model",
        "parts": [{"text": "hm", "thought": True}, {"text": "I look."}, {"functionCall": {"name": "ls"}}],
    },
    {"role": "user", "parts": [{"functionResponse": {"name": "ls", "response": {"output": "a.py"}}}]},
    {"role": "model", "parts": [{"text": "There is one."}]},
    {"role": "user", "parts": [{"text": "list the files"}]},
    {"role": "later", "parts": [{"text": "unknown"}]},
    {"role": ["user"], "parts": None},
]


@pytest.mark.parametrize("written", [CHECKPOINT, {"history": CHECKPOINT, "authType": "gemini-api-key"}])
def test_a_checkpoint_is_read_as_the_session_that_it_copies(written: object) -> None:
    beside = {FOLDER: b"/home/ann/.gemini/tmp/shop", "project_root": b"/work/shop\n"}
    [one] = read(json.dumps(written, indent=2).encode(), name="checkpoint-my-tag.json", beside=beside)

    assert [
        ("system", "meta"), ("user", "list the files"), ("assistant", "I look."), ("tool", "a.py"),
        ("assistant", "There is one."), ("user", "list the files"),
    ] == [(m.role, "meta" if m.kind == "meta" else m.content) for m in one.messages]  # fmt: skip
    assert ("shop/checkpoint-my-tag", "/work/shop") == (one.external_id, one.cwd)
    unknown = {kind: many for kind, many in one.skipped.items() if kind.startswith("unknown")}
    assert {"unknown:later": 1, "unknown:?": 1} == unknown


def test_a_checkpoint_that_is_saved_again_grows() -> None:
    before, after = (
        read(json.dumps({"history": CHECKPOINT[:upto]}).encode(), name="checkpoint-a.json")[0] for upto in (3, 6)
    )

    assert [m.external_id for m in before.messages] == [m.external_id for m in after.messages][: len(before.messages)]


def test_checkpoints_are_found_where_there_are_no_sessions(tmp_path: Path) -> None:
    kept = tmp_path / ".gemini/tmp"
    for name in ("old/checkpoint-a.json", "new/checkpoint-b.json", "new/chats/session-1.jsonl", "old/logs.json"):
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        (kept / name).write_text("{}")

    found = find(tmp_path, {}, "linux")

    assert ["new/chats/session-1.jsonl", "old/checkpoint-a.json"] == [one.relative_to(kept).as_posix() for one in found]
    assert [False, True] == [is_session(kept / one) for one in ("new/checkpoint-b.json", "old/checkpoint-a.json")]


def test_a_checkpoint_that_begins_another_one_of_its_project_is_left_out(tmp_path: Path) -> None:
    kept = tmp_path / ".gemini/tmp"
    other = [{"role": "user", "parts": [{"text": "Another talk"}]}]
    copies = {
        "a/checkpoint-1": CHECKPOINT[:2], "a/checkpoint-2": CHECKPOINT, "a/checkpoint-3": CHECKPOINT,
        "a/checkpoint-4": other, "b/checkpoint-1": CHECKPOINT[:2],
    }  # fmt: skip
    for name, history in copies.items():
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        (kept / f"{name}.json").write_text(json.dumps({"history": history}))
    (kept / "a/checkpoint-5.json").write_text("{")

    found = [one.relative_to(kept).with_suffix("").as_posix() for one in find(tmp_path, {}, "linux")]

    assert ["a/checkpoint-2", "a/checkpoint-4", "a/checkpoint-5", "b/checkpoint-1"] == found
