"""`ctx acp`: stands between an editor and its agent, and keeps what was said."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from clients.cli import where
from clients.cli.line.command import Argument, Misused

if TYPE_CHECKING:
    from contextfs.client.recording.recorder import Recorder


def acp(
    command: Annotated[list[str], Argument("The agent and its arguments: gemini --acp, copilot --acp, opencode acp …")],
    server: where.Server = False,
) -> int:
    """Run an agent of the Agent Client Protocol for an editor, and capture what is said. Editors call this.

    Each byte passes unchanged. `ctx install jetbrains` and `ctx install zed` write it into the editor's settings, for
    the installed agents. Options of `ctx acp` come before the agent.
    """
    from clients.acp import tee  # noqa: PLC0415 - help needs none of it
    from clients.acp.listening import Listener  # noqa: PLC0415 - as above

    if not command:
        raise Misused("name the agent to run: ctx acp -- gemini --acp")
    listener = Listener(Path(command[0]).stem, lambda: datetime.now(UTC))
    recorder = _recorder(server=server)
    if recorder is None:
        return tee.run(command, lambda _line: None, lambda _line: None)

    def agent(line: bytes) -> None:
        for kept in listener.agent(line):
            recorder.record(kept)

    code = tee.run(command, listener.editor, agent)
    for kept in listener.left():
        recorder.record(kept)
    recorder.close()
    return code if code >= 0 else 128 - code


def _recorder(*, server: bool) -> "Recorder | None":
    from clients.cli.recording import recorder, tell  # noqa: PLC0415 - as above
    from contextfs.kit.errors import ContextFSError  # noqa: PLC0415 - as above

    try:
        return recorder(server=server)[0]
    except ContextFSError as error:
        tell(f"what is said is not kept: {error.detail}")
        return None
