"""Preview a stack offline: `python -m infra.preview gcp-us-central1 [--json | --write]`.

Exit codes: 0 nothing is wrong, 1 something is, 2 called wrong or the config is refused.
"""

import argparse
import runpy
import sys
import time
from pathlib import Path

import msgspec

from infra.config import Refused, of_project, read
from infra.plan import plan
from infra.preview import stack_file
from infra.preview.recording import Recording
from infra.preview.tree import lines

PROGRAM = Path(__file__).parent.parent


def preview(stack: str, folder: Path = stack_file.FOLDER, *, resolved: bool = False) -> Recording:
    """Run the stack's program by its path, as Pulumi does, and give what it asked for; resolved, as if it were made."""
    values = stack_file.values(stack, folder)
    from infra.preview.engine import record  # noqa: PLC0415 - the SDK is loaded for a stack that exists only
    from infra.preview.resolved import outputs  # noqa: PLC0415 - as above

    return record(program, stack, values, outputs=outputs if resolved else None)


def program() -> None:
    """Run what `pulumi up` runs."""
    runpy.run_path(str(PROGRAM), run_name="__main__")


def wrong(recording: Recording, folder: Path = stack_file.FOLDER) -> list[str]:
    """Tell what the packages' types and the policies find wrong."""
    from infra import policies  # noqa: PLC0415 - as above
    from infra.preview import discovery, schema  # noqa: PLC0415 - as above

    made = plan(read(of_project(stack_file.values(recording.stack, folder))))
    told = [*schema.faults(recording), *(discovery.faults(recording) if discovery.available() else ())]
    return [*(f"inputs: {fault}" for fault in told), *policies.faults(recording, made)]


def main(arguments: list[str]) -> int:
    """Preview as asked for."""
    parser = argparse.ArgumentParser(prog="python -m infra.preview", description="Preview a stack offline.")
    parser.add_argument("stack", help=f"one of {', '.join(stack_file.names())}")
    parser.add_argument("--json", action="store_true", help="print every resource with its inputs and dependencies")
    parser.add_argument("--resolved", action="store_true", help="with outputs as if everything had been made")
    parser.add_argument("--folder", type=Path, default=stack_file.FOLDER, help="where the stacks' files are")
    parser.add_argument("--write", action="store_true", help="write the tree that is checked in")
    given = parser.parse_args(arguments)
    started = time.process_time()
    try:
        recording = preview(given.stack, given.folder, resolved=given.resolved)
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 2
    if recording.error is not None:
        sys.stderr.write(f"{recording.error}\n")
        return 2
    if given.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(recording), indent=1) + b"\n")
        return 0
    text = "\n".join(lines(recording)) + "\n"
    if given.write:
        (given.folder / f"{given.stack}.txt").write_text(text, encoding="utf-8")
        return 0
    sys.stdout.write(text)
    return _verdict(wrong(recording, given.folder), time.process_time() - started)


def _verdict(faults: list[str], seconds: float) -> int:
    sys.stdout.writelines(f"WRONG {fault}\n" for fault in faults)
    told = "nothing is wrong" if not faults else f"{len(faults)} things are wrong"
    sys.stdout.write(f"previewed offline in {seconds:.1f} s of CPU: {told} by the packages' types and the policies\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
