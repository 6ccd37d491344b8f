"""Named queries, read from `.sql` files: a line `-- name: …`, a sentence, then one statement."""

from functools import cache
from importlib import import_module
from pathlib import Path

_NAME = "\n-- name: "


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
    named = [part.partition("\n") for part in f"\n{text}".split(_NAME)[1:]]
    names = [name for name, _, _ in named]
    if len(set(names)) != len(names):
        message = f"{source} names a query twice"
        raise ValueError(message)
    return Queries(source, {name: body.strip() for name, _, body in named})


@cache
def load(package: str, name: str = "postgres.sql") -> Queries:
    """Read the queries that lie beside a package's code."""
    return parse(f"{package}/{name}", text_beside(package, name))


def text_beside(package: str, name: str) -> str:
    """Read a file that lies beside a package's code; `importlib.resources` takes as long to load as Python to start."""
    here = import_module(package).__file__
    if here is None:
        message = f"{package} has no folder of its own"
        raise FileNotFoundError(message)
    return Path(here).with_name(name).read_text(encoding="utf-8")
