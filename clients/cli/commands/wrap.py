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
        bool, Option("--proxy", help="Have its requests to models pass through a proxy, by its environment.")
    ] = False,
    server: where.Server = False,
) -> int:
    """Run a program, and keep what was said with it. Options of ours stand before the program.

    A tool that keeps transcripts (claude, codex, gemini, aider, …) runs untouched, and these are imported when it ends.
    One that takes its model's address from the environment is given a proxy. Any other runs on a terminal of its own,
    or on pipes where there is none: lines that were typed are what you said, the rest is what it answered, and of a
    program that fills the screen what was seen is kept. Exit codes, signals, sizes and colours are the program's.
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
