"""Compare systems on labelled conversations: one table (Markdown), one picture (SVG), every score (JSON)."""

import argparse
import os
import sys
from pathlib import Path

import msgspec

from benchmarks.retrieval.ablations import ablations
from benchmarks.retrieval.data import load
from benchmarks.retrieval.plot import plot
from benchmarks.retrieval.report import report
from benchmarks.retrieval.run import run
from benchmarks.retrieval.systems import TABLE
from benchmarks.retrieval.vectors import Vectors

USUAL = "ours,grep,fts5,bm25,vector,rrf"


def main(arguments: list[str]) -> int:
    """Run; 2 when a system has no such name or the data are not there."""
    asked = _parser().parse_args(arguments)
    systems = [name for name in asked.systems.split(",") if name]
    unknown = [name for name in systems if name not in TABLE]
    if unknown:
        sys.stderr.write(f"There is no system {unknown[0]}: choose from {', '.join(TABLE)}.\n")
        return 2
    if not asked.data.is_file():
        sys.stderr.write(f"{asked.data} is not there. benchmarks/retrieval/README.md says where the data come from.\n")
        return 2
    data = load(asked.data)
    if asked.datasets:
        data = {name: data[name] for name in asked.datasets.split(",")}
    vectors = Vectors(asked.model, asked.cache)
    runs = run(data, systems, vectors)
    table = report(runs) + (f"\n## What each ingredient is worth\n\n{ablations(data, vectors)}" if asked.ablate else "")
    print(table)
    if asked.json:
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(runs), indent=1))
    if asked.markdown:
        asked.markdown.write_text(table, "utf-8")
    if asked.svg:
        asked.svg.write_text(plot(runs), "utf-8")
    return 0


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
