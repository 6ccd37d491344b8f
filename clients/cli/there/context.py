"""`ctx context` on a server."""

from datetime import UTC, datetime

from clients.cli.line import options
from clients.cli.line.asked import Packing
from clients.cli.there import server
from contextfs.domain.context.request import ContextReply


def packed(asked: Packing, project: str | None) -> ContextReply:
    """Pack what matters for a task."""
    as_of = options.as_of(asked.as_of, datetime.now(UTC))
    with server.opened() as client:
        return client.context.pack(
            asked.task,
            project_id=server.project_id(client, project),
            budget=asked.budget,
            types=asked.types,
            branch=asked.branch,
            messages=asked.messages,
            superseded=asked.superseded,
            as_of=as_of,
        )
