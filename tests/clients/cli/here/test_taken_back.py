"""What a person took back in their tool: it is not read, and what was kept before stays as the guide says."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.cli.here.folder import Folder, folder

BEFORE = ("Always run the linter before a commit.", "I will.")
AFTER = ("Always use spaces for indentation in this project.", "Spaces it is.")


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    return folder(tmp_path / "r", git=False)


def record(kind: str, payload: dict[str, Any], second: int) -> str:
    return json.dumps({"timestamp": f"2026-01-01T00:00:{second:02}Z", "type": kind, "payload": payload})


def turn(prompt: str, reply: str, second: int) -> list[str]:
    said = (("user", "input_text", prompt), ("assistant", "output_text", reply))
    return [
        record(
            "response_item", {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}, second + n
        )
        for n, (role, kind, text) in enumerate(said)
    ]


def rollout(here: Folder, *, is_taken_back: bool) -> Path:
    """Write a session of Codex's as it stands after its first turn, or after that was taken back for another one."""
    lines = [record("session_meta", {"id": "s-1", "cwd": str(here.root)}, 0), *turn(*BEFORE, 1)]
    if is_taken_back:
        lines += [record("event_msg", {"type": "thread_rolled_back", "num_turns": 1}, 3), *turn(*AFTER, 4)]
    file = here.root.parent / "rollout-1.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return file


def said(here: Folder) -> list[str]:
    [session] = here.ctx("sessions", "list", "--json").json
    return [message["content"] for message in here.ctx("sessions", "show", session["id"], "--json").json["messages"]]


def learned(here: Folder) -> list[str]:
    contents = [memory["content"] for memory in here.ctx("memory", "list", "--json").json]
    return sorted(one for one in contents if one in (BEFORE[0], AFTER[0]))


def test_a_turn_that_was_taken_back_before_it_was_kept_is_not_there(here: Folder) -> None:
    here.ctx("import", "codex", rollout(here, is_taken_back=True))

    assert ([*AFTER], [AFTER[0]]) == (said(here), learned(here))


@pytest.mark.parametrize("again", [(), ("--again",)])
def test_a_turn_that_was_kept_before_it_was_taken_back_stays_and_teaches_no_more(
    here: Folder, again: tuple[str, ...]
) -> None:
    here.ctx("import", "codex", rollout(here, is_taken_back=False))
    here.ctx("import", "codex", rollout(here, is_taken_back=True))
    here.ctx("import", *(again or ("codex", rollout(here, is_taken_back=True))))

    assert ([*BEFORE, *AFTER], [AFTER[0]]) == (said(here), learned(here))
