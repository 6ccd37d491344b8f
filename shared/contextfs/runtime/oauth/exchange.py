"""Token exchange (RFC 8693): the same as POST /v1/tokens, for programs that speak the standard.

`subject_token` is an API key, `scope` the permissions, `project_id` the project; a key of one project needs none.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from contextfs.domain.access.tokens.model import TokenCreated
from contextfs.kit.call import OpenCall
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.http.problems import Problem
from contextfs.runtime.oauth.answers import Refused
from contextfs.runtime.table import Route

GRANT: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
_ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - its name
_NOT_KNOWN, _NOT_ALLOWED = 401, 403
_PASSES: Final = frozenset({429, 503})
"""What a caller is to try again; a wrong key that was tried too often among it."""


def exchange(door: Door, routes: Sequence[Route], call: OpenCall, fields: dict[str, str]) -> dict[str, Any]:
    """Change a key for a token."""
    if fields.get("subject_token_type") != _ACCESS_TOKEN or fields.get("requested_token_type") not in {
        None,
        _ACCESS_TOKEN,
    }:
        raise Refused("invalid_request", f"subject_token_type is {_ACCESS_TOKEN}, and so is what is given for it.")
    body: dict[str, Any] = {name: fields[name] for name in ("project_id",) if name in fields}
    if fields.get("scope"):
        body["permissions"] = fields["scope"].split(" ")
    route = next(one for one in routes if one.name == "tokens.create")
    headers = {
        "authorization": f"Bearer {fields.get('subject_token', '')}",
        "content-type": "application/json",
        "user-agent": call.agent,
    }
    asked = HttpRequest(
        method=route.method, path=route.path, headers=headers, body=msgspec.json.encode(body), address=call.address
    )
    answer = door.answer(route, asked)
    if answer.status != route.status:
        detail = msgspec.json.decode(answer.body, type=Problem).detail
        if answer.status in _PASSES:
            wait = {name: told for name, told in answer.headers.items() if name == "retry-after"}
            raise Refused("temporarily_unavailable", detail, answer.status, wait)
        names = {_NOT_KNOWN: "invalid_grant", _NOT_ALLOWED: "invalid_scope"}
        raise Refused(names.get(answer.status, "invalid_request"), detail)
    made = msgspec.json.decode(answer.body, type=TokenCreated)
    return {
        "access_token": made.access_token,
        "issued_token_type": _ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": int((made.expires_at - call.now).total_seconds()),
        "scope": " ".join(made.permissions),
    }
