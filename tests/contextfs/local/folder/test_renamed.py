"""A file that somebody renamed keeps its name: here, after a merge, in a clone, and in one worktree of several."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from contextfs.domain.memories.model import MemoryChange
from contextfs.local.doctor.checks import checks
from contextfs.local.folder import reading
from contextfs.local.folder.scan import Seen
from contextfs.local.model import Refreshed
from contextfs.local.place import Place, required
from tests.contextfs.local.places import Machine, long_ago

NOTHING = Refreshed()
TEXT = "We deploy on Mondays."


def renamed(machine: Machine, memory: UUID, name: str) -> str:
    """Give a memory's file another name before its id, as `git mv` does; gives the whole name."""
    old = machine.file(memory)
    new = old.with_name(f"{name}--{old.stem.rpartition('--')[2]}.md")
    machine.git("mv", str(old), str(new))
    return new.name


def change(machine: Machine, memory: UUID, **wanted: str) -> None:
    with machine.open() as store:
        store.refresh()
        store.change(memory, MemoryChange(**wanted))  # pyright: ignore[reportArgumentType]


def faults(machine: Machine) -> list[str]:
    found = checks(required(machine.root), machine.open, environment={})
    return [f"{one.name}: {one.detail}" for one in found if one.state == "fail"]


@pytest.fixture
def memory(repository: Machine) -> UUID:
    """Give a memory whose file is committed."""
    made = repository.add(TEXT)
    repository.commit()
    return made


@pytest.mark.parametrize(
    "name",
    [
        "deploys",
        "When_we deploy",
        "v1.2",
        "тиждень",
        "What's up",
        "Q&A, 100% (old)",
        "c++",
        "🚀 deploys",
        "U\u0308ber-Deploys",
        "-deploys",
    ],
)
def test_a_file_that_somebody_renamed_keeps_its_name(repository: Machine, memory: UUID, name: str) -> None:
    wanted = renamed(repository, memory, name)

    change(repository, memory, content="We deploy on Fridays.")
    change(repository, memory, type="decision")
    repository.edit(memory, "Fridays", "Sundays")
    change(repository, memory, title="When we deploy")
    with repository.open() as store:
        told = store.get(memory)

    assert repository.file(memory) == repository.root / ".contextfs/memories/decision" / wanted
    assert (f"decision/{wanted}", "We deploy on Sundays.") == (told.path, told.content)
    assert NOTHING == repository.refresh()


def test_a_name_without_the_id_is_brought_to_ours(repository: Machine, memory: UUID) -> None:
    before = repository.file(memory)
    before.rename(before.with_name("deploys.md"))

    change(repository, memory, content="We deploy on Fridays.")

    assert repository.file(memory) == before
    assert [] == faults(repository)


def test_a_rename_on_one_branch_and_an_edit_on_the_other_merge(repository: Machine, memory: UUID) -> None:
    repository.git("switch", "-qc", "renamed")
    name = renamed(repository, memory, "deploys")
    repository.refresh()
    repository.commit()
    repository.git("switch", "-q", "main")
    change(repository, memory, content="We deploy on Fridays.")
    repository.commit()

    repository.git("merge", "-q", "renamed", "-m", "merged")
    merged = repository.refresh()
    change(repository, memory, content="We deploy on Sundays.")

    assert Refreshed(moved=1) == merged
    assert [f"memories/fact/{name}"] == [*repository.files()]
    assert f" M .contextfs/memories/fact/{name}\n" == repository.git("status", "--porcelain")
    assert [] == faults(repository)


@pytest.mark.parametrize("kept", ["days", "deploys"])
def test_two_new_names_of_one_file_are_told_until_one_is_deleted(repository: Machine, memory: UUID, kept: str) -> None:
    for branch, name in (("one", "days"), ("two", "deploys")):
        repository.git("switch", "-qc", branch, "main")
        renamed(repository, memory, name)
        repository.commit()
        repository.refresh()

    repository.git("merge", "-q", "one", check=False)
    for file in repository.root.glob(".contextfs/memories/*/*.md"):
        long_ago(file)
    told = repository.refresh()
    [problem] = told.problems
    [other] = [one for one in repository.root.glob(".contextfs/memories/*/*.md") if not one.name.startswith(kept)]
    other.unlink()
    after = repository.refresh()
    with repository.open() as store:
        shown = store.get(memory)

    assert "has the id of memories/fact/" in problem.reason
    assert ((), 0, TEXT) == (after.problems, after.deleted, shown.content)
    assert repository.file(memory).name.startswith(kept)
    assert NOTHING == repository.refresh()
    assert [] == faults(repository)


