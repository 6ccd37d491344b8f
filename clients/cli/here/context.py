"""`ctx context` in the store of this folder."""

from clients.cli import output
from clients.cli.here.index import now, opened
from contextfs.domain.context.request import ContextReply, ContextRequest
from contextfs.local import config
from contextfs.local.place import Place
from contextfs.local.search.packing import pack


def packed(
    place: Place,
    task: str,
    budget: int,
    types: list[str] | None,
    branch: str | None,
    *,
    messages: bool,
    superseded: bool,
) -> ContextReply:
    """Pack what matters for a task."""
    project = config.read(place.config).project
    request = ContextRequest(
        project_id=project.id,
        task=task,
        budget=budget,
        types=types,
        messages=messages,
        branch=branch,
        superseded=superseded,
    )
    with opened(place) as index:
        reply = pack(index, request, now=now())
        for note in index.notes:
            output.note(note)
    return reply
