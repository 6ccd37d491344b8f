"""`ctx capture`, `ctx append`, `ctx complete`, `ctx sessions`: a conversation is kept, here or on a server."""

import json
from uuid import UUID

import pytest

from contextfs.client import ContextFS
from tests.clients.cli.conftest import Ctx

DECIDED = "We decided to use Postgres for the queue instead of Redis."
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture
def here(ctx: Ctx) -> Ctx:
    """Give a function that runs `ctx` in a folder with a store."""
    assert ctx("init").code == 0
    return ctx


def turns(ctx: Ctx, session: str, *options: str) -> list[tuple[str, str]]:
    shown = ctx("sessions", "show", session, "--json", *options).json
    return [(message["role"], message["content"]) for message in shown["messages"]]


@pytest.mark.parametrize("where", [(), ("--server",)])
def test_words_are_turns_and_the_id_is_all_that_is_printed(here: Ctx, where: tuple[str, ...]) -> None:
    told = here("capture", "How do we deploy?", "With make up.", "Thanks.", "--tag", "ops", *where)

    assert (told.code, UUID(told.out.strip()).version) == (0, 7)
    assert "3 messages" in told.err
    assert turns(here, told.out.strip(), *where) == [
        ("user", "How do we deploy?"),
        ("assistant", "With make up."),
        ("user", "Thanks."),
    ]


@pytest.mark.parametrize("where", [(), ("--server",)])
def test_a_conversation_goes_on_and_is_over(here: Ctx, where: tuple[str, ...]) -> None:
    session = here("capture", DECIDED, *where).out.strip()
    appended = here("append", session[:13], "--role", "assistant", "Good: one service fewer.", *where)
    piped = here("append", session, *where, stdin='{"role": "user", "content": "Yes."}\n\n{"content": "And fast."}\n')
    completed = here("complete", session[-12:], *where, "--json").json
    again = here("complete", session, *where)

    assert [one.code for one in (appended, piped, again)] == [0, 0, 0]
    assert "1 message" in appended.out
    assert turns(here, session, *where) == [
        ("user", DECIDED),
        ("assistant", "Good: one service fewer."),
        ("user", "Yes."),
        ("user", "And fast."),
    ]
    assert completed["session"]["status"] == "completed"


def test_what_was_learned_is_told_and_private(here: Ctx) -> None:
    session = here("capture", DECIDED, "--complete", "--json").json
    memories = here("memory", "list", "--json").json

    assert (session["learned"], session["session"]["status"]) == (1, "completed")
    assert [(one["type"], one["visibility"]) for one in memories] == [("decision", "private")]


def test_a_session_is_shared_with_what_it_taught_and_hidden_again(here: Ctx) -> None:
    session = here("capture", DECIDED, "--complete").out.strip()
    shared = here("share", session)
    between = here("memory", "list", "--json").json
    hidden = here("unshare", session, "--json").json
    unknown = here("share", "00000000")

    assert ("Shared now: session" in shared.out, "1 memory" in shared.out) == (True, True)
    assert [one["visibility"] for one in between] == ["project"]
    assert (hidden["session"]["visibility"], hidden["memories"]) == ("private", 1)
    assert unknown.code == 3


def test_a_memory_is_still_shared_by_its_id(here: Ctx) -> None:
    memory = here("memory", "add", "Mine.", "--private", "--json").json["memory"]["id"]

    assert here("share", memory, "--json").json["memory"]["visibility"] == "project"


@pytest.mark.parametrize("kind", ["memory", "session"])
def test_on_a_server_things_are_shared_too(ctx: Ctx, client: ContextFS, kind: str) -> None:
    if kind == "memory":
        one = client.memories.create("Known.").memory.id
    else:
        one = client.sessions.create("terminal").session.id

    assert ctx("unshare", str(one), "--json").json[kind]["visibility"] == "private"
    assert ctx("share", one.hex[-12:], "--json").json[kind]["visibility"] == "project"


def test_what_its_tool_calls_it_makes_a_capture_repeatable(here: Ctx) -> None:
    first = here("capture", "--id", "t1", "--tool", "llm", "One.", "Two.").out
    again = here("capture", "--id", "t1", "--tool", "llm", "One.", "Two.", "Three.", "--json").json

    assert (again["session"]["id"], again["receipt"]["stored"], again["receipt"]["duplicates"]) == (first.strip(), 1, 2)


