"""`ctx context` on a server."""

from clients.cli.there import server
from contextfs.domain.context.request import ContextReply


def packed(
    task: str,
    project: str | None,
    budget: int,
    types: list[str] | None,
    branch: str | None,
    *,
    messages: bool,
    superseded: bool,
) -> ContextReply:
    """Pack what matters for a task."""
    with server.opened() as client:
        return client.context.pack(
            task,
            project_id=server.project_id(client, project),
            budget=budget,
            types=types,
            messages=messages,
            branch=branch,
            superseded=superseded,
        )
