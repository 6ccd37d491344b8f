"""Hands a conversation what is known: at its start, and with a prompt. In time, or not at all."""

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

from clients.hooks import beginning
from contextfs.local import config
from contextfs.local import place as places
from contextfs.local.place import Place

FOLDER: Final = "injected"

_SLOW_SECONDS: Final = 0.5
"""On a machine that took this long to begin, words alone are compared: no model is loaded."""
_LEAST_WORDS: Final = 3
"""Shorter prompts ("yes", "go on") ask for nothing that could be known."""
_RESUMED: Final = "resume"
"""A conversation that goes on has what it was handed before."""

Pack = tuple[str, frozenset[UUID]]


def inject(tool: str, event: str, root: str, said: Mapping[str, object], *, is_start: bool, began: float) -> None:
    """Write a pack to standard output, in the form that the tool reads; nothing where nothing new is known.

    `began` is when the process did, by the monotonic clock.
    """
    if os.environ.get("CONTEXTFS_DEBUG") != "1":
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8", newline="")  # what commands note for people  # noqa: SIM115
    place = places.find(Path(root))
    wanted = config.read(place.config).inject if place else None
    if place is None or wanted is None or not (wanted.start if is_start else wanted.prompt):
        return
    known = _Known(place, f"{tool}-{said.get('session_id') or said.get('sessionId') or ''}")
    if is_start and said.get("source") == _RESUMED:
        return
    text, ids = beginning.pack(place, wanted.tokens) if is_start else _prompted(place, said, wanted.tokens, began)
    if text and (is_start or not ids <= known.ids()):
        known.add(ids, anew=is_start)
        os.write(1, form(tool, str(said.get("hook_event_name") or event), text))


def form(tool: str, event: str, text: str) -> bytes:
    """Write what a tool reads."""
    match tool:
        case "copilot":
            told: dict[str, object] = {"additionalContext": text}
        case "cursor":
            told = {"additional_context": text, "continue": True}
        case _:
            told = {"hookSpecificOutput": {"hookEventName": event, "additionalContext": text}}
    return json.dumps(told).encode()


def asked(said: Mapping[str, object]) -> str:
    """Give what a person asked. Gemini CLI puts what we handed over before it: that would be found again."""
    from contextfs.adapters.transcripts.injected import without_context  # noqa: PLC0415 - only a prompt is searched for
    from contextfs.adapters.transcripts.tally import Tally  # noqa: PLC0415 - as above

    prompt = said.get("prompt")
    return without_context(prompt, Tally()) if isinstance(prompt, str) else ""


def _prompted(place: Place, said: Mapping[str, object], tokens: int, began: float) -> Pack:
    prompt = asked(said)
    if prompt.startswith("/") or len(prompt.split()) < _LEAST_WORDS:
        return "", frozenset()
    from clients.cli.here.index import now, opened  # noqa: PLC0415 - only a prompt searches
    from contextfs.domain.context.request import ContextRequest  # noqa: PLC0415 - as above
    from contextfs.local.search.packing import pack  # noqa: PLC0415 - as above

    project = config.read(place.config).project.id
    request = ContextRequest(project_id=project, task=prompt[:10_000], budget=tokens, messages=False)
    with opened(place) as index:
        if time.monotonic() - began > _SLOW_SECONDS:
            index.embedder = lambda: None
        reply = pack(index, request, now=now())
    return reply.text, frozenset(one.id for one in reply.items)


class _Known:
    """What a conversation was handed already: one small file for each."""

    def __init__(self, place: Place, name: str) -> None:
        plain = "".join(one if one.isalnum() else "-" for one in name)[:120]
        self._file = place.local / FOLDER / f"{plain}.json"

    def ids(self) -> frozenset[UUID]:
        """Give them; a file that is lost or broken names none."""
        try:
            return frozenset(map(UUID, json.loads(self._file.read_bytes())))
        except (OSError, ValueError, TypeError):
            return frozenset()

    def add(self, ids: frozenset[UUID], *, anew: bool) -> None:
        """Note what is handed over now."""
        kept = ids if anew else ids | self.ids()
        self._file.parent.parent.mkdir(mode=0o700, exist_ok=True)
        self._file.parent.mkdir(exist_ok=True)
        beside = self._file.with_name(f"{self._file.name}.{os.getpid()}.{time.monotonic_ns()}")
        beside.write_text(json.dumps([str(one) for one in kept]), encoding="utf-8", newline="")
        beside.replace(self._file)
