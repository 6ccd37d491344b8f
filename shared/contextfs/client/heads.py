"""Heads of audit logs, as this machine saw them: the owner of the server's database cannot change this copy.

`audit-heads.json` in the home of ContextFS has, for each organization, the last head that a check found intact. A log
that was rewritten, or lost its end, no longer contains it.
"""

import json
from collections.abc import Mapping
from uuid import UUID

from contextfs.client import private_file
from contextfs.client.login.credentials import home
from contextfs.kit.errors import Unavailable

FILE = "audit-heads.json"


def noted(environment: Mapping[str, str], organization: UUID) -> str | None:
    """Return the head that was seen last, or None. Unavailable if the file cannot be read."""
    return _all(environment).get(str(organization))


def note(environment: Mapping[str, str], organization: UUID, head: str) -> None:
    """Note a head. Unavailable if it cannot be written."""
    text = json.dumps(_all(environment) | {str(organization): head}, indent=2)
    private_file.write(home(environment) / FILE, text)


def _all(environment: Mapping[str, str]) -> dict[str, str]:
    file = home(environment) / FILE
    try:
        entries: object = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Unavailable(f"{file} cannot be read ({error.strerror}): is it another user's?") from None
    except ValueError:
        raise Unavailable(f"{file} is damaged: what heads it had is lost; delete it, and say --head.") from None
    if not isinstance(entries, dict):
        raise Unavailable(f"{file} is damaged: what heads it had is lost; delete it, and say --head.")
    return {str(name): str(head) for name, head in entries.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - any JSON
