"""What git does to the files is no edit; what people do to them is one."""

from pathlib import Path

from contextfs.domain.memories.model import MemoryChange
from contextfs.local.model import Refreshed
from tests.contextfs.local.places import Machine

NOTHING = Refreshed()


def log_length(machine: Machine, memory_id: object) -> int:
    with machine.open() as store:
        return len(store.log(memory_id))  # pyright: ignore[reportArgumentType]


def test_switching_branches_makes_no_revisions(repository: Machine) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.git("switch", "-qc", "feature")
    repository.edit(memory, "psycopg", "pg8000")
    edited = repository.refresh()
    repository.commit()

    seen: list[Refreshed] = []
    for branch in ("main", "feature", "main", "feature"):
        repository.git("switch", "-q", branch)
        seen.append(repository.refresh())

    assert edited == Refreshed(edited=1)
    assert seen == [NOTHING] * 4
    assert log_length(repository, memory) == 2
    assert repository.git("status", "--porcelain") == ""


def test_an_older_state_that_git_put_there_is_told_and_left_alone(repository: Machine) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.git("switch", "-qc", "feature")
    repository.edit(memory, "psycopg", "pg8000")
    repository.commit()
    repository.refresh()

    repository.git("switch", "-q", "main")
    repository.refresh()
    with repository.open() as store:
        status, shown = store.status(), store.get(memory)

    assert shown.content == "We use pg8000."
    assert "psycopg" in repository.file(memory).read_text()
    assert [Path(path).name for path in status.behind] == [repository.file(memory).name]


def test_an_edit_of_an_older_state_is_made_to_what_its_author_saw(repository: Machine) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.git("switch", "-qc", "feature")
    repository.edit(memory, "psycopg", "pg8000")
    repository.commit()
    repository.refresh()
    repository.git("switch", "-q", "main")
    repository.refresh()

    repository.edit(memory, "psycopg", "asyncpg")
    repository.refresh()
    with repository.open() as store:
        shown = store.get(memory)
        [first] = [one for one in store.log(memory) if not one.parents]
        parents = {one.fields.content: one.parents for one in store.log(memory)}

    assert shown.conflicted
    assert set(shown.bodies) == {"We use pg8000.", "We use asyncpg."}
    assert parents["We use asyncpg."] == parents["We use pg8000."] == (first.id,)


def test_a_stash_and_its_return_are_no_edits(repository: Machine) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.edit(memory, "psycopg", "pg8000")
    repository.refresh()

    repository.git("stash", "-q")
    stashed = repository.refresh()
    repository.git("stash", "pop", "-q")
    returned = repository.refresh()

    assert (stashed, returned) == (NOTHING, NOTHING)
    assert log_length(repository, memory) == 2


def test_a_memory_of_another_branch_is_put_away_and_not_deleted(repository: Machine) -> None:
    repository.git("switch", "-qc", "feature")
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.refresh()

    repository.git("switch", "-q", "main")
    away = repository.refresh()
    with repository.open() as store:
        shown = store.get(memory)
    repository.git("switch", "-q", "feature")
    back = repository.refresh()

    assert (away, back) == (NOTHING, NOTHING)
    assert shown.content == "We use psycopg."
    assert log_length(repository, memory) == 1


def test_a_file_that_a_person_removes_deletes_the_memory(repository: Machine) -> None:
    memories = [repository.add(f"Fact {n}.") for n in range(3)]
    repository.commit()
    by_hand, by_git, by_commit = (repository.file(one) for one in memories)

    by_hand.unlink()
    repository.git("rm", "-q", str(by_git))
    told = repository.refresh()
    repository.git("rm", "-q", str(by_commit))
    repository.commit()
    later = repository.refresh()

    assert (told, later) == (Refreshed(deleted=2), Refreshed(deleted=1))


def test_a_file_that_comes_back_brings_the_memory_back(repository: Machine) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.file(memory).unlink()
    repository.refresh()

    repository.git("checkout", "--", ".")
    told = repository.refresh()

    with repository.open() as store:
        assert store.get(memory).content == "We use psycopg."
    assert told == Refreshed(revived=1)


def test_what_was_deleted_by_a_command_stays_deleted_when_git_brings_its_file(repository: Machine) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    with repository.open() as store:
        store.refresh()
        store.remove(memory)

    repository.git("checkout", "--", ".")
    told = repository.refresh()
    with repository.open() as store:
        [row] = store.status().behind

    assert told == NOTHING
    assert row.endswith(repository.file(memory).name)


