"""Cuts what is kept into pieces, so that what stands in two files, or in two states of one, is kept once.

Content-defined chunking, as backup programs do it, with the ends of records for candidates: whether a piece ends
behind a record is told by that record alone. A file that grows changes its last piece, and a fork that copies history
has the pieces of what it copied: the session's own name, which tools repeat in each record, is taken out for that.
Pieces are packed by Zstandard, or by zlib where there is none, as all once were: the first bytes of each tell.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import PurePath
from typing import Final, NamedTuple

from contextfs.kit.errors import Unavailable
from contextfs.kit.pattern import pattern
from contextfs.kit.zstd import MAGIC, zstd

_LEAST: Final = 16 << 10
_MOST: Final = 512 << 10
_ONE_IN: Final = 16
"""How many records stand between two ends, in the mean."""
_LONG: Final = 64 << 10
_JOINT: Final = b"},"
"""Where a long record, or a document without lines, is cut: behind a member of a list."""
_NAME: Final = b"\0"
_ZLIB_LEVEL: Final = 3
_ZSTD_LEVEL: Final = 3
_UUID: Final = pattern(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Press = Callable[[bytes], bytes]


class Piece(NamedTuple):
    """A piece: its hash, its size, and its bytes, packed."""

    hash: bytes
    size: int
    data: bytes


def name_in(path: PurePath) -> str:
    """Give what a session calls itself in its records, where its file is called so; else nothing."""
    found = _UUID.search(path.stem)
    return found[0] if found else ""


def is_named_by(path: PurePath, session: str) -> bool:
    """Tell whether a file is one conversation: it is named by the id that its tool gave that one."""
    name = name_in(path)
    return bool(name) and name in session


def cut(records: Iterable[bytes], name: str) -> Iterator[Piece]:
    """Cut records into pieces, with a NUL in the place of a name."""
    wanted, press = name.encode(), _press()
    taken: list[bytes] = []
    size = 0
    for record in (part for one in records for part in _parts(one)):
        if _NAME in record:  # what is no text: a NUL would be taken for the name
            if taken:
                yield packed(b"n", b"".join(taken), press)
            yield packed(b"p", record, press)
            taken, size = [], 0
            continue
        plain = record.replace(wanted, _NAME) if wanted else record
        taken.append(plain)
        size += len(plain)
        if size >= _MOST or (size >= _LEAST and zlib.crc32(plain) % _ONE_IN == 0):
            yield packed(b"n", b"".join(taken), press)
            taken, size = [], 0
    if taken:
        yield packed(b"n", b"".join(taken), press)


def joined(data: bytes, name: str) -> bytes:
    """Give the bytes of a piece as they stand in a file, from how they are kept."""
    plain = _unpacked(data)
    return plain[1:] if plain[:1] == b"p" else plain[1:].replace(_NAME, name.encode())


def again(data: bytes, content: bytes, name: str) -> Piece:
    """Make a piece of the kind of another one, with other content."""
    kind = _unpacked(data)[:1]
    return packed(kind, content.replace(name.encode(), _NAME) if name and kind == b"n" else content, _press())


def packed(kind: bytes, data: bytes, press: Press) -> Piece:
    """Pack the bytes of a piece; its kind, `n` or `p`, tells whether a NUL stands for a name."""
    whole = kind + data
    return Piece(sha256(whole).digest(), len(data), press(whole))


def _press() -> Press:
    """Make what packs one piece after the other: a compressor takes its time to be made."""
    module = zstd()
    if module is None:
        return partial(zlib.compress, level=_ZLIB_LEVEL)
    made = module.ZstdCompressor(level=_ZSTD_LEVEL)
    return partial(made.compress, mode=made.FLUSH_FRAME)


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(MAGIC):
        return zlib.decompress(data)
    module = zstd()
    if module is None:
        raise Unavailable("Records are packed by Zstandard: install `backports.zstd`, or use Python 3.14.")
    plain: bytes = module.decompress(data)
    return plain


def _parts(record: bytes) -> Iterator[bytes]:
    """Cut a long record behind each member of a list, and a document behind each line."""
    if len(record) <= _LONG:
        yield record
        return
    joint = b"\n" if record.count(b"\n", 0, _LONG) > 1 else _JOINT
    start = 0
    while (at := record.find(joint, start)) >= 0:
        yield record[start : (start := at + len(joint))]
    yield record[start:]
