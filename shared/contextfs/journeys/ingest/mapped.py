"""JSON of any form, by a mapping that says where in it what is; the paths are those of `domain/sources/paths.py`."""

from typing import Any

from contextfs.domain.sessions.model import NewMessage
from contextfs.domain.sources import paths
from contextfs.domain.sources.model import Mapping
from contextfs.journeys.ingest.heard import Heard
from contextfs.journeys.ingest.said import id_of, line_of, listed, moment_of, role_of, text_of
from contextfs.kit.errors import Invalid

DEFAULT = Mapping(
    conversation="$.conversation_id",
    messages="$.messages[*]",
    role="$.role",
    content="$.content",
    id="$.id",
    time="$.created_at",
    speaker="$.name",
    model="$.model",
    session_title="$.title",
    ends="$.complete",
)
"""How a payload is read where a source has no mapping of its own."""


def read(payload: Any, heard: Heard, mapping: Mapping, conversation: str | None) -> None:
    """Read a payload by a mapping."""
    name = id_of(paths.first(mapping.conversation, payload)) or conversation
    if name is None:
        detail = (
            f"There is no conversation id at {mapping.conversation}: send it, or add ?conversation=… to the address."
        )
        raise Invalid(detail, where=mapping.conversation)
    parts = _parts(payload, mapping)
    where = mapping.messages or "$"
    messages = [one for place, part in enumerate(parts) for one in _message(heard, f"{where} ({place})", part, mapping)]
    if not parts:
        heard.refuse(where, "There is no message here.")
    heard.add(
        name,
        messages,
        title=line_of(paths.first(mapping.session_title, payload), 500),
        ended=bool(paths.first(mapping.ends, payload)),
    )


def _parts(payload: Any, mapping: Mapping) -> list[Any]:
    if mapping.messages is None:
        return [payload]
    found = list(paths.found(mapping.messages, payload))
    return listed(found[0]) if len(found) == 1 and isinstance(found[0], list) else found


def _message(heard: Heard, where: str, part: Any, mapping: Mapping) -> list[NewMessage]:
    word = paths.first(mapping.role, part)
    role = mapping.roles.get(word) if isinstance(word, str) else None
    role = role or role_of(word) or ("user" if word is None else None)
    content = paths.first(mapping.content, part)
    speaker = line_of(paths.first(mapping.speaker, part))
    if role is None:
        heard.refuse(where, "Its role is none that is known: name it in the mapping's `roles`.")
        return []
    if content is None:
        heard.refuse(where, f"There is no content at {mapping.content}.")
        return []
    told = {
        "role": role,
        "content": text_of(content),
        "external_id": id_of(paths.first(mapping.id, part)),
        "created_at": moment_of(paths.first(mapping.time, part)),
        "model": line_of(paths.first(mapping.model, part)),
        "metadata": {"speaker": speaker} if speaker else {},
    }
    return heard.message(where, told)
