"""Draw a stack in Terraform's words: `python -m tests.infra.rehearsal.draw aws-us-east-1 schema.json`."""

import json
import sys
from pathlib import Path

from infra.preview import stack_file
from infra.preview.__main__ import program
from infra.preview.engine import record
from tests.infra.rehearsal.terraform import Terraform


def main(stack: str, schema: str) -> None:
    """Write the resources as JSON, and what could not be said."""
    providers = json.loads(Path(schema).read_text(encoding="utf-8"))["provider_schemas"]
    words = Terraform(next(iter(providers.values()))["resource_schemas"])
    values = stack_file.values(stack) | {"contextfs:cache": "false"}  # moto cannot hold it, and all secrets wait for it
    recording = record(program, stack, values, outputs=words.outputs)
    if recording.error is not None:
        sys.exit(recording.error)
    resources = words.document(recording)
    sys.stdout.write(json.dumps({"resources": resources, "problems": words.problems}))


if __name__ == "__main__":
    main(*sys.argv[1:])
