"""Reads the conversations of Cursor's editor from its database: keys with JSON values, some of which are null."""

from collections.abc import Iterator
from typing import Any

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage, Usage
from contextfs.adapters.transcripts.shapes import count, document, is_deep, items, moment, table, text
from contextfs.adapters.transcripts.sqlite import Base
from contextfs.adapters.transcripts.tally import Tally
from contextfs.kit.sql import load

TOOL = "cursor"
SQL = load("contextfs.adapters.transcripts.cursor", "sqlite.sql")
_DECODER = msgspec.json.Decoder(Any)
_USER, _ASSISTANT = 1, 2

Bubble = tuple[str, dict[str, Any]]


def transcripts(base: Base) -> Iterator[Transcript]:
    """Give each conversation in which something was said, one after the other."""
    if base.columns("cursorDiskKV"):
        for row in base.rows(SQL["composers"]):
            tally = Tally()
            composer = _value(row["value"], tally)
            one = _transcript(base, str(row["key"]).partition(":")[2], composer, tally)
            yield from [one] if one else []
    if base.columns("ItemTable"):
        for row in base.rows(SQL["tabs"]):
            for tab in items(_value(row["value"], Tally()).get("tabs")):
                one = _of_tab(table(tab), Tally())
                yield from [one] if one else []


def folder_of(uri: dict[str, Any]) -> str | None:
    """Give the folder of an editor's address: a path of this machine, or an address on another one."""
    scheme, path = text(uri.get("scheme")), text(uri.get("path"))
    if scheme in {None, "file"}:
        return text(uri.get("fsPath")) or path
    return text(uri.get("external")) or f"{scheme}://{text(uri.get('authority')) or ''}{path or ''}"


def _transcript(base: Base, composer_id: str, composer: dict[str, Any], tally: Tally) -> Transcript | None:
    """Make a transcript of the bubbles that the conversation lists; others (`off_path`) are counted.

    In one that another conversation's agent started, nobody types.
    """
    stored = {
        str(row["key"]).rpartition(":")[2]: _value(row["value"], tally)
        for row in base.rows(SQL["bubbles"], {"id": composer_id})
    }
    listed = [text(table(header).get("bubbleId")) for header in items(composer.get("fullConversationHeadersOnly"))]
    within = [table(bubble) for bubble in items(composer.get("conversation"))]
    live: list[Bubble] = [(name, stored[name]) for name in listed if name and name in stored]
    live = live or [(text(bubble.get("bubbleId")) or f"#{n}", bubble) for n, bubble in enumerate(within)]
    tally.add("missing_bubble", len(listed) - len(live) if listed and not within else 0)
    behind = [(name, stored[name]) for name in stored.keys() - set(listed)]
    tally.add("off_path", len(behind))
    model = text(table(composer.get("modelConfig")).get("modelName"))
    started_by = table(composer.get("subagentInfo"))
    messages = chained(_messages(live, model, tally, is_subagent=bool(started_by)))
    if not messages:
        return None
    started_at, ended_at = dates(messages)
    replied = models(messages)
    known = {"models": replied, "mode": text(composer.get("unifiedMode"))}
    return Transcript(
        tool=TOOL,
        external_id=text(composer.get("composerId")) or composer_id,
        title=text(composer.get("name")) or opening(messages),
        started_at=moment(composer.get("createdAt")) if started_at is None else started_at,
        ended_at=ended_at or moment(composer.get("lastUpdatedAt")),
        model=replied[-1] if replied else model,
        cwd=folder_of(table(table(composer.get("workspaceIdentifier")).get("uri"))),
        git_branch=text(composer.get("createdOnBranch")),
        messages=messages,
        left=sorted(one.external_id for one in _messages(behind, model, Tally())) if listed else [],
        usage=_usage([*stored.values(), *(within if not stored else [])]),
        skipped=tally.counts(),
        metadata={key: value for key, value in known.items() if value} | _origin(started_by),
    )


def _origin(started_by: dict[str, Any]) -> dict[str, Any]:
    parent = text(started_by.get("parentComposerId"))
    return ({"subagent": True} if started_by else {}) | ({"parent": parent} if parent else {})


