"""What was said in sessions is found too, each message as soon as it is there."""

from typing import Any
from uuid import UUID

from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found, opened, said

SESSION = str(UUID(int=7))
TABLES = (
    """create table if not exists sessions (id text primary key, tool text not null, external_id text, title text,
    status text not null default 'open', user_id text, branch text, tags text not null default '[]',
    started_at text not null, created_at text not null, updated_at text not null)""",
    """create table if not exists messages (id text primary key, session_id text not null, role text not null,
    kind text not null, content text not null, metadata text not null default '{}', created_at text not null)""",
    "create table if not exists dirty_sessions (session_id text primary key)",
)


def say(
    machine: Machine,
    number: int,
    content: str,
    *,
    kind: str = "prompt",
    role: str = "user",
    metadata: str = "{}",
    at: str = "",
) -> None:
    """Store a message, as the sessions' room does: with a note that search has to look."""
    with opened(machine) as index:
        index.base.run(
            "insert into messages (id, session_id, role, kind, content, metadata, created_at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            [
                str(UUID(int=number)),
                SESSION,
                role,
                kind,
                content,
                metadata,
                at or f"2030-01-31T12:{number:02}:00.000000Z",
            ],
        )
        touch(index.base)


def session(machine: Machine, **fields: Any) -> None:
    """Begin the session, or change it."""
    at = "2030-01-31T12:00:00.000000Z"
    row = {"id": SESSION, "tool": "codex", "title": "The queue", "branch": "main", "tags": '["work"]', **fields}
    row |= {"started_at": at, "created_at": at, "updated_at": at}
    with opened(machine) as index:
        for table in TABLES:
            index.base.run(table)
        names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        index.base.run(f"insert or replace into sessions ({names}) values ({places})", row)  # noqa: S608 - our names
        touch(index.base)


def touch(base: Any) -> None:
    base.run("insert or ignore into dirty_sessions (session_id) values (?)", [SESSION])


def test_messages_are_found_with_their_session_and_speaker(machine: Machine) -> None:
    session(machine)
    say(machine, 1, "Use gunicorn with four workers.")
    say(machine, 2, "Gunicorn is configured now.", role="assistant", kind="reply")
    say(machine, 3, "gunicorn --workers 4", role="tool", kind="tool_result")

    hits = found(machine, "gunicorn").hits

    assert [("message", UUID(SESSION), "codex", "main", ["work"])] * 2 == [
        (hit.source, hit.session_id, hit.tool, hit.branch, hit.tags) for hit in hits
    ]
    assert ["p · The queue · 2030-01-31 · user", "p · The queue · 2030-01-31 · assistant"] == [
        hit.context for hit in hits
    ]
    assert [1, 0, 2] == [
        len(said(machine, "gunicorn", limit=1)),
        len(said(machine, "gunicorn", tools=["cursor"])),
        len(said(machine, "gunicorn", branch="main", tags=["work"])),
    ]


def test_what_is_said_later_is_taken_in_alone(machine: Machine) -> None:
    session(machine)
    say(machine, 1, "Use gunicorn.")
    said(machine, "gunicorn")
    with opened(machine) as index:
        first = index.base.all("select id from passages")
    say(machine, 2, "Use uvicorn.")

    assert ["Use uvicorn."] == said(machine, "uvicorn")
    with opened(machine) as index:
        assert first[0] in index.base.all("select id from passages")


def test_a_session_with_very_many_messages_is_taken_in_whole(machine: Machine) -> None:
    session(machine)
    with opened(machine) as index, index.base.transaction():
        index.base.many(
            "insert into messages (id, session_id, role, kind, content, created_at) values (:id, :session, 'user',"
            " 'prompt', :content, '2030-01-31T12:00:00.000000Z')",
            [{"id": str(UUID(int=n)), "session": SESSION, "content": f"Message word{n}."} for n in range(450)],
        )

    assert ["Message word449."] == said(machine, "word449", limit=1)
    assert 450 == found(machine, "unicorn").messages


def test_a_new_title_stands_above_every_passage_and_finds_the_first(machine: Machine) -> None:
    session(machine)
    say(machine, 1, "Use gunicorn.")
    for number in range(2, 6):
        say(machine, number, f"Something else, number {number}.")
    before = said(machine, "zebra")
    session(machine, title="The zebra")

    hits = found(machine, "zebra").hits
    assert ([], "Use gunicorn.") == (before, hits[0].snippet)
    assert "Something else, number 4." not in [hit.snippet for hit in hits]
    assert "The zebra" in found(machine, "number 4").hits[0].context


def test_what_is_gone_is_not_found(machine: Machine) -> None:
    session(machine)
    say(machine, 1, "Use gunicorn.")
    say(machine, 2, "Use uvicorn.")
    before = len(said(machine, "use"))
    with opened(machine) as index:
        index.base.run("delete from messages where id = ?", [str(UUID(int=2))])
        touch(index.base)
    without_one = said(machine, "use")
    with opened(machine) as index:
        index.base.run("delete from messages")
        index.base.run("delete from sessions")
        touch(index.base)

    assert (2, ["Use gunicorn."], []) == (before, without_one, said(machine, "use"))


def test_memories_and_messages_stand_in_one_order(machine: Machine) -> None:
    session(machine)
    say(machine, 1, "Hello.")
    say(machine, 2, "Yes.", role="assistant")
    say(machine, 3, "We talked about gunicorn, among other things, without a result.", role="assistant")
    machine.add("Gunicorn serves the app.")

    assert ["memory", "message"] == [hit.source for hit in found(machine, "gunicorn").hits]
