"""claude.ai exports: a whole one, and the rules by themselves."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from contextfs.adapters.transcripts.chatgpt import find as find_chatgpt
from contextfs.adapters.transcripts.claude_ai import find, read
from contextfs.adapters.transcripts.model import Transcript
from contextfs.kit.errors import Invalid, TooLarge
from tests.contextfs.adapters.transcripts.samples import DATA, order, said, session

SAMPLE = DATA / "claude-ai" / "conversations.json"


def export(*messages: dict[str, Any], **more: Any) -> Transcript:
    """Read a conversation of these messages."""
    [one] = read(json.dumps([{"uuid": "c", "chat_messages": messages, **more}]).encode(), name="conversations.json")
    return one


def message(name: str, text: str, sender: str = "human", **more: Any) -> dict[str, Any]:
    return {"uuid": name, "sender": sender, "text": text, "content": [{"type": "text", "text": text}], **more}


def zipped(data: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", data)
        archive.writestr("users.json", b"[]")
    return file.getvalue()


def test_prompts_and_order_are_those_of_the_conversation() -> None:
    one = session("claude-ai", "conversations.json")
    typed = ["How should we sign JWT tokens?", "Which database did we choose?"]

    assert (typed, [("prompt", 0), ("reply", 0)] * 2) == (said(one), order(one))


def test_a_zip_reads_like_the_file_in_it() -> None:
    data = SAMPLE.read_bytes()

    assert read(data, name="x") == read(zipped(data), name="x")


def test_a_zip_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(TooLarge):
        read(zipped(b" " * 5_000_000), name="x.zip")


def test_edited_prompts_are_another_branch() -> None:
    one = export(
        message("1", "a", parent_message_uuid="root"),
        message("2", "b", "assistant", parent_message_uuid="1"),
        message("3", "a, better", parent_message_uuid="root"),
        message("4", "c", "assistant", parent_message_uuid="3"),
    )

    assert (["a, better"], 2, ["1", "2"]) == (said(one), one.skipped["off_path"], one.left)


def test_a_person_who_went_back_to_a_branch_took_back_neither() -> None:
    one = export(
        message("1", "a", parent_message_uuid="root"),
        message("2", "b", "assistant", parent_message_uuid="1"),
        message("3", "c", parent_message_uuid="2"),
        message("4", "other c", parent_message_uuid="2"),
        message("5", "more of c", parent_message_uuid="3"),
        current_leaf_message_uuid="4",
    )

    assert (["a", "other c"], [], ["3", "5"]) == (said(one), [*one.left], [*one.aside])


def test_tools_and_thoughts_are_read() -> None:
    blocks = [
        {"type": "thinking", "thinking": "hm"},
        {"type": "text", "text": "See:"},
        {"type": "tool_use", "name": "web_search", "input": {"query": "tern"}},
        {"type": "tool_result", "content": [{"type": "text", "text": "a bird"}]},
        {"type": "text", "text": "A bird."},
    ]
    one = export(message("1", "what is it?"), {"uuid": "2", "sender": "assistant", "content": blocks})
    reply, result = one.messages[1:]

    assert ("See:\n\nA bird.", reply.tool_calls[0].id, 1) == (
        reply.content,
        result.tool_call_id,
        one.skipped["thinking"],
    )


def test_a_message_of_files_alone_names_them() -> None:
    one = export(message("1", "", attachments=[{"file_name": "a.pdf", "extracted_content": "secret"}]))

    assert ["[file: a.pdf]"] == said(one)


def test_a_broken_conversation_among_good_ones_is_counted() -> None:
    [good] = json.loads(SAMPLE.read_bytes())
    [one] = read(json.dumps([None, {"uuid": "x"}, good]).encode(), name="c.json")

    assert one.skipped["broken_conversation"] == 2


def test_another_export_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        read(b'[{"title":"t","mapping":{}}]', name="c.json")

    assert "`ctx import chatgpt` reads it." in refusal.value.detail


def test_each_tool_finds_its_own_among_the_downloads(tmp_path: Path) -> None:
    downloads = tmp_path / "Downloads"
    (downloads / "export").mkdir(parents=True)
    (downloads / "claude.zip").write_bytes(zipped(SAMPLE.read_bytes()))
    (downloads / "export" / "conversations.json").write_bytes((DATA / "chatgpt" / "conversations.json").read_bytes())

    assert [downloads / "claude.zip"] == find(tmp_path, {}, "linux")
    assert [downloads / "export" / "conversations.json"] == find_chatgpt(tmp_path, {}, "linux")
