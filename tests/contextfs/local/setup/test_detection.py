"""What there is around a store: tools, instructions for agents, and conversations about this repository."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.local.setup.around import project_name, same_place
from contextfs.local.setup.instructions import instructions
from contextfs.local.setup.tools import tools
from contextfs.local.setup.transcripts import transcripts
from contextfs.local.setup.transcripts.here import Here, here
from tests.contextfs.local.setup.machines import around, bare, set_up

MINE, OTHER = "/home/ann/work/my.product", "/home/ann/work/my.product-2"
HERE = Here(folders=(MINE,), remote="git@example.com:team/product.git")


def put(path: Path, *records: object) -> Path:
    """Write a file of JSON records, one a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return path


def names(found: Here, home: Path, environment: dict[str, str] | None = None) -> dict[str, list[str]]:
    return {
        one.tool: [path.relative_to(home).as_posix() for path in one.files]
        for one in transcripts(found, around(home, environment))
    }


def test_tools_are_told_by_their_folders(tmp_path: Path) -> None:
    for folder in (".claude", ".codex", ".gemini", ".cursor", ".codeium/windsurf", ".continue", ".config/zed"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / ".config/Code/User/globalStorage/github.copilot-chat").mkdir(parents=True)
    (tmp_path / ".config/Code/User/globalStorage/saoudrizwan.claude-dev").mkdir()
    (tmp_path / ".aider.conf.yml").touch()

    found = {one.name for one in tools(around(tmp_path))}

    assert found == {
        *("claude-code", "codex", "gemini", "cursor", "windsurf", "continue", "zed"),
        *("copilot-chat", "vscode", "cline", "aider"),
    }


def test_a_machine_without_tools_has_none(tmp_path: Path) -> None:
    assert tools(around(tmp_path)) == ()


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("darwin", {}, "Library/Application Support/Zed"),
        ("win32", {}, "AppData/Roaming/Zed"),
        ("linux", {"XDG_CONFIG_HOME": "{home}/settings"}, "settings/Zed"),
    ],
)
def test_settings_lie_where_the_system_keeps_them(
    tmp_path: Path, platform: str, environment: dict[str, str], folder: str
) -> None:
    (tmp_path / folder).mkdir(parents=True)
    given_environment = {name: value.format(home=tmp_path) for name, value in environment.items()}

    [found] = tools(around(tmp_path, given_environment, platform))

    assert (found.title, found.folder) == ("Zed", tmp_path / folder)


def test_instructions_are_listed_each_once(tmp_path: Path) -> None:
    for name in ("AGENTS.md", "CLAUDE.md", ".cursorrules", ".cursor/rules/a.mdc", ".github/copilot-instructions.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Be kind.")
    (tmp_path / "GEMINI.md").mkdir()

    assert [(one.path, one.reader, one.size) for one in instructions(tmp_path)] == [
        ("AGENTS.md", "several", 8),
        ("CLAUDE.md", "claude-code", 8),
        (".cursorrules", "cursor", 8),
        (".cursor/rules/a.mdc", "cursor", 8),
        (".github/copilot-instructions.md", "copilot", 8),
    ]


def test_claudes_sessions_are_told_apart_by_the_folder_in_their_records(tmp_path: Path) -> None:
    folder = tmp_path / ".claude/projects"
    coded = "-home-ann-work-my-product"
    put(folder / coded / "a.jsonl", {"type": "summary"}, {"cwd": MINE, "type": "user"})
    put(folder / f"{coded}-src" / "b.jsonl", {"cwd": f"{MINE}/src"})
    put(folder / f"{coded}-2" / "c.jsonl", {"cwd": OTHER})
    put(folder / coded / "d.jsonl", {"cwd": "/home/ann/work/my_product"})
    put(folder / coded / "e.jsonl", {"type": "summary"})
    put(folder / coded / "agent-f.jsonl", {"cwd": MINE})
    (folder / coded / "g.jsonl").write_bytes(b"\xff\n[\n" + json.dumps({"cwd": MINE}).encode())

    assert names(HERE, tmp_path) == {
        "claude-code": [
            *(f".claude/projects/{coded}/{name}.jsonl" for name in "aeg"),
            f".claude/projects/{coded}-src/b.jsonl",
        ]
    }


def test_codex_sessions_of_this_folder_or_repository_are_found(tmp_path: Path) -> None:
    days = tmp_path / ".codex/sessions/2030/01"

    def session(name: str, **told: object) -> None:
        put(days / name, {"type": "session_meta", "payload": told | {"instructions": {"text": "x" * 100_000}}})

    session("rollout-1.jsonl", cwd=f"{MINE}/src")
    session("rollout-2.jsonl", cwd=OTHER)
    session("rollout-3.jsonl", cwd="/old/name", git={"repository_url": "https://example.com/team/product"})
    session("rollout-4.jsonl", cwd="/old/name", git={"repository_url": "https://example.com/team/other"})

    found = names(HERE, tmp_path, {"CODEX_HOME": str(tmp_path / ".codex")})

    assert found == {"codex": [f".codex/sessions/2030/01/rollout-{n}.jsonl" for n in (1, 3)]}


