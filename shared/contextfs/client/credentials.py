"""Keys of servers, kept for one user: `credentials.json` in the home of ContextFS, readable by its owner alone."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

from contextfs.kit.errors import Unavailable

FILE = "credentials.json"


def home(environment: Mapping[str, str]) -> Path:
    """Give the folder of this machine's installation: CONTEXTFS_HOME, or `.contextfs` in the user's home."""
    given = environment.get("CONTEXTFS_HOME")
    return Path(given).expanduser().absolute() if given else Path.home() / ".contextfs"


def key_of(environment: Mapping[str, str], url: str) -> str | None:
    """Give the key that is kept for a server, if there is one."""
    return _read(home(environment) / FILE).get(url)


def keep(environment: Mapping[str, str], url: str, key: str) -> None:
    """Keep the key of a server."""
    file = home(environment) / FILE
    kept = _read(file) | {url: key}
    beside = file.with_name(f"{FILE}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
            json.dump(kept, opened, indent=2)
        beside.replace(file)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise Unavailable(f"{file} cannot be written ({error.strerror}): give the folder back.") from None


def _read(file: Path) -> dict[str, str]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Unavailable(f"{file} cannot be read ({error.strerror}): is it another user's?") from None
    except ValueError:
        raise Unavailable(f"{file} is damaged: delete it, and link again with --key.") from None
    return cast("dict[str, str]", kept) if isinstance(kept, dict) else {}
