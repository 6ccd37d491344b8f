"""The ways beside the routes: MCP, streams, the proxy, directories, webhooks, replies that were kept, forged SQL."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from contextfs.domain.sources.signatures import mint_standard, signed
from contextfs.kit.call import Services
from contextfs.kit.clock import Clock
from contextfs.runtime.isolation.grounds import ONCE, session_of
from contextfs.runtime.isolation.model import UNKNOWN, Check, Party, Victim
from contextfs.runtime.isolation.walk import foreign
from contextfs.runtime.isolation.web import Response, Web, ask, told

_UPGRADED, _FAILED, _ABSENT = 101, 400, 503
_PROBLEM: Final = "urn:contextfs:problem:"
_PASSED_ON: Final = f"{_PROBLEM}upstream"
_MCP: Final = {"accept": "application/json, text/event-stream", "mcp_protocol_version": "2025-11-25"}
FORGERIES: Final = (
    "select set_config('app.org_id', '$org_id', false)",
    "select set_config('app.signed_claims', '$org_id', true), count(*) from memories",
    "set app.org_id = '$org_id'",
    "set role contextfs_app",
    "select 1; set app.org_id = '$org_id'; select content from memories",
    "do $$do$$ begin perform set_config('app.org_id', '$org_id', false); end $$do$$",
    "select content from contextfs.memories",
    "select content from contextfs_now.memories",
    'select * from pg_catalog."pg_stat_activity"',
    "with pg_stat_activity as (select * from pg_stat_activity) select query from pg_stat_activity",
    "select s.* from pg_stat_activity, (with pg_stat_activity as (select 1) select * from pg_stat_activity) s",
    "select * from information_schema.tables",
    "select contextfs.sign_claims(1, 60)",
    "select * from dblink('', 'table contextfs.memories') as t(x text)",
    "select pg_read_file('postgresql.conf')",
    "select lo_import('/etc/passwd')",
    "select pg_sleep(10)",
    "select query_to_json('table contextfs.memories', true, false, '')",
    "select content from memories /* */ ; -- \n delete from memories",
    "with gone as (delete from memories returning content) select * from gone",
    "select current_setting('app.signed_claims')",
    "select current_setting.current_setting from jsonb_array_elements_text('[\"app.org_id\"]') as current_setting",
    "copy memories to stdout",
    "select content from memories as of system time now()",
    "select content from only contextfs.memories",
    "select content from lateral (table contextfs.memories) as m",
)
"""Queries that would read past one's own claims, change something, or wait. None may be answered."""


def ways(web: Web, victim: Victim, parties: Sequence[Party], services: Services, clock: Clock) -> Iterator[Check]:
    """Try all of them; streams where this server has them, and its owner is let in."""
    streams = _watched(web, victim.owner, victim.things["session_id"]).status_code == _UPGRADED
    yield _recalled_by_its_owner(web, victim)
    for party in parties:
        yield _kept_replies(web, victim, party)
        yield _models(web, victim, party)
        yield _proxied(web, victim, party)
        if streams:
            yield _streams(web, victim, party)
        if party.headers:
            yield _forgeries(web, victim, party)
    for party in parties:
        if "directory" in party.name:
            yield _directories(web, victim, party)
    yield _webhooks(web, victim, services, clock)


def _kept_replies(web: Web, victim: Victim, party: Party) -> Check:
    """Send what the owner sent, with the owner's Idempotency-Key: a kept reply would be given back."""
    mark, things, _ = victim.named_to(party)
    body = session_of(things["project_id"], mark) if party.of != "person" else {"project_id": UNKNOWN, "tool": "test"}
    reply = ask(web, party, "POST", "/v1/sessions?wait=searchable", body, idempotency_key=ONCE)
    leak = foreign(victim, party, reply, msgspec.json.encode(body).decode())
    if "idempotent-replayed" in reply.headers:
        leak = "the reply that was kept for the owner"
    return _check("kept replies", "Idempotency-Key of the owner", party, 1, leak)


def _recalled_by_its_owner(web: Web, victim: Victim) -> Check:
    """Recall as the owner: what they cannot see either would be no proof. A server without MCP has nothing to prove."""
    wanted = {"name": "contextfs_recall", "arguments": {"ids": ["$memory_id"]}}
    reply, _ = _asked(web, victim.owner, "tools/call", wanted, victim.things)
    blind = (
        None if victim.mark in reply.text or reply.status_code == _ABSENT else "the owner cannot recall their memory"
    )
    return _check("MCP", "every tool and resource", victim.owner, int(reply.status_code != _ABSENT), blind)


def _models(web: Web, victim: Victim, party: Party) -> Check:
    """Ask as a model does: by each tool and each kind of resource."""
    mark, things, nobodys = victim.named_to(party)
    calls: list[tuple[str, dict[str, Any], bool]] = [
        ("tools/call", {"name": "contextfs_search", "arguments": {"query": mark}}, False),
        ("tools/call", {"name": "contextfs_context", "arguments": {"task": mark}}, False),
        ("tools/call", {"name": "contextfs_recall", "arguments": {"ids": ["$memory_id"]}}, True),
        ("tools/call", {"name": "contextfs_get_session", "arguments": {"id": "$session_id"}}, True),
        ("tools/call", {"name": "contextfs_list_sessions", "arguments": {}}, False),
        ("resources/read", {"uri": "contextfs://memory/$memory_id"}, True),
        ("resources/read", {"uri": "contextfs://session/$session_id"}, True),
        ("resources/list", {}, False),
    ]
    leak = None
    for method, wanted, names_one in calls:
        reply, sent = _asked(web, party, method, wanted, things)
        if reply.status_code == _ABSENT:
            return _check("MCP", "every tool and resource", party, 0, None)
        found = foreign(victim, party, reply, sent)
        if found:
            leak = leak or f"the answer of {wanted.get('name', method)} holds {found}"
        if names_one and _unnamed(reply, things) != _unnamed(_asked(web, party, method, wanted, nobodys)[0], nobodys):
            leak = leak or f"{wanted.get('name', method)} tells what is there from what is not: {reply.text[:200]}"
    return _check("MCP", "every tool and resource", party, len(calls), leak)


