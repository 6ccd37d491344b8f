"""Schemathesis, told by the API's own description, finds nothing: with two users who must not see each other's things.

CONTEXTFS_SCHEMATHESIS_EXAMPLES asks for more examples of each operation than the few of an ordinary run.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import Tenant

EXAMPLES = os.environ.get("CONTEXTFS_SCHEMATHESIS_EXAMPLES", "25")
CONFIG = Path(__file__).with_name("schemathesis.toml")


def test_schemathesis_finds_nothing(listening: int, tenant: Tenant, other_tenant: Tenant, tmp_path: Path) -> None:
    users = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {user.key}"}]}
        for name, user in (("alice", tenant), ("bob", other_tenant))
    ]
    (tmp_path / "users.json").write_text(json.dumps({"auth": users}), encoding="utf-8")
    program = Path(sys.executable).with_name("schemathesis")
    address = f"http://127.0.0.1:{listening}/v1/openapi.json"
    command = [program, "--config-file", CONFIG, "run", address, "--max-examples", EXAMPLES, "--seed", "1"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