def test_sessions_of_other_tools_are_found(tmp_path: Path) -> None:
    home, user = tmp_path / ".gemini", tmp_path / ".config/Code/User/workspaceStorage"
    put(home / "projects.json", {"projects": {MINE: "product", OTHER: "other"}})
    old = sha256(MINE.encode()).hexdigest()
    ours = {
        "gemini": [
            put(home / "tmp" / "product" / "chats/session-1.jsonl", {}),
            put(home / "tmp" / old / "chats/session-2.json", {}),
        ],
        "copilot": [put(tmp_path / ".copilot/session-state/a/events.jsonl", {"data": {"context": {"cwd": MINE}}})],
        "copilot-chat": [
            put(user / "1/GitHub.copilot-chat/transcripts/a.jsonl", {}),
            put(user / "1/chatSessions/b.jsonl", {}),
        ],
        "cursor": [put(tmp_path / ".cursor/projects/x/agent-transcripts/s1/s1.jsonl", {})],
        "cline": [put(tmp_path / ".cline/data/sessions/7_a/7_a.messages.json", {})],
        "continue": [put(tmp_path / ".continue/sessions/c1.json", {})],
    }
    put(home / "tmp/other/chats/session-3.jsonl", {})
    put(tmp_path / ".copilot/session-state/b/events.jsonl", {"data": {"context": {"cwd": OTHER}}})
    put(user / "1/workspace.json", {"folder": f"file://{MINE}"})
    put(user / "1/chatSessions/a.jsonl", {})
    put(user / "2/workspace.json", {"folder": f"file://{OTHER}"})
    put(user / "2/chatSessions/c.jsonl", {})
    put(tmp_path / ".cursor/chats/h/s1/meta.json", {"cwd": MINE})
    put(tmp_path / ".cursor/projects/x/agent-transcripts/s2/s2.jsonl", {})
    put(tmp_path / ".cline/data/sessions/7_a/7_a.json", {"cwd": MINE})
    listed = [{"sessionId": "c1", "workspaceDirectory": MINE}, {"sessionId": "../x", "workspaceDirectory": MINE}]
    put(tmp_path / ".continue/sessions/sessions.json", [*listed, "x"])

    found = names(HERE, tmp_path)

    assert found == {
        tool: sorted(path.relative_to(tmp_path).as_posix() for path in paths) for tool, paths in ours.items()
    }


def test_histories_in_the_repository_are_found_and_said_to_be_readable_or_not(tmp_path: Path) -> None:
    (tmp_path / ".specstory/history").mkdir(parents=True)
    (tmp_path / ".specstory/history/a.md").write_text("x")
    (tmp_path / ".aider.chat.history.md").write_text("xy")

    found = transcripts(here([tmp_path]), around(tmp_path / "home"))

    assert [(one.tool, len(one.files), one.size, one.readable) for one in found] == [
        ("aider", 1, 2, True),
        ("specstory", 1, 1, True),
    ]


def test_a_store_is_told_what_is_around_it(tmp_path: Path) -> None:
    machine = bare(tmp_path / "r")
    coded = "".join(one if one.isalnum() else "-" for one in str(machine.root))
    put(tmp_path / f"home/.claude/projects/{coded}/a.jsonl", {"cwd": str(machine.root)})
    (machine.root / "AGENTS.md").write_text("Be kind.")

    found = set_up(machine)

    assert [one.name for one in found.tools] == ["claude-code"]
    assert [one.path for one in found.instructions] == ["AGENTS.md"]
    assert [(one.tool, len(one.files)) for one in found.transcripts] == [("claude-code", 1)]


