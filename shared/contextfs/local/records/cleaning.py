"""Takes secrets out of what a tool wrote, before the first byte of it is kept.

A line, or a document, that is JSON is judged by its strings, as a reader will see them, and stays as it is to the byte
where there is no secret; where there is one, the same JSON is written without it. What is no JSON is judged as text.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any, Final

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.domain.redaction.model import Finding, Policy
from contextfs.domain.redaction.rules import redact, redact_json
from contextfs.domain.redaction.sieve import gather, suspects
from contextfs.kit.redaction_rule import Wanted

MOST: Final = 64 << 20
"""Bytes of a line that is kept; a longer one no reader reads."""
_TOGETHER: Final = 256 << 10
"""Bytes of lines that are looked through at once: more costs memory, less costs time."""
_LEFT_OUT: Final = b'{"type":"left-out-by-contextfs","bytes":%d}\n'
_BOM: Final = b"\xef\xbb\xbf"
_DECODER: Final = msgspec.json.Decoder(Any)

Line = tuple[bytes, Any]
"""A line, and what it says where it is JSON."""


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
        batch: list[Line] = []
        size = 0
        for line in lines:
            data = line if len(line) <= MOST else _LEFT_OUT % len(line)
            batch.append((data, _said(data)))
            size += len(data)
            if size > _TOGETHER:
                yield from self._batch(batch)
                batch, size = [], 0
        yield from self._batch(batch)

    def document(self, data: bytes) -> bytes:
        """Clean a file that is one document, be it JSON or a text."""
        return b"".join(self._batch([(data, _said(data))]))

    def _batch(self, batch: list[Line]) -> Iterator[bytes]:
        texts: dict[str, None] = {}
        wanted = self.policy.wanted
        named = [_gathered(one, texts, wanted) for one in batch]
        found = suspects([*texts], wanted)
        bad = {text for place, text in enumerate(texts) if place in found} if found else set[str]()
        for one, is_named in zip(batch, named, strict=True):
            yield self._cleaned(*one) if is_named or (bad and _holds(one, bad, wanted)) else one[0]

    def _cleaned(self, data: bytes, said: Any) -> bytes:
        if said is None:
            text = redact(_text(data), key=self.policy.key, wanted=self.policy.wanted)
            self.findings += text.findings
            return text.text.encode("utf-8", "surrogateescape") if text.findings else data
        done = redact_json(said, key=self.policy.key, wanted=self.policy.wanted)
        self.findings += done.findings
        return msgspec.json.encode(done.value) + _end(data) if done.findings else data


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


def _gathered(line: Line, into: dict[str, None], wanted: Collection[Wanted]) -> bool:
    data, said = line
    if said is not None:
        return gather(said, into, wanted)
    into[_text(data)] = None
    return False


def _holds(line: Line, bad: set[str], wanted: Collection[Wanted]) -> bool:
    texts: dict[str, None] = {}
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
