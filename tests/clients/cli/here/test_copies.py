"""What Gemini CLI's `/chat save` copied is kept once: in its session, where one says all of it."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from clients.cli.here import store
from contextfs.domain.sessions.model import Message, NewMessage, NewSession
from contextfs.local import config, place
from contextfs.local.sessions.copies import Copies
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore
from tests.clients.cli.here.folder import Folder, folder

SAID = ["Which port?", "8443.", "We decided to use RS256 instead of HS256.", "Noted."]


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder with an empty store."""
    return folder(tmp_path / "r", git=False)


def kept(here: Folder) -> Path:
    place = here.root.parent / "home/.gemini/tmp/demo"
    (place / "chats").mkdir(parents=True, exist_ok=True)
    (place / ".project_root").write_text(str(here.root))
    return place


def copy(here: Folder, said: list[str], name: str = "port") -> None:
    history = [{"role": ("user", "model")[n % 2], "parts": [{"text": one}]} for n, one in enumerate(said)]
    (kept(here) / f"checkpoint-{name}.json").write_text(json.dumps({"history": history}))


def session(here: Folder, said: list[str]) -> None:
    head = {"sessionId": "s1", "projectHash": "p", "startTime": "2026-11-22T21:54:36Z", "kind": "main"}
    lines = [head] + [
        {"id": f"m{n}", "type": ("user", "gemini")[n % 2], "content": one, "timestamp": f"2026-11-22T21:55:0{n}Z"}
        for n, one in enumerate(said)
    ]
    (kept(here) / "chats/session-1.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))


def names(here: Folder) -> list[str]:
    listed: list[dict[str, Any]] = here.ctx("sessions", "list", "--json").json
    return sorted(one["external_id"] for one in listed)


def decisions(here: Folder) -> list[str]:
    return [one["content"] for one in here.ctx("memory", "list", "--type", "decision", "--json").json]


class Between(LocalSessions):
    """Sessions, of which something else happens before messages are read for the first, or a later time."""

    def __init__(self, store: LocalStore, times: int, happens: Callable[[], list[str]]) -> None:
        super().__init__(store)
        self._left, self._happens = times, happens
        self.said: list[str] = []

    def messages(self, session_id: UUID) -> Iterator[Message]:
        """Read as ever."""
        self._left -= 1
        if not self._left:
            self.said = self._happens()
        return super().messages(session_id)


def test_a_copy_goes_once_its_session_comes_and_what_it_taught_stays(here: Folder) -> None:
    copy(here, SAID)
    here.ctx("import", "gemini")
    before = (names(here), decisions(here))
    session(here, [*SAID, "And now?"])

    told = here.ctx("import", "gemini", "--json").json
    again = here.ctx("import", "--again", "--json").json

    assert ["demo/checkpoint-port"] == before[0]
    assert ["s1"] == names(here)
    assert [before[1]] == [decisions(here)] != [[]]
    assert ["demo/checkpoint-port"] == [one["file"] for one in told["skipped_files"]]
    assert 0 == again["sessions"]["new"]


def test_a_copy_whose_session_was_kept_before_and_is_gone_does_not_come(here: Folder) -> None:
    session(here, [*SAID, "And now?"])
    here.ctx("import", "gemini")
    (kept(here) / "chats/session-1.jsonl").unlink()
    copy(here, SAID[:2])

    told = here.ctx("import", "gemini", "--json").json

    assert ["s1"] == names(here)
    assert ["a copy of a session that is kept, and says all of it"] == [one["reason"] for one in told["skipped_files"]]


@pytest.mark.parametrize("said", [[*SAID[:3], "Another reply."], [SAID[2], SAID[3], *SAID[:2]], ["8443?", "8443."]])
def test_a_copy_that_says_something_else_stays_beside_the_session(here: Folder, said: list[str]) -> None:
    copy(here, said)
    here.ctx("import", "gemini")
    session(here, SAID)
    here.ctx("import", "gemini")

    assert ["demo/checkpoint-port", "s1"] == names(here)


def test_two_imports_at_once_leave_the_session_alone(here: Folder) -> None:
    copy(here, SAID)
    here.ctx("import", "gemini")
    session(here, SAID)

    def imported(_: int) -> int:
        return here.program("import", "gemini").code

    with ThreadPoolExecutor(2) as pool:
        codes = [*pool.map(imported, range(2))]

    assert ([0, 0], ["s1"]) == (codes, names(here))


@pytest.mark.parametrize("times", [1, 2])
def test_a_copy_that_another_import_takes_out_between_two_looks_is_passed_over(here: Folder, times: int) -> None:
    """The other one comes when a conversation is read for the first, or a later time: before a copy is taken out."""
    copy(here, SAID)
    copy(here, SAID[2:] * 2, name="other")
    here.ctx("import", "gemini")
    session(here, SAID)
    found = place.required(here.root)
    with store.opened(found) as first, store.opened(found) as second:
        project = config.read(found.config).project.id
        said = [
            NewMessage(external_id=str(n), role=("user", "assistant")[n % 2], content=one) for n, one in enumerate(SAID)
        ]
        new = NewSession(project_id=project, tool="gemini", external_id="s1", messages=said)
        told = LocalSessions(second).capture(new).session.id
        others = Copies(LocalSessions(second))
        between = Between(first, times, lambda: others.drop_told(told))

        gone = Copies(between).drop_told(told)

    assert ([], ["demo/checkpoint-port"], ["demo/checkpoint-other", "s1"]) == (gone, between.said, names(here))


def test_what_was_cut_off_before_the_copy_was_gone_is_done_by_the_next_import(here: Folder) -> None:
    copy(here, SAID)
    here.ctx("import", "gemini")
    session(here, SAID)
    with patch("contextfs.local.sessions.copies.take_out", side_effect=KeyboardInterrupt), suppress(KeyboardInterrupt):
        here.ctx("import", "gemini")
    between = names(here)
    here.ctx("import", "gemini")

    assert (["demo/checkpoint-port", "s1"], ["s1"]) == (between, names(here))
