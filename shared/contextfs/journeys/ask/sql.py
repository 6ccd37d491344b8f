"""Direct SQL: guard the query, let the database sign who asks, run it apart from everything else."""

from hashlib import sha256

from contextfs.domain.access.rules import may
from contextfs.domain.access.store import signed_claims
from contextfs.domain.sql.model import SqlColumn, SqlReply, SqlRequest
from contextfs.domain.sql.views import NOW, THEN
from contextfs.kit.call import Call
from contextfs.kit.errors import Unavailable

_READS = ("projects:read", "sessions:read", "memories:read")


def ask(call: Call, wanted: SqlRequest) -> SqlReply:
    """Answer a query. The audit row holds its hash and how much it gave, never its words."""
    for needed in _READS:
        may(call.principal, needed)
    from contextfs.domain.sql.guard import guarded  # noqa: PLC0415 - what reads SQL takes a quarter of a door to load

    query = guarded(wanted.query, THEN if wanted.as_of else NOW)
    reader = call.services.reader
    if reader is None:
        raise Unavailable("Direct SQL is switched off on this server: set CONTEXTFS_SQL_DATABASE_URL.")
    with call.services.waiting.querying.taken(call.principal.org_id):
        answer = reader.read(
            query.text,
            query.generic,
            sign=lambda backend: signed_claims(call.tx, backend),
            as_of=wanted.as_of,
            most_rows=wanted.max_rows,
        )
    call.note(query_sha256=sha256(wanted.query.encode()).hexdigest(), rows=len(answer.rows))
    return SqlReply(
        columns=[SqlColumn(name=name, type=kind) for name, kind in answer.columns],
        rows=answer.rows,
        row_count=len(answer.rows),
        truncated=answer.truncated,
    )
