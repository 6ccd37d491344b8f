"""`ctx memory` and `ctx sessions`: one by one."""

from pathlib import Path

from contextfs.client import ContextFS, NewMessage
from tests.clients.cli.conftest import Ctx


def test_a_memory_is_added_and_found_again_by_a_part_of_its_id(ctx: Ctx, client: ContextFS) -> None:
    added = ctx(
        "memory", "add", "We deploy with uv.", "--type", "decision", "--tag", "deploy", "--title", "uv", "--pin"
    )
    memory = next(iter(client.memories.list()))

    shown = ctx("memory", "show", memory.id.hex[-12:])

    assert added.out == f"Stored: decision {memory.id.hex[-12:]}\n"
    assert ("uv", ["deploy"], True) == (memory.title, memory.tags, memory.pinned)
    assert shown.out.splitlines()[0] == "uv"
    assert f"id          {memory.id}" in shown.out or f"id       {memory.id}" in shown.out
    assert shown.out.endswith("We deploy with uv.\n")


def test_the_same_twice_is_stored_once(ctx: Ctx, client: ContextFS) -> None:
    client.memories.create("We deploy with uv.")

    assert ctx("memory", "add", "We deploy with uv.").out.startswith("Known already: fact ")


def test_a_text_comes_from_standard_input(program: Ctx, client: ContextFS) -> None:
    program("memory", "add", "-", stdin="First line.\nSecond line.\n")

    assert ["First line.\nSecond line."] == [memory.content for memory in client.memories.list()]


def test_a_memory_is_shown_through_its_history(ctx: Ctx, client: ContextFS) -> None:
    memory = client.memories.create("The port is 5432.").memory
    client.memories.update(memory.id, content="The port is 5433.")
    before = client.memories.history(memory.id).revisions[-1].stored_at

    history = ctx("memory", "show", str(memory.id), "--history").out
    then = ctx("memory", "show", str(memory.id), "--as-of", before.isoformat(), "--json").json

    assert history.index("The port is 5433.") < history.index("The port is 5432.")
    assert then["content"] == "The port is 5432."


def test_memories_are_listed_newest_first(ctx: Ctx, client: ContextFS) -> None:
    for number in range(3):
        client.memories.create(f"Fact {number}.")

    told = ctx("memory", "list", "--limit", "2")

    assert ["Fact 2.", "Fact 1."] == [line[-7:] for line in told.out.splitlines()[1:]]


def test_a_part_of_an_id_that_fits_nothing_is_told(ctx: Ctx) -> None:
    told = ctx("memory", "show", "abcdef123456")

    assert (3, "ctx: There is no memory whose id starts or ends with abcdef123456.\n") == (told.code, told.err)


def test_a_session_is_listed_and_shown_with_its_messages(ctx: Ctx, client: ContextFS) -> None:
    said = [NewMessage(role="user", content="Rename it."), NewMessage(role="assistant", content="Done.")]
    session = client.sessions.capture("terminal", "s-1", said, title="Renaming").session

    listed = ctx("sessions", "list", "--tool", "terminal")
    shown = ctx("sessions", "show", session.id.hex[-8:])

    assert f"{session.id.hex[-12:]}  " in listed.out
    assert listed.out.rstrip().endswith("Renaming")
    assert shown.out.startswith("Renaming\n")
    assert shown.out.index("Rename it.") < shown.out.index("Done.")


def test_a_deleted_memory_is_brought_back(ctx: Ctx, client: ContextFS) -> None:
    memory = client.memories.create("We deploy with uv.").memory
    short = memory.id.hex[-12:]
    ctx("memory", "rm", str(memory.id))

    gone, left = ctx("memory", "list", "--deleted"), ctx("memory", "list")
    restored = ctx("memory", "restore", short)
    again = ctx("memory", "restore", short)

    assert (True, False) == (short in gone.out, short in left.out)
    assert (0, f"Restored: fact {short}\n") == (restored.code, restored.out)
    assert "We deploy with uv." == client.memories.get(memory.id).content
    assert (3, f"ctx: There is no deleted memory whose id starts or ends with {short}.\n") == (again.code, again.err)


def test_a_list_says_whether_it_was_narrowed(ctx: Ctx) -> None:
    assert "No memories yet: `ctx memory add` adds one.\n" == ctx("memory", "list").out
    assert "No memories fit these.\n" == ctx("memory", "list", "--type", "decision").out


def test_a_session_is_removed_from_the_server_by_who_says_so(ctx: Ctx, client: ContextFS) -> None:
    captured = client.sessions.capture("test", "s1", [NewMessage(role="user", content="Hello.")])
    session_id = captured.session.id

    asked = ctx("sessions", "rm", session_id.hex[-12:], "--server")
    misused = ctx("sessions", "rm", str(session_id), "--server", "--memories", "--yes")
    removed = ctx("sessions", "rm", session_id.hex[-12:], "--server", "--yes", "--json")
    again = ctx("sessions", "rm", str(session_id), "--server", "--yes")

    assert (2, 2, 3) == (asked.code, misused.code, again.code)
    assert {"session_id": str(session_id), "messages": 1} == removed.json
    assert [] == list(client.sessions.list())


def test_a_type_that_is_no_word_is_told_with_an_example(ctx: Ctx, tmp_path: Path) -> None:
    at_server = ctx("memory", "add", "Text.", "--type", "Ünï cöde", "--server")
    ctx("init", tmp_path)
    here = ctx("memory", "add", "Text.", "--type", "Ünï cöde")

    told = "Expected a word of small letters, digits and _, beginning with a letter, like decision or release_note"
    assert [(2, f"ctx: {told} (type)\n")] * 2 == [(one.code, one.err) for one in (at_server, here)]
