"""Looks through what is kept of other tools' files, piece by piece; each remembers with which rules it was."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final

from contextfs.domain.redaction.model import Policy
from contextfs.kit.sql import load
from contextfs.local.base.connection import Row
from contextfs.local.records.cleaning import Cleaning
from contextfs.local.records.pieces import again, joined
from contextfs.local.records.store import SQL as RECORDS
from contextfs.local.records.store import Records
from contextfs.local.scan.model import Found

SQL: Final = load("contextfs.local.scan", "sqlite.sql")

_AT_ONCE: Final = 64
_CURE: Final = "`ctx scan --history --redact` replaces it"


def records(kept: Records, policy: Policy, counted: dict[str, int], *, redact: bool) -> Iterator[Found]:
    """Look through the pieces that were not yet, with these rules."""
    after = b""
    while rows := kept.base.all(SQL["pieces"], {"rules": policy.edition, "after": after, "limit": _AT_ONCE}):
        for row in rows:
            cleaning = Cleaning(policy)
            cleaned = b"".join(cleaning.lines(BytesIO(joined(row["data"], row["name"]))))
            if not cleaning.found:
                kept.base.run(SQL["looked"], {"rules": policy.edition, "hash": row["hash"]})
            elif redact:
                _replace(kept, row, cleaned, policy.edition)
            for one in cleaning.findings:
                yield Found(
                    kind=one.kind,
                    fingerprint=one.fingerprint,
                    where="record",
                    id=row["path"],
                    is_redacted=redact,
                    cure="" if redact else _CURE,
                )
        counted["records"] = counted.get("records", 0) + len(rows)
        after = rows[-1]["hash"]


def _replace(kept: Records, row: Row, cleaned: bytes, rules: int) -> None:
    piece = again(row["data"], cleaned, row["name"])
    with kept.base.transaction():
        kept.base.run(RECORDS["add_piece"], piece._asdict() | {"rules": rules})
        kept.base.run(SQL["place_piece"], {"piece": piece.hash, "hash": row["hash"]})
        kept.base.run(SQL["drop_piece"], {"hash": row["hash"]})
