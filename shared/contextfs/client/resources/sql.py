"""Direct SQL: `client.sql`."""

from datetime import datetime

from contextfs.client.http.transport import Transport
from contextfs.domain.sql.model import SqlReply, SqlRequest

_MOST = 1000


class Sql:
    """Queries your own data in SQL."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def query(self, query: str, *, as_of: datetime | None = None, max_rows: int = _MOST) -> SqlReply:
        """Run one SELECT over the documented views, as they are now or as they were at a moment."""
        body = SqlRequest(query=query, as_of=as_of, max_rows=max_rows)
        return self._transport.call("POST", "/v1/sql", SqlReply, body=body)
