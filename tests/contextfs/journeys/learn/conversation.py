"""Builds the turns of a session, for tests."""

from uuid import UUID

from contextfs.journeys.learn.turns import ToolUse, Turn


def user(text: str) -> Turn:
    """Give what a person says."""
    return Turn(message_id=UUID(int=0), role="user", content=text)


def assistant(text: str, *calls: ToolUse) -> Turn:
    """Give what the assistant says and calls."""
    return Turn(message_id=UUID(int=0), role="assistant", content=text, tool_calls=calls)


def result(text: str, *, failed: bool = False, answers: str | None = None) -> Turn:
    """Give what a tool returned."""
    return Turn(message_id=UUID(int=0), role="tool", content=text, failed=failed, answers=answers)


def shell(command: str, **more: str) -> ToolUse:
    """Give the call of a shell."""
    return ToolUse(name="Bash", input={"command": command}, **more)


def edit(path: str) -> ToolUse:
    """Give the call of an editor."""
    return ToolUse(name="Edit", input={"file_path": path, "old_string": "a", "new_string": "b"})


def session(*turns: Turn) -> list[Turn]:
    """Number the turns: the id of the first message is 1."""
    return [
        Turn(
            message_id=UUID(int=n),
            role=turn.role,
            content=turn.content,
            tool_calls=turn.tool_calls,
            index=n - 1,
            kind=turn.kind,
            answers=turn.answers,
            failed=turn.failed,
        )
        for n, turn in enumerate(turns, 1)
    ]
