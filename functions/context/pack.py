"""Pack the memories that matter for a task."""

from contextfs.domain.context.request import ContextReply, ContextRequest
from contextfs.journeys.find import context
from contextfs.kit.call import Call, Outside


def handle(call: Call, body: ContextRequest) -> ContextReply | Outside[ContextReply]:
    """Return the few memories that matter for a task, within its token budget, fenced as data with their sources."""
    return context.pack(call, body)
