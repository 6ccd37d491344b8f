"""Reads a chat of Cursor's agent from its own database: messages as JSON, by its hash, and a root that lists them.

The row `0` of `meta` is JSON in hexadecimal digits, and names the root. That is in Protobuf: the field 1, repeated, is
the hash of a message, the field 9 the address of the workspace. Other blobs hold files and states, and are not read.
The form was read from programs that read it, too: it is nowhere described.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, models, opening
from contextfs.adapters.transcripts.cursor.agent import (
    TOOL,
    Parts,
    asked,
    is_tagged,
    named_by,
    parts_of,
    replied,
    texts,
)
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage
from contextfs.adapters.transcripts.shapes import document, items, moment, table, text
from contextfs.adapters.transcripts.sqlite import Base, Row
from contextfs.adapters.transcripts.tally import Tally
from contextfs.kit.sql import load

SQL = load("contextfs.adapters.transcripts.cursor", "sqlite.sql")

_MESSAGES, _WORKSPACE = 1, 9
_DIGEST: Final = 32
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT: Final = 10
_HEX_OF_JSON: Final = re.compile(r"7b(?:[0-9a-f]{2})+", re.IGNORECASE)
_WORKSPACE_PATH: Final = re.compile(r"^Workspace Path: *(\S.*)$", re.MULTILINE)
_UNTITLED: Final = "New Agent"

Message = tuple[str, dict[str, Any], bytes]


def is_chat(base: Base) -> bool:
    """Tell whether a database is one of these."""
    return {"id", "data"} <= base.columns("blobs") and {"key", "value"} <= base.columns("meta")


def transcript(base: Base) -> Transcript | None:
    """Make the transcript of a chat; None when nothing was said."""
    tally = Tally()
    about = _is(base)
    root = _root(_blob(base, text(about.get("latestRootBlobId"))))
    listed = [(name, _blob(base, name)) for name in items(root.get("messages"))]
    said = [(name, table(document(data)), data) for name, data in listed if data is not None]
    tally.add("missing_blob", len(listed) - len(said))
    started_at = moment(_number(about.get("createdAt")))
    messages = chained(_messages(said, started_at, tally))
    if not messages:
        return None
    replied_by = models(messages)
    title = text(about.get("name"))
    return Transcript(
        tool=TOOL,
        external_id=text(about.get("agentId")) or str(about.get("latestRootBlobId")),
        title=title if title != _UNTITLED else opening(messages),
        started_at=started_at,
        model=replied_by[-1] if replied_by else text(about.get("lastUsedModel")),
        cwd=_folder(text(root.get("workspace"))) or _told(said),
        messages=messages,
        skipped=tally.counts(),
        metadata={"agent": True} | ({"mode": about["mode"]} if text(about.get("mode")) else {}),
    )


def folder(base: Base) -> str | None:
    """Tell in which folder a chat was had, from no more of it than is needed."""
    root = _root(_blob(base, text(_is(base).get("latestRootBlobId"))))
    blobs = ((name, _blob(base, name)) for name in items(root.get("messages")))
    said = ((name, table(document(data)), data) for name, data in blobs if data is not None)
    return _folder(text(root.get("workspace"))) or _told(said)


def named_by_root(base: Base) -> Iterator[Row]:
    """Give the root, as JSON of the hashes and the workspace alone, and the messages that it lists: no other blob."""
    name = text(_is(base).get("latestRootBlobId"))
    root = _root(_blob(base, name))
    if root:
        yield {"id": name, "data": msgspec.json.encode(root).decode()}
    for named in dict.fromkeys(filter(text, items(root.get("messages")))):
        data = _blob(base, named)
        if table(document(data)) if data else None:
            yield {"id": named, "data": data}


def plain(row: Row) -> Row:
    """Give a row of `meta` as JSON, without its digits."""
    about = _about(row.get("value"))
    return row | {"value": msgspec.json.encode(about).decode()} if about else row


def _messages(said: list[Message], at: datetime | None, tally: Tally) -> Iterator[TranscriptMessage]:
    names = turns.Names()
    has_tags = is_tagged(_parts(message, Tally()) for _, message, _ in said if message.get("role") == "user")
    for name, message, data in said:
        role = message.get("role")
        parts = _parts(message, tally)
        said_by = names.of(role, named_by(parts))
        place = turns.Place(external_id=said_by, at=at, source=turns.source(name, data), tally=tally)
        if role in ("user", "tool"):
            yield from asked(parts, place, has_tags=has_tags)
        elif role == "assistant":
            cursor = table(table(message.get("providerOptions")).get("cursor"))
            made = replied(parts, place, model=text(cursor.get("modelName")))
            yield from [made] if made else []
        else:
            tally.add_of("instructions" if role == "system" else "role", role)


def _parts(message: dict[str, Any], tally: Tally) -> Parts:
    """Give a message's parts under the names that the agent's transcripts have for them."""
    made: Parts = []
    for part in parts_of(message.get("content")):
        match part.get("type"):
            case "text":
                made.append(part)
            case "tool-call":
                named = {"id": part.get("toolCallId"), "name": part.get("toolName"), "input": part.get("args")}
                made.append({"type": "tool_use"} | named)
            case "tool-result":
                given = part.get("result")
                shown = items(given) or text(given) or msgspec.json.encode(given).decode()
                made.append({"type": "tool_result", "tool_use_id": part.get("toolCallId"), "content": shown})
            case "reasoning" | "redacted-reasoning":
                tally.add("thinking")
            case kind:
                tally.add_of("part", kind)
    return made


def _blob(base: Base, name: object) -> bytes | None:
    for row in base.rows(SQL["blob"], {"id": name}) if isinstance(name, str) else ():
        data = row["data"]
        return data if isinstance(data, bytes) else str(data or "").encode("utf-8", "replace")
    return None


def _is(base: Base) -> dict[str, Any]:
    """Give what a chat says of itself."""
    return next(filter(None, (_about(row["value"]) for row in base.rows(SQL["about"]))), dict[str, Any]())


def _about(value: object) -> dict[str, Any]:
    """Read what a row of `meta` says; nothing where it is no JSON, in digits or as it is."""
    said = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if not isinstance(said, str):
        return {}
    return table(document(bytes.fromhex(said) if _HEX_OF_JSON.fullmatch(said) else said.encode("utf-8", "replace")))


def _root(data: bytes | None) -> dict[str, Any]:
    """Read a root: the hashes of messages in their order, and the workspace."""
    if data is None or data.startswith(b"{"):
        told = table(document(data or b"{}"))
        return {name: told[name] for name in ("messages", "workspace") if name in told}
    fields = [*_fields(data)]
    messages = [value.hex() for number, value in fields if number == _MESSAGES and len(value) == _DIGEST]
    workspace = [value.decode("utf-8", "replace") for number, value in fields if number == _WORKSPACE]
    return {"messages": messages, "workspace": workspace[0] if workspace else None}


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the fields of a message in Protobuf that hold bytes, up to where it makes sense."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        size = {_FIXED64: 8, _FIXED32: 4}.get(key & 7, 0)
        if key & 7 == _VARINT:
            _, at = _varint(data, at)
        elif key & 7 == _BYTES:
            size, at = _varint(data, at)
            yield key >> 3, data[at : at + size]
        elif not size:
            return
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(_LONGEST_VARINT):
        byte = data[at + n] if at + n < len(data) else 0
        value |= (byte & 0x7F) << (7 * n)
        if byte < 0x80:
            return value, at + n + 1
    return value, len(data)


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _folder(address: str | None) -> str | None:
    return unquote(urlsplit(address).path) or None if address and address.startswith("file:") else address


def _told(said: Iterable[Message]) -> str | None:
    """Give the folder that the tool told its model of."""
    context = (texts(parts_of(message.get("content"))) for _, message, _ in said if message.get("role") == "user")
    found = (_WORKSPACE_PATH.search(one) for one in context if "<user_info>" in one)
    return next((one[1].strip() for one in found if one), None)
