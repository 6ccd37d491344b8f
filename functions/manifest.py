"""The table of all doors. To add a route: one row here, one file of the row's name, one test.

A row says what must be known before its handler is loaded. Importing this loads no handler and no third-party package.
"""

from contextfs.runtime.table import MIB, PUBLIC, Route, Schedule, Trigger

ROUTES: tuple[Route, ...] = (
    # Sessions: conversations come in.
    Route(
        name="sessions.create",
        method="POST",
        path="/v1/sessions",
        needs="sessions:write",
        status=201,
        audits="session.created",
        meters="sessions.written",
        body_limit=8 * MIB,
    ),
    Route(name="sessions.list", method="GET", path="/v1/sessions", needs="sessions:read"),
    Route(name="sessions.get", method="GET", path="/v1/sessions/{session_id}", needs="sessions:read"),
    Route(
        name="sessions.update",
        method="PATCH",
        path="/v1/sessions/{session_id}",
        needs="sessions:write",
        audits="session.updated",
    ),
    Route(
        name="sessions.delete",
        method="DELETE",
        path="/v1/sessions/{session_id}",
        needs="sessions:write",
        status=204,
        audits="session.deleted",
    ),
    Route(
        name="sessions.append",
        method="POST",
        path="/v1/sessions/{session_id}/messages",
        needs="sessions:write",
        status=201,
        audits="session.appended",
        meters="messages.written",
        body_limit=8 * MIB,
    ),
    Route(name="sessions.messages", method="GET", path="/v1/sessions/{session_id}/messages", needs="sessions:read"),
    Route(
        name="sessions.complete",
        method="POST",
        path="/v1/sessions/{session_id}/complete",
        needs="sessions:write",
        audits="session.completed",
    ),
    # Memories: what is known.
    Route(
        name="memories.create",
        method="POST",
        path="/v1/memories",
        needs="memories:write",
        status=201,
        audits="memory.created",
        meters="memories.written",
    ),
    Route(name="memories.list", method="GET", path="/v1/memories", needs="memories:read"),
    Route(name="memories.get", method="GET", path="/v1/memories/{memory_id}", needs="memories:read"),
    Route(
        name="memories.update",
        method="PATCH",
        path="/v1/memories/{memory_id}",
        needs="memories:write",
        audits="memory.updated",
        meters="memories.written",
    ),
    Route(
        name="memories.delete",
        method="DELETE",
        path="/v1/memories/{memory_id}",
        needs="memories:write",
        status=204,
        audits="memory.deleted",
    ),
    Route(name="memories.history", method="GET", path="/v1/memories/{memory_id}/history", needs="memories:read"),
    # Search: what is found again.
    Route(
        name="search.semantic",
        method="POST",
        path="/v1/search",
        needs="memories:read",
        size="medium",
        audits="search.performed",
        meters="searches",
    ),
    Route(
        name="search.hybrid",
        method="POST",
        path="/v1/search/hybrid",
        needs="memories:read",
        size="medium",
        audits="search.performed",
        meters="searches",
    ),
    Route(name="search.query", method="POST", path="/v1/query", needs="memories:read", meters="searches"),
    Route(
        name="context.pack",
        method="POST",
        path="/v1/context",
        needs="memories:read",
        size="medium",
        audits="context.packed",
        meters="contexts",
    ),
    # Direct SQL: questions that nobody foresaw.
    Route(
        name="sql.query",
        method="POST",
        path="/v1/sql",
        needs="sql:read",
        audits="sql.queried",
        meters="sql.queries",
    ),
    # Sync: machines give what they have, and learn what changed.
    Route(
        name="sync.push",
        method="POST",
        path="/v1/sync/push",
        needs="memories:write",
        audits="sync.pushed",
        meters="sync.items",
        body_limit=8 * MIB,
    ),
    Route(name="sync.pull", method="POST", path="/v1/sync/pull", needs="memories:read", audits="sync.pulled"),
    Route(name="sync.status", method="GET", path="/v1/sync/status", needs="memories:read"),
    # Projects and keys: who may reach what.
    Route(
        name="projects.create",
        method="POST",
        path="/v1/projects",
        needs="projects:write",
        status=201,
        audits="project.created",
    ),
    Route(name="projects.list", method="GET", path="/v1/projects", needs="projects:read"),
    Route(name="projects.get", method="GET", path="/v1/projects/{project_id}", needs="projects:read"),
    Route(
        name="projects.update",
        method="PATCH",
        path="/v1/projects/{project_id}",
        needs="projects:write",
        audits="project.updated",
    ),
    Route(
        name="projects.delete",
        method="DELETE",
        path="/v1/projects/{project_id}",
        needs="projects:write",
        status=204,
        audits="project.deleted",
    ),
    Route(
        name="keys.create",
        method="POST",
        path="/v1/api-keys",
        needs="keys:write",
        status=201,
        audits="api_key.created",
    ),
    Route(name="keys.list", method="GET", path="/v1/api-keys", needs="keys:read"),
    Route(
        name="keys.revoke",
        method="DELETE",
        path="/v1/api-keys/{key_id}",
        needs="keys:write",
        audits="api_key.revoked",
    ),
    # Logins: browsers that somebody is signed in with.
    Route(name="auth.me", method="GET", path="/v1/auth/me", needs="logins:read"),
    Route(name="auth.logins", method="GET", path="/v1/auth/logins", needs="logins:read"),
    Route(
        name="auth.open",
        method="POST",
        path="/v1/auth/logins",
        needs="logins:write",
        status=201,
        audits="login.opened",
    ),
    Route(
        name="auth.end",
        method="DELETE",
        path="/v1/auth/logins/{login_id}",
        needs="logins:write",
        status=204,
        audits="login.ended",
    ),
    Route(name="auth.end_all", method="DELETE", path="/v1/auth/logins", needs="logins:write", audits="login.ended"),
    Route(
        name="auth.logout",
        method="POST",
        path="/v1/auth/logout",
        needs="logins:write",
        status=204,
        audits="login.ended",
    ),
    # Administration: what went wrong, and again.
    Route(name="admin.dead_letters", method="GET", path="/v1/admin/dead-letters", needs="events:read"),
    Route(
        name="admin.replay",
        method="POST",
        path="/v1/admin/dead-letters/{letter_id}/replay",
        needs="events:write",
        audits="dead_letter.replayed",
    ),
    # Who did what, and that nobody changed it.
    Route(name="admin.audit_logs", method="GET", path="/v1/admin/audit-logs", needs="audit:read"),
    Route(
        name="admin.audit_verify",
        method="GET",
        path="/v1/admin/audit-logs/verify",
        needs="audit:read",
        audits="audit_log.verified",
    ),
    # The system itself.
    Route(name="system.health", method="GET", path="/health", needs=PUBLIC),
    Route(name="system.live", method="GET", path="/health/live", needs=PUBLIC),
    Route(name="system.ready", method="GET", path="/health/ready", needs=PUBLIC),
    Route(name="system.openapi", method="GET", path="/v1/openapi.json", needs=PUBLIC),
)

TRIGGERS: tuple[Trigger, ...] = (
    Trigger(name="triggers.index", on=("memory.*", "session.*")),
    Trigger(name="triggers.embed", on=("passages.indexed",), size="medium"),
    Trigger(name="triggers.extract", on=("session.completed",)),
)

SCHEDULES: tuple[Schedule, ...] = (
    Schedule(name="schedules.relay_outbox", every_seconds=60),
    Schedule(name="schedules.seal_audit", every_seconds=60),
    Schedule(name="schedules.expire", every_seconds=3600),
)
