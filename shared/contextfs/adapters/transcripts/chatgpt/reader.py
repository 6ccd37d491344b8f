"""Reads a ChatGPT export (`conversations.json`, or the zip around it) as conversations."""

from typing import Any

import msgspec

from contextfs.adapters.transcripts import archive
from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.adapters.transcripts.shapes import items, table
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally

_WANTED = "a ChatGPT export"
_BOM = b"\xef\xbb\xbf"
_DECODER = msgspec.json.Decoder(Any)


def conversations(data: bytes, *, name: str, tally: Tally) -> list[dict[str, Any]]:
    """Give the conversations of an export, each with a `mapping` of nodes; others are counted.

    Invalid when it is no such export, TooLarge when the zip unpacks to too much.
    """
    parts = archive.unpack(data, name=name, wanted=_WANTED) if data.startswith(archive.MAGIC) else [data]
    return [conversation for part in parts if part.strip() for conversation in _conversations(part, name, tally)]


def _conversations(data: bytes, name: str, tally: Tally) -> list[dict[str, Any]]:
    try:
        export = decode(data.removeprefix(_BOM), _DECODER)
    except FAULTS as error:
        raise refused(data, name=name, wanted=_WANTED, why=f"its JSON cannot be read ({error})") from error
    listed = _listed(export)
    good = [table(one) for one in listed if isinstance(table(one).get("mapping"), dict)]
    if listed and not good:
        raise refused(data, name=name, wanted=_WANTED, why="it holds no conversation with a `mapping`")
    tally.add("broken_conversation", len(listed) - len(good))
    return good


def _listed(export: object) -> list[Any]:
    """Take the export as a list, an object around the list, or one conversation by itself."""
    whole = table(export)
    return items(whole.get("conversations")) or ([whole] if whole else items(export))
