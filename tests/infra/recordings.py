"""Record stacks in one process, whose start costs most: `python -m tests.infra.recordings gcp-team gcp-customer`."""

import sys

import msgspec

from infra.preview.__main__ import preview
from infra.preview.recording import Recording


def main(names: list[str]) -> None:
    """Write the recordings as JSON, by their names."""
    made: dict[str, Recording] = {}
    for name in names:
        stack, _, resolved = name.partition(" ")
        made[name] = preview(stack, resolved=bool(resolved))
    sys.stdout.buffer.write(msgspec.json.encode(made))


if __name__ == "__main__":
    main(sys.argv[1:])
