"""Write a bundle for a place without a network: `python -m infra.bundle [--to FOLDER] [--platform …] [--image …]`.

Exit codes: 0 written, 1 refused, 2 called wrong.
"""

import argparse
import os
import sys
from pathlib import Path

from infra.bundle import gathering, install, writing
from infra.bundle.refusal import Refused
from infra.bundle.target import PLATFORMS, Target, of_this_machine


def main(arguments: list[str]) -> int:
    """Write as asked for, and say what to compare it with."""
    given = _parser().parse_args(arguments)
    try:
        here = of_this_machine() if not (given.platform and given.python) else None
        target = Target(given.platform or (here and here.platform) or "", given.python or (here and here.python) or "")
        if given.image == "build" and (reason := gathering.not_built(target)) is not None:
            sys.stderr.write(f"No image comes into the bundle: {reason}. One that you made: --image FILE.\n")
        bundle = writing.write(target, given.to, model=given.model, image=given.image)
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    files = [file for file in bundle.rglob("*") if file.is_file()]
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    sys.stdout.write(
        f"{bundle}: {len(files)} files, {megabytes:.0f} MB; its INSTALL.md tells what to do with it.\n"
        f"Tell those who get it, by another way than they get it, the sha256 of its {install.SUMS}:\n"
        f"{install.digest(bundle / install.SUMS)}\n"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    home = Path(os.environ.get("CONTEXTFS_HOME") or Path.home() / ".contextfs")
    parser = argparse.ArgumentParser(prog="python -m infra.bundle", description="Bundle ContextFS for no network.")
    parser.add_argument("--to", type=Path, default=Path("dist"), help="folder that the bundle goes into (dist)")
    parser.add_argument("--platform", help=f"{', '.join(PLATFORMS)}; this machine's")
    parser.add_argument("--python", help="version of Python there (3.12); this one's")
    parser.add_argument("--image", default="build", help="`build` it, `none`, or an archive by `docker save`")
    parser.add_argument("--model", type=Path, default=home / "models" / gathering.MODEL, help="the embedding model")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
