"""Compare systems on labelled conversations: one table (Markdown), one picture (SVG), every score (JSON)."""

import argparse
import os
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import msgspec

from benchmarks.retrieval.ablations import ablations
from benchmarks.retrieval.data import load
from benchmarks.retrieval.plot import plot
from benchmarks.retrieval.report import report
from benchmarks.retrieval.run import Run, run
from benchmarks.retrieval.systems import TABLE
from benchmarks.retrieval.vectors import Vectors
from contextfs.kit.errors import ContextFSError, Invalid

USUAL = "ours,grep,fts5,bm25,vector,rrf"


def main(arguments: list[str]) -> int:
    """Run; 1 when no system answered, 2 when there is nothing to measure, or no place to write to."""
    asked = _parser().parse_args(arguments)
    try:
        return _measured(asked)
    except ContextFSError as error:
        sys.stderr.write(f"{error.detail}\n")
        return 2


def _measured(asked: argparse.Namespace) -> int:
    systems = _listed(asked.systems)
    _check(systems, [file for file in (asked.json, asked.markdown, asked.svg) if file])
    data = load(asked.data, _listed(asked.datasets))
    vectors = Vectors(asked.model, asked.cache)
    runs: list[Run] = []
    for one in run(data, systems, vectors):
        runs.append(one)
        if asked.json:
            asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(runs), indent=1))
    written = [report(runs)]
    print(written[0])
    if asked.ablate:
        for part in chain(["## What each ingredient is worth\n"], ablations(data, vectors)):
            print(part, flush=True)
            written.append(part)
    if asked.markdown:
        asked.markdown.write_text("\n".join(written), "utf-8")
    if asked.svg:
        asked.svg.write_text(plot(runs), "utf-8")
    return 0 if any(one.scores for one in runs) else 1


def _check(systems: Sequence[str], files: Sequence[Path]) -> None:
    for name in systems:
        if name not in TABLE:
            raise Invalid(f"There is no system {name}: choose from {', '.join(TABLE)}.")
    for file in files:
        if not file.parent.is_dir():
            raise Invalid(f"{file.parent} is no folder: make it, or choose another file than {file}.")


def _listed(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _parser() -> argparse.ArgumentParser:
    home = Path(os.environ.get("CONTEXTFS_HOME", Path.home() / ".contextfs"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="labelled conversations, see the README")
    parser.add_argument("--systems", default=USUAL, help=f"of {', '.join(TABLE)} (default: {USUAL})")
    parser.add_argument("--datasets", default="", help="of the file's data sets (default: all)")
    parser.add_argument(
        "--ablate", action="store_true", help="tell what each ingredient of the ranking and packs is worth"
    )
    parser.add_argument("--json", type=Path, help="write every score here")
    parser.add_argument("--markdown", type=Path, help="write the tables here")
    parser.add_argument("--svg", type=Path, help="draw the picture here")
    parser.add_argument("--model", type=Path, default=home / "models" / "all-MiniLM-L6-v2.int8.bin")
    parser.add_argument("--cache", type=Path, default=home / "cache" / "benchmark-vectors.db", help="embedded texts")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
