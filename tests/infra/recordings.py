"""Record every stack of a cloud in one process, whose start is what costs: `python -m tests.infra.recordings gcp`."""

import sys

import msgspec

from infra.preview import stack_file
from infra.preview.__main__ import preview
from infra.preview.recording import Recording

RESOLVED = {"aws-us-east-1"}


def main(cloud: str) -> None:
    """Write all recordings of a cloud as JSON, by the names of their stacks."""
    made: dict[str, Recording] = {}
    for stack in stack_file.names():
        if stack.startswith(cloud):
            made[stack] = preview(stack)
            if stack in RESOLVED:
                made[f"{stack} resolved"] = preview(stack, resolved=True)
    sys.stdout.buffer.write(msgspec.json.encode(made))


if __name__ == "__main__":
    main(sys.argv[1])
