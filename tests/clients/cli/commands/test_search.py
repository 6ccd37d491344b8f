"""`ctx search` and `ctx context`: what was found, where, and why."""

import re

from contextfs.client import ContextFS, NewMessage
from tests.clients.cli.conftest import Ctx


def test_a_hit_is_shown_with_rank_relevance_type_and_place(ctx: Ctx, client: ContextFS) -> None:
    memory = client.memories.create(
        "The staging database listens on port 5433.", type="fact", tags=["db"], wait="searchable"
    ).memory

    told = ctx("search", "port of the staging database", "--explain")

    first, snippet, _, why, *_ = told.out.splitlines()
    assert first.startswith(" 1. 0.")
    assert ["fact", "memory", memory.id.hex[-12:], "#db"] == [word for word in first.split()[2:] if "-" not in word]
    assert snippet.strip() == "The staging database listens on port 5433."
    assert "words" in why
    assert "(rank 1," in why
    assert told.out.splitlines()[-1].startswith("degraded: semantic: no embedding model")


def test_it_is_narrowed_and_read_by_programs(ctx: Ctx, client: ContextFS) -> None:
    client.memories.create("Deploy with uv.", type="decision", tags=["deploy"], wait="searchable")
    client.memories.create("Deploy on Mondays.", type="user", wait="searchable")

    told = ctx("search", "deploy", "--type", "decision", "--tag", "deploy", "--since", "1d", "-p", "first", "--json")

    assert ["Deploy with uv."] == [hit["snippet"] for hit in told.json["hits"]]


def test_it_is_narrowed_by_who_may_see_it_and_how_sensitive_it_is(ctx: Ctx, client: ContextFS) -> None:
    client.memories.create("Herons nest here.", sensitivity="restricted", wait="searchable")
    client.memories.create("Herons fish here.", sensitivity="internal", visibility="organization", wait="searchable")
    client.memories.create("Herons fly.", visibility="private", wait="searchable")
    marks = [
        ["--sensitivity", "restricted", "--sensitivity", "internal"],
        ["--visibility", "private", "--visibility", "organization"],
        ["--visibility", "organization", "--sensitivity", "restricted"],
    ]
    found = [{hit["snippet"] for hit in ctx("search", "herons", *some, "--json").json["hits"]} for some in marks]

    assert [{"Herons nest here.", "Herons fish here."}, {"Herons fish here.", "Herons fly."}, set()] == found


def test_nothing_found_is_said(ctx: Ctx) -> None:
    told = ctx("search", "unicorn", "--mode", "semantic")

    assert (0, "Nothing was found.") == (told.code, told.out.splitlines()[0])
    assert "shares a word with" in told.err


def test_an_author_that_is_no_id_is_refused_and_the_cure_is_told(ctx: Ctx) -> None:
    told = ctx("search", "herons", "--author", "me")

    assert (2, True) == (told.code, "author:me in the query" in told.err)


def test_what_is_found_cannot_command_the_terminal(ctx: Ctx, client: ContextFS) -> None:
    evil = NewMessage(role="user", content="The colour \x1b[31mred\x1b]0;owned\x07 is alarming.")
    client.sessions.create("terminal", messages=[evil], wait="searchable")

    told = ctx("search", "alarming colour")

    assert "alarming" in told.out
    assert "\x1b" not in told.out
    assert "\x07" not in told.out


def _without_name(pack: str) -> str:
    """Give a pack's text without its id, which is another one each time."""
    return re.sub(r'pack="[0-9a-f]{12}"', "", pack)


def test_the_pack_alone_goes_to_standard_output(program: Ctx, client: ContextFS) -> None:
    client.memories.create("Always run the linter before a commit.", type="procedural", pinned=True)

    told = program("context", "fix a bug", "--budget", "300")
    pack = program("context", "fix a bug", "--budget", "300", "--json").json

    assert _without_name(told.out.strip()) == _without_name(pack["text"])
    assert told.out.startswith("<contextfs-context")
    assert re.match(r"1 item, \d+ of 300 tokens", told.err)
    assert pack["tokens"] <= 300


def test_a_pack_looks_back(ctx: Ctx, client: ContextFS) -> None:
    for colour in ("red", "green", "blue", "black", "white"):
        client.memories.create(f"The {colour} wall was painted last.")
    memory = client.memories.create("We deploy with uv.", wait="searchable").memory
    client.memories.update(memory.id, content="We deploy with make.")

    then = ctx("context", "how do we deploy", "--as-of", memory.updated_at.isoformat())
    why = ctx("why")

    assert "We deploy with uv." in then.out
    assert "degraded: semantic: memories of the past" in then.err
    assert re.search(r"as of +\d{4}-\d\d-\d\d", why.out)
    assert 2 == ctx("context", "how do we deploy", "--as-of", "soon").code


def test_without_anything_known_the_pack_is_empty(ctx: Ctx) -> None:
    told = ctx("context", "fix a bug", "--memories-only")

    assert (0, "") == (told.code, told.out)
    assert "within source memory" in told.err
