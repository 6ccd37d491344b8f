"""What a tool wrote of a session goes to the server with it, by the same rules; of a file that grew, the end alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contextfs.client import ContextFS, records
from contextfs.client.resources.sessions import Sessions
from contextfs.domain.records.model import NewRecordLines
from contextfs.kit.errors import Invalid
from tests.conftest import Tenant
from tests.contextfs.local.sessions.conversations import TRANSCRIPTS, brought
from tests.contextfs.local.sync.linked import Linked

Make = Callable[[Tenant, str], Linked]
NAME = "503d3276-fd1c-4a5a-b232-97277af3f672.jsonl"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Give the folder of a tool, with one conversation in it, that says a secret."""
    folder = tmp_path / "written"
    folder.mkdir()
    [sample] = TRANSCRIPTS.rglob(NAME)
    told = sample.read_text().replace("\\n", "\\npassword=hunter2-Blue-Horse\\n", 1)
    (folder / NAME).write_text(told)
    return folder


def bring(one: Linked, folder: Path) -> None:
    with one.machine.open() as store:
        brought(store, folder)


def there(one: Linked, of: Tenant) -> list[str]:
    """Give the lines of the only session's record, as somebody reads them on the server."""
    with ContextFS(one.url, of.key) as client:
        found = list(client.sessions.list())
        return list(client.sessions.record_lines(found[0].id)) if found else []


def test_what_a_tool_wrote_goes_with_its_session_without_secrets(
    linked: Make, ann: Tenant, ben: Tenant, written: Path
) -> None:
    laptop = linked(ann, "laptop")
    laptop.share()
    bring(laptop, written)
    first, second = laptop.sync().sessions.records, laptop.sync().sessions.records
    lines = there(laptop, ben)
    original = (written / NAME).read_text().splitlines()

    assert (1, 0) == (first, second)
    assert len(original) == len(lines)
    assert "hunter2" not in "".join(lines)
    assert 1 == sum(line != one for line, one in zip(lines, original, strict=True))


