"""What a schema cannot say of valid data, told to Schemathesis; of other data, what the rest of a run needs is kept."""

import json
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from schemathesis import hook  # pyright: ignore[reportUnknownVariableType] - Schemathesis leaves it open

from contextfs.domain.access import keys
from contextfs.runtime.openapi.examples import BODIES, PROJECT

_TIME_TO_COME = "2999-01-01T00:00:00Z"
_USERS = json.loads(Path("users.json").read_text(encoding="utf-8"))["auth"]
_OWNERS: list[str] = json.loads(Path("owners.json").read_text(encoding="utf-8"))
_SECRETS = [user["fixedHeaders"][0]["value"].removeprefix("Bearer ") for user in _USERS]
_LASTING = {PROJECT, *(str(keys.parse(secret, b"").id) for secret in _SECRETS), *_OWNERS}
"""What all other calls need: the project that both users have, their keys, and themselves."""


@hook  # pyright: ignore[reportUntypedFunctionDecorator] - Schemathesis leaves it open
def before_call(_context: Any, case: Any, _arguments: Any) -> None:
    """Mend what makes a request that its schema allows meaningless."""
    if case.meta is None:
        return
    _mend_path(case.method, case.path_parameters or {})
    if not case.meta.generation.mode.is_positive:
        return
    _mend_headers(case.headers)
    _mend_query(case)
    _mend_saml(case)
    if case.method == "GET" and case.meta.phase.name.value == "stateful":
        # Invented filters find nothing, and from an empty list no link leads on.
        for name in set(case.query) - {"project_id"}:
            del case.query[name]
    for fields in (case.query, case.body):
        if isinstance(fields, dict):
            _mend_fields(cast("dict[str, Any]", fields))
            if case.path == "/v1/sql" and fields is case.body:
                # What is SQL, no schema knows; tests/functions/sql sends all else.
                fields["query"] = "select id, content from memories"
            if fields is case.body:
                _mend_body(case.path, cast("dict[str, Any]", fields))
            if case.path == "/v1/admin/users" and fields is case.body:
                # A person has an address of their own, and a service account none: no schema tells.
                cast("dict[str, Any]", fields).update(kind="person", email=f"{uuid4()}@example.test")


def _mend_body(path: str, body: dict[str, Any]) -> None:
    if path == "/v1/search/graph":
        body.pop("as_of", None)  # the graph is that of today
    if path == "/v1/exports" and body.get("audit_log"):
        body.pop("project_id", None)  # the audit log is the organization's
    if path == "/v1/auth/grants":
        # A server's own address, and what programs may have, no schema knows.
        body |= {name: BODIES["auth.grant"][name] for name in ("resource", "scope")}
    if path == "/v1/tokens":
        # A key of no one project has to say which is meant, and a token makes no credentials: no schema tells.
        body |= {"project_id": PROJECT, "permissions": ["memories:read"]}
    if path == "/v1/admin/audit-logs/stream":
        body["url"] = "https://siem.invalid/"  # what is a public address, no pattern says
    if path == "/v1/admin/redaction":
        body["rules"] = BODIES["redaction.put"]["rules"]  # what is a pattern, no pattern says
    if path == "/v1/admin/networks":
        body["networks"] = []  # what is a network, and holds the caller's address, no pattern says


def _mend_saml(case: Any) -> None:
    """Give a message of SAML in the place of an invented form: one of two, which no schema says; nobody signed it."""
    if not case.path.startswith("/v1/saml/"):
        return
    if case.path.endswith("/acs"):
        case.body = {"SAMLResponse": "PHI+"}
    elif case.method == "POST":
        case.body = {"SAMLRequest": "PHI+"}
    elif case.path.endswith("/logout"):
        case.query = {"SAMLRequest": "PHI+"}


def _mend_query(case: Any) -> None:
    if case.path.startswith("/v1/otlp/") or case.path == "/v1/sync/status":
        # A key of no one project has to say which is meant, and a link from one leads here with none.
        case.query["project_id"] = PROJECT
    if case.path == "/v1/graph" and case.query.get("entity") is not None:
        # The middle is an entity or a memory, which no schema of parameters can say.
        case.query.pop("memory_id", None)
    if case.path == "/v1/auth/login":
        # One of two has to be there, which no schema of parameters can say; who has no sign-on is not found.
        case.query = {"email": "ann@nobody.example"}
    if case.path == "/v1/auth/callback":
        # All that a provider may send, each as long as it may be, is longer than an address may be.
        case.query = {name: value for name, value in case.query.items() if name in {"state", "code"}}


def _mend_headers(headers: Any) -> None:
    if "Idempotency-Key" in headers:
        # A key that was used with another request answers 422, which no schema can foresee.
        headers["Idempotency-Key"] = str(uuid4())
    if "If-Match" in headers:
        # An invented version answers 412. (And the coverage phase writes letters and digits, where the pattern has
        # quotes.)
        headers["If-Match"] = "*"
    if headers.get("If-None-Match", '"').isalnum():
        headers["If-None-Match"] = f'"{headers["If-None-Match"]}"'


def _mend_path(method: str, values: dict[str, Any]) -> None:
    for name, value in values.items():
        ends = method == "DELETE" or (method == "PATCH" and name == "user_id")
        if value in {None, "None"} or (ends and value in _LASTING):
            # Schemathesis follows a field that is null in this reply, or would end what the rest of the run needs.
            values[name] = str(uuid4())


def _mend_fields(fields: dict[str, Any]) -> None:
    if fields.get("cursor") is not None:
        # A cursor is opaque: only those that the API gave out are valid.
        del fields["cursor"]
    if fields.get("expires_at") is not None and "name" in fields:
        # A key that ends in the past is refused: what is past, no schema knows.
        fields["expires_at"] = _TIME_TO_COME
    if fields.get("mapping") is not None:
        # A mapping is for one preset, and one scheme asks more of it.
        fields |= {"preset": "json", "scheme": "standard"}
    if "enabled" in fields:
        # What is switched on has to answer, and an owner has to be there: tests/functions/sso have both.
        fields |= {"enabled": False, "enforced": False, "break_glass_user_id": None}
    if isinstance(fields.get("role"), str) and fields["role"] != "viewer":
        # An invented role answers 422: which there are, no schema knows.
        fields["role"] = "member"
    if fields.get("projects") is not None:
        # As below.
        fields["projects"] = [PROJECT]
    if fields.get("project_id") is not None:
        # An invented project answers 404, and nothing would ever be stored.
        fields["project_id"] = PROJECT
    for source in cast("list[dict[str, Any]]", fields.get("provenance") or []):
        source.pop("session_id", None)  # as above
