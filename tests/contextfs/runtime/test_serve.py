"""`python -m contextfs.runtime.serve stream`: the streams of sessions alone, as a cloud runs them."""

import json
from pathlib import Path
from typing import Any

import httpx2
from websockets.sync.client import connect

from tests.conftest import Tenant, settings_for
from tests.contextfs.runtime.processes import serving


def test_a_service_of_its_own_streams_and_answers_nothing_else(
    database_url: str, tenant: Tenant, tmp_path: Path
) -> None:
    new = {"project_id": str(tenant.project_id), "tool": "test"}
    session = tenant.call("POST", "/v1/sessions", new).json()["session"]["id"]
    key = {"authorization": f"Bearer {tenant.key}"}
    with serving("stream", settings_for(database_url), tmp_path) as url:
        address = f"{url.replace('http', 'ws', 1)}/v1/sessions/{session}/stream?stream=s"
        with connect(address, additional_headers=key) as stream:  # pyright: ignore[reportUnknownVariableType] - its options are left open
            stream.send(json.dumps({"type": "append", "seq": 1, "message": {"role": "user", "content": "Hello."}}))
            told: Any = json.loads(stream.recv(timeout=20))
        elsewhere = httpx2.get(f"{url}/v1/sessions", headers=key, timeout=60)
        root = httpx2.get(url, timeout=60)
    messages = tenant.call("GET", f"/v1/sessions/{session}/messages").json()["items"]

    assert (told["type"], told["seq"], told["id"]) == ("ack", 1, messages[0]["id"])
    assert [message["content"] for message in messages] == ["Hello."]
    assert (elsewhere.status_code, root.status_code) == (404, 404)
    assert elsewhere.headers["content-type"] == "application/problem+json"
