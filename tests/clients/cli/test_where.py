"""What is said to a store goes to that store, or nowhere: never to a server because the store cannot be used."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from clients.cli.main import run
from contextfs.client import ContextFS
from tests.clients.cli.conftest import Ctx

Break = Callable[[Ctx, Path], object]


def lose_the_settings(_: Ctx, root: Path) -> None:
    (root / ".contextfs/config.toml").unlink()


def switch_off(ctx: Ctx, _: Path) -> None:
    assert ctx("off").code == 0


@pytest.mark.parametrize("unusable", [lose_the_settings, switch_off])
@pytest.mark.parametrize("line", [["memory", "add", "Only mine.", "--private"], ["capture", "Only mine."], ["status"]])
def test_a_store_that_cannot_be_used_is_told_and_nothing_leaves(
    ctx: Ctx, client: ContextFS, tmp_path: Path, unusable: Break, line: list[str]
) -> None:
    assert ctx("init").code == 0
    unusable(ctx, tmp_path)

    told = ctx(*line)

    assert told.code == 3
    assert "`ctx init`" in told.err
    assert list(client.memories.list()) == list(client.sessions.list()) == []
    assert ctx("memory", "add", "For all.", "--server").code == 0


def test_where_nobody_named_the_server_it_is_told_which_answers(
    program: Ctx, environment: dict[str, str], tmp_path: Path
) -> None:
    port, key = urlsplit(environment.pop("CONTEXTFS_URL")).port, environment.pop("CONTEXTFS_API_KEY")
    founding = {"key": key, "project_id": environment.pop("CONTEXTFS_PROJECT_ID"), "project": "default"}
    (tmp_path / "contextfs").mkdir()
    (tmp_path / "contextfs/stack.json").write_text(json.dumps({"port": port, "founding": founding}))

    added, listed, meant = (
        program("memory", "add", "Ours.", "--json"),
        program("memory", "list", "--json"),
        program("memory", "list", "--server"),
    )
    environment["CONTEXTFS_PROJECT_ID"] = str(other := UUID(int=1))
    elsewhere = program("memory", "add", "Nobody's.")

    said = "No store here (`ctx init` makes one): the platform of this machine answers, for {}.\n"
    assert said.format("its project default") == added.err
    assert elsewhere.err.startswith(said.format(f"its project {other}"))
    assert (said.format("all of its projects"), ["Ours."]) == (listed.err, [one["content"] for one in listed.json])
    assert (0, "") == (meant.code, meant.err)


def test_a_server_that_the_environment_names_is_known(ctx: Ctx) -> None:
    assert (0, "") == (ctx("memory", "list").code, ctx("memory", "list").err)


def test_a_store_around_one_that_lost_its_settings_is_not_meant(ctx: Ctx, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    assert (ctx("init").code, ctx("init", inner, "--here").code) == (0, 0)
    (inner / ".contextfs/config.toml").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(inner)

        assert run(["memory", "add", "Inside."]) == 3
    assert ctx("memory", "list", "--json").json == []


def test_a_path_that_is_empty_is_no_path(ctx: Ctx) -> None:
    told = ctx("import", "claude-code", "")

    assert (told.code, "the path is empty" in told.err) == (2, True)


def test_a_folder_without_conversations_is_told(ctx: Ctx, tmp_path: Path) -> None:
    told = ctx("import", "aider", tmp_path)

    assert (told.code, "There are no conversations of aider" in told.err) == (3, True)


def test_an_editor_that_fails_changes_nothing(ctx: Ctx) -> None:
    assert ctx("init").code == 0
    memory = ctx("memory", "add", "As it was.", "--json").json["memory"]["id"]

    told = ctx("memory", "edit", memory, EDITOR="false")

    assert told.err == "ctx: Nothing was changed: the editor 'false' did not end well.\n"
    assert ctx("memory", "show", memory, "--json").json["content"] == "As it was."


def test_bytes_that_are_no_text_are_told(ctx: Ctx) -> None:
    told = ctx("memory", "add", "bad \udcff")

    assert (told.code, "not text" in told.err) == (2, True)
