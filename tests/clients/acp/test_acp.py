"""An editor and an agent with us between them: every byte is the same, and what was said is kept."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.acp.listening import Listener
from clients.acp.tee import Lines
from clients.cli.main import run
from contextfs.domain.sessions.model import Message, Session
from contextfs.local.place import Place
from tests.clients.wrap.conftest import kept, place
from tests.clients.wrap.person import CTX

__all__ = ["kept", "place"]

AGENT = [sys.executable, str(Path(__file__).with_name("agent.py"))]
Kept = Callable[[], list[tuple[Session, list[Message]]]]


def lines(*asked: tuple[str, dict[str, Any]]) -> bytes:
    """Write requests of an editor."""
    told = [{"jsonrpc": "2.0", "id": n, "method": method, "params": params} for n, (method, params) in enumerate(asked)]
    return b"".join(json.dumps(one).encode() + b"\n" for one in told)


def prompt(text: str) -> tuple[str, dict[str, Any]]:
    """Give a prompt."""
    link = {"type": "resource_link", "name": "a.py", "uri": "file:///a.py"}
    return "session/prompt", {"sessionId": "s1", "prompt": [{"type": "text", "text": text}, link]}


START: tuple[tuple[str, dict[str, Any]], ...] = (
    ("initialize", {"protocolVersion": 1}),
    ("session/new", {"cwd": "/work", "mcpServers": []}),
)


def talked(place: Place, asked: bytes, *agent: str) -> subprocess.CompletedProcess[bytes]:
    """Talk to the agent through us."""
    return subprocess.run(
        [*CTX, "acp", "--", *AGENT, *agent], cwd=place.root, input=asked, capture_output=True, check=False, timeout=60
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_what_asks_us_to_end_asks_the_agent(place: Place) -> None:
    code = "import signal, sys; signal.signal(15, lambda *_: sys.exit(7)); print('up', flush=True); signal.pause()"
    asked = [*CTX, "acp", "--", sys.executable, "-c", code]
    with subprocess.Popen(asked, cwd=place.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as between:
        assert between.stdout is not None
        assert between.stdout.readline() == b"up\n"
        between.terminate()

        assert between.wait(60) == 7


def test_bytes_are_the_same_and_turns_are_kept(place: Place, kept: Kept) -> None:
    asked = lines(*START, prompt("Which port?"), prompt("Again?"), ("no/such", {}))

    straight = subprocess.run([*AGENT, "7"], input=asked, capture_output=True, check=False)
    through = talked(place, asked, "7")

    assert (through.stdout, through.returncode, through.stderr) == (straight.stdout, 7, b"")
    [(session, messages)] = kept()
    assert (session.tool, session.external_id, session.status) == ("trusty-acp", "s1", "completed")
    assert [(one.role, one.content) for one in messages[:4]] == [
        ("user", "Which port?\n[resource_link]"),
        ("assistant", "I look."),
        ("tool", "port = 8443"),
        ("assistant", "It is 8443 – ä."),
    ]
    assert [(one.name, one.input) for one in messages[1].tool_calls] == [("Read a.py", {"path": "a.py"})]
    assert len(messages) == 8
    assert session.metadata == {"capture": "structured", "cwd": "/work"}


def test_a_session_that_is_loaded_is_not_kept_twice_and_goes_on(place: Place, kept: Kept) -> None:
    talked(place, lines(*START, prompt("Which port?")))
    talked(place, lines(START[0], ("session/load", {"sessionId": "s1", "cwd": "/work"}), prompt("And now?")))

    [(_, messages)] = kept()
    assert [one.content for one in messages if one.role == "user"] == [
        "Which port?\n[resource_link]",
        "And now?\n[resource_link]",
    ]
    assert "An old answer." not in [one.content for one in messages]


def test_where_nothing_can_be_kept_the_agent_works(place: Place) -> None:
    place.config.write_text("format = 99", encoding="utf-8")

    asked = lines(*START, prompt("Which port?"))
    straight = subprocess.run(AGENT, input=asked, capture_output=True, check=False)

    ended = talked(place, asked)

    assert ended.stdout == straight.stdout
    assert b"not kept" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_an_agent_that_is_not_there_is_told(place: Place) -> None:
    ended = subprocess.run([*CTX, "acp", "no-such-agent"], cwd=place.root, capture_output=True, check=False)

    assert (ended.returncode, ended.stdout) == (127, b"")


@given(st.lists(st.binary(max_size=40), max_size=8), st.booleans())
def test_nothing_that_passes_makes_a_fault(parts: list[bytes], has_prompt: bool) -> None:  # noqa: FBT001 - generated
    listener = Listener("x", lambda: datetime.now(UTC))
    ends = Lines(listener.editor), Lines(lambda line: list(listener.agent(line)))
    for one in ends:
        one.add(lines(*START, prompt("a")) if has_prompt else b"")
        for part in parts:
            one.add(part)

    assert all(kept.messages for kept in listener.left())


@given(st.binary(max_size=200), st.integers(1, 7))
def test_lines_are_told_whatever_the_pieces(data: bytes, size: int) -> None:
    told: list[bytes] = []
    parted = Lines(told.append)
    for start in range(0, len(data), size):
        parted.add(data[start : start + size])

    assert told == data.split(b"\n")[:-1]


@pytest.mark.parametrize(
    ("editor", "file"), [("jetbrains", ".jetbrains/acp.json"), ("zed", ".config/zed/settings.json")]
)
@pytest.mark.parametrize(
    "before", [None, '{\n  // mine\n  "agent_servers": {"Mine": {"command": "x"}},\n  "theme": "One"\n}\n']
)
def test_an_editor_is_told_and_forgets(
    place: Place, monkeypatch: pytest.MonkeyPatch, editor: str, file: str, before: str | None
) -> None:
    home = place.root.parent
    (home / "bin").mkdir()
    (home / "bin" / "gemini").write_text("#!/bin/sh\n", encoding="utf-8")
    (home / "bin" / "gemini").chmod(0o755)
    monkeypatch.setenv("PATH", f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}")
    settings = home / file
    if before is not None:
        settings.parent.mkdir(parents=True)
        settings.write_text(before, encoding="utf-8")

    assert run(["install", editor]) == 0
    written = settings.read_text(encoding="utf-8")
    assert run(["install", editor]) == 0
    assert run(["uninstall", editor]) == 0

    assert '"Gemini CLI (ContextFS)"' in written
    assert '"acp", "--", "gemini", "--acp"' in " ".join(written.split()).replace("[ ", "[")
    assert (settings.read_text(encoding="utf-8") if settings.exists() else None) == before


def test_no_agent_is_told_with_their_names(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(place.root))

    assert run(["install", "jetbrains"]) == 3
    assert "can start none of your programs: install one of gemini, copilot" in capsys.readouterr().err
