"""The nouns of direct SQL."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from contextfs.kit.fields import Moment

MOST_ROWS = 10_000


class SqlRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One SELECT over the documented views; with `as_of` it reads things as they were at that moment."""

    query: Annotated[str, Meta(min_length=1, max_length=20_000)]
    as_of: Moment | None = None
    max_rows: Annotated[int, Meta(ge=1, le=MOST_ROWS)] = 1000


class SqlColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the answer, with its type as Postgres names it."""

    name: str
    type: str


class SqlReply(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. `truncated` says that there are more rows than an answer can hold, by number or by bytes."""

    columns: list[SqlColumn]
    rows: list[list[Any]]
    row_count: int
    truncated: bool
