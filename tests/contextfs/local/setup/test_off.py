"""`ctx off` brings back every file that was touched, byte for byte, and leaves memories where they are."""

import stat
from pathlib import Path

import pytest

from contextfs.kit.errors import NotFound
from contextfs.local import place
from contextfs.local.setup import ledger
from tests.contextfs.local.places import Machine
from tests.contextfs.local.setup.machines import bare, set_up, switch_off

ODD = (
    b"# mine\r\n[core]\n\trepositoryformatversion = 0\n\n\n[user]  ; who\n  name =   Ann\n\temail= a@a\n[alias]\nx = y"
)


def repository(folder: Path, settings: bytes = ODD) -> Machine:
    machine = bare(folder)
    machine.git("init", "-q")
    (machine.root / ".git/config").write_bytes(settings)
    return machine


def settings(machine: Machine) -> Path:
    return machine.root / ".git/config"


def test_the_settings_of_git_are_as_they_were(tmp_path: Path) -> None:
    machine = repository(tmp_path / "r")
    settings(machine).chmod(0o640)
    set_up(machine)
    touched = settings(machine).read_bytes()

    told = switch_off(machine)

    assert touched != ODD
    assert settings(machine).read_bytes() == ODD
    assert stat.S_IMODE(settings(machine).stat().st_mode) == 0o640
    assert (told.restored, told.cleaned, told.notes) == ((settings(machine),), (), ())


def test_memories_stay_and_commands_say_that_it_is_off(tmp_path: Path) -> None:
    machine = repository(tmp_path / "r")
    set_up(machine)
    machine.add("We use psycopg.")
    before = machine.files()

    switch_off(machine)

    assert machine.files() == before
    assert place.find(machine.root) is None
    with pytest.raises(NotFound, match="switched off"):
        place.required(machine.root)


def test_init_switches_on_again(tmp_path: Path) -> None:
    machine = repository(tmp_path / "r")
    first = set_up(machine)
    memory = machine.add("We use psycopg.")
    switch_off(machine)

    again = set_up(machine)
    with machine.open() as store:
        shown = store.get(memory)
    switch_off(machine)

    assert (again.created, again.project) == (False, first.project)
    assert set(again.changed) == {".git/config", ".contextfs/local/off"}
    assert shown.content == "We use psycopg."
    assert settings(machine).read_bytes() == ODD


def test_what_others_wrote_since_stays(tmp_path: Path) -> None:
    machine = repository(tmp_path / "r")
    set_up(machine)
    machine.git("config", "user.name", "Bob")

    told = switch_off(machine)

    assert machine.git("config", "user.name") == "Bob\n"
    assert machine.git("config", "alias.x") == "y\n"
    assert "contextfs" not in settings(machine).read_text()
    assert (told.restored, told.cleaned) == ((), (settings(machine),))
    assert "only our own lines" in told.notes[0]


def test_another_program_is_registered_and_all_is_taken_back(tmp_path: Path) -> None:
    machine = repository(tmp_path / "r")
    set_up(machine)
    (machine.root.parent / "it's ctx.py").rename(machine.root.parent / "other.py")
    machine.git("config", "merge.contextfs.driver", "older")
    changed = set_up(machine).changed

    told = switch_off(machine)

    assert changed == (".git/config",)
    assert told.cleaned == (settings(machine),)
    assert "contextfs" not in settings(machine).read_text()


def test_a_driver_that_was_there_before_is_there_again(tmp_path: Path) -> None:
    own = ODD + b'\n[merge "contextfs"]\n\tdriver = mine %O\n'
    machine = repository(tmp_path / "r", own)
    set_up(machine)

    switch_off(machine)

    assert settings(machine).read_bytes() == own


@pytest.mark.parametrize("damage", [None, b"[{"])
def test_without_the_ledger_our_own_lines_are_taken_out(tmp_path: Path, damage: bytes | None) -> None:
    machine = repository(tmp_path / "r")
    found = set_up(machine)
    kept = found.place.local / ledger.FILE
    kept.unlink() if damage is None else kept.write_bytes(damage)

    told = switch_off(machine)

    assert "contextfs" not in settings(machine).read_text()
    assert "name =   Ann" in settings(machine).read_text()
    assert told.cleaned == (settings(machine),)
    assert any("is not known" in note for note in told.notes)


def test_a_renamed_repository_is_restored(tmp_path: Path) -> None:
    machine = repository(tmp_path / "r")
    set_up(machine)
    machine.root.rename(tmp_path / "elsewhere")

    switch_off(Machine(tmp_path / "elsewhere"))

    assert (tmp_path / "elsewhere/.git/config").read_bytes() == ODD


def test_it_is_off_in_all_worktrees(tmp_path: Path) -> None:
    machine = repository(tmp_path / "r")
    set_up(machine)
    machine.commit()
    machine.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")

    told = switch_off(Machine(tmp_path / "tree"))

    assert settings(machine).read_bytes() == ODD
    assert told.notes == ("all 2 worktrees share the store: it is off in each of them.",)
    assert place.find(machine.root) is None


def test_a_store_is_deleted_when_that_is_asked(tmp_path: Path) -> None:
    machine = repository(tmp_path / "r")
    set_up(machine)
    machine.add("We use psycopg.")

    told = switch_off(machine, delete=True)

    assert told.deleted
    assert [path.name for path in machine.root.iterdir()] == [".git"]
    assert settings(machine).read_bytes() == ODD


def test_the_ledger_is_for_its_owner_alone(tmp_path: Path) -> None:
    found = set_up(repository(tmp_path / "r"))

    assert stat.S_IMODE((found.place.local / ledger.FILE).stat().st_mode) == 0o600


def test_a_touch_that_was_cut_short_is_taken_back(tmp_path: Path) -> None:
    machine = bare(tmp_path / "r")
    found = set_up(machine)
    other = tmp_path / "settings.json"
    other.write_text("{}")

    def cut() -> None:
        with ledger.touching(found.place, other, moves_along=False):
            other.write_text("{ours}")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut()
    [entry] = ledger.read(found.place)
    outcome = ledger.restore(found.place, entry, lambda: other.write_text("cleaned"))

    assert (outcome, other.read_text(), ledger.read(found.place)) == ("cleaned", "cleaned", [])


def test_a_file_that_was_not_there_is_gone_again(tmp_path: Path) -> None:
    found = set_up(bare(tmp_path / "r"))
    other = tmp_path / "settings.json"
    with ledger.touching(found.place, other):
        other.write_text("ours")
    [entry] = ledger.read(found.place)

    outcome = ledger.restore(found.place, entry, lambda: None)

    assert (outcome, other.exists()) == ("restored", False)


def test_a_touch_that_changes_nothing_is_not_kept(tmp_path: Path) -> None:
    found = set_up(bare(tmp_path / "r"))

    with ledger.touching(found.place, tmp_path / "none"):
        pass

    assert ledger.read(found.place) == []
