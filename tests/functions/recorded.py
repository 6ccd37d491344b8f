"""A session whose record says more than what was read of it: as if an older reader had read it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from contextfs.adapters.transcripts import reader as reader_of
from contextfs.adapters.transcripts.normalised import Normalised, normalised
from tests.conftest import Tenant

NAME = "503d3276-fd1c-4a5a-b232-97277af3f672"
_FILE = Path(__file__).parent.parent / "data" / "transcripts" / "claude-code" / f"{NAME}.jsonl"
RECORD = _FILE.read_text().splitlines()
VERSION = reader_of("claude-code").VERSION


def read() -> Normalised:
    """Give what the record says, as the reader of today reads it."""
    [transcript] = reader_of("claude-code").read(_FILE.read_bytes(), name=_FILE.name)
    return normalised(transcript)


def badly(right: Sequence[Any]) -> list[dict[str, Any]]:
    """Give messages as an older reader read them: the first is another one's, the last is missing, one is none."""
    messages = [msgspec.to_builtins(one) for one in right]
    first = messages[0] | {"role": "system", "kind": "meta", "content": "Nobody said this."}
    none = messages[0] | {"external_id": "a-notice", "content": "Said by no one."}
    return [first, *messages[1:-1], none]


def captured(
    tenant: Tenant,
    *,
    right: bool = False,
    lines: Sequence[str] = tuple(RECORD),
    reader: str = "claude-code/1",
    external_id: str = NAME,
    **more: Any,
) -> str:
    """Store the session with its record; gives its id. It was read badly, unless it is to be `right`."""
    told = read()
    messages = [msgspec.to_builtins(one) for one in told.messages] if right else badly(told.messages)
    new = {"project_id": str(tenant.project_id), "tool": "claude-code", "external_id": external_id, **more}
    session = tenant.call("POST", "/v1/sessions", new | {"messages": messages}).json()["session"]["id"]
    tenant.call("POST", f"/v1/sessions/{session}/complete")
    tenant.call("PUT", f"/v1/sessions/{session}/record", {"reader": reader, "line": 0, "lines": [*lines]})
    return session


def messages(tenant: Tenant, session: str) -> list[dict[str, Any]]:
    """Read the messages of a session, in their order."""
    return tenant.call("GET", f"/v1/sessions/{session}/messages?limit=200").json()["items"]


def said(tenant: Tenant, session: str) -> list[tuple[Any, ...]]:
    """Tell what a session says, but for what no record says."""
    names = ("external_id", "role", "kind", "content", "tool_calls", "tokens", "created_at")
    found = [tuple(one[name] for name in names) for one in messages(tenant, session)]
    return [one for one in found if one[0] != "a-notice"]


def show(tenant: Tenant, session: str) -> dict[str, Any]:
    """Read what is kept of the session's record."""
    return tenant.call("GET", f"/v1/sessions/{session}/record").json()
