"""Schemathesis, told by the API's own description, finds nothing: with two users who must not see each other's things.

CONTEXTFS_SCHEMATHESIS_EXAMPLES asks for more examples of each operation than the few of an ordinary run.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from contextfs.runtime.openapi.examples import PROJECT
from tests.conftest import Tenant
from tests.functions.conftest import Rows, bury

EXAMPLES = os.environ.get("CONTEXTFS_SCHEMATHESIS_EXAMPLES", "25")
HERE = Path(__file__).parent


def furnish(user: Tenant, rows: Rows) -> None:
    """Give a user things to find, in the project that the examples speak of."""
    user.call("POST", "/v1/projects", {"name": str(user.org_id), "id": PROJECT})
    for number in range(10):
        user.call("POST", "/v1/sessions", {"project_id": PROJECT, "tool": f"tool{number}"})
        user.call("POST", "/v1/memories", {"project_id": PROJECT, "content": f"{user.org_id} {number}"})
        bury(rows, user, PROJECT)


def test_schemathesis_finds_nothing(
    listening: int, tenant: Tenant, other_tenant: Tenant, rows: Rows, tmp_path: Path
) -> None:
    for user in (tenant, other_tenant):
        furnish(user, rows)
    users = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {user.key}"}]}
        for name, user in (("alice", tenant), ("bob", other_tenant))
    ]
    (tmp_path / "users.json").write_text(json.dumps({"auth": users}), encoding="utf-8")
    owners = [str(user.user_id) for user in (tenant, other_tenant)]
    (tmp_path / "owners.json").write_text(json.dumps(owners), encoding="utf-8")
    command = [
        *(Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run"),
        *(f"http://127.0.0.1:{listening}/v1/openapi.json", "--max-examples", EXAMPLES, "--seed", "1"),
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py")}

    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
