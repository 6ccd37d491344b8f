"""Context packs: `client.context`."""

from datetime import datetime

from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id
from contextfs.domain.context.record import PackRecord
from contextfs.domain.context.request import ContextReply, ContextRequest


class Context:
    """Gives a conversation the memories that matter."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def pack(
        self,
        task: str,
        *,
        project_id: Id | None = None,
        budget: int = 2000,
        types: list[str] | None = None,
        messages: bool = True,
        branch: str | None = None,
        superseded: bool = False,
        as_of: datetime | None = None,
    ) -> ContextReply:
        """Choose what is worth knowing for a task, within `budget` tokens; `.text` is fenced and ready to send.

        `messages=False` takes only memories; `superseded` also takes those that no longer hold.
        `as_of` looks back: it takes what was known at that time, as it was.
        """
        wanted = ContextRequest(
            project_id=self._transport.address.project(project_id),
            task=task,
            budget=budget,
            types=types,
            messages=messages,
            branch=branch,
            superseded=superseded,
            as_of=as_of,
        )
        return self._transport.call("POST", "/v1/context", ContextReply, body=wanted)

    def get(self, pack_id: Id = "last", *, project_id: Id | None = None) -> PackRecord:
        """Read what one of your own packs contains and why, by its id, its last twelve digits, or `last`."""
        path = f"/v1/context/{segment(pack_id)}"
        return self._transport.call("GET", path, PackRecord, query={"project_id": project_id})
