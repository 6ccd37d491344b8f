"""A file in the home of ContextFS that only its owner may read; a write replaces all of it, or nothing."""

import os
from contextlib import suppress
from pathlib import Path

from contextfs.kit.durable import flush, make_folder, put
from contextfs.kit.errors import Unavailable


def write(file: Path, text: str) -> None:
    """Write a file; it is on the disk when this returns. Unavailable if it cannot be written."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        make_folder(file.parent, within=file.parent)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            opened.write(text.encode())
            opened.flush()
            flush(opened.fileno())
        put(beside, file)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise Unavailable(f"{file} cannot be written ({error.strerror}): give the folder back.") from None