def test_of_a_file_that_grew_the_end_is_sent_alone(
    linked: Make, ann: Tenant, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_SMALL", 0)
    laptop = linked(ann, "laptop")
    laptop.share()
    bring(laptop, written)
    laptop.sync()
    before = there(laptop, ann)
    last = json.loads((written / NAME).read_text().splitlines()[-1])
    more = last | {"uuid": "0" * 8 + last["uuid"][8:], "parentUuid": last["uuid"]}
    with (written / NAME).open("a") as file:
        file.write(json.dumps(more) + "\n")
    sent = _counted(monkeypatch)
    bring(laptop, written)
    laptop.sync()

    assert [(len(before), 1)] == sent
    assert [*before, json.dumps(more)] == there(laptop, ann)


def test_what_others_do_not_see_stays_here(linked: Make, ann: Tenant, written: Path) -> None:
    laptop, quiet = linked(ann, "laptop"), linked(ann, "quiet")
    bring(laptop, written)
    private = laptop.sync().sessions.records
    quiet.share()
    file = quiet.machine.root / ".contextfs/config.toml"
    file.write_text(file.read_text() + "\n[records]\nshare = false\n")
    bring(quiet, written)
    shared = quiet.sync().sessions

    assert (0, 0, 1) == (private, shared.records, shared.sent)
    assert [] == there(quiet, ann)


def test_a_file_with_several_conversations_is_not_sent(linked: Make, ann: Tenant, written: Path) -> None:
    (written / NAME).rename(written / "all.jsonl")
    laptop = linked(ann, "laptop")
    laptop.share()
    bring(laptop, written)
    report = laptop.sync().sessions

    assert (1, 0) == (report.sent, report.records)


def test_what_was_taken_back_after_it_was_sent_is_taken_back_there(
    linked: Make, ann: Tenant, ben: Tenant, written: Path, settle_events: Callable[[], int]
) -> None:
    laptop, other = linked(ann, "laptop"), linked(ben, "other")
    laptop.share()
    lines = [json.loads(line) for line in (written / NAME).read_text().splitlines()]
    bring(laptop, written)
    laptop.sync()
    other.sync()
    before = _kinds(other)
    first = next(one["uuid"] for one in lines if before.get(one.get("uuid")) == "prompt")
    message = {"role": "user", "content": "Something else, please."}
    again = next(one for one in lines if one.get("uuid") == first) | {"uuid": "9" * 36, "message": message}
    with (written / NAME).open("a") as file:
        file.write(json.dumps(again) + "\n")
    bring(laptop, written)
    laptop.sync()
    settle_events()
    other.sync()

    assert "prompt" == before[first]
    assert ("meta", "prompt") == (_kinds(other)[first], _kinds(other)["9" * 36])
    assert _kinds(laptop) == _kinds(other)


def test_a_server_is_told_once_of_what_is_left_behind_and_once_when_it_goes_on(
    linked: Make,
    ann: Tenant,
    ben: Tenant,
    written: Path,
    settle_events: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    laptop, other = linked(ann, "laptop"), linked(ben, "other")
    laptop.share()
    lines = [json.loads(line) for line in (written / NAME).read_text().splitlines()]
    bring(laptop, written)
    laptop.sync()
    prompts = [one for one in lines if _kinds(laptop).get(one.get("uuid")) == "prompt"]
    told = _told(monkeypatch)

    def goes_on(uuid: str, parent: str) -> None:
        more = {"uuid": uuid, "parentUuid": parent, "message": {"role": "user", "content": "Something else, please."}}
        with (written / NAME).open("a") as file:
            file.write(json.dumps(prompts[-1] | more) + "\n")
        bring(laptop, written)
        laptop.sync()

    last = lines[-1]["uuid"]
    goes_on("9" * 36, prompts[-1]["parentUuid"])
    goes_on("8" * 36, "9" * 36)
    once = len(told)
    goes_on("7" * 36, last)
    settle_events()
    other.sync()

    assert (1, 2) == (once, len(told))
    assert "prompt" == _kinds(other)[prompts[-1]["uuid"]]
    assert _kinds(laptop) == _kinds(other)


def test_an_older_server_that_does_not_know_of_it_has_the_record_all_the_same(
    linked: Make, ann: Tenant, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = linked(ann, "laptop")
    laptop.share()
    bring(laptop, written)
    with laptop.machine.open() as store:
        store.base.run("update messages set metadata = '{\"left_behind\": \"prompt\"}' where kind = 'prompt'")
    with monkeypatch.context() as older:
        told = _told(older, refused=True)
        laptop.sync()
    upgraded = _told(monkeypatch)
    laptop.sync()
    laptop.sync()

    assert (1, len((written / NAME).read_text().splitlines())) == (len(told), len(there(laptop, ann)))
    assert told == upgraded
    assert b"read_again" not in msgspec.json.encode(NewRecordLines(reader="a/1", line=0, lines=[]))


def _told(monkeypatch: pytest.MonkeyPatch, *, refused: bool = False) -> list[UUID]:
    """Note of which sessions the server is told that other messages are left behind."""
    sent: list[UUID] = []
    put = Sessions.put_record

    def noted(self: Sessions, session_id: Any, lines: list[str], *, read_again: bool = False, **more: Any) -> Any:
        if read_again:
            sent.append(session_id)
            if refused:
                raise Invalid("Object contains unknown field `read_again`")
        return put(self, session_id, lines, read_again=read_again, **more)

    monkeypatch.setattr(Sessions, "put_record", noted)
    return sent


def _kinds(one: Linked) -> dict[str, str]:
    with one.machine.open() as store:
        return {row["external_id"]: row["kind"] for row in store.base.all("select external_id, kind from messages")}


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Note from which line on, and how many lines, are sent."""
    sent: list[tuple[int, int]] = []
    put = Sessions.put_record

    def noted(self: Sessions, session_id: Any, lines: list[str], *, line: int = 0, **more: Any) -> Any:
        sent.append((line, len(lines)))
        return put(self, session_id, lines, line=line, **more)

    monkeypatch.setattr(Sessions, "put_record", noted)
    return sent
