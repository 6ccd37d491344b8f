"""`ctx context` in the store of this folder."""

from clients.cli.here.index import now, opened
from clients.cli.line import options
from clients.cli.line.asked import Packing
from clients.cli.shown import output
from contextfs.domain.context.request import ContextReply, ContextRequest
from contextfs.local import config
from contextfs.local.place import Place
from contextfs.local.search.packing import pack


def packed(place: Place, asked: Packing) -> ContextReply:
    """Pack what matters for a task."""
    request = ContextRequest(
        project_id=config.read(place.config).project.id,
        task=asked.task,
        budget=asked.budget,
        types=asked.types,
        branch=asked.branch,
        messages=asked.messages,
        superseded=asked.superseded,
        as_of=options.as_of(asked.as_of, now()),
    )
    with opened(place, reads=True) as index:
        reply = pack(index, request, now=now())
        for note in index.notes:
            output.note(note)
    return reply
