"""From an exchange to what is kept of it: read, placed in its conversation, within the limits of a message."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from contextfs.domain.context.render import without_packs
from contextfs.domain.sessions import bounds
from contextfs.domain.sessions.model import NewMessage
from contextfs.recording import anthropic_messages, openai_chat, openai_responses
from contextfs.recording.events import MOST_BYTES, document, events, unpacked
from contextfs.recording.model import Asked, Exchange, Kept, Replied, Turn
from contextfs.recording.threads import Threads

_STREAM = "text/event-stream"
_INSTANT = timedelta(microseconds=1)


class Api(NamedTuple):
    """How an API is read."""

    asked: Callable[[dict[str, Any]], Asked]
    replied: Callable[[dict[str, Any]], Replied]
    assembled: Callable[..., Replied]


APIS = {
    "/chat/completions": Api(openai_chat.asked, openai_chat.replied, openai_chat.assembled),
    "/responses": Api(openai_responses.asked, openai_responses.replied, openai_responses.assembled),
    "/messages": Api(anthropic_messages.asked, anthropic_messages.replied, anthropic_messages.assembled),
}
"""The APIs that are kept, by how a path ends. Embeddings, models, files and the like hold no conversation."""


def is_conversation(method: str, path: str) -> bool:
    """Tell whether a request is one that is kept."""
    return method == "POST" and _api(path) is not None


class Reader:
    """Reads exchanges, in order, into what is kept. `clean` takes out what a tool put among a user's words.

    A body that has more bytes than `most_bytes` when it is unpacked is not read.
    """

    def __init__(
        self,
        clean: Callable[[str], str] = without_packs,
        *,
        threads: Threads | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._clean = clean
        self._most_bytes = most_bytes
        self._threads = threads or Threads()

    def read(self, exchange: Exchange) -> Kept | None:
        """Read an exchange; None where nobody was answered. Invalid where a body cannot be read."""
        api = _api(exchange.path)
        if api is None:
            return None
        asked = api.asked(document(unpacked(exchange.request, exchange.request_encoding, self._most_bytes)))
        replied = _replied(api, exchange, self._most_bytes)
        if asked.is_probe or replied.turn is None or replied.turn.is_empty:
            return None
        turns = [one for turn in asked.turns if not (one := self._cleaned(turn)).is_empty]
        turns = _answered(turns, replied.turn)
        placed = self._threads.place(
            turns,
            tool=exchange.tool,
            scope=exchange.scope,
            session=exchange.session or asked.session,
            after=asked.after,
            cut=replied.is_cut,
        )
        if replied.id:
            self._threads.answered(placed, replied.id)
        thread = placed.thread
        thread.input_tokens += replied.input_tokens
        thread.output_tokens += replied.output_tokens
        began = max(exchange.began, thread.at or exchange.began)  # messages keep their order, whatever clocks do
        thread.at = max(exchange.ended, began) + _INSTANT
        new = [_message(turn, link, began) for turn, link in zip(turns[placed.new :], placed.links, strict=True)]
        return Kept(
            tool=exchange.tool,
            external_id=bounds.identifier(thread.name),
            model=bounds.cut(replied.model or asked.model, bounds.LONGEST_LINE),
            messages=[*new[:-1], _reply(new[-1], replied, thread.at)] if new else [],
            input_tokens=min(thread.input_tokens, bounds.MOST_TOKENS),
            output_tokens=min(thread.output_tokens, bounds.MOST_TOKENS),
            metadata={"forked_from": thread.forked_from} if thread.forked_from else {},
            started_at=exchange.began,
        )

    def _cleaned(self, turn: Turn) -> Turn:
        cleaned = self._clean(turn.content)
        return turn if cleaned == turn.content else msgspec.structs.replace(turn, content=cleaned)


def _api(path: str) -> Api | None:
    return next((api for end, api in APIS.items() if path.rstrip("/").endswith(end)), None)


def _replied(api: Api, exchange: Exchange, most_bytes: int) -> Replied:
    body = unpacked(exchange.reply, exchange.reply_encoding, most_bytes)
    if exchange.reply_type.lower().startswith(_STREAM):
        return api.assembled(events(body))
    return api.replied(document(body))


def _answered(turns: list[Turn], reply: Turn) -> list[Turn]:
    """Add the reply; where the caller began it, it goes on from there."""
    if not turns or turns[-1].role != "assistant" or turns[-1].calls:
        return [*turns, reply]
    return [*turns[:-1], msgspec.structs.replace(reply, content=turns[-1].content + reply.content)]


def _message(turn: Turn, link: str, at: datetime) -> NewMessage:
    most = bounds.MOST_OF_A_RESULT if turn.role == "tool" else bounds.MOST_OF_A_TEXT
    content, was = bounds.shortened(turn.content, most)
    known = {
        "tool_call_id": bounds.cut(turn.answers, bounds.LONGEST_LINE),
        "is_error": turn.is_error or None,
        "cut_from_characters": was,
        "calls_left_out": max(0, len(turn.calls) - bounds.MOST_CALLS) or None,
    }
    return NewMessage(
        role=turn.role,
        content=content,
        external_id=link,
        kind=turn.kind,
        tool_calls=list(turn.calls[: bounds.MOST_CALLS]),
        metadata={name: value for name, value in known.items() if value is not None},
        created_at=at,
    )


def _reply(message: NewMessage, replied: Replied, at: datetime) -> NewMessage:
    """Add what is known of a reply alone."""
    figures = {name: figure for name, figure in replied.more.items() if figure}
    cut = {"interrupted": True} if replied.is_cut else {}
    return msgspec.structs.replace(
        message,
        model=bounds.cut(replied.model, bounds.LONGEST_LINE),
        tokens=min(replied.output_tokens, bounds.MOST_TOKENS) or None,
        metadata=message.metadata | figures | cut,
        created_at=at,
    )