def test_a_file_that_cannot_be_taken_in_is_read_again_when_what_has_its_id_changes_that(
    repository: Machine, memory: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = repository.file(memory)
    for number in range(3):
        (file.parent / f"copy{number}.md").write_text(f"---\nid: {memory}\n---\nText {number}.\n")
    for one in file.parent.glob("*.md"):
        long_ago(one)
    told = repository.refresh().problems
    read: list[str] = []
    real = reading.contents

    def noting(place: Place, seen: Seen) -> bytes:
        read.append(seen.path.rpartition("/")[2])
        return real(place, seen)

    monkeypatch.setattr(reading, "contents", noting)
    file.write_text(file.read_text().replace("Mondays", "Fridays"))
    edited, after_edit = repository.refresh(), [*read]
    file.write_text(file.read_text().replace(str(memory), "0198f3c2-0000-7000-8000-509a4a588a6d"))
    freed = repository.refresh()

    assert 3 == len(told) == len(edited.problems)
    assert [file.name] == after_edit
    assert 2 == len(freed.problems)


def test_a_copy_that_waits_is_the_memory_when_the_file_that_we_moved_is_deleted(
    repository: Machine, memory: UUID
) -> None:
    copy = repository.file(memory).with_name("copy.md")
    copy.write_text(f"---\nid: {memory}\n---\nWe deploy on Fridays.\n")
    long_ago(copy)
    repository.refresh()
    change(repository, memory, type="decision")
    repository.file(memory).unlink()
    after = repository.refresh()
    with repository.open() as store:
        shown = store.get(memory)

    assert ((), 0, "We deploy on Fridays.") == (after.problems, after.deleted, shown.content)


def test_a_worktree_keeps_the_name_that_its_branch_has(repository: Machine, memory: UUID, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")
    tree = Machine(tmp_path / "tree", seed=3)
    before = tree.file(memory).name
    tree.refresh()
    name = renamed(repository, memory, "deploys")
    repository.refresh()

    change(tree, memory, content="We deploy on Fridays.")
    change(repository, memory, content="We deploy on Sundays.")

    assert (before, name) == (tree.file(memory).name, repository.file(memory).name)
    assert "Fridays" in tree.file(memory).read_text()
    assert "Sundays" in repository.file(memory).read_text()


def test_in_a_clone_a_new_name_outlasts_the_history_that_comes(
    repository: Machine, memory: UUID, tmp_path: Path
) -> None:
    change(repository, memory, title="When we deploy")
    name = renamed(repository, memory, "when-we-deploy")
    repository.refresh()
    repository.commit()
    repository.git("clone", "-q", str(repository.root), str(tmp_path / "clone"))
    clone = Machine(tmp_path / "clone", seed=2, now=repository.now + timedelta(days=1), who="user:bob@example.com")
    clone.refresh()

    with repository.open() as theirs, clone.open() as ours:
        ours.take_in(theirs.log(memory))
    clone.refresh()

    assert name == clone.file(memory).name
    assert "" == clone.git("status", "--porcelain")


def test_on_a_machine_without_git_a_file_is_named_by_the_history_and_not_by_what_came_first(
    repository: Machine, memory: UUID, tmp_path: Path
) -> None:
    change(repository, memory, content="Never on Fridays.")
    (tmp_path / "alone").mkdir()
    alone = Machine(tmp_path / "alone", seed=2).init()
    with repository.open() as store:
        later, first = store.log(memory)

    names: list[str] = []
    with alone.open() as store:
        for one in (later, first):
            store.take_in([one])
            names.append(alone.file(memory).name.partition("--")[0])

    assert ["never-on-fridays", "we-deploy-on-mondays"] == names


def test_a_name_that_tells_what_was_taken_out_is_given_up(repository: Machine) -> None:
    memory = repository.add("Call Zoe Sanders for deploys.")
    repository.commit()
    for branch in (["-qc", "before", "HEAD~1"], ["-q", "main"]):
        repository.git("switch", *branch)
        repository.refresh()

    change(repository, memory, content="Call [redacted:name:0123abcd] for deploys.")

    assert "call-redacted-name-0123abcd-for-deploys" == repository.file(memory).name.partition("--")[0]


@pytest.mark.parametrize(
    ("told", "ours"),
    [
        ({"content": "We deploy on Mondays.\n\nCall Zoe Sanders."}, "we-deploy-on-mondays"),
        ({"content": "We deploy.", "title": "Zoe Sanders deploys"}, "redacted-name-0123abcd-deploys"),
    ],
)
def test_any_name_that_somebody_gave_is_given_up_when_more_was_taken_out(
    repository: Machine, told: dict[str, str], ours: str
) -> None:
    memory = repository.add(**told)
    repository.commit()
    renamed(repository, memory, "zoes")
    repository.refresh()

    change(
        repository,
        memory,
        **{field: text.replace("Zoe Sanders", "[redacted:name:0123abcd]") for field, text in told.items()},
    )

    assert ours == repository.file(memory).name.partition("--")[0]


def test_a_name_that_was_given_after_a_redaction_is_kept(repository: Machine) -> None:
    memory = repository.add("Call Zoe Sanders for deploys.")
    change(repository, memory, content="Call [redacted:name:0123abcd] for deploys.")
    repository.commit()
    name = renamed(repository, memory, "deploys")

    change(repository, memory, type="decision")

    assert name == repository.file(memory).name


def test_a_file_that_was_begun_under_a_kept_name_is_no_broken_one(repository: Machine, memory: UUID) -> None:
    name = renamed(repository, memory, "deploys")
    repository.refresh()
    with repository.open() as store:
        store.base.run("update memories set type = 'decision', path = replace(path, 'fact/', 'decision/')")
        store.base.run("insert into intents (tree, memory_id, owner) values (?, ?, 0)", (store.place.tree, str(memory)))
    torn = repository.root / ".contextfs/memories/decision" / name
    torn.parent.mkdir()
    torn.write_bytes(b"\0" * 40)
    long_ago(torn)

    told = repository.refresh()

    assert () == told.problems
    assert [f"memories/decision/{name}"] == [*repository.files()]


def test_where_case_is_ignored_a_name_in_new_capitals_is_the_same_file(
    repository: Machine, memory: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = renamed(repository, memory, "We-Deploy-on-Mondays")
    monkeypatch.setattr(os.path, "lexists", _whatever_its_case)

    told, again = repository.refresh(), repository.refresh()
    with repository.open() as store:
        known = store.base.all("select path from files")
    monkeypatch.undo()
    change(repository, memory, title="When we deploy")

    assert (NOTHING, NOTHING) == (told, again)
    assert [{"path": f"memories/fact/{name}"}] == known
    assert name == repository.file(memory).name


def test_where_case_is_ignored_a_look_that_was_killed_leaves_one_file_under_one_name(
    repository: Machine, memory: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = renamed(repository, memory, "We-Deploy-on-Mondays")
    monkeypatch.setattr(os.path, "lexists", _whatever_its_case)

    with monkeypatch.context() as killed:
        killed.setattr(reading.Reader, "put_away", _killed)
        with pytest.raises(KeyboardInterrupt):
            repository.refresh()
    repository.refresh()
    with repository.open() as store:
        known = store.base.all("select path from files")

    assert [{"path": f"memories/fact/{name}"}] == known


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def _whatever_its_case(path: str | Path) -> bool:
    """Tell whether a file is there as Windows and macOS tell it."""
    wanted = Path(path)
    return wanted.name.casefold() in {one.name.casefold() for one in wanted.parent.glob("*")}