def test_a_long_conversation_is_piped_in_whole(here: Ctx) -> None:
    lines = "".join(json.dumps({"role": "user", "content": f"{n}"}) + "\n" for n in range(1500))
    session = here("capture", stdin=lines).out.strip()

    assert turns(here, session) == [("user", f"{n}") for n in range(1500)]


def test_a_text_that_is_piped_in_is_one_message(here: Ctx) -> None:
    session = here("capture", "-", "--role", "assistant", stdin="Line one.\nLine two.\n").out.strip()

    assert turns(here, session) == [("assistant", "Line one.\nLine two.")]


def test_secrets_are_taken_out_and_told(here: Ctx) -> None:
    told = here("capture", f"My token is {SECRET}.")

    assert "1 secret taken out" in told.err
    assert SECRET not in here("sessions", "show", told.out.strip()).out


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (["capture"], '{"role": "robot", "content": "x"}\n', "line 1: role: Invalid enum value 'robot'"),
        (["capture"], '{"role": "user", "content": "x"}\nnothing\n', "line 2 is not JSON"),
        (["capture"], '{"role": "user"}\n', "line 1: The field content is missing"),
        (["capture", "x", "--tool", "not a word"], "", "tool"),
        (["capture", "x\x00y"], "", "character zero"),
    ],
)
def test_what_cannot_be_kept_is_one_line_and_nothing_is(here: Ctx, arguments: list[str], stdin: str, said: str) -> None:
    told = here(*arguments, stdin=stdin)

    assert (told.code, told.err.count("\n")) == (2, 1)
    assert said in told.err
    assert here("sessions", "list", "--json").json == []


def test_nothing_to_append_and_no_such_session_are_told(here: Ctx) -> None:
    session = here("capture", "Hello.").out.strip()

    assert here("append", session, stdin="").code == 2
    assert here("append", "00000000", "x").code == 3
    assert here("append", session, "x", "--role", "robot").code == 2
    assert here("complete", "xy").code == 2


def test_a_session_is_shown_as_a_dialogue(here: Ctx) -> None:
    answer = json.dumps({"role": "tool", "content": "line\n" * 100})
    call = json.dumps({"role": "assistant", "content": "Looking.", "tool_calls": [{"name": "bash", "input": {"a": 1}}]})
    session = here("capture", "--title", "A look", stdin=f"{call}\n{answer}\n").out.strip()
    shown = here("sessions", "show", session).out
    full = here("sessions", "show", session, "--full").out
    brief = here("sessions", "show", session, "--brief").out

    assert ("A look" in shown, "→ bash {'a': 1}" in shown, "tool (tool_result)" in shown) == (True, True, True)
    assert (shown.count("\nline\n"), full.count("line\n"), "Looking." in brief) == (0, 100, False)
    assert here("sessions", "show", session, "--full", "--brief").code == 2


def test_sessions_are_listed_here_and_there(here: Ctx, client: ContextFS) -> None:
    client.sessions.create("terminal", title="There")
    here("capture", "Here.", "--tool", "llm")

    assert [[one["title"] for one in here("sessions", "list", "--json", *w).json] for w in ((), ("--server",))] == [
        ["Here."],
        ["There"],
    ]
    assert "[open] Here." in here("sessions", "list", "--tool", "llm").out
    assert "No sessions" in here("sessions", "list", "--tool", "other").out
    assert "1 session" in here("status").out


def test_an_export_carries_sessions_anywhere(here: Ctx, tmp_path_factory: pytest.TempPathFactory) -> None:
    session = here("capture", DECIDED, "Good.", "--complete").out.strip()
    file = tmp_path_factory.mktemp("out") / "e.jsonl"
    told = here("export", file)
    again = here("import", "contextfs", file, "--json").json

    assert ("1 session" in told.out, "2 messages" in told.out) == (True, True)
    assert (again["sessions"], again["messages"], again["revisions"]) == (0, 0, 0)
    assert session in file.read_text()


def test_a_shared_conversation_is_due_then_sent(here: Ctx, client: ContextFS) -> None:
    off = {"CONTEXTFS_BACKGROUND": "off"}
    assert here("link").code == 0
    session = here("capture", DECIDED, "--complete", **off).out.strip()
    private = here("status").out
    here("share", session, **off)
    due = here("status").out
    sent = here("sync")
    after = here("status", "--json").json["sessions"]

    assert ("nothing to push" in private, "2 revisions and 1 session to push" in due) == (True, True)
    assert ("1 session sent" in sent.out, after["to_push"], after["count"]) == (True, 0, 1)
    assert [str(one.id) for one in client.sessions.list()] == [session]
