"""Reads the Agent Client Protocol (version 1): prompts, what the agent says, its tool calls. It changes nothing.

Messages are JSON-RPC 2.0, one a line. A turn begins with the editor's `session/prompt` and ends with the answer to it;
what an agent tells outside of a turn is the history of a session that it loads, which was kept when it was said.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec

from contextfs.domain.sessions import bounds
from contextfs.domain.sessions.model import NewMessage, Role, ToolCall
from contextfs.kit.shapes import is_table, items, table, text
from contextfs.recording.headers import word
from contextfs.recording.model import Kept
from contextfs.recording.speech import call, said

_ENDED: Final = frozenset({"completed", "failed"})
_INSTANT: Final = timedelta(microseconds=1)


class Turn:
    """What was said since a prompt."""

    def __init__(self, session: str, now: datetime) -> None:
        self.session = session
        self.began = now
        self.messages: list[NewMessage] = []
        self._name = uuid4().hex
        self._pieces: list[str] = []
        self._calls: dict[str, str] = {}

    def add(self, role: Role, content: str, now: datetime, **more: Any) -> None:
        """Note a message; one that says nothing is none."""
        most = bounds.MOST_OF_A_RESULT if role == "tool" else bounds.MOST_OF_A_TEXT
        if content.strip() or more.get("tool_calls"):
            name = f"{self._name}/{len(self.messages)}"
            kept = bounds.shortened(content, most)[0]
            self.messages.append(NewMessage(role=role, content=kept, external_id=name, created_at=now, **more))

    def update(self, told: dict[str, Any], now: datetime) -> None:
        """Take what the agent tells of its work."""
        match told.get("sessionUpdate"):
            case "agent_message_chunk":
                self._pieces.append(said([told.get("content")]))
            case "tool_call":
                self.flush(now, told)
                self._result(told, now)
            case "tool_call_update":
                self._result(told, now)
            case _:
                return

    def flush(self, now: datetime, told: dict[str, Any] | None = None) -> None:
        """Note what the agent said up to here, with the tool that it calls now."""
        calls = [_call(told)] if told else []
        self.add("assistant", "".join(self._pieces), now, tool_calls=calls)
        self._pieces.clear()

    def _result(self, told: dict[str, Any], now: datetime) -> None:
        name, status = text(told.get("toolCallId")) or "", text(told.get("status"))
        content = "\n".join(said([table(one).get("content")]) for one in items(told.get("content"))).strip()
        self._calls[name] = content or self._calls.get(name, "")
        if status in _ENDED:
            about = {"tool_call_id": name} | ({"is_error": True} if status == "failed" else {})
            self.add("tool", self._calls.pop(name) or str(told.get("rawOutput") or ""), now, metadata=about)


def _call(told: dict[str, Any]) -> ToolCall:
    return call(told.get("toolCallId"), told.get("title") or told.get("kind"), told.get("rawInput"))


class Listener:
    """Follows the conversations of one agent. `agent` is its name, until it tells its own."""

    def __init__(self, agent: str, now: Callable[[], datetime]) -> None:
        self._agent = agent
        self._now = now
        self._asked: dict[str, tuple[str, str]] = {}
        self._turns: dict[str, deque[Turn]] = {}
        self._folders: dict[str, str] = {}
        self._last: dict[str, datetime] = {}

    def editor(self, line: bytes) -> None:
        """Take a line of the editor."""
        told = _decoded(line)
        method, inside = text(told.get("method")), table(told.get("params"))
        if method is None or told.get("id") is None:
            return
        session = text(inside.get("sessionId")) or text(inside.get("cwd")) or ""
        self._asked[str(told["id"])] = (method, session)
        if method == "session/prompt":
            turn = Turn(session, self._now())
            turn.add("user", said(inside.get("prompt")), turn.began)
            self._turns.setdefault(session, deque()).append(turn)

    def agent(self, line: bytes) -> Iterator[Kept]:
        """Take a line of the agent; gives a turn that it ends."""
        told = _decoded(line)
        if told.get("method") == "session/update":
            inside = table(told.get("params"))
            turns = self._turns.get(text(inside.get("sessionId")) or "")
            if turns:
                turns[0].update(table(inside.get("update")), self._now())
        elif "method" not in told and told.get("id") is not None:
            method, session = self._asked.pop(str(told["id"]), ("", ""))
            yield from self._answered(method, session, table(told.get("result")))

    def left(self) -> Iterator[Kept]:
        """Give the turns that did not end."""
        for session, turns in list(self._turns.items()):
            for _ in list(turns):
                yield from self._ended(session, "interrupted")

    def _answered(self, method: str, session: str, result: dict[str, Any]) -> Iterator[Kept]:
        if method == "initialize":
            self._agent = text(table(result.get("agentInfo")).get("name")) or self._agent
        elif method == "session/new" and (made := text(result.get("sessionId"))):
            self._folders[made] = session
        elif method == "session/prompt":
            yield from self._ended(session, text(result.get("stopReason")) or "failed")

    def _ended(self, session: str, why: str) -> Iterator[Kept]:
        turns = self._turns.get(session)
        if not turns:
            return
        turn = turns.popleft()
        turn.flush(self._now())
        messages = list(_in_order(turn.messages, self._last.get(session)))
        if not messages:
            return
        *before, last = messages
        self._last[session] = last.created_at or turn.began
        if why != "end_turn":
            last = msgspec.structs.replace(last, metadata=last.metadata | {"stop_reason": why})
        folder = self._folders.get(session)
        yield Kept(
            tool=word(f"{self._agent}-acp"),
            external_id=bounds.identifier(session),
            model=None,
            messages=[*before, last],
            input_tokens=0,
            output_tokens=0,
            metadata={"capture": "structured"} | ({"cwd": folder} if folder else {}),
            started_at=turn.began,
        )


def _in_order(messages: Sequence[NewMessage], last: datetime | None) -> Iterator[NewMessage]:
    """Give the messages of a turn with times after the turn before: prompts may be sent while one is worked on."""
    for one in messages:
        at = one.created_at
        if at is not None and last is not None:
            at = max(at, last + _INSTANT)
        last = at
        yield msgspec.structs.replace(one, created_at=at)


def _decoded(line: bytes) -> dict[str, Any]:
    """Read a line; what is no message tells nothing."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if is_table(found) else {}
