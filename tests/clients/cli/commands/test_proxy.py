"""`ctx proxy` as a program: it tells where it listens, and stops when it is told to."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from clients.cli.main import run
from clients.proxy import serving
from contextfs.client import ContextFS
from tests.clients.proxy.model import Model
from tests.contextfs.client.serving import serving_app


def test_it_serves_until_it_is_told_to_stop_and_keeps_on_a_server(
    environment: dict[str, str], client: ContextFS, tmp_path: Path
) -> None:
    with serving_app(Model(says=["8443."]).app()) as url:
        command = [sys.executable, "-m", "clients.cli.main", "proxy", "--port", "0", "--json", "--tool", "My Bot"]
        paths = {"PYTHONPATH": os.pathsep.join(sys.path), "OPENAI_BASE_URL": f"{url}/v1"}
        with subprocess.Popen(
            command, cwd=tmp_path, env=environment | paths, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as program:
            assert program.stdout is not None
            told = json.loads(b"".join(iter(program.stdout.readline, b"}\n")) + b"}")
            asked = {"messages": [{"role": "user", "content": "Which port?"}]}
            reply = httpx2.post(f"{told['environment']['OPENAI_BASE_URL']}/chat/completions", json=asked, timeout=60)
            program.send_signal(signal.SIGINT)
            _, noted = program.communicate(timeout=20)

    assert reply.json()["choices"][0]["message"]["content"] == "8443."
    assert told["environment"]["ANTHROPIC_BASE_URL"] == told["url"]
    assert b"1 exchange kept in " in noted
    [session] = client.sessions.list().page().items
    assert (session.tool, session.status) == ("my-bot", "completed")
    assert [one.content for one in client.sessions.messages(session.id)] == ["Which port?", "8443."]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--openai", "api.example.com"], "'api.example.com' is not an address of a model"),
        (["--port", "8431", "--anthropic", "http://localhost:8431"], "is this proxy itself"),
        (["--port", "1"], "cannot be listened on"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(
    environment: dict[str, str], tmp_path: Path, arguments: list[str], said: str
) -> None:
    if arguments[:2] == ["--port", "1"] and os.geteuid() == 0:
        pytest.skip("an administrator may listen there")
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}

    ended = subprocess.run(
        [sys.executable, "-m", "clients.cli.main", "proxy", *arguments],
        cwd=tmp_path,
        env=environment | paths,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert ended.returncode in {1, 2}
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_missing_package_has_its_cure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def find_spec(name: str) -> str | None:
        return None if name == "uvicorn" else name

    monkeypatch.setattr(serving, "find_spec", find_spec)

    assert run(["proxy"]) == 1
    assert capsys.readouterr().err == (
        "ctx: What `ctx proxy` listens by is missing: pip install 'contextfs-platform[proxy]'\n"
    )
