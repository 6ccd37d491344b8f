"""Takes secrets out of what a tool wrote, before the first byte of it is kept.

A line, or a document, that is JSON is judged by its strings, as a reader will see them, and stays as it is to the byte
where there is no secret; where there is one, the same JSON is written without it. What is no JSON is judged as text.
What a later member of the same name hides from a reader is judged as well, and goes where a secret is in the line.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any, Final

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.adapters.transcripts.jsonl import LEFT_OUT, MAX_LINE_BYTES
from contextfs.domain.redaction.doubled import hidden
from contextfs.domain.redaction.model import Finding, Policy
from contextfs.domain.redaction.rules import redact, redact_json
from contextfs.domain.redaction.sieve import gather, suspects
from contextfs.kit.redaction_rule import Wanted

MOST: Final = MAX_LINE_BYTES
"""Bytes of a line that is kept; a longer one no reader reads."""
_TOGETHER: Final = 512 << 10
"""Bytes of lines that are looked through at once: more costs memory, less costs time."""
_BOM: Final = b"\xef\xbb\xbf"
_DECODER: Final = msgspec.json.Decoder(Any)


class _Line(msgspec.Struct, frozen=True, gc=False):
    """A line; what it says where it is JSON, and what stands in it that no reader sees."""

    data: bytes
    said: Any
    hidden: list[Any]


class Cleaning:
    """Cleans by one policy, and notes what it took out."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.findings: list[Finding] = []

    @property
    def found(self) -> int:
        """How many secrets were taken out."""
        return len(self.findings)

    def lines(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Clean the lines of a file with one record a line, each with its end."""
        batch: list[_Line] = []
        size = 0
        for line in lines:
            data = line if len(line) <= MOST else LEFT_OUT % len(line)
            batch.append(_line(data))
            size += len(data)
            if size > _TOGETHER:
                yield from self._batch(batch)
                batch, size = [], 0
        yield from self._batch(batch)

    def document(self, data: bytes) -> bytes:
        """Clean a file that is one document, be it JSON or a text."""
        return b"".join(self._batch([_line(data)]))

    def _batch(self, batch: list[_Line]) -> Iterator[bytes]:
        texts: dict[str, Any] = {}
        wanted = self.policy.wanted
        named = [_gathered(one, texts, wanted) for one in batch]
        found = suspects([*texts], wanted)
        bad = {text for place, text in enumerate(texts) if place in found} if found else set[str]()
        for one, is_named in zip(batch, named, strict=True):
            yield self._cleaned(one) if is_named or (bad and _holds(one, bad, wanted)) else one.data

    def _cleaned(self, line: _Line) -> bytes:
        data = line.data
        if line.said is None:
            text = redact(_text(data), key=self.policy.key, wanted=self.policy.wanted)
            self.findings += text.findings
            return text.text.encode("utf-8", "surrogateescape") if text.findings else data
        done = redact_json(line.said, key=self.policy.key, wanted=self.policy.wanted)
        found = done.findings
        if line.hidden:
            found += redact_json(line.hidden, key=self.policy.key, wanted=self.policy.wanted).findings
        self.findings += found
        return msgspec.json.encode(done.value) + _end(data) if found else data


def cleaned(lines: Iterator[bytes], cleaning: Cleaning) -> Iterator[bytes]:
    """Clean a part: line by line where its first line is a record by itself, else as the one document that it is."""
    head: list[bytes] = []
    for line in lines:
        head.append(line)
        if line.strip():
            break
    whole = chain(head, lines)
    if head and len(head[-1]) <= MOST and isinstance(_said(head[-1]), dict):
        yield from cleaning.lines(whole)
    else:
        yield cleaning.document(b"".join(whole))


def _line(data: bytes) -> _Line:
    said = _said(data)
    return _Line(data, said, [] if said is None else hidden(data, said))


def _gathered(line: _Line, into: dict[str, Any], wanted: Collection[Wanted]) -> bool:
    if line.said is None:
        into[_text(line.data)] = None
        return False
    is_named = gather(line.said, into, wanted)
    return gather(line.hidden, into, wanted) or is_named if line.hidden else is_named


def _holds(line: _Line, bad: set[str], wanted: Collection[Wanted]) -> bool:
    texts: dict[str, Any] = {}
    _gathered(line, texts, wanted)
    return not bad.isdisjoint(texts)


def _said(data: bytes) -> Any:
    try:
        return decode(data.removeprefix(_BOM), _DECODER)
    except FAULTS:
        return None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _end(data: bytes) -> bytes:
    return data[len(data.rstrip(b"\r\n")) :]