@pytest.mark.parametrize(
    ("folder", "is_here"),
    [
        (MINE, True),
        (f"{MINE}/", True),
        (f"{MINE}/a/b", True),
        (f"file://{MINE}/a", True),
        ("file:///home/ann/work/my%2Eproduct", True),
        (f"file://localhost{MINE}/a", True),
        (f"{MINE}/../my.product-2", False),
        (f"{OTHER}/../my.product/src", True),
        (f"file://server{MINE}", False),
        (f"vscode-remote://ssh-remote%2Bbig{MINE}", False),
        (f"vscode-remote://dev-container%2B7b2{MINE}", False),
        (f"ssh://big{MINE}", False),
        (OTHER, False),
        ("/home/ann/work", False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_a_folder_is_here_or_not(folder: object, is_here: bool) -> None:  # noqa: FBT001 - a case
    assert HERE.holds(folder) is is_here


@pytest.mark.parametrize("folder", ["c:\\Work\\Product\\src", "C:/work/product", "file:///c%3A/work/product"])
def test_a_drive_is_spelled_in_many_ways(folder: str) -> None:
    assert here([Path("/x")]).holds(folder) is False
    assert Here(folders=("c:/work/product",)).holds(folder)


@pytest.mark.parametrize(
    "folder",
    [
        "\\\\Server\\Share\\product\\src",
        "//server/share/product",
        "file://server/share/product/a",
        "file://SERVER/Share/product",
    ],
)
def test_a_share_of_windows_is_spelled_in_many_ways(folder: str) -> None:
    assert Here(folders=("//server/share/product",)).holds(folder)
    assert not Here(folders=("//server/share/product-2", "/share/product")).holds(folder)


@pytest.mark.parametrize(
    "folder", ["vscode-remote://wsl%2BUbuntu/home/ann/app/src", "\\\\wsl$\\Ubuntu\\home\\ann\\app"]
)
def test_a_folder_of_linux_on_windows_is_spelled_in_many_ways(folder: str) -> None:
    assert here([Path("//wsl.localhost/Ubuntu/home/ann/app")]).holds(folder)
    assert not here([Path("/home/ann/app"), Path("//wsl.localhost/Debian/home/ann/app")]).holds(folder)


def test_all_is_below_the_root() -> None:
    assert Here(folders=("/",)).holds("/work/app")


def test_a_link_to_a_folder_leads_there_and_one_beside_does_not(tmp_path: Path) -> None:
    for name in ("data/app/src", "data/app2"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "mine").symlink_to(tmp_path / "data/app")
    (tmp_path / "other").symlink_to(tmp_path / "data/app2")
    own = here([tmp_path / "data/app"])

    assert [own.holds(str(tmp_path / one)) for one in ("mine", "mine/src", "mine/gone", "other", "data", "gone")] == [
        *(True, True, True, False, False, False)
    ]


def test_an_editors_workspace_of_several_folders_is_about_each(tmp_path: Path) -> None:
    user, place = tmp_path / ".config/Code/User/workspaceStorage", tmp_path / "work"
    for name, listed in (
        ("two", '{"path": "my"}, // mine\n {"path": "./sub/../other"},'),
        ("none", '{"path": "my-2"}'),
    ):
        file = place / f"{name}.code-workspace"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f'{{"folders": [{listed}]}}')
        put(user / name / "workspace.json", {"workspace": file.as_uri()})
        put(user / name / "chatSessions" / "s.jsonl", {})

    assert names(here([place / "my"]), tmp_path) == {
        "copilot-chat": [".config/Code/User/workspaceStorage/two/chatSessions/s.jsonl"]
    }
    assert names(here([place / "other"]), tmp_path) == names(here([place / "my"]), tmp_path)


def test_of_a_workspace_nothing_but_its_folders_is_one(tmp_path: Path) -> None:
    user, place = tmp_path / ".config/Code/User/workspaceStorage", tmp_path / "work"
    file = place / "one.code-workspace"
    put(user / "one/workspace.json", {"workspace": file.as_uri()})
    put(user / "one/chatSessions/s.jsonl", {})
    file.parent.mkdir()
    file.write_text(
        """{ // "folders": [{"path": "first"}],
        "settings": {"tool.at": {"path": "set"}, "address": "http://x"},
        "folders": [
            {"path": "my [1]"}, // {"path": "behind"}
            // {"path": "away"},
            /* {"path": "out"}, */
            {"name": "it", "path": "last"}
        ],
        "launch": {"configurations": [{"path": "run"}]}
        """
    )

    about = {one: names(here([place / one]), tmp_path) for one in ("first", "set", "behind", "away", "out", "run")}

    assert {} == {one: of for one, of in about.items() if of}
    assert all(names(here([place / one]), tmp_path) for one in ("my [1]", "last"))


def test_what_an_editors_far_side_keeps_is_of_this_machine(tmp_path: Path) -> None:
    for user in (".vscode-server/data/User", ".config/Code/User"):
        kept = tmp_path / user / "workspaceStorage" / "a"
        put(kept / "workspace.json", {"folder": "vscode-remote://ssh-remote%2Bbig/work/my"})
        put(kept / "chatSessions" / "s.jsonl", {})

    assert names(here([Path("/work/my")]), tmp_path) == {
        "copilot-chat": [".vscode-server/data/User/workspaceStorage/a/chatSessions/s.jsonl"]
    }


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/team/product",
        "https://ann:x@example.com/team/product.git",
        "ssh://git@EXAMPLE.com:22/team/product.git",
        "git@example.com:team/product.git",
        "example.com:team/product/",
    ],
)
def test_addresses_of_one_repository_are_the_same(address: str) -> None:
    assert same_place(address, "https://example.com/team/product.git")
    assert not same_place(address, "https://example.com/team/product2.git")
    assert project_name(address) == "product"


@given(st.text(max_size=60))
def test_any_address_and_folder_is_read(text: str) -> None:
    assert same_place(text, text)
    assert HERE.holds(text) in {True, False}
