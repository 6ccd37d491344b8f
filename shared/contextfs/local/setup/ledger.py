"""Files of others that we touch: their former bytes are kept, so that every touch can be taken back byte for byte."""

import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

import msgspec

from contextfs.kit.durable import PRIVATE, flush, flush_nearest, make_folder, put
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.local.place import Place

FILE: Final = "touched.json"

Outcome = Literal["same", "restored", "cleaned"]


class Touched(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file before our first change and after our last one; None is no file.

    `path` is relative to the folder of the ledger, for files that are renamed with it, or absolute. `mixed` when
    others changed the file between our changes: then neither state is one to go back to.
    """

    path: str
    before: bytes | None
    after: str | None = None
    mixed: bool = False


@contextmanager
def touching(place: Place, path: Path, *, moves_along: bool = True) -> Generator[None]:
    """Keep a file's bytes before it is changed inside; what it is then is noted after.

    `moves_along` is for a file that a renamed repository takes with it.
    """
    entries, name, now = read(place), _name(place, path, moves_along=moves_along), _bytes(path)
    known = next((one for one in entries if one.path == name), None)
    if known is None:
        kept = Touched(path=name, before=now)
    else:
        kept = msgspec.structs.replace(known, mixed=known.mixed or known.after != _hash(now))
    others = [one for one in entries if one.path != name]
    _write(place, [*others, kept])
    yield
    after = _bytes(path)
    if known is None and after == now:
        _write(place, others)
        return
    _write(place, [*others, msgspec.structs.replace(kept, after=_hash(after))])


def restore(place: Place, entry: Touched, clean: Callable[[], object]) -> Outcome:
    """Bring a file back to what it was; where others changed it since, `clean` takes out what is ours alone."""
    path = where(place, entry)
    now = _bytes(path)
    outcome: Outcome = "same"
    if now != entry.before:
        if entry.mixed or _hash(now) != entry.after:
            clean()
            _flush(path)
            outcome = "cleaned"
        else:
            _put_back(path, entry.before)
            outcome = "restored"
    _write(place, [one for one in read(place) if one.path != entry.path])
    return outcome


def read(place: Place) -> list[Touched]:
    """List the files that were touched."""
    try:
        return msgspec.json.decode((place.local / FILE).read_bytes(), type=list[Touched])
    except FileNotFoundError:
        return []
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid(f"{place.local / FILE} is damaged: move it away; our own lines are then taken out.") from None
    except OSError as error:
        raise Unavailable(f"{place.local / FILE} cannot be read ({error.strerror}): give it back.") from None


def where(place: Place, entry: Touched) -> Path:
    """Give where a touched file lies."""
    return Path(os.path.normpath(place.local / entry.path))


def _name(place: Place, path: Path, *, moves_along: bool) -> str:
    return Path(os.path.relpath(path, place.local)).as_posix() if moves_along else str(path.absolute())


def _write(place: Place, entries: list[Touched]) -> None:
    """Write the ledger whole or not at all, for its owner alone: settings of others may hold passwords."""
    target = place.local / FILE
    temporary = place.local / f"{FILE}.{os.getpid()}"
    try:
        make_folder(place.local, within=place.local.parent, mode=PRIVATE)
        if not entries:
            target.unlink(missing_ok=True)
            flush_nearest(target.parent)
            return
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(entries))
            file.flush()
            flush(file.fileno())
        put(temporary, target)
    except OSError as error:
        cure = "is the disk full or read-only, or the folder another user's?"
        raise Unavailable(f"{target} cannot be written ({error.strerror}): {cure}") from None


def _put_back(path: Path, content: bytes | None) -> None:
    real = path.resolve()
    temporary = real.with_name(f"{real.name}.ctx-{os.getpid()}")
    try:
        if content is None:
            real.unlink(missing_ok=True)
            flush_nearest(real.parent)
            return
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            flush(file.fileno())
        with suppress(FileNotFoundError):
            shutil.copymode(real, temporary)
        put(temporary, real)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise Unavailable(f"{path} cannot be written ({error.strerror}): give it back to yourself.") from None


def _flush(path: Path) -> None:
    """Bring what another program wrote safely to the disk, before it is forgotten that it was to be written."""
    real = path.resolve()
    try:
        with suppress(FileNotFoundError), real.open("rb+") as file:
            flush(file.fileno())
        flush_nearest(real.parent)
    except OSError as error:
        raise Unavailable(f"{path} cannot be written ({error.strerror}): give it back to yourself.") from None


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(f"{path} cannot be read ({error.strerror}): give it back to yourself.") from None


def _hash(content: bytes | None) -> str | None:
    return None if content is None else sha256(content).hexdigest()
