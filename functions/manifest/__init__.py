"""The table of all doors. To add a route: one row here or beside, one file of the row's name, one test.

A row says what must be known before its handler is loaded. Importing this loads no handler and no third-party package.
"""

from contextfs.runtime.table import PROXY, PUBLIC, STREAM, Route, Schedule, Trigger
from functions.manifest.knowledge import KNOWLEDGE
from functions.manifest.people import PEOPLE

__all__ = ["PROXY", "ROUTES", "SCHEDULES", "STREAM", "TRIGGERS", "Route", "Schedule", "Trigger"]

ROUTES: tuple[Route, ...] = (
    *KNOWLEDGE,
    *PEOPLE,
    # Administration: what went wrong, and again.
    Route("admin.dead_letters", "GET", "/v1/admin/dead-letters", needs="events:read"),
    Route(
        "admin.replay",
        "POST",
        "/v1/admin/dead-letters/{letter_id}/replay",
        needs="events:write",
        audits="dead_letter.replayed",
    ),
    Route(
        "admin.reindex",
        "POST",
        "/v1/admin/reindex",
        needs="index:write",
        whole=True,
        status=202,
        audits="reindex.started",
    ),
    Route("admin.reindexing", "GET", "/v1/admin/reindex", needs="index:read", whole=True),
    Route("admin.model_calls", "GET", "/v1/admin/model-calls", needs="usage:read"),
    # Who did what, and that nobody changed it.
    Route("admin.audit_logs", "GET", "/v1/admin/audit-logs", needs="audit:read", tabular=True),
    Route("admin.audit_verify", "GET", "/v1/admin/audit-logs/verify", needs="audit:read", audits="audit_log.verified"),
    Route("admin.retention", "GET", "/v1/admin/audit-logs/retention", needs="audit:read", whole=True),
    Route(
        "admin.retain",
        "PUT",
        "/v1/admin/audit-logs/retention",
        needs="audit:write",
        whole=True,
        audits="audit_log.retention_set",
    ),
    # Where that is streamed to.
    Route("audit_stream.get", "GET", "/v1/admin/audit-logs/stream", needs="audit:read", whole=True),
    Route(
        "audit_stream.put",
        "PUT",
        "/v1/admin/audit-logs/stream",
        needs="audit:write",
        whole=True,
        audits="audit_stream.set",
    ),
    Route(
        "audit_stream.delete",
        "DELETE",
        "/v1/admin/audit-logs/stream",
        needs="audit:write",
        whole=True,
        status=204,
        audits="audit_stream.ended",
    ),
    Route(
        "audit_stream.rotate",
        "POST",
        "/v1/admin/audit-logs/stream/rotate",
        needs="audit:write",
        whole=True,
        audits="audit_stream.rotated",
        conflicts=True,
    ),
    Route(
        "audit_stream.test",
        "POST",
        "/v1/admin/audit-logs/stream/test",
        needs="audit:write",
        whole=True,
        audits="audit_stream.tested",
    ),
    # The system itself.
    Route("system.health", "GET", "/health", needs=PUBLIC, cost=0),
    Route("system.live", "GET", "/health/live", needs=PUBLIC, cost=0),
    Route("system.ready", "GET", "/health/ready", needs=PUBLIC, cost=0),
    Route("system.openapi", "GET", "/v1/openapi.json", needs=PUBLIC),
)

TRIGGERS: tuple[Trigger, ...] = (
    Trigger(name="triggers.index_memory", on=("memory.*",), makes="searchable"),
    Trigger(name="triggers.index_session", on=("session.*",), makes="searchable"),
    Trigger(name="triggers.relate", on=("memory.*",)),
    Trigger(name="triggers.relate_all", on=("graph.due",)),
    Trigger(name="triggers.embed", on=("passages.indexed",), size="medium"),
    Trigger(name="triggers.reindex", on=("reindex.continued", "terms.continued"), size="medium"),
    Trigger(name="triggers.complete_idle", on=("completion.due",)),
    Trigger(name="triggers.reread", on=("record.due",), size="medium"),
    Trigger(name="triggers.extract", on=("session.completed",)),
    Trigger(name="triggers.read", on=("session.completed", "reading.continued"), size="medium"),
    Trigger(name="triggers.note_due", on=("memory.created", "memory.updated")),
    Trigger(name="triggers.consolidate", on=("consolidation.due",)),
    Trigger(name="triggers.export", on=("export.requested",), size="medium"),
    Trigger(name="triggers.stream_audit", on=("audit_stream.due",), size="medium"),
)

SCHEDULES: tuple[Schedule, ...] = (
    Schedule(name="schedules.relay_outbox", every_seconds=60),
    Schedule(name="schedules.seal_audit", every_seconds=60),
    Schedule(name="schedules.stream_audit", every_seconds=60),
    Schedule(name="schedules.consolidate", every_seconds=60),
    Schedule(name="schedules.complete_idle", every_seconds=900),
    Schedule(name="schedules.reread", every_seconds=900),
    Schedule(name="schedules.expire", every_seconds=3600),
)
