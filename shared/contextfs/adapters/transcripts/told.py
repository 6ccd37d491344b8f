"""What a server asks of the readers: their versions, and the conversations of a record as they are stored."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from contextfs.adapters.transcripts import READERS, reader
from contextfs.adapters.transcripts.normalised import Normalised, normalised
from contextfs.domain.sessions.model import NewMessage
from contextfs.kit.ports import Told


class Readers:
    """The readers of all tools. A record is one file: what lay beside it on its machine is not asked for."""

    def versions(self) -> Mapping[str, int]:
        """Give the version of each tool's reader."""
        return {tool: reader(tool).VERSION for tool in READERS}

    def read(self, tool: str, data: bytes, *, name: str) -> Iterator[Told]:
        """Read a record; NotFound where no reader knows the tool, Invalid where it is another tool's."""
        for one in reader(tool).read(data, name=name):
            yield _told(normalised(one))


def _told(one: Normalised) -> Told:
    fields = one.session_fields()
    return Told(
        external_id=one.external_id,
        title=fields.get("title"),
        input_tokens=fields.get("input_tokens", 0),
        output_tokens=fields.get("output_tokens", 0),
        messages=_fields(one.messages),
        left=one.left,
        aside=one.aside,
    )


def _fields(messages: Iterable[NewMessage]) -> Iterator[Mapping[str, Any]]:
    for one in messages:
        yield msgspec.structs.asdict(one)
