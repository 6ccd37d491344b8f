"""Replace each secret in a text or JSON value by a marker that tells its kind and a keyed fingerprint.

Linear in the length of the text, idempotent, and total: no input raises. Nothing here knows who asks or where the
text goes.
"""

from collections.abc import Collection, Iterator, Sequence
from math import inf
from typing import Any, cast

import msgspec

from contextfs.domain.redaction.addresses import addresses
from contextfs.domain.redaction.assignments import assignments, secret_kind
from contextfs.domain.redaction.blocks import blocks
from contextfs.domain.redaction.commands import commands
from contextfs.domain.redaction.files import files
from contextfs.domain.redaction.manifests import manifests
from contextfs.domain.redaction.model import MARKER, Finding, Redacted, RedactedJson, Span
from contextfs.domain.redaction.pairs import HOLDING, WRAPPED, pairs
from contextfs.domain.redaction.personal import personal, personal_kind
from contextfs.domain.redaction.tokens import tokens
from contextfs.domain.redaction.values import is_shown
from contextfs.kit.personal import USUAL
from contextfs.kit.redaction_rule import RedactionRule, Wanted

_PASSES = 8
LEAST = 1_000_000
"""From where on a number is judged as secrets and personal data are: seven digits are the shortest phone number."""
_BLOCK_RANK = 0
_PLACE = 500  # characters that tell a place; deep nesting must not make its own description grow


def redact(
    text: str, *, key: bytes, wanted: Collection[Wanted] = USUAL, called: str = "", by_line: bool = False
) -> Redacted:
    """Give `text` with each secret replaced by `[redacted:<kind>:<fingerprint>]`, and the findings in order.

    The fingerprint is eight hexadecimal digits of HMAC-SHA256 under `key`: equal secrets stay recognisably equal, and
    without the key a guess cannot be tested against it. `wanted` is what is replaced beside secrets; `called` is the
    name that a JSON object gives the text, in which a keyword of a rule may stand. `by_line` leaves each line where it
    is: behind a marker stand the ends of all lines that it takes the place of.
    """
    data = text.encode("utf-8", "surrogatepass")
    findings: list[Finding] = []
    # What a replacement uncovers is found by the next pass, so that redacting twice equals redacting once.
    for _ in range(_PASSES):
        must_go = spans(data, wanted, called)
        if not must_go:
            break
        data, found = _replace(data, must_go, key, by_line=by_line)
        findings += found
    return Redacted(text=data.decode("utf-8", "surrogatepass") if findings else text, findings=tuple(findings))


def redact_json(value: Any, *, key: bytes, wanted: Collection[Wanted] = USUAL) -> RedactedJson:
    """Redact every string in a JSON value, its objects' keys too; a key such as `password` also judges its value.

    So does what an object calls a value by another member, as in `{"name": "PASSWORD", "value": "…"}`. A number is
    judged by how it is written, and becomes a string where it has to go. Returns a copy; booleans and nulls pass.
    Nesting may be of any depth.
    """
    least = least_number(wanted)
    root: list[Any] = [value]
    findings: list[Finding] = []
    todo: list[tuple[Any, Any, str, tuple[str, ...]]] = [(root, 0, "$", ())]
    while todo:
        holder, slot, where, names = todo.pop()
        item = holder[slot]
        text = item if isinstance(item, str) else written(item, least)
        if text is not None:
            is_shown_one = slot in HOLDING and is_shown(text.encode("utf-8", "surrogatepass"))
            by_name = not is_shown_one and (isinstance(item, str) or item >= LEAST)
            done = _redact_member(names, text, key, wanted, by_name=by_name)
            holder[slot] = done.text if done.findings else item
            findings += [msgspec.structs.replace(found, where=where) for found in done.findings]
        elif isinstance(item, dict):
            holder[slot] = _copy_object(cast("dict[Any, Any]", item), names, where, key, wanted, todo, findings)
        elif isinstance(item, list | tuple):
            holder[slot] = copy = list(cast("Sequence[Any]", item))
            todo += [(copy, i, f"{where}[{i}]"[:_PLACE], names) for i in reversed(range(len(copy)))]
    return RedactedJson(value=root[0], findings=tuple(findings))


def _copy_object(
    item: dict[Any, Any],
    names: tuple[str, ...],
    where: str,
    key: bytes,
    wanted: Collection[Wanted],
    todo: list[tuple[Any, Any, str, tuple[str, ...]]],
    findings: list[Finding],
) -> dict[Any, Any]:
    copy: dict[Any, Any] = {}
    for name, member in item.items():
        done = redact(name, key=key, wanted=wanted) if isinstance(name, str) else Redacted(text=cast("str", name))
        findings += done.findings
        copy[done.text] = member
    called = {one: tuple(redact(name, key=key, wanted=wanted).text for name in by) for one, by in pairs(copy).items()}
    called[WRAPPED] = names or (WRAPPED,)
    todo += [
        (copy, name, f"{where}.{name}"[:_PLACE], called.get(name, (name,)) if isinstance(name, str) else ())
        for name in reversed(list(copy))
    ]
    return copy


