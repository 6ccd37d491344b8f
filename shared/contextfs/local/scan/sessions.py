"""Looks through sessions, their messages, and what these said before they were read in a better way."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from contextfs.domain.redaction.model import Policy
from contextfs.kit.sql import load
from contextfs.local.base.connection import Base, Row
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.scan.looking import Hit, hits
from contextfs.local.scan.model import Found, Where
from contextfs.local.sessions.rows import SQL as SESSIONS
from contextfs.local.sessions.rows import as_json

SQL: Final = load("contextfs.local.scan", "sqlite.sql")

_AT_ONCE: Final = 500
_MARK: Final = "scanned messages"
_CURE: Final = "`ctx scan --history --redact` replaces it; where it was shared, change the secret"
_REST: Final[tuple[tuple[str, str, Where], ...]] = (
    ("sessions", "redact_session", "session"),
    ("versions", "redact_version", "earlier message"),
)
_JSON: Final = ("tool_calls", "metadata", "annotations")


def messages(base: Base, policy: Policy, counted: dict[str, int], *, redact: bool) -> Iterator[Found]:
    """Look through messages; those that were looked through with these rules, without a finding, are passed over."""
    after, is_clean = _known(base, policy), True
    while rows := base.all(SQL["messages"], {"after": after, "limit": _AT_ONCE}):
        for hit in hits([(row, _values(row)) for row in rows], policy):
            is_clean = is_clean and redact
            if redact:
                _redact(base, "redact_message", hit)
            yield from _found(hit, "message", within=hit.thing["session_id"], is_redacted=redact)
        counted["messages"] = counted.get("messages", 0) + len(rows)
        after = rows[-1]["place"]
        if is_clean:
            set_mark(base, _MARK, f"{policy.edition} {after}")


def rest(base: Base, policy: Policy, counted: dict[str, int], *, redact: bool) -> Iterator[Found]:
    """Look through what is said of sessions, and what messages said before."""
    for query, update, where in _REST:
        after = ""
        while rows := base.all(SQL[query], {"after": after, "limit": _AT_ONCE}):
            for hit in hits([(row, _values(row)) for row in rows], policy):
                if redact:
                    _redact(base, update, hit)
                yield from _found(hit, where, is_redacted=redact)
            counted[query] = counted.get(query, 0) + len(rows)
            after = rows[-1]["place"]


def _known(base: Base, policy: Policy) -> int:
    version, _, place = (mark(base, _MARK) or "0 0").partition(" ")
    return int(place) if int(version) == policy.edition else 0


def _values(row: Row) -> dict[str, Any]:
    """Give what is looked through of a row, as the JSON that it is."""
    plain = {name: row[name] for name in ("content", "title") if row.get(name)}
    return plain | {name: msgspec.json.decode(row[name]) for name in _JSON if row.get(name)}


def _redact(base: Base, update: str, hit: Hit) -> None:
    """Replace a row's values; search makes the passages of its session anew."""
    row: Row = hit.thing
    cleaned = {name: as_json(value) if name in _JSON else value for name, value in hit.cleaned.items()}
    with base.transaction():
        base.run(SQL[update], row | cleaned)
        session = {"id": row.get("session_id") or row["id"]}
        base.run(SESSIONS["touch"], session)
        if base.one(SESSIONS["has_passages"]) is not None:
            base.run(SESSIONS["forget_passages"], row)


def _found(hit: Hit, where: Where, *, within: str = "", is_redacted: bool) -> Iterator[Found]:
    for one in hit.findings:
        yield Found(
            kind=one.kind,
            fingerprint=one.fingerprint,
            where=where,
            id=hit.thing["id"],
            within=within,
            field=one.where.removeprefix("$."),
            is_redacted=is_redacted,
            cure="" if is_redacted else _CURE,
        )