def _messages(
    bubbles: list[Bubble], model: str | None, tally: Tally, *, is_subagent: bool = False
) -> Iterator[TranscriptMessage]:
    for name, bubble in bubbles:
        said = text(bubble.get("text")) or text(bubble.get("rawText")) or _rich(bubble.get("richText"))
        place = turns.Place(
            external_id=name,
            tally=tally,
            at=moment(bubble.get("createdAt")) or moment(table(bubble.get("timingInfo")).get("clientStartTime")),
            source=turns.source(name, msgspec.json.encode(bubble)),
        )
        if bubble.get("type") == _USER:
            made = turns.prompt(said, place, is_person=not is_subagent)
            yield from [made] if made else []
            if not said:
                tally.add("empty")
        elif bubble.get("type") == _ASSISTANT:
            yield from _replied(bubble, said, text(table(bubble.get("modelInfo")).get("modelName")) or model, place)
        else:
            tally.add_of("bubble", bubble.get("type"))


def _replied(bubble: dict[str, Any], said: str, model: str | None, place: turns.Place) -> Iterator[TranscriptMessage]:
    """Give what a bubble of the assistant's says, and the tool that it used, with its result."""
    if table(bubble.get("thinking")).get("text"):
        place.tally.add("thinking")
    used = table(bubble.get("toolFormerData"))
    name = str(place.external_id)
    given = next((used[key] for key in ("rawArgs", "params") if used.get(key)), None)
    call = turns.call(
        text(used.get("toolCallId")), text(used.get("name")), given, fallback_id=f"{name}#call", tally=place.tally
    )
    is_call = bool(text(used.get("name")) or given)
    tokens = table(bubble.get("tokenCount"))
    made = turns.reply(
        said, place, calls=[call] if is_call else [], model=model, tokens=count(tokens.get("outputTokens")) or None
    )
    if made:
        yield made
    elif not used:
        place.tally.add("empty")
    output = used.get("result")
    if is_call and output:
        yield turns.result(
            output if isinstance(output, str) else msgspec.json.encode(output).decode(),
            place.called(f"{name}#result"),
            call_id=call.id,
            is_error=used.get("status") in ("error", "cancelled"),
        )


def _of_tab(tab: dict[str, Any], tally: Tally) -> Transcript | None:
    """Make a transcript of a chat as the first versions kept it: a tab with its bubbles."""
    said = [table(bubble) for bubble in items(tab.get("bubbles"))]
    roles = {"user": _USER, "ai": _ASSISTANT}
    bubbles: list[Bubble] = [
        (text(bubble.get("id")) or f"#{n}", bubble | {"type": roles.get(str(bubble.get("type")), bubble.get("type"))})
        for n, bubble in enumerate(said)
    ]
    messages = chained(_messages(bubbles, None, tally))
    if not messages or not text(tab.get("tabId")):
        return None
    started_at, ended_at = dates(messages)
    return Transcript(
        tool=TOOL,
        external_id=str(tab["tabId"]),
        title=text(tab.get("chatTitle")) or opening(messages),
        started_at=started_at or moment(tab.get("lastSendTime")),
        ended_at=ended_at or moment(tab.get("lastSendTime")),
        messages=messages,
        skipped=tally.counts(),
    )


def _usage(bubbles: list[dict[str, Any]]) -> Usage:
    """Add up what the bubbles say, those that were edited away included; it is often nothing."""
    told = [table(bubble.get("tokenCount")) for bubble in bubbles]
    return Usage(
        input_tokens=sum(count(one.get("inputTokens")) for one in told),
        output_tokens=sum(count(one.get("outputTokens")) for one in told),
    )


def _rich(value: object) -> str:
    """Give the words of a rich text, which some versions keep alone: a tree of paragraphs, as JSON in a text."""
    tree = document(value.encode("utf-8", "replace")) if isinstance(value, str) else value
    if is_deep(tree):
        return ""
    lines = [_leaves(line) for line in items(table(table(tree).get("root")).get("children"))]
    return "\n".join(lines).strip()


def _leaves(node: object) -> str:
    inner = table(node)
    return (text(inner.get("text")) or "") + "".join(map(_leaves, items(inner.get("children"))))


def _value(value: object, tally: Tally) -> dict[str, Any]:
    data = value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
    try:
        return table(decode(data, _DECODER))
    except FAULTS:
        tally.add("broken_value")
        return {}
