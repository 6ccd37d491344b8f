"""Reads OpenCode's sessions from its database, from an export, or from files; all three hold the same JSON."""

from collections.abc import Iterator
from typing import Any

import msgspec

from contextfs.adapters.transcripts.files import Beside
from contextfs.adapters.transcripts.opencode import where
from contextfs.adapters.transcripts.shapes import document, items, table, text
from contextfs.adapters.transcripts.sqlite import Base
from contextfs.kit.sql import load

SQL = load("contextfs.adapters.transcripts.opencode", "sqlite.sql")


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message: what is said of it, and its parts in order."""

    info: dict[str, Any]
    parts: list[dict[str, Any]]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session: what is said of it, and its messages in order."""

    info: dict[str, Any]
    messages: list[Message]


def of_base(base: Base) -> Iterator[Session]:
    """Give the sessions of a database."""
    for row in base.rows(SQL["sessions"]):
        parts: dict[str, list[dict[str, Any]]] = {}
        for part in base.rows(SQL["parts"], {"id": row["id"]}):
            parts.setdefault(str(part["message_id"]), []).append(_value(part["data"]) | {"id": part["id"]})
        messages = [
            Message(info=_value(message["data"]) | {"id": message["id"]}, parts=parts.get(str(message["id"]), []))
            for message in base.rows(SQL["messages"], {"id": row["id"]})
        ]
        yield Session(info=_info(row), messages=messages)


def of_export(whole: dict[str, Any]) -> Session:
    """Read what `opencode export` wrote."""
    messages = [
        Message(info=table(message.get("info")), parts=list(map(table, items(message.get("parts")))))
        for message in map(table, items(whole.get("messages")))
    ]
    return Session(info=table(whole.get("info")), messages=messages)


def of_files(info: dict[str, Any], beside: Beside) -> Session:
    """Put a session together from the files of its messages and parts."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for name in sorted(name for name in beside if name.startswith(where.PART)):
        part = table(document(beside[name]))
        folder = name.removeprefix(where.PART).rpartition("/")[0]
        parts.setdefault(folder or text(part.get("messageID")) or "", []).append(part)
    infos = [table(document(beside[name])) for name in sorted(beside) if name.startswith(where.MESSAGE)]
    messages = [Message(info=one, parts=parts.get(str(one.get("id")), [])) for one in infos if one]
    return Session(info=info, messages=sorted(messages, key=_order))


def _info(row: dict[str, Any]) -> dict[str, Any]:
    """Spell a row's columns as an export does."""
    return {
        "id": row["id"],
        "parentID": row.get("parent_id"),
        "directory": row.get("directory"),
        "title": row.get("title"),
        "version": row.get("version"),
        "cost": row.get("cost"),
        "revert": _value(row.get("revert")),
        "time": {"created": row.get("time_created"), "updated": row.get("time_updated")},
        "tokens": {
            "input": row.get("tokens_input"),
            "output": row.get("tokens_output"),
            "reasoning": row.get("tokens_reasoning"),
            "cache": {"read": row.get("tokens_cache_read"), "write": row.get("tokens_cache_write")},
        },
    }


def _order(message: Message) -> tuple[float, str]:
    created = table(message.info.get("time")).get("created")
    return (float(created) if isinstance(created, int | float) else 0.0, str(message.info.get("id")))


def _value(value: object) -> dict[str, Any]:
    return table(document(value if isinstance(value, bytes) else str(value or "").encode("utf-8", "replace")))
