"""Which way a program is wrapped, and what is kept of it afterwards. Whatever goes wrong there, it ran."""

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal
from uuid import uuid4

from clients.wrap import known, plainly, process
from clients.wrap.tape import Tape
from contextfs.client.recording.recorder import Recorder
from contextfs.domain.sessions import bounds
from contextfs.domain.sessions.model import NewMessage
from contextfs.recording.headers import word
from contextfs.recording.model import Kept, Sink

Way = Literal["transcript", "proxy", "terminal", "pipe", "untouched"]

_CAN_LISTEN: Final = hasattr(os, "fork")
_NEVER_RAN: Final = frozenset({process.NOT_FOUND, process.NOT_EXECUTABLE})
_MISSING: Final = "a terminal's words are read by pyte, which is missing: pip install 'contextfs-platform[wrap]'"


def way(command: Sequence[str], *, proxy: bool) -> Way:
    """Choose how a program is wrapped: the way that says most, and touches least."""
    if known.name(command) in known.TRANSCRIPTS and not proxy:
        return "transcript"
    if proxy or (known.name(command) in known.BY_ENVIRONMENT and find_spec("uvicorn") is not None):
        return "proxy"
    if not _CAN_LISTEN:
        return "untouched"  # Windows: its pseudo-consoles would need a program of their own
    return "terminal" if os.isatty(1) else "pipe"


def with_transcript(command: Sequence[str], bring: Callable[[str, float], object]) -> int:
    """Run a program that keeps its own transcripts; `bring` imports those of a tool that changed since a time."""
    since = time.time()
    code = process.untouched(command, os.environ)
    if code not in _NEVER_RAN:
        bring(known.TRANSCRIPTS[known.name(command)], since)
    return code


def ready(recorder: Recorder) -> Recorder:
    """Give the recorder back where a proxy can be started; Unavailable or Invalid tell why not."""
    from clients.proxy import serving, upstreams  # noqa: PLC0415 - the one way that needs it

    serving.required()
    upstreams.found(os.environ)
    return recorder


def with_proxy(command: Sequence[str], recorder: Recorder) -> int:
    """Run a program whose requests to models pass through a proxy."""
    from clients.proxy import serving, upstreams  # noqa: PLC0415 - the one way that needs it

    with serving.beside(upstreams.found(os.environ), recorder, tool=word(known.name(command))) as url:
        code = process.untouched(command, {**os.environ, **serving.environment(url)})
    recorder.close()
    return code


def listened(
    command: Sequence[str], sink: Callable[[], Sink], tell: Callable[[str], object], ended: Callable[[int], object]
) -> int:
    """Run a program and listen; `ended` is told its exit code, and then what was said is kept."""
    tape, began = Tape(), datetime.now(UTC)
    if os.isatty(1):
        from clients.wrap import terminal  # noqa: PLC0415 - POSIX alone has what it needs

        code = terminal.run(command, os.environ, tape)
        ended(code)
        said = _said(command, tape, tell)
    else:
        code = process.piped(command, os.environ, tape)
        ended(code)
        said = plainly.request_and_answer(command, tape)
    if said and code not in _NEVER_RAN:
        _keep(command, said, sink(), began, capture="rendered" if os.isatty(1) else "raw")
    return code


def _said(command: Sequence[str], tape: Tape, tell: Callable[[str], object]) -> list[NewMessage]:
    """Give what was said on a terminal; how the program was called, where nobody said anything to it."""
    if find_spec("pyte") is None:
        tell(_MISSING)
        return plainly.request_and_answer(command, tape)
    from clients.wrap.dialogue import dialogue  # noqa: PLC0415 - needs pyte

    try:
        said = dialogue(tape)
    except Exception as error:  # noqa: BLE001 - what programs draw is endless, and an emulator may stumble over it
        tell(f"the terminal could not be read ({type(error).__name__}): kept as plain text")
        return plainly.request_and_answer(command, tape)
    is_talk = any(one.role == "user" for one in said)
    return said if is_talk or not said else [plainly.called(command), *said]


def _keep(command: Sequence[str], said: Sequence[NewMessage], sink: Sink, began: datetime, *, capture: str) -> None:
    name = f"wrap-{uuid4()}"
    kept = Kept(
        tool=word(known.name(command)),
        external_id=name,
        model=None,
        messages=[_bounded(one, f"{name}#{place}", began) for place, one in enumerate(said)],
        input_tokens=0,
        output_tokens=0,
        metadata={"capture": capture, "cwd": str(Path.cwd())},
        started_at=began,
    )
    sink.complete(sink.keep(kept))


def _bounded(one: NewMessage, name: str, at: datetime) -> NewMessage:
    content, _ = bounds.shortened(one.content, bounds.MOST_OF_A_TEXT)
    return NewMessage(role=one.role, content=content, external_id=name, metadata=one.metadata, created_at=at)
