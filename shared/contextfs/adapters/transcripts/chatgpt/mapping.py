"""Maps a ChatGPT conversation to a transcript: its live branch, read from the current node up to the root."""

from collections.abc import Collection, Iterator
from typing import Any, cast

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.branches import NO_PARENT, left_behind
from contextfs.adapters.transcripts.chatgpt.content import CONTEXTS, called, written
from contextfs.adapters.transcripts.injected import without_fence
from contextfs.adapters.transcripts.model import Kind, Role, Transcript, TranscriptMessage
from contextfs.adapters.transcripts.shapes import moment, table, text
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.voices import heard

TOOL = "chatgpt"
_NO_MODEL = "auto"
_ROLES: dict[str, tuple[Role, Kind]] = {
    "user": ("user", "prompt"),
    "assistant": ("assistant", "reply"),
    "tool": ("tool", "tool_result"),
    "system": ("system", "meta"),
}


def transcript(conversation: dict[str, Any], *, fallback_id: str, tally: Tally) -> Transcript | None:
    """Make the transcript of one conversation; None when nothing visible was said in it.

    Other branches (`off_path`; `left`, or `aside`) and hidden messages are counted, not given. The export tells no
    tokens.
    """
    nodes = cast("dict[str, Any]", conversation["mapping"])
    branch = _branch(nodes, text(conversation.get("current_node")))
    on_branch = set(branch)
    off = [key for key, node in nodes.items() if key not in on_branch and table(node).get("message")]
    tally.add("off_path", len(off))
    is_left = _left(nodes, on_branch)
    messages = chained(_messages(nodes, branch, tally))
    if not messages:
        return None
    started_at, ended_at = dates(messages)
    replied = models(messages)
    return Transcript(
        tool=TOOL,
        external_id=text(conversation.get("conversation_id")) or text(conversation.get("id")) or fallback_id,
        title=text(conversation.get("title")) or opening(messages),
        started_at=started_at or moment(conversation.get("create_time")),
        ended_at=ended_at or moment(conversation.get("update_time")),
        model=replied[-1] if replied else _model(conversation.get("default_model_slug")),
        messages=messages,
        left=[one.external_id for one in _messages(nodes, [key for key in off if key in is_left], Tally())],
        aside=[one.external_id for one in _messages(nodes, [key for key in off if key not in is_left], Tally())],
        skipped=tally.counts(),
        metadata=_metadata(conversation, replied),
    )


def _branch(nodes: dict[str, Any], leaf: str | None) -> list[str]:
    """Give the keys from the root to the current node; without one, to the message that was written last."""
    key = leaf if leaf in nodes else max(nodes, key=lambda key: _written_at(nodes[key]), default=None)
    branch: dict[str, None] = {}
    while key is not None and key in nodes and key not in branch:
        branch[key] = None
        key = text(table(nodes[key]).get("parent"))
    return list(reversed(branch))


def _left(nodes: dict[str, Any], on_branch: Collection[str]) -> set[str]:
    """Tell which nodes were surely left behind, by when they were written."""
    keys = list(nodes)
    places = {key: place for place, key in enumerate(keys)}
    parents = [places.get(text(table(node).get("parent")) or "", NO_PARENT) for node in nodes.values()]
    found = left_behind(parents, [key in on_branch for key in keys], lambda place: _came_at(nodes[keys[place]]))
    return {keys[place] for place in found}


def _came_at(node: object) -> float | None:
    """Tell when a node came; what nobody said has no time, and tells nothing."""
    role = text(table(table(table(node).get("message")).get("author")).get("role"))
    return _written_at(node) or (None if role in {"user", "assistant"} else float("-inf"))


def _written_at(node: object) -> float:
    at = moment(table(table(node).get("message")).get("create_time"))
    return at.timestamp() if at else 0.0


def _messages(nodes: dict[str, Any], branch: list[str], tally: Tally) -> Iterator[TranscriptMessage]:
    for key in branch:
        message = table(table(nodes[key]).get("message"))
        if not message:
            continue
        if table(message.get("metadata")).get("is_visually_hidden_from_conversation") is True:
            tally.add("hidden")
            continue
        made = _message(message, text(message.get("id")) or key, tally)
        if made:
            yield made


def _message(message: dict[str, Any], external_id: str, tally: Tally) -> TranscriptMessage | None:
    role_name = text(table(message.get("author")).get("role"))
    content = table(message.get("content"))
    if role_name not in _ROLES:
        tally.add_of("unknown", role_name)
        return None
    said = written(content, tally)
    if not said.strip():
        return None
    role, kind = _ROLES[role_name]
    call = called(message, said, external_id) if kind == "reply" else None
    if content.get("content_type") in CONTEXTS:
        role, kind = "system", "injected"
    elif kind == "prompt":
        kind, said = heard(said, tally)
        role = role if kind == "prompt" else "system"
    else:
        said = without_fence(said, tally)
    if not said:
        return None
    return TranscriptMessage(
        external_id=external_id,
        role=role,
        kind=kind,
        content="" if call else said,
        tool_calls=(call,) if call else (),
        created_at=moment(message.get("create_time")),
        model=_model(table(message.get("metadata")).get("model_slug")) if kind == "reply" else None,
        source=turns.source(external_id, msgspec.json.encode(message)),
    )


def _model(slug: object) -> str | None:
    return None if slug == _NO_MODEL else text(slug)


def _metadata(conversation: dict[str, Any], replied: list[str]) -> dict[str, Any]:
    known = {"models": replied, "gizmo_id": text(conversation.get("gizmo_id"))}
    return {key: value for key, value in known.items() if value}