def _unnamed(reply: Response, ids: Mapping[str, str]) -> str:
    """Give an answer without the ids that were asked for."""
    return str(told(reply)).replace(ids["memory_id"], "").replace(ids["session_id"], "")


def _asked(web: Web, party: Party, method: str, wanted: dict[str, Any], ids: dict[str, str]) -> tuple[Response, str]:
    text = msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "method": method, "params": wanted}).decode()
    for name in ("memory_id", "session_id"):
        text = text.replace(f"${name}", ids[name])
    return ask(web, party, "POST", "/mcp", msgspec.json.decode(text), **_MCP), text


def _streams(web: Web, victim: Victim, party: Party) -> Check:
    """Begin to watch the victim's session; an upgrade (101) would be the leak."""
    _, things, nobodys = victim.named_to(party)
    replies = [_watched(web, party, ids["session_id"]) for ids in (things, nobodys)]
    theirs, none = ((reply.status_code, told(reply)) for reply in replies)
    leak = None
    if theirs[0] < _FAILED:
        leak = f"the stream was opened ({theirs[0]})"
    elif theirs != none:
        leak = "its refusal is another than where there is no such session"
    return _check("streams", "GET /v1/sessions/{session_id}/stream", party, 2, leak)


def _proxied(web: Web, victim: Victim, party: Party) -> Check:
    """Have a request passed on for the victim's project: it has to be refused before it leaves, as for nobody's.

    Not by a colleague, whose project it is as well.
    """
    if party.of == "person":
        return _check("proxy", "POST /v1/proxy/{upstream}", party, 0, None)
    _, things, nobodys = victim.named_to(party)
    key = party.headers.get("authorization", "").removeprefix("Bearer ")
    model = {"authorization": "Bearer none", "x_contextfs_key": key}
    path = "/v1/proxy/openai/v1/chat/completions"
    replies = [
        ask(web, party, "POST", path, {}, x_contextfs_project=ids["project_id"], **model) for ids in (things, nobodys)
    ]
    theirs, none = ((reply.status_code, told(reply)) for reply in replies)
    is_refused = f'"type":"{_PROBLEM}' in replies[0].text and f'"{_PASSED_ON}"' not in replies[0].text
    leak = None if is_refused else f"the request was passed on ({theirs[0]})"
    if leak is None and theirs != none:
        leak = "its refusal is another than where there is no such project"
    return _check("proxy", "POST /v1/proxy/{upstream}", party, 2, leak)


def _watched(web: Web, party: Party, session_id: str) -> Response:
    upgrade = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec_websocket_version": "13",
        "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    return ask(web, party, "GET", f"/v1/sessions/{session_id}/stream", **upgrade)


def _forgeries(web: Web, victim: Victim, party: Party) -> Check:
    """Ask in SQL what would forge claims, read past them, or change something."""
    leak = None
    for query in FORGERIES:
        text = query.replace("$$do$$", "$x$").replace("$org_id", str(victim.org_id))
        reply = ask(web, party, "POST", "/v1/sql", {"query": text})
        found = foreign(victim, party, reply, text)
        if reply.status_code < _FAILED:
            leak = leak or f"it was answered: {text}"
        leak = leak or (found and f"the answer to {text} holds {found}")
    return _check("SQL", "forged claims, side effects, catalogs, files", party, len(FORGERIES), leak)


def _directories(web: Web, victim: Victim, party: Party) -> Check:
    """Look for the victim's people as a directory of another organization."""
    paths = (
        "/scim/v2/Users",
        "/scim/v2/Groups",
        f"/scim/v2/Users/{victim.things['user_id']}",
        f'/scim/v2/Users?filter=userName%20eq%20"{victim.mark}@example.test"',
    )
    leak = None
    for path in paths:
        reply = ask(web, party, "GET", path)
        found = foreign(victim, party, reply, path)
        leak = leak or (found and f"the answer to {path} holds {found}")
    return _check("directories", "/scim/v2", party, len(paths), leak)


def _webhooks(web: Web, victim: Victim, services: Services, clock: Clock) -> Check:
    """Send a conversation to the victim's source, signed with a secret that is not the source's."""
    body = msgspec.json.encode({"conversation_id": "forged", "messages": [{"role": "user", "content": "forged"}]})
    secret = mint_standard(services.entropy)
    headers = {"content-type": "application/json", **signed(secret, "msg_forged", clock(), body)}
    reply = web.request("POST", f"/v1/ingest/{victim.things['source']}", content=body, headers=headers)
    leak = None if reply.status_code >= _FAILED else f"it was taken ({reply.status_code})"
    return Check(area="webhooks", subject="another secret's signature", who="nobody", tried=1, leak=leak)


def _check(area: str, subject: str, party: Party, tried: int, leak: str | None) -> Check:
    return Check(area=area, subject=subject, who=party.name, tried=tried, leak=leak)
