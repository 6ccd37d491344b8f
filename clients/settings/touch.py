"""Changes a file of another program, keeps what it was, and takes the change back.

It goes back byte for byte where nobody else changed the file since; else our own lines alone go.
"""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, Protocol

import msgspec

from contextfs.kit.durable import flush, flush_nearest, make_folder, put
from contextfs.kit.errors import Invalid, Unavailable

FOLDER: Final = "installed"

Outcome = Literal["written", "same", "restored", "cleaned", "absent"]


class Edit(Protocol):
    """A change of a text, and its inverse."""

    def apply(self, text: str) -> str:
        """Give the text with our lines; one that has them is given back as it is."""
        ...

    def withdraw(self, text: str, before: str | None) -> str:
        """Give the text without our lines; `before` is what it was without them, if that is known."""
        ...

    def is_in(self, text: str) -> bool:
        """Tell whether our lines are there."""
        ...


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is ours alone."""

    text: str

    def apply(self, text: str) -> str:  # noqa: ARG002 - what stood there was ours, too
        """Give our text."""
        return self.text

    def withdraw(self, text: str, before: str | None) -> str:  # noqa: ARG002 - as above
        """Give what was there before, or nothing."""
        return before or ""

    def is_in(self, text: str) -> bool:
        """Tell whether the file is there."""
        return bool(text)


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """A file before we changed it (None: there was none), what it was then made to be, and the folders made for it."""

    path: str
    before: bytes | None
    after: str
    folders: list[str] = []


def install(home: Path, name: str, path: Path, edit: Edit) -> Outcome:
    """Change a file; its former bytes are kept below `home` by the name of the change.

    Invalid where we cannot read what is in it: then it stays as it is.
    """
    with _told(path):
        now = _bytes(path)
        text = _text(now)
        wanted = edit.apply(text)
        if wanted == text and now is not None:
            return "same"
        known = _known(home, name, path)
        before = known.before if known and known.after == _hash(now) else now
        made = _missing(path.parent)
        content = wanted.encode("utf-8")
        kept = Touched(path=str(path), before=before, after=_hash(content), folders=[str(one) for one in made])
        _keep(home, name, path, kept)
        make_folder(path.parent, within=path.parent)
        _replace(path, content, mode=0o755 if wanted.startswith("#!") else 0o644)
        if now is not None and not text.strip() and wanted.startswith("#!"):
            path.chmod(0o755)  # nothing in it was switched off: it is a script from now on
    return "written"


def is_switched_off(path: Path) -> bool:
    """Tell whether a file is a script that its rights do not let run."""
    content = _bytes(path) or b""
    return content.startswith(b"#!") and not path.stat().st_mode & 0o100


def uninstall(home: Path, name: str, path: Path, edit: Edit) -> Outcome:
    """Take a change back."""
    with _told(path):
        now, known = _bytes(path), _known(home, name, path)
        if now is None:
            _forget(home, name, path)
            return "absent"
        if known is not None and known.after == _hash(now):
            _put_back(path, known)
            _forget(home, name, path)
            return "restored"
        text = _text(now)
        wanted = edit.withdraw(text, _text(known.before) if known else None)
        if wanted == text:
            _forget(home, name, path)
            return "absent"
        if known is not None and known.before is None and wanted.strip() in {"", "{}"}:
            _put_back(path, known)
        else:
            _replace(path, wanted.encode("utf-8"))
        if known is not None:
            _hand_on(home, path, known, _hash(now), _hash(wanted.encode("utf-8")))
        _forget(home, name, path)
    return "cleaned"


def preview(path: Path, edit: Edit, *, back: bool) -> str | None:
    """Give what a file would be; None where it would stay as it is."""
    with _told(path):
        text = _text(_bytes(path))
        wanted = edit.withdraw(text, None) if back else edit.apply(text)
    return None if wanted == text else wanted


def is_installed(path: Path, edit: Edit) -> bool:
    """Tell whether our lines are in a file; one that cannot be read has none."""
    try:
        return edit.is_in(_text(_bytes(path)))
    except (Invalid, OSError):
        return False


def kept_at(home: Path, name: str, path: Path) -> float | None:
    """Tell when a file was changed by us last, in seconds; None where that is not remembered, or was taken back."""
    try:
        return _record(home, name, path).stat().st_mtime
    except OSError:
        return None


@contextmanager
def _told(path: Path) -> Generator[None]:
    """Say which file it is, in whatever goes wrong."""
    try:
        yield
    except Invalid as error:
        raise Invalid(f"{path}: {error.detail}") from None
    except OSError as error:
        named = error.filename or path
        raise Unavailable(f"{named} cannot be changed ({error.strerror}): give it back to yourself.") from None


def _put_back(path: Path, known: Touched) -> None:
    if known.before is not None:
        _replace(path, known.before)
        return
    path.unlink()
    for folder in known.folders:
        with suppress(OSError):
            Path(folder).rmdir()
    flush_nearest(path.parent)


def _hand_on(home: Path, path: Path, gone: Touched, now: str, left: str) -> None:
    """Hand on what a file was, to a change that came on top of one that is taken out: the last one to go puts it back.

    `now` is the hash of the file with both changes, `left` that of the file without the one that is `gone`.
    """
    for record in (home / FOLDER).glob(f"*-{_mark(path)}.json"):
        other = _read(record)
        if other is not None and other.after == now and _hash(other.before) == gone.after:
            below = msgspec.structs.replace(other, before=gone.before, after=left, folders=gone.folders)
            _replace(record, msgspec.json.encode(below))


def _missing(folder: Path) -> list[Path]:
    """List the folders that have to be made, the innermost first."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    return missing


def _replace(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file whole or not at all; a link stays a link, and rights stay as they are. `mode` is a new file's."""
    real = path.resolve()
    beside = real.with_name(f"{real.name}.ctx-{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            flush(file.fileno())
        if real.exists():
            shutil.copymode(real, beside)
        else:
            beside.chmod(mode)
        put(beside, real)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _record(home: Path, name: str, path: Path) -> Path:
    return home / FOLDER / f"{name}-{_mark(path)}.json"


def _mark(path: Path) -> str:
    return sha256(str(path).encode()).hexdigest()[:12]


def _known(home: Path, name: str, path: Path) -> Touched | None:
    return _read(_record(home, name, path))


def _read(record: Path) -> Touched | None:
    try:
        return msgspec.json.decode(record.read_bytes(), type=Touched)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None  # a record that is lost or damaged: our own lines can still be taken out


def _keep(home: Path, name: str, path: Path, kept: Touched) -> None:
    """Keep a record, for its owner alone: settings of others may hold passwords."""
    record = _record(home, name, path)
    make_folder(record.parent, within=record.parent)
    _replace(record, msgspec.json.encode(kept))
    record.chmod(0o600)


def _forget(home: Path, name: str, path: Path) -> None:
    _record(home, name, path).unlink(missing_ok=True)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _text(content: bytes | None) -> str:
    try:
        return (content or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"it is not UTF-8 (byte {error.start}): save it as UTF-8 first.") from None


def _hash(content: bytes | None) -> str:
    return "" if content is None else sha256(content).hexdigest()
