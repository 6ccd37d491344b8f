"""What the command line weighs, and what a Lambda function would as an archive: packages, and their bytes."""

from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.measure import Row, row

MOST_PACKAGES = 15
MOST_MB = 40
MOST_LAMBDA_MB = 100

_OWN = "contextfs-platform"
_LAMBDA = (_OWN, "psycopg", "psycopg-binary", "psycopg-pool", "starlette", "sqlglot", "mangum", "awslambdaric", "boto3")
"""What a function loads that makes no vectors: those are made from the image, which has numpy and the model."""
_ROOT = Path(__file__).resolve().parents[1]


def run() -> list[Row]:
    """Count what is installed without any extra, and what a function needs."""
    found = packages()
    archived = [megabytes(packages(*_LAMBDA))]
    return [
        row("size of a Lambda function", "goal", (archived, [MOST_LAMBDA_MB]), goal="< 1", unit="MB"),
        row("packages of the CLI", "goal", ([len(found)], [MOST_PACKAGES]), goal="< 1", unit="packages"),
        row("size of the CLI", "goal", ([megabytes(found)], [MOST_MB]), goal="< 1", unit="MB"),
    ]


def packages(*names: str) -> dict[str, Distribution]:
    """Give distributions (ours alone, where none is named) and all that they need without extras, on this platform."""
    found: dict[str, Distribution] = {}
    waiting = [*names] or [_OWN]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = distribution(name)
            needed = map(Requirement, found[name].requires or [])
            waiting += [
                canonicalize_name(one.name)
                for one in needed
                if one.marker is None or one.marker.evaluate({"extra": ""})
            ]
    return found


def megabytes(found: dict[str, Distribution]) -> float:
    """Add up the files of distributions; ours are counted where they lie, for a checkout installs a link to them."""
    theirs = [
        Path(str(one.locate_file(file))) for name, one in found.items() if name != _OWN for file in one.files or ()
    ]
    ours = [file for top in ("shared/contextfs", "functions", "clients") for file in (_ROOT / top).rglob("*")]
    return sum(file.stat().st_size for file in (*theirs, *ours) if file.is_file()) / 1e6
