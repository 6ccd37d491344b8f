"""An agent of the Agent Client Protocol for tests: it answers prompts, calls a tool, and replays what it loads."""

import json
import sys
from typing import Any


def tell(**message: Any) -> None:
    """Send a message."""
    sys.stdout.write(json.dumps({"jsonrpc": "2.0"} | message, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def update(**told: Any) -> None:
    """Send news of the session."""
    tell(method="session/update", params={"sessionId": "s1", "update": told})


def say(text: str, who: str = "agent") -> None:
    """Say a text in two pieces."""
    for piece in (text[:4], text[4:]):
        update(sessionUpdate=f"{who}_message_chunk", content={"type": "text", "text": piece})


def answer(asked: dict[str, Any]) -> None:
    """Answer a request."""
    match asked["method"]:
        case "initialize":
            tell(id=asked["id"], result={"protocolVersion": 1, "agentInfo": {"name": "Trusty", "version": "1"}})
        case "session/new":
            tell(id=asked["id"], result={"sessionId": "s1"})
        case "session/load":
            say("An old question", "user")
            say("An old answer.")
            tell(id=asked["id"], result={})
        case "session/prompt":
            update(sessionUpdate="agent_thought_chunk", content={"type": "text", "text": "hm"})
            say("I look.")
            call = {"toolCallId": "c1", "title": "Read a.py", "status": "pending", "rawInput": {"path": "a.py"}}
            update(sessionUpdate="tool_call", kind="read", **call)
            content = [{"type": "content", "content": {"type": "text", "text": "port = 8443"}}]
            update(sessionUpdate="tool_call_update", toolCallId="c1", status="completed", content=content)
            say("It is 8443 – ä.")
            tell(id=asked["id"], result={"stopReason": "end_turn"})
        case _:
            tell(id=asked["id"], error={"code": -32601, "message": "no such method"})


if __name__ == "__main__":
    for line in sys.stdin:
        answer(json.loads(line))
    raise SystemExit(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
