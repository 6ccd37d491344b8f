"""What every command has in common: help, exit codes, errors in one line."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from clients.cli.line.explained import explained
from clients.cli.line.plain import bound
from clients.cli.main import COMMANDS, loaded, run
from tests.clients.cli.conftest import Ctx

HEAVY = {"click", "pydantic", "httpx2", "msgspec", "psycopg", "numpy", "starlette", "uvicorn", "contextfs"}


def commands() -> Iterator[tuple[str, Any]]:
    """Give every command, also those of a group, with its full name."""
    for name in COMMANDS:
        made: Any = explained(loaded(name), name)
        for inner, command in getattr(made, "commands", {"": made}).items():
            yield f"{name} {inner}".strip(), command


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_every_command_and_every_word_of_it_has_help(name: str, command: Any) -> None:
    assert (command.help or "").strip().endswith(".")
    assert [] == [one.name for one in command.params if one.name != "help" and not one.help]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_overview_names_every_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    assert f"\n  {name} " in capsys.readouterr().out


def test_the_overview_comes_without_loading_anything() -> None:
    told = packages_of("--help")

    assert set[str]() == told & HEAVY


def test_the_help_of_a_command_loads_no_server() -> None:
    told = packages_of("search", "--help")

    assert set[str]() == told & {"psycopg", "numpy", "starlette", "uvicorn", "rich"}


def test_a_group_without_a_command_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["memory"]) == 0
    assert "Usage: ctx memory" in capsys.readouterr().out


def test_conflicts_alone_are_listed(ctx: Ctx) -> None:
    ctx("init")

    assert (0, "No conflicts.\n") == (ctx("conflicts").code, ctx("conflicts").out)


def test_the_port_of_the_platform_is_that_of_the_environment() -> None:
    wanted = bound(loaded("up"), [], {"CONTEXTFS_PORT": "9000"})
    told = bound(loaded("up"), ["--port", "9001"], {"CONTEXTFS_PORT": "9000"})

    assert (9000, 9001) == (wanted and wanted[1]["port"], told and told[1]["port"])


def test_a_slip_of_the_fingers_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serch"]) == 2
    assert capsys.readouterr().err == "ctx: there is no command 'serch': did you mean search?\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search"], "Missing argument"),
        (["memory", "show"], "(ctx memory show --help)"),
        (["search", "x", "--mode", "magic"], "--mode"),
        (["search", "x", "--since", "someday"], "'someday' is not a time"),
        (["search", "x", "--since", "someday"], "2026-11-01T09:30+01:00, yesterday, or 12h, 7d, 4w ago"),
        (["context", "x", "--budget", "abc"], "'abc' is not a whole number"),
        (["memory", "delete", "x"], "there is no command 'delete': did you mean rm?"),
        (["sessions", "ls"], "there is no command 'ls': did you mean list?"),
        (["projects", "rm", "x"], "there is no command 'rm': did you mean delete?"),
        (["memory", "shwo"], "there is no command 'shwo': did you mean show?"),
        (["memory", "x"], "there is no command 'x': there are add, list, show"),
        (["memory", "list", "--limit", "0"], "--limit"),
        (["import", "notepad", "x"], "claude-code"),
    ],
)
def test_called_wrong_is_one_line_and_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    told = capsys.readouterr().err
    assert (1, True) == (told.count("\n"), told.startswith("ctx: "))
    assert said in told


def test_a_server_that_does_not_answer_is_one_line_and_6(program: Ctx) -> None:
    told = program("search", "anything", CONTEXTFS_URL="http://127.0.0.1:9")

    assert (6, "", 1) == (told.code, told.out, told.err.count("\n"))
    assert told.err.startswith("ctx: http://127.0.0.1:9 does not answer")
    assert all(cure in told.err for cure in ("`ctx up`", "CONTEXTFS_URL"))


def test_a_wrong_value_is_told_with_its_place(ctx: Ctx) -> None:
    told = ctx("memory", "add", "x", "--tag", "not a tag")

    assert (2, 1) == (told.code, told.err.count("\n"))
    assert "(tags[0])" in told.err


def test_who_debugs_sees_where_it_failed(program: Ctx) -> None:
    told = program("memory", "show", "01a2", CONTEXTFS_DEBUG="1")

    assert "Traceback" in told.err


def test_an_unknown_version_of_nothing_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("ctx ")


def packages_of(*arguments: str) -> set[str]:
    """Run `ctx` and tell which packages it loaded."""
    code = "import sys; from clients.cli.main import run; run(sys.argv[1:]); print('|', *sys.modules, file=sys.stderr)"
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return {name.split(".", 1)[0] for name in ended.stderr.rpartition("|")[2].split()}
