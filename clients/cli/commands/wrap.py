"""`ctx wrap`: runs a program as it always runs, and keeps what was said with it."""

import os
import signal
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

from clients.cli import where
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output


def wrap(
    command: Annotated[list[str], Argument("The program and its arguments, as without `ctx wrap`.")],
    proxy: Annotated[
        bool, Option("--proxy", help="Route its requests to models through a proxy, set in its environment.")
    ] = False,
    server: where.Server = False,
) -> int:
    """Run a program, and capture what is said with it. Options of `ctx wrap` come before the program.

    A tool that keeps transcripts (claude, codex, gemini, aider, …) runs untouched; its transcripts are imported when it
    ends. A tool that takes its model's address from the environment gets a proxy. Any other runs on its own terminal,
    or on pipes if there is none: typed lines count as yours, the rest as its answer. If a program fills the screen,
    what was seen is kept. Exit codes, signals, sizes and colours are the program's.
    """
    from clients.wrap import running  # noqa: PLC0415 - help needs none of it

    if not command:
        raise Misused("name the program to run: ctx wrap python3")
    match running.way(command, proxy=proxy):
        case "transcript":
            code = running.with_transcript(command, lambda tool, since: _bring(tool, since, server=server))
        case "proxy":
            code = _proxied(command, server=server)
        case "untouched":
            from clients.wrap import process  # noqa: PLC0415 - as above

            output.note("ctx: on Windows a program is not listened to: --proxy keeps what it says with models.")
            code = process.untouched(command, os.environ)
        case _:
            code = _listened(command, server=server)
    return _ended(code)


def _proxied(command: list[str], *, server: bool) -> int:
    from clients.cli.recording import recorder, tell  # noqa: PLC0415 - as above
    from clients.wrap import process, running  # noqa: PLC0415 - as above
    from contextfs.kit.errors import ContextFSError  # noqa: PLC0415 - as above

    try:
        keeping = running.ready(recorder(server=server)[0])
    except ContextFSError as error:
        tell(f"what is said is not kept: {error.detail}")
        return process.untouched(command, os.environ)
    return running.with_proxy(command, keeping)


def _listened(command: list[str], *, server: bool) -> int:
    from clients.cli.recording import sink, tell  # noqa: PLC0415 - as above
    from clients.wrap import running  # noqa: PLC0415 - as above

    ran: list[int] = []
    try:
        return running.listened(command, lambda: sink(server=server, project=None)[0], tell, ran.append)
    except Exception as error:
        if not ran:
            raise
        tell(f"what was said is not kept: {getattr(error, 'detail', '') or type(error).__name__}")
        return ran[0]


def _bring(tool: str, since: float, *, server: bool) -> None:
    """Import what a tool's transcripts gained while it ran; on standard output stands what it printed alone."""
    from clients.cli.commands.importing import bring_since  # noqa: PLC0415 - as above
    from clients.cli.recording import place  # noqa: PLC0415 - as above
    from contextfs.kit.errors import ContextFSError  # noqa: PLC0415 - as above

    try:
        with Path(os.devnull).open("w", encoding="utf-8", newline="") as nowhere, redirect_stdout(nowhere):
            bring_since(tool, place(server=server), since)
    except ContextFSError as error:
        output.note(f"ctx: {error.detail}")


def _ended(code: int) -> int:
    """End as the program ended: where a signal ended it, by the same one."""
    if code >= 0 or sys.platform == "win32":
        return code & 0xFF
    sys.stdout.flush()
    signal.signal(-code, signal.SIG_DFL) if -code not in {signal.SIGKILL, signal.SIGSTOP} else None
    os.kill(os.getpid(), -code)
    return 128 - code
