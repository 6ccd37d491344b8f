"""`ctx init` makes a store once, completes it ever after, and overwrites nothing."""

import os
from pathlib import Path
from uuid import UUID

import pytest

from contextfs.kit.errors import Conflict, Invalid, NotFound, Unavailable
from contextfs.local import config, place
from contextfs.local.place import at
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.setup.machines import bare, set_up

ALL = {".contextfs/.gitignore", ".contextfs/.gitattributes", ".contextfs/config.toml"}


def everything(folder: Path) -> dict[str, bytes]:
    """Read all files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_outside_git_gets_a_store(tmp_path: Path) -> None:
    machine = bare(tmp_path / "my project")

    found = set_up(machine)
    files = everything(machine.root / ".contextfs")

    assert (found.created, set(found.changed), found.git, found.notes) == (True, ALL, None, ())
    assert found.project.name == "my project"
    assert files[".gitignore"] == b"local/\n"
    assert files[".gitattributes"] == b"memories/**/*.md text eol=lf merge=contextfs\n"
    assert config.read(found.place.config).project.id == found.project.id
    assert (found.place.memories.is_dir(), found.place.local.is_dir()) == (True, True)


@pytest.mark.skipif(os.name == "nt", reason="Windows gives the access of the folder around it")
def test_nobody_else_may_look_into_what_is_private(tmp_path: Path) -> None:
    made = set_up(bare(tmp_path / "made")).place.local
    opened = Machine(tmp_path / "cloned").init()
    opened.refresh()
    cloned = opened.root / ".contextfs/local"

    assert [0o700, 0o700] == [one.stat().st_mode & 0o777 for one in (made, cloned)]

    cloned.chmod(0o750)
    opened.refresh()

    assert cloned.stat().st_mode & 0o777 == 0o750


def test_a_machine_joins_a_project_by_its_id(tmp_path: Path) -> None:
    joined = set_up(bare(tmp_path / "third"), project=PROJECT)

    assert (joined.created, joined.project.id) == (True, PROJECT)


def test_a_store_of_another_project_is_not_taken_over(ready: Machine) -> None:
    before = everything(ready.root)

    with pytest.raises(Conflict, match="is the store of"):
        set_up(ready, project=UUID(int=7))
    assert everything(ready.root) == before


def test_a_second_run_changes_nothing(ready: Machine) -> None:
    ready.add("We use psycopg.")
    before = everything(ready.root)

    again = set_up(ready)

    assert (again.created, again.changed) == (False, ())
    assert everything(ready.root) == before


def test_git_sees_what_is_to_be_committed_and_no_more(tmp_path: Path) -> None:
    machine = bare(tmp_path / "repository")
    machine.git("init", "-q")

    found = set_up(machine)
    machine.add("We use psycopg.", type="fact")
    machine.add("Only mine.", visibility="private")
    listed = machine.git("status", "--porcelain", "-uall").split()[1::2]

    assert {*listed} >= ALL
    assert [name for name in listed if name not in ALL] == [
        f".contextfs/memories/fact/{path.name}" for path in (machine.root / ".contextfs/memories/fact").iterdir()
    ]
    assert ".git/config" in found.changed
    assert found.git is not None
    assert found.git.driver


def test_settings_of_a_clone_are_kept_as_they_are(ready: Machine, tmp_path: Path) -> None:
    settings = ready.root / ".contextfs/config.toml"
    settings.write_bytes(b"# ours\r\n" + settings.read_bytes().replace(b"\n", b"\r\n"))
    ready.commit()
    ready.git("clone", "-q", str(ready.root), str(tmp_path / "clone"))
    clone = Machine(tmp_path / "clone", seed=2)

    found = set_up(clone, name="another")

    assert (clone.root / ".contextfs/config.toml").read_bytes() == settings.read_bytes()
    assert found.project == set_up(ready).project
    assert found.changed == (".git/config",)


def test_an_older_store_is_completed(machine: Machine) -> None:
    (machine.root / ".contextfs/.gitignore").write_text("*.bak")
    (machine.root / ".contextfs/.gitattributes").write_text("memories/**/*.md text eol=lf\n")

    found = set_up(machine)

    assert set(found.changed) == {".contextfs/.gitignore", ".contextfs/.gitattributes"}
    assert (machine.root / ".contextfs/.gitignore").read_text() == "*.bak\nlocal/\n"
    assert found.project.id == PROJECT


def test_it_is_made_at_the_top_of_the_repository(tmp_path: Path) -> None:
    machine = bare(tmp_path / "repository")
    machine.git("init", "-q")
    (machine.root / "deep/er").mkdir(parents=True)

    found = set_up(machine, start=machine.root / "deep/er")

    assert found.place.root == machine.root
    assert set_up(machine, start=machine.root / "deep").changed == ()


def test_it_is_made_in_a_subfolder_when_that_is_meant(tmp_path: Path) -> None:
    machine = bare(tmp_path / "repository")
    machine.git("init", "-q")
    part = machine.root / "packages/one"
    part.mkdir(parents=True)

    set_up(machine, start=part, only_here=True)
    inside = Machine(part, seed=3)
    memory = inside.add("We use psycopg.")
    inside.commit()
    probe = inside.git("check-attr", "merge", "--", str(inside.file(memory)))

    assert not (machine.root / ".contextfs").exists()
    assert probe.strip().endswith("merge: contextfs")
    assert set_up(machine, start=part).changed == ()


def test_a_repository_inside_of_another_store_is_a_project_of_its_own(ready: Machine) -> None:
    inner = bare(ready.root / "inner")
    inner.git("init", "-q")

    found = set_up(inner)

    assert (found.created, found.place.root) == (True, inner.root)


def test_a_home_under_git_is_not_one_project(tmp_path: Path) -> None:
    home = bare(tmp_path / "home")
    home.git("init", "-q")
    machine = Machine(home.root / "work")
    machine.root.mkdir()
    (machine.root / "home").mkdir()

    from tests.contextfs.local.setup import machines  # noqa: PLC0415 - only here

    found = machines.init(
        machine.root, around=machines.around(home.root), new_id=lambda: PROJECT, program=machines.program(tmp_path)
    )

    assert found.place.root == machine.root


def test_half_a_settings_file_is_refused_with_its_line(tmp_path: Path) -> None:
    machine = bare(tmp_path / "repository")
    (machine.root / ".contextfs").mkdir()
    (machine.root / ".contextfs/config.toml").write_text('format = 1\n[project]\nid = "0198f3c2')

    with pytest.raises(Invalid, match=r"config\.toml:3: "):
        set_up(machine)

    assert [path.name for path in (machine.root / ".contextfs").iterdir()] == ["config.toml"]


def test_a_newer_format_is_refused(machine: Machine) -> None:
    (machine.root / ".contextfs/config.toml").write_text("format = 99\n")

    with pytest.raises(Invalid, match=r"config\.toml:1: format 99 is newer than this ctx: update ctx"):
        set_up(machine)


def test_settings_that_git_still_has_are_not_made_anew(ready: Machine) -> None:
    (ready.root / ".contextfs/config.toml").unlink()

    with pytest.raises(Conflict, match=r"`git checkout -- \.contextfs/config\.toml`"):
        set_up(ready)


def test_a_store_whose_settings_are_lost_for_good_gets_new_ones(machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    (machine.root / ".contextfs/config.toml").unlink()

    found = set_up(machine)

    assert found.created
    assert machine.file(memory).exists()


@pytest.mark.parametrize("name", [".contextfs", ".contextfs/memories", ".contextfs/local"])
def test_a_file_in_the_way_is_told(tmp_path: Path, name: str) -> None:
    machine = bare(tmp_path / "repository")
    (machine.root / name).parent.mkdir(exist_ok=True)
    (machine.root / name).write_text("mine")

    with pytest.raises(Invalid, match="is in the way, and no folder: move it away"):
        set_up(machine)

    assert (machine.root / name).read_text() == "mine"


@pytest.mark.parametrize("name", [".contextfs", ".contextfs/memories", ".contextfs/local"])
def test_a_link_that_leads_out_is_told_and_not_followed(tmp_path: Path, name: str) -> None:
    machine = bare(tmp_path / "repository")
    (tmp_path / "outside").mkdir()
    (machine.root / name).parent.mkdir(exist_ok=True)
    (machine.root / name).symlink_to(tmp_path / "outside")

    with pytest.raises(Invalid, match="is a link that leads out of"):
        set_up(machine)

    assert list((tmp_path / "outside").iterdir()) == []


def test_a_link_in_place_of_a_file_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    machine = bare(tmp_path / "repository")
    (machine.root / ".contextfs").mkdir()
    (tmp_path / "outside").write_text("theirs\n")
    (machine.root / ".contextfs/.gitignore").symlink_to(tmp_path / "outside")

    set_up(machine)

    assert (tmp_path / "outside").read_text() == "theirs\n"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    machine = bare(tmp_path / "repository")
    machine.root.chmod(0o555)

    with pytest.raises(
        Unavailable, match=r"cannot be (written|made) \(Permission denied\): is the disk full or read-only"
    ):
        set_up(machine)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder in which nothing can be made")
def test_a_folder_that_takes_no_files_is_told() -> None:
    with pytest.raises(Unavailable, match=r"cannot be (written|made) .*: is the disk full or read-only, or the folder"):
        set_up(Machine(Path("/proc")))


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no folder"):
        set_up(Machine(tmp_path / "nowhere"))


def test_a_worktree_shares_the_database_and_leaves_the_main_one_clean(tmp_path: Path) -> None:
    machine = bare(tmp_path / "repository")
    machine.git("init", "-q")
    (machine.root / "README").write_text("x")
    machine.commit()
    machine.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")
    tree = Machine(tmp_path / "tree", seed=2)

    found = set_up(tree)
    memory = tree.add("We use psycopg.")

    assert found.place.local == machine.root / ".contextfs/local"
    assert found.git is not None
    assert found.git.worktrees == (machine.root, tree.root)
    assert machine.git("status", "--porcelain") == ""
    assert tree.file(memory).is_relative_to(tree.root)
    assert set_up(tree).changed == ()


def test_a_renamed_repository_needs_nothing(ready: Machine, tmp_path: Path) -> None:
    ready.root.rename(tmp_path / "elsewhere")

    found = set_up(Machine(tmp_path / "elsewhere"))

    assert (found.created, found.changed) == (False, ())


def test_the_address_is_told_without_its_password(ready: Machine) -> None:
    ready.git("remote", "add", "other", "https://example.com/other")
    ready.git("remote", "add", "origin", "https://ann:secret@example.com/team/product.git")

    found = set_up(ready)

    assert found.git is not None
    assert found.git.remote == "https://example.com/team/product.git"


def test_a_project_is_called_like_its_repository(tmp_path: Path) -> None:
    machine = bare(tmp_path / "checkout-2")
    machine.git("init", "-q")
    machine.git("remote", "add", "origin", "git@example.com:team/product.git")

    assert set_up(machine).project.name == "product"


def test_an_own_name_and_id_are_taken(tmp_path: Path) -> None:
    found = set_up(bare(tmp_path / "repository"), name='The "best"\none')

    assert found.project.name == 'The "best"one'
    assert isinstance(found.project.id, UUID)


def test_a_rule_that_hides_memories_from_git_is_told(tmp_path: Path) -> None:
    machine = bare(tmp_path / "repository")
    machine.git("init", "-q")
    (machine.root / ".gitignore").write_text("x\n.*/\n")

    [note] = set_up(machine).notes

    assert note.startswith("git ignores .contextfs/memories (.gitignore:2:.*/)")


def test_without_the_program_git_a_store_is_made_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = bare(tmp_path / "repository")
    machine.git("init", "-q")
    monkeypatch.setenv("PATH", str(tmp_path))

    found = set_up(machine)

    assert found.notes == (
        "The store is made without git, which does not answer: git is not installed, or not on PATH.",
    )
    assert place.find(machine.root) == at(machine.root)


def test_settings_of_git_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    machine = bare(tmp_path / "repository")
    machine.git("init", "-q")
    (machine.root / ".git/config.lock").write_text("")

    found = set_up(machine)

    assert found.created
    assert len(found.notes) == 1
    assert "could not be registered" in found.notes[0]
    assert found.git is not None
    assert not found.git.driver
