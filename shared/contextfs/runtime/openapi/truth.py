"""The truth table of `may`: each permission and each route with the roles that have it, for docs/guides/permissions.md.

`python -m contextfs.runtime.openapi.truth FILE` writes it anew between the marks of a file.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from contextfs.domain.access.rules import PERMISSIONS, ROLES, allows
from contextfs.runtime.table import INVITED, PUBLIC, Route

BEGIN, END = "<!-- made by `make docs` -->", "<!-- until here -->"
_ANYBODY = {PUBLIC: "anybody", INVITED: "an invitation"}


def permissions_table() -> str:
    """Write which role has which permission."""
    head = f"| permission | allows to | {' | '.join(ROLES)} |\n|---|---|{'---|' * len(ROLES)}\n"
    return head + "".join(
        f"| `{name}` | {told[0].lower()}{told[1:]} | {' | '.join(_marks(name))} |\n"
        for name, told in PERMISSIONS.items()
    )


def routes_table(routes: Sequence[Route]) -> str:
    """Write which role may call which route."""
    head = f"| route | needs | {' | '.join(ROLES)} |\n|---|---|{'---|' * len(ROLES)}\n"
    return head + "".join(_line(route) for route in routes)


def rewritten(text: str, routes: Sequence[Route]) -> str:
    """Put both tables between the marks of a document."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    tables = f"{permissions_table()}\n{routes_table(routes)}"
    return f"{before}{BEGIN}\n{tables}{END}{after}"


def _line(route: Route) -> str:
    needs = _ANYBODY.get(route.needs) or f"`{route.needs}`{', every project' if route.whole else ''}"
    marks = ["✓" if route.needs == PUBLIC else "–"] * len(ROLES) if route.needs in _ANYBODY else _marks(route.needs)
    return f"| `{route.method} {route.path}` | {needs} | {' | '.join(marks)} |\n"


def _marks(permission: str) -> list[str]:
    return ["✓" if allows(granted, permission) else "–" for granted in ROLES.values()]


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(rewritten(file.read_text(encoding="utf-8"), import_module("functions.manifest").ROUTES), "utf-8")
