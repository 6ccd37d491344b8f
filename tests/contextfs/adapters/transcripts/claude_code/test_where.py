"""Where sessions are looked for, on each system."""

from pathlib import Path

import pytest

from contextfs.adapters.transcripts.claude_code import find
from contextfs.adapters.transcripts.claude_code.where import places, roots

HOME = Path("/home/ada")


@pytest.mark.parametrize(
    ("env", "platform", "expected"),
    [
        ({}, "linux", [HOME / ".claude", HOME / ".config" / "claude"]),
        ({"XDG_CONFIG_HOME": "/cfg"}, "linux", [HOME / ".claude", Path("/cfg/claude")]),
        ({"CLAUDE_CONFIG_DIR": "/a, ~/b"}, "linux", [Path("/a"), HOME / "b"]),
        ({"USERPROFILE": "/users/ada"}, "win32", [Path("/users/ada/.claude"), Path("/users/ada/.config/claude")]),
    ],
)
def test_roots_follow_the_environment(env: dict[str, str], platform: str, expected: list[Path]) -> None:
    assert expected == roots(HOME, env, platform)


@pytest.mark.parametrize(
    ("env", "platform", "expected"),
    [
        ({}, "darwin", HOME / "Library" / "Application Support" / "Claude" / "local-agent-mode-sessions"),
        ({"APPDATA": "/roaming"}, "win32", Path("/roaming/Claude/local-agent-mode-sessions")),
    ],
)
def test_the_desktop_apps_sessions_are_looked_for(env: dict[str, str], platform: str, expected: Path) -> None:
    assert expected == places(HOME, env, platform)[-1][0]


def test_sessions_are_found_and_subagents_left_alone(tmp_path: Path) -> None:
    project = tmp_path / ".claude" / "projects" / "-home-ada-app"
    for name in ("b.jsonl", "a.jsonl", "agent-1.jsonl", "notes.txt", "a/subagents/agent-2.jsonl"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).touch()

    assert [project / "a.jsonl", project / "b.jsonl"] == find(tmp_path, {}, "linux")


def test_a_machine_without_the_tool_has_no_sessions(tmp_path: Path) -> None:
    expected = []

    assert expected == find(tmp_path / "nobody", {}, "linux")
