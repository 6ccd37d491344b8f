"""Keep the conversations of an export of telemetry, each in the session that its id names."""

import re
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from contextfs.journeys.ingest import genai
from contextfs.journeys.ingest.genai import Signal
from contextfs.journeys.ingest.heard import Heard
from contextfs.journeys.ingest.receive import keep
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid

_TOOL = "otlp"
_WORD = re.compile(r"[^0-9A-Za-z._:/-]+")


def take(call: Call, signals: Iterable[Signal], project_id: UUID | None) -> tuple[int, str]:
    """Keep what is said; gives how many signals could not be kept, and why."""
    project = _project(call, project_id)
    by_tool: dict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        by_tool[_tool(signal)].append(signal)
    lost, reasons, stored, sessions = 0, list[str](), 0, 0
    for tool, own in by_tool.items():
        heard = Heard()
        lost += genai.read(own, heard)
        kept = keep(call, heard, project_id=project, tool=tool, tags=[])
        reasons += [f"{refusal.where}: {refusal.reason}" for refusal in kept.receipt.refused]
        stored, sessions = stored + call.quantity, sessions + len(kept.sessions)
    call.quantity, call.details = stored, {"sessions": sessions, "messages": stored}
    call.note(project_id=project)
    return lost, " ".join(reasons[:3])


def _project(call: Call, wanted: UUID | None) -> UUID:
    own = call.principal.project_ids
    if wanted is not None:
        return wanted
    if own is None:
        detail = "This key is of no one project: take one that is, or add ?project_id=… to the exporter's endpoint."
        raise Invalid(detail, where="query.project_id")
    return own[0]


def _tool(signal: Signal) -> str:
    """Name the program by its service: what sends several is several tools."""
    word = _WORD.sub("-", str(signal.said("service.name") or "")).strip("._:/-")[:64].rstrip("-")
    return _TOOL if not word or word.startswith("unknown_service") else word
