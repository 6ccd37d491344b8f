"""The labelled sets: sentences with what should be learned of them, and pairs of memories with what they are."""

from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[2] / "tests" / "data" / "learning"


class Pair(NamedTuple):
    """Two memories, the second said later, and what they are to each other."""

    label: str
    one: str
    other: str


def pairs(name: str) -> list[Pair]:
    """Read a set of pairs."""
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [Pair(*line.split("\t")) for line in lines if line and not line.startswith("#")]
