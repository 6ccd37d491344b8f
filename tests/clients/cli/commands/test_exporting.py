"""`ctx export --from-server`: a server is left as a folder can be, with everything."""

from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest

from contextfs.client import ContextFS
from contextfs.kit.errors import ContextFSError, Unavailable
from contextfs.runtime.wiring import Wiring
from tests.clients.cli.conftest import Ctx
from tests.conftest import Tenant

pytestmark = pytest.mark.usefixtures("reachable")


@pytest.fixture
def reachable(wiring: Wiring, api_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let links lead to the server that listens."""
    monkeypatch.setattr(wiring.services.blobs(), "_url", api_url)


def test_it_is_fetched_checked_and_taken_in(ctx: Ctx, client: ContextFS, tmp_path: Path) -> None:
    memory = client.memories.create("We deploy on Thursdays.", type="decision").memory
    told = ctx("export", "--from-server", "all.zip", "--all")
    as_json = ctx("export", "--from-server", "one.zip", "--json").json
    ctx("init", "--here", "--name", "elsewhere")
    taken = ctx("import", "contextfs", "one.zip", "--json")
    found = ctx("memory", "show", str(memory.id), "--json")

    assert told.out == "1 revision, 0 sessions, 0 messages written to all.zip\n", told.err
    assert as_json["status"] == "ready"
    with ZipFile(tmp_path / "all.zip") as bundle:
        assert bundle.namelist()[0] == "manifest.json"
    assert (taken.code, taken.json["memories"]) == (0, 1), taken.err
    assert found.json["content"] == "We deploy on Thursdays.", found.err


def test_of_several_projects_the_named_one_is_taken_in(ctx: Ctx, client: ContextFS) -> None:
    second = client.projects.create("second")
    client.memories.create("Of the first.")
    client.memories.create("Of the second.", project_id=second.id)
    ctx("export", "--from-server", "all.zip", "--all")
    ctx("init", "--here", "--name", "elsewhere")
    unclear = ctx("import", "contextfs", "all.zip")
    unknown = ctx("import", "contextfs", "all.zip", "--project", "third")
    taken = ctx("import", "contextfs", "all.zip", "--project", "second", "--json")

    assert "holds several projects, and none is this store's" in unclear.err
    assert unknown.code == 3
    assert taken.json["memories"] == 1
    assert [one["content"] for one in ctx("memory", "list", "--json").json] == ["Of the second."]


def test_what_was_exported_is_carried_over_to_another_organization(
    ctx: Ctx, client: ContextFS, api_url: str, other_tenant: Tenant
) -> None:
    """As one does who leaves a region for another: export, a new store, a link, a sync."""
    memory = client.memories.create("We deploy on Thursdays.", type="decision").memory
    there = {"CONTEXTFS_API_KEY": other_tenant.key, "CONTEXTFS_PROJECT_ID": ""}
    steps = [
        ctx("export", "--from-server", "all.zip"),
        ctx("init", "--here", "--name", "carried over", **there),
        ctx("import", "contextfs", "all.zip", **there),
        ctx("link", api_url, "--key", other_tenant.key, **there),
        ctx("sync", **there),
    ]

    assert [step.code for step in steps] == [0] * 5, [step.err for step in steps]
    with ContextFS(api_url, other_tenant.key) as moved:
        assert moved.memories.get(memory.id).content == "We deploy on Thursdays."


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_export_is_refused(content: bytes, ctx: Ctx, tmp_path: Path) -> None:
    ctx("init", "--here", "--name", "elsewhere")
    (tmp_path / "e.zip").write_bytes(content)
    told = ctx("import", "contextfs", "e.zip")

    assert told.code == 2
    assert told.err.startswith("ctx: e.zip is not an export of ContextFS"), told.err


def test_called_wrong_it_asks_for_nothing(ctx: Ctx, client: ContextFS) -> None:
    for words in (("--from-server",), ("--from-server", "f.zip", "--no-private"), ("f", "--all")):
        assert ctx("export", *words).code == 2
    assert list(client.exports.list()) == []


def test_what_arrives_is_checked_and_a_file_is_whole_or_not_there(client: ContextFS, tmp_path: Path) -> None:
    linked = client.exports.wait(client.exports.create().id)
    forged = msgspec.structs.replace(linked, export=msgspec.structs.replace(linked.export, sha256="0" * 64))
    changed = msgspec.structs.replace(linked, link=f"{linked.link}0")

    with pytest.raises(ContextFSError, match="is not what was exported"):
        client.exports.fetch(forged, tmp_path / "e.zip")
    with pytest.raises(ContextFSError, match="answered with 403"):
        client.exports.fetch(changed, tmp_path / "e.zip")
    with pytest.raises(Unavailable, match="is not ready"):
        client.exports.fetch(msgspec.structs.replace(linked, link=None), tmp_path / "e.zip")
    assert not list(tmp_path.glob("*e.zip*"))
    client.exports.delete(linked.export.id)
    assert list(client.exports.list()) == []


def test_a_file_that_cannot_be_written_is_named_as_it_was_given(ctx: Ctx, tmp_path: Path) -> None:
    ctx("init", tmp_path)

    told = ctx("export", tmp_path / "none" / "x")

    assert (1, f"ctx: {tmp_path}/none/x cannot be written (No such file or directory).\n") == (told.code, told.err)
