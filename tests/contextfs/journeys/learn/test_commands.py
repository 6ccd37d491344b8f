"""Shell calls, their outcome and their purpose."""

import pytest

from contextfs.journeys.learn.commands import links, plain, purpose, runs
from contextfs.journeys.learn.extract import extract
from contextfs.journeys.learn.turns import ToolUse, Turn
from tests.contextfs.journeys.learn.conversation import assistant, edit, result, session, shell


def outcomes(*turns: Turn) -> list[tuple[str, bool | None]]:
    return [(run.command, run.ok) for run in runs(session(*turns))]


def procedural(*turns: Turn) -> list[str]:
    return [c.content for c in extract(session(*turns)) if c.type == "procedural"]


def test_a_result_is_found_by_the_calls_id() -> None:
    found = outcomes(
        assistant("", shell("make a", id="1"), shell("make b", id="2")),
        result("FAIL", failed=True, answers="2"),
        result("ok", answers="1"),
    )

    assert [("make a", True), ("make b", False)] == found


def test_without_ids_results_come_in_order() -> None:
    found = outcomes(assistant("", shell("make a"), shell("make b")), result("ok"), result("make: *** [b] Error 1"))

    assert [("make a", True), ("make b", False)] == found


def test_without_a_result_nothing_is_known() -> None:
    assert outcomes(assistant("", shell("make a"))) == [("make a", None)]


def test_a_command_that_the_person_refused_says_nothing() -> None:
    found = outcomes(assistant("", shell("make a")), result("The user doesn't want to proceed with this.", failed=True))

    assert found == [("make a", None)]


@pytest.mark.parametrize(
    "use",
    [
        ToolUse(name="exec_command", input={"cmd": "make test"}),
        ToolUse(name="shell", input={"command": ["bash", "-lc", "make test"]}),
        ToolUse(name="run_shell_command", input={"command": "make test"}),
        ToolUse(name="Bash", input={"text": "Run the tests\n\n`make test`"}),
    ],
)
def test_the_shells_of_several_tools_are_read(use: ToolUse) -> None:
    assert outcomes(assistant("", use)) == [("make test", None)]


def test_other_tools_are_no_shells() -> None:
    assert [] == outcomes(assistant("", ToolUse(name="Read", input={"command": "make test"})))


@pytest.mark.parametrize(
    ("command", "bare"),
    [
        ("cd /repo && make test 2>&1 | tail -20", "make test"),
        ("timeout 60 go test ./... | grep -E 'ok|FAIL'", "go test ./..."),
        ("make test; echo $?", "make test"),
        ("make test", "make test"),
    ],
)
def test_what_only_one_run_needed_is_taken_off(command: str, bare: str) -> None:
    assert bare == plain(command)


def test_a_chain_is_read_link_by_link() -> None:
    assert ["mise run fmt", "mise run lint"] == links("mise run fmt && mise run lint 2>&1")


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("mise run test", "run the tests"),
        ("npm run lint", "run the linter"),
        ("uv run pytest", "run the tests"),
        ("golangci-lint run", "run the linter"),
        ("npm ci", "install the dependencies"),
        ("npm install lodash", None),
        ("go test ./pkg/a", None),
        ("go test -run TestA ./...", None),
        ("golangci-lint run main.go", None),
        ("ls -la", None),
        ("git status", None),
        ("grep -r test .", None),
        ("cat build.log", None),
        ("python -c 'print(1)'", None),
    ],
)
def test_only_standing_commands_of_a_project_have_a_purpose(command: str, wanted: str | None) -> None:
    assert wanted == purpose(command)


def test_a_command_that_worked_is_a_procedure() -> None:
    assert procedural(assistant("", shell("make test")), result("12 passed, 0 failed")) == [
        "To run the tests: `make test`"
    ]


def test_a_check_that_only_tells_more_is_the_same_command() -> None:
    commands = ("go test ./...", "go test -v ./...", "go test ./... -count=1")
    turns = [turn for command in commands for turn in (assistant("", shell(command)), result("ok"))]

    assert procedural(*turns) == ["To run the tests: `go test ./...`"]


@pytest.mark.parametrize(
    "command",
    ["docker run --rm -v .:app shop pytest", "docker compose run -v data:data app pytest", "pytest -q", "mypy -v src"],
)
def test_what_is_learned_is_a_command_that_ran(command: str) -> None:
    [told] = procedural(assistant("", shell(command)), result("ok"), assistant("", shell(command)), result("ok"))

    assert told.endswith(f": `{command}`")


def test_a_check_is_not_the_same_where_its_program_gets_another_option() -> None:
    commands = ("docker run -v a:b shop pytest", "docker run a:b shop pytest")
    turns = [turn for command in commands for turn in (assistant("", shell(command)), result("ok"))]

    assert len(procedural(*turns)) == 2


def test_a_command_that_mostly_failed_is_not() -> None:
    bad = (assistant("", shell("make test")), result("3 failed", failed=True))

    assert [] == procedural(*bad, *bad, assistant("", shell("make test")), result("ok"))


def test_a_command_that_worked_in_the_place_of_another_is_a_fix() -> None:
    found = procedural(
        assistant("", shell("python tools/seed.py")),
        result("bash: python: command not found", failed=True),
        assistant("", shell("python3 tools/seed.py")),
        result("seeded"),
    )

    assert [
        "`python tools/seed.py` failed (bash: python: command not found); `python3 tools/seed.py` worked instead."
    ] == found


def test_a_diagnosis_counts_when_the_edit_after_it_helped() -> None:
    told = "The test is failing because the fixture closes the pool too early."
    found = procedural(
        assistant("", shell("make e2e")),
        result("FAIL", failed=True),
        assistant(told, edit("/repo/tests/conftest.py")),
        result("ok"),
        assistant("", shell("make e2e")),
        result("ok"),
    )

    assert [f"`make e2e` failed. {told} It passed after changes to conftest.py."] == found


def test_a_diagnosis_that_did_not_help_is_not_learned() -> None:
    told = "The test is failing because the fixture closes the pool too early."
    turns = (
        assistant("", shell("make e2e")),
        result("FAIL", failed=True),
        assistant(told, edit("/repo/tests/conftest.py")),
        result("ok"),
        assistant("", shell("make e2e")),
        result("FAIL", failed=True),
    )

    assert [] == procedural(*turns)
