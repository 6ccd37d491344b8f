"""GitHub Copilot Chat: the editor's real log of changes, the extension's transcript of it, and the rules."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from contextfs.adapters.transcripts import paths_in, read_path
from contextfs.adapters.transcripts.copilot_chat import find, read
from contextfs.adapters.transcripts.copilot_chat.reader import played
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.tally import Tally
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import DATA, order, place, said, session, spent, unread
from tests.growth import is_linear

ID = "c0629c67-ba5a-4fef-8950-b520873329b7"
LOG = f"demo/chatSessions/{ID}.jsonl"
TRANSCRIPT = f"demo/GitHub.copilot-chat/transcripts/{ID}.jsonl"
TYPED = ["list the files please", "How should we sign JWT tokens?", "Which database did we choose?"]


def log(*changes: dict[str, Any]) -> Transcript:
    """Read a session that begins empty, after these changes."""
    begin: dict[str, Any] = {"kind": 0, "v": {"sessionId": "s-1", "requests": []}}
    [one] = read("\n".join(map(json.dumps, [begin, *changes])).encode(), name="s.jsonl")
    return one


def request(name: str, text: str, **more: Any) -> dict[str, Any]:
    return {"requestId": name, "message": {"text": text}, "result": {}, "response": [{"value": "ok"}], **more}


def add(*requests: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": 2, "k": ["requests"], "v": list(requests), **more}


def test_changes_are_played_back() -> None:
    one = session("copilot-chat", LOG)

    assert [*TYPED, "@ctx jwt"] == said(one)


def test_the_order_and_the_rounds_are_those_of_the_conversation() -> None:
    one = session("copilot-chat", LOG)
    expected = [
        ("prompt", 0), ("reply", 1), ("tool_result", 0),
        ("prompt", 0), ("reply", 0), ("prompt", 0), ("reply", 0), ("prompt", 0), ("reply", 0),
    ]  # fmt: skip

    assert expected == order(one)


def test_tokens_are_those_of_the_requests() -> None:
    one = session("copilot-chat", LOG)

    assert (3600, 165, 0, 0) == spent(one)


def test_where_it_took_place_is_known() -> None:
    one = session("copilot-chat", LOG)

    assert (ID, "/home/dev/cfs/proj/demo", None) == place(one)[:3]


def test_context_that_hooks_added_is_in_no_message() -> None:
    contents = [message.content for message in session("copilot-chat", LOG).messages]

    assert [] == [content for content in contents if "CTX-INJECTED" in content]


def test_a_transcript_alone_is_read(tmp_path: Path) -> None:
    shutil.copy(DATA / "copilot-chat" / TRANSCRIPT, tmp_path)
    [(_, read_back)] = read_path("copilot-chat", tmp_path)

    assert isinstance(read_back, list)
    assert TYPED == said(read_back[0])


def test_a_transcript_beside_the_editors_log_is_the_same_session() -> None:
    assert session("copilot-chat", LOG).messages == session("copilot-chat", TRANSCRIPT).messages


def test_a_folder_gives_each_session_once() -> None:
    assert [DATA / "copilot-chat" / LOG] == paths_in("copilot-chat", DATA / "copilot-chat")


def test_a_list_is_cut_before_items_are_added() -> None:
    one = log(add(request("1", "typo")), add(request("2", "right"), i=0))

    assert ["right"] == said(one)


def test_a_log_is_played_in_time_that_grows_with_it() -> None:
    added = json.dumps({"kind": 2, "k": ["requests"], "v": [{"requestId": "r", "message": {"text": "t"}}]})
    begun = json.dumps({"kind": 0, "v": {"sessionId": "s", "requests": []}}) + "\n"

    assert is_linear(lambda log: played((begun + log).encode(), Tally()), added + "\n", 200_000)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": 0, "v": {"sessionId": "s", "requests": [{"requestId": "a"}]}},
        {"kind": 1, "k": ["requests"], "v": [{"requestId": "a"}]},
        {"kind": 1, "k": ["requests", 1], "v": {"requestId": "other"}},
        {"kind": 2, "k": ["requests"], "i": 1, "v": []},
        {"kind": 3, "k": ["requests", 1]},
    ],
)
def test_a_request_that_the_log_takes_out_is_noted(change: dict[str, Any]) -> None:
    begun = {"kind": 0, "v": {"sessionId": "s", "requests": [{"requestId": "a"}, {"requestId": "b"}]}}
    log = played("\n".join(map(json.dumps, [begun, change])).encode(), Tally())

    assert ["b"] == [one["requestId"] for one in log.removed]


def test_a_value_is_set_and_taken_away() -> None:
    one = log(
        add(request("1", "a"), request("2", "b")),
        {"kind": 1, "k": ["customTitle"], "v": "Named"},
        {"kind": 3, "k": ["requests", 0]},
    )

    assert (["b"], "Named") == (said(one), one.title)


@pytest.mark.parametrize("way", [["requests", 9, "message"], ["requests", -1], [], ["a", "b", "c"], [None]])
@pytest.mark.parametrize("kind", [1, 2, 3])
def test_a_change_that_fits_nowhere_is_counted(kind: int, way: list[Any]) -> None:
    one = log(add(request("1", "a")), {"kind": kind, "k": way, "v": []})

    assert (["a"], 1) == (said(one), one.skipped["misplaced_change"])


def test_a_response_that_is_still_being_written_waits() -> None:
    one = log(add(request("1", "a", result=None, modelState={"value": 0})))

    assert ([("prompt", 0)], 1) == (order(one), one.skipped["unfinished"])


def test_requests_before_which_the_person_went_back_are_off_the_path() -> None:
    before = log(add(request("1", "a"), request("2", "b"), request("3", "c"), request("4", "d")))
    one = log(
        add(
            request("1", "a"),
            request("2", "b", shouldBeRemovedOnSend={"requestId": "2", "afterUndoStop": "u"}),
            request("3", "c", shouldBeRemovedOnSend={"requestId": "3"}),
            request("4", "d", isHidden=True),
        )
    )

    assert (["a", "b"], 2) == (said(one), one.skipped["off_path"])
    assert (set(), False) == (unread(before, one), {*one.left} <= {"3", "4"})


def test_a_button_is_no_prompt() -> None:
    one = log(
        add(
            request("1", "a"),
            request("2", '@agent Continue: "Continue to iterate?"'),
            request("3", 'Run: "Delete it?"', confirmation="Run"),
            request("4", "Continue please"),
        )
    )

    assert ["a", "Continue please"] == said(one)


def test_the_older_json_is_read() -> None:
    whole = {"sessionId": "s-1", "responderUsername": "GitHub Copilot", "requests": [request("1", "a")]}
    [one] = read(json.dumps(whole).encode(), name="s.json")

    assert ["a"] == said(one)


def test_another_file_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        read(b'{"history":[],"sessionId":"s"}', name="s.json")

    assert "`ctx import continue` reads it." in refusal.value.detail


def test_sessions_are_found_in_each_editor(tmp_path: Path) -> None:
    chats = tmp_path / "Library/Application Support/Code/User/workspaceStorage/w/chatSessions"
    chats.mkdir(parents=True)
    (chats / "s.jsonl").touch()

    assert [chats / "s.jsonl"] == find(tmp_path, {}, "darwin")