def _redact_member(
    names: tuple[str, ...], text: str, key: bytes, wanted: Collection[Wanted], *, by_name: bool
) -> Redacted:
    names = tuple(_unmarked(name) for name in names)
    done = redact(text, key=key, wanted=wanted, called="\n".join(names))
    if done.findings or not (names and by_name) or MARKER.search(text.encode("utf-8", "surrogatepass")):
        return done
    kind = next(filter(None, (named_kind(name, text, wanted) for name in names)), None)
    if not kind:
        return done
    found = _finding(text.encode("utf-8", "surrogatepass"), kind, key)
    return Redacted(text=found.marker(), findings=(found,))


def _unmarked(name: str) -> str:
    """Take markers out of a name: the kinds that they tell name nothing."""
    if "[redacted:" not in name:
        return name
    return MARKER.sub(b" ", name.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def named_kind(name: str, value: str, wanted: Collection[Wanted]) -> str | None:
    """Judge a value by the name that a JSON object gives it; None when it is harmless."""
    return secret_kind(name, value) or personal_kind(name, value, wanted)


def least_number(wanted: Collection[Wanted]) -> float:
    """Give from where on numbers are looked at: smaller ones have too few digits for all but rules of one's own."""
    for one in wanted:
        if one.__class__ is RedactionRule:
            return -inf
    return LEAST


def written(item: Any, least: float) -> str | None:
    """Write a number of JSON as the text that is looked through; None where it is no number, or a small one."""
    is_number = item.__class__ is int or (item.__class__ is float and least < 0)
    return repr(item) if is_number and item >= least else None


def spans(data: bytes, wanted: Collection[Wanted] = USUAL, called: str = "") -> list[Span]:
    """Find what must go, in order, without overlaps and without touching the markers that already stand there."""
    lowered = data.lower()
    rules = [one for one in wanted if isinstance(one, RedactionRule)]
    found = sorted(
        [
            *blocks(data, lowered),
            *tokens(data),
            *addresses(data, lowered),
            *commands(data, lowered),
            *files(data, lowered),
            *manifests(data, lowered),
            *assignments(data, lowered),
            *personal(data, lowered, wanted),
            *(_own(data, rules, called) if rules else ()),
        ]
    )
    if not found:
        return []
    if b"[redacted:" in data:
        found = list(_clear_of(found, [m.span() for m in MARKER.finditer(data)]))
    return list(_merge(data, found))


def _own(data: bytes, rules: Collection[RedactionRule], called: str) -> Iterator[Span]:
    from contextfs.domain.redaction.own import own  # noqa: PLC0415 - most have no rules

    return own(data, rules, called.encode("utf-8", "surrogatepass"))


def _clear_of(spans: list[Span], markers: list[tuple[int, int]]) -> Iterator[Span]:
    """Drop what overlaps a marker; only a fenced block may swallow markers whole."""
    i = 0
    for span in spans:
        while i < len(markers) and markers[i][1] <= span.start:
            i += 1
        if i == len(markers) or markers[i][0] >= span.end or (span.rank == _BLOCK_RANK and markers[i][0] >= span.start):
            yield span


def _merge(data: bytes, spans: list[Span]) -> Iterator[Span]:
    """Join overlapping spans; the lowest rank names the union. Ends are moved to the end of a UTF-8 character."""
    current: Span | None = None
    for span in spans:
        end = span.end
        while end < len(data) and data[end] & 0xC0 == 0x80:  # a continuation byte
            end += 1
        if current and span.start < current.end:
            best = min(current, span, key=lambda s: s.rank)
            current = Span(current.start, max(current.end, end), best.kind, best.rank)
            continue
        if current:
            yield current
        current = span._replace(end=end)
    if current:
        yield current


def _replace(data: bytes, spans: list[Span], key: bytes, *, by_line: bool) -> tuple[bytes, list[Finding]]:
    pieces: list[bytes] = []
    findings: list[Finding] = []
    at = 0
    for span in spans:
        found = _finding(data[span.start : span.end], span.kind, key)
        ends = b"\n" * data.count(b"\n", span.start, span.end) if by_line else b""
        pieces += (data[at : span.start], found.marker().encode(), ends)
        findings.append(found)
        at = span.end
    return b"".join([*pieces, data[at:]]), findings


def _finding(secret: bytes, kind: str, key: bytes) -> Finding:
    import hmac  # noqa: PLC0415 - most texts hold no secret

    fingerprint = hmac.digest(key, secret, "sha256").hex()[:8]
    return Finding(kind=kind, fingerprint=fingerprint, length=len(secret.decode("utf-8", "surrogatepass")))
