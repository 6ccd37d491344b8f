"""Named queries, read from `.sql` files: a line `-- name: …`, a sentence, then one statement."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


class Queries:
    """The statements of one `.sql` file, by name."""

    def __init__(self, source: str, texts: dict[str, str]) -> None:
        self._source = source
        self._texts = texts

    def __getitem__(self, name: str) -> str:
        """Give a statement's text; a KeyError names the file that lacks it."""
        try:
            return self._texts[name]
        except KeyError:
            message = f"{self._source} has no query named {name}"
            raise KeyError(message) from None

    def names(self) -> list[str]:
        """List the names."""
        return list(self._texts)


def parse(source: str, text: str) -> Queries:
    """Split a file's text at its `-- name:` lines."""
    parts = _NAME.split(text)
    names = parts[1::2]
    if len(set(names)) != len(names):
        message = f"{source} names a query twice"
        raise ValueError(message)
    return Queries(source, {name: body.strip() for name, body in zip(names, parts[2::2], strict=True)})


@cache
def load(package: str, name: str = "postgres.sql") -> Queries:
    """Read the queries that lie beside a package's code."""
    return parse(f"{package}/{name}", beside(package, name))


def beside(package: str, name: str) -> str:
    """Read a file that lies beside a package's code, as fast as a module: `importlib.resources` takes 3 ms to load."""
    found = import_module(package)
    loader: Any = found.__spec__.loader if found.__spec__ else None
    return loader.get_data(str(Path(found.__path__[0]) / name)).decode("utf-8")
