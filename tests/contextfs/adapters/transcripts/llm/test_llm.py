"""`llm`: a real log of 0.36, one in the shape of before, and the rules by themselves."""

import sqlite3
from pathlib import Path

import pytest

from contextfs.adapters.transcripts.llm import find, read
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import DATA, order, said, sessions, spent

TREE = """
create table threads (id text, name text, tip_message_hash text, forked_from text, datetime_utc text);
create table messages (hash text primary key, parent_hash text, role text);
create table parts (message_hash text, position integer, type text, text text, payload text);
create table turns (id text, thread_id text, parent_message_hash text, tip_message_hash text, model text,
    resolved_model text, input_tokens integer, output_tokens integer, token_details text, datetime_utc text);
"""
ROWS = """
create table conversations (id text, name text, model text);
create table responses (id text, model text, prompt text, response text, conversation_id text, datetime_utc text,
    input_tokens integer, output_tokens integer);
"""


def base(script: str) -> bytes:
    """Make a database."""
    made = sqlite3.connect(":memory:")
    made.executescript(script)
    whole = made.serialize()
    made.close()
    return whole


def test_prompts_are_what_the_person_typed() -> None:
    typed = [said(one) for one in sessions("llm", "logs.db")]
    expected = [
        ["How should we sign JWT tokens?", "Which database did we choose?"],
        ["What should we do about the rename of get_usr?"],
        ["list something"],
    ]

    assert expected == typed


def test_the_order_tokens_and_model_are_known() -> None:
    one = sessions("llm", "logs.db")[0]
    expected = [("meta", 0), ("prompt", 0), ("reply", 0), ("prompt", 0), ("reply", 0)]

    assert (expected, (2400, 110, 1800, 0), "mock-1") == (order(one), spent(one), one.model)


def test_a_fork_shares_the_messages_of_its_origin() -> None:
    rows = """
    insert into messages values ('1', null, 'user'), ('2', '1', 'assistant'), ('3', '2', 'user'), ('4', '2', 'user');
    insert into parts values ('1', 0, 'text', 'hi', null), ('2', 0, 'text', 'yes', null), ('3', 0, 'text', 'a', null),
        ('4', 0, 'text', 'b', null);
    insert into threads values ('t1', null, '3', null, null), ('t2', null, '4', 't1', null);
    """
    one, fork = read(base(TREE + rows), name="logs.db")

    assert (["1", "2", "3"], ["1", "2", "4"]) == tuple([m.external_id for m in each.messages] for each in (one, fork))
    assert fork.metadata["forked_from"] == "t1"


def test_tools_and_fragments_are_read() -> None:
    rows = """
    insert into messages values ('1', null, 'user'), ('2', '1', 'assistant'), ('3', '2', 'tool');
    insert into parts values ('1', 0, 'text', null, '{"text_ref": [{"fragment": 1}, {"literal": " sum up"}]}'),
        ('2', 0, 'tool_call', null, '{"name": "ls", "arguments": {"p": "."}, "tool_call_id": "c"}'),
        ('3', 0, 'tool_result', null, '{"name": "ls", "output": "a", "tool_call_id": "c"}');
    insert into threads values ('t', null, '3', null, null);
    """
    [one] = read(base(TREE + rows), name="logs.db")

    assert ([("prompt", 0), ("reply", 1), ("tool_result", 0)], ["[fragment] sum up"]) == (order(one), said(one))


def test_messages_in_a_circle_end() -> None:
    rows = """
    insert into messages values ('1', '1', 'user');
    insert into parts values ('1', 0, 'text', 'hi', null);
    insert into threads values ('t', null, '1', null, null);
    """
    [one] = read(base(TREE + rows), name="logs.db")

    assert len(one.messages) == 1


def test_conversations_of_before_are_read_once() -> None:
    rows = """
    insert into conversations values ('c', 'Old', 'm');
    insert into responses values ('r1', 'm', 'hi', 'yes', 'c', '2025-01-01T00:00:00', 3, 1),
        ('r2', 'm', 'and?', 'no', 'c', '2025-01-01T00:00:01', 4, 2), ('r3', 'm', 'alone', 'ok', null, null, null, null);
    """
    old, loose = read(base(ROWS + rows), name="logs.db")

    assert ("c", "Old", ["hi", "and?"], (7, 3, 0, 0)) == (old.external_id, old.title, said(old), spent(old))
    assert ["alone"] == said(loose)


def test_another_database_is_refused() -> None:
    with pytest.raises(Invalid):
        read((DATA / "cursor" / "state.vscdb").read_bytes(), name="state.vscdb")


def test_the_database_is_found(tmp_path: Path) -> None:
    (tmp_path / "logs.db").touch()

    assert [tmp_path / "logs.db"] == find(Path("/nowhere"), {"LLM_USER_PATH": str(tmp_path)}, "linux")
