"""Takes the conversations out of an export's zip, within limits: a small zip can unpack to a disk full."""

import re
import zlib
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from contextfs.kit.errors import Invalid, TooLarge

MAGIC = b"PK\x03\x04"
MAX_UNPACKED_BYTES = 1 << 30
MAX_RATIO = 200
MAX_MEMBERS = 100_000
_CHUNK = 1 << 20
_HEAD = 1 << 16
_MEMBER = re.compile(r"conversations(?:[-_]?\d+)?\.json")


def unpack(data: bytes, *, name: str, wanted: str, limit: int = MAX_UNPACKED_BYTES) -> list[bytes]:
    """Give the bytes of each conversations file in the zip, in order of name.

    Invalid when it is damaged, locked or holds none. TooLarge when they unpack to more than `limit` bytes, or to more
    than 200 times what they weigh; what was really unpacked is measured, whatever the zip's directory says.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            members = _members(archive, name, wanted)
            room = min(limit, MAX_RATIO * len(data))
            unpacked: list[bytes] = []
            for member in members:
                unpacked.append(_read(archive, member, room, name))
                room -= len(unpacked[-1])
            return unpacked
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise Invalid(f"{name} is not a zip that can be read: {error}.", where=name) from error


def is_conversations(member: str) -> bool:
    """Tell by its name whether a member of a zip is a conversations file."""
    return _MEMBER.fullmatch(PurePosixPath(member).name) is not None


def begins_with(path: Path, mark: bytes) -> bool:
    """Tell whether a mark stands at the beginning of an export's conversations, in a zip or not."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head.startswith(MAGIC):
            with ZipFile(path) as archive:
                names = [name for name in archive.namelist() if is_conversations(name)]
                with archive.open(names[0]) as member:
                    head = member.read(_HEAD)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, IndexError):
        return False
    return mark in head


def _members(archive: ZipFile, name: str, wanted: str) -> list[ZipInfo]:
    listed = archive.infolist()
    if len(listed) > MAX_MEMBERS:
        raise TooLarge(f"{name} holds more than {MAX_MEMBERS:,} files; this is not {wanted}.", where=name)
    good = [member for member in listed if is_conversations(member.filename)]
    members = sorted(good, key=lambda member: member.filename)
    if not members:
        raise Invalid(f"{name} holds no conversations.json: it is not {wanted}.", where=name)
    return members


def _read(archive: ZipFile, member: ZipInfo, room: int, name: str) -> bytes:
    pieces: list[bytes] = []
    with archive.open(member) as file:
        while piece := file.read(_CHUNK):
            room -= len(piece)
            if room < 0:
                raise TooLarge(f"{member.filename} in {name} unpacks to more than is allowed.", where=name)
            pieces.append(piece)
    return b"".join(pieces)