def test_a_pull_brings_the_revisions_that_the_other_machine_made(repository: Machine, tmp_path: Path) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.git("clone", "-q", str(repository.root), str(tmp_path / "clone"))
    clone = Machine(tmp_path / "clone", seed=2, who="user:bob@example.com")
    taken = clone.refresh()
    repository.edit(memory, "psycopg", "pg8000")
    repository.refresh()
    repository.commit()

    clone.git("pull", "-q")
    pulled = clone.refresh()
    with clone.open() as theirs, repository.open() as ours:
        ids = [{one.id for one in store.log(memory)} for store in (theirs, ours)]

    assert (taken, pulled) == (Refreshed(added=1), Refreshed(edited=1))
    assert ids[0] == ids[1]


def test_in_a_clone_a_file_keeps_the_name_that_git_knows_it_by(repository: Machine, tmp_path: Path) -> None:
    memory = repository.add("We deploy on Mondays.")
    repository.edit(memory, "Mondays", "Fridays")
    repository.refresh()
    repository.commit()
    repository.git("clone", "-q", str(repository.root), str(tmp_path / "clone"))
    clone = Machine(tmp_path / "clone", seed=2, who="user:bob@example.com")
    clone.refresh()

    with clone.open() as store:
        store.change(memory, MemoryChange(content="We deploy on Sundays."))
        store.change(memory, MemoryChange(type="decision"))
        store.change(memory, MemoryChange(type="fact"))
    name = clone.file(memory).name

    assert name.startswith("we-deploy-on-mondays--")
    assert clone.git("status", "--porcelain") == f" M .contextfs/memories/fact/{name}\n"


def test_a_merge_that_git_could_not_do_leaves_both_texts(repository: Machine) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.git("switch", "-qc", "feature")
    repository.edit(memory, "psycopg", "pg8000")
    repository.commit()
    repository.git("switch", "-q", "main")
    repository.edit(memory, "psycopg", "asyncpg")
    repository.commit()

    repository.git("merge", "-q", "feature", check=False)
    repository.refresh()
    with repository.open() as store:
        shown = store.get(memory)
    text = repository.file(memory).read_text()

    assert set(shown.bodies) == {"We use pg8000.", "We use asyncpg."}
    assert "<<<<<<<" not in text
    assert all(body in text for body in shown.bodies)


def test_worktrees_share_what_is_known(repository: Machine, tmp_path: Path) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")
    tree = Machine(tmp_path / "tree", seed=3)

    first = tree.refresh()
    tree.edit(memory, "psycopg", "pg8000")
    tree.refresh()
    with repository.open() as store:
        shown = store.get(memory)
    again = repository.refresh()

    assert first == NOTHING
    assert shown.content == "We use pg8000."
    assert "psycopg" in repository.file(memory).read_text()
    assert again == NOTHING
    assert not (tree.root / ".contextfs/local/index.db").exists()


def test_a_renamed_repository_is_the_same_store(repository: Machine, tmp_path: Path) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.root.rename(tmp_path / "elsewhere")
    moved = Machine(tmp_path / "elsewhere")

    told = moved.refresh()

    assert told == NOTHING
    assert log_length(moved, memory) == 1


def test_a_memory_that_was_committed_unseen_is_put_away_and_not_deleted(repository: Machine) -> None:
    repository.git("switch", "-qc", "feature")
    memory = repository.add("We use psycopg.")
    repository.commit()

    repository.git("switch", "-q", "main")
    told = repository.refresh()

    with repository.open() as store:
        assert store.get(memory).content == "We use psycopg."
    assert told == NOTHING


def test_a_memory_that_was_stashed_unseen_is_put_away_and_not_deleted(repository: Machine) -> None:
    memory = repository.add("We use psycopg.")

    repository.git("stash", "-q", "--include-untracked")
    told = repository.refresh()

    with repository.open() as store:
        assert store.get(memory).content == "We use psycopg."
    assert told == NOTHING


def test_what_git_could_not_merge_leaves_both_texts_also_when_ours_was_known(repository: Machine) -> None:
    memory = repository.add("We use psycopg.")
    repository.commit()
    repository.git("clone", "-q", str(repository.root), str(repository.root.parent / "clone"))
    clone = Machine(repository.root.parent / "clone", seed=2)
    clone.refresh()
    repository.edit(memory, "psycopg", "asyncpg")
    repository.commit()
    clone.edit(memory, "psycopg", "pg8000")
    clone.refresh()
    clone.commit()

    clone.git("pull", "-q", "--no-rebase", check=False)
    told = clone.refresh()
    with clone.open() as store:
        shown = store.get(memory)

    assert told == Refreshed(edited=1)
    assert set(shown.bodies) == {"We use pg8000.", "We use asyncpg."}
