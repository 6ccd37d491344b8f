"""The token endpoint: each kind of grant with what answers it; and how a credential is given back (RFC 7009)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from contextfs.domain.access import keys as spelling
from contextfs.domain.access import store
from contextfs.domain.grants.model import Tokens
from contextfs.journeys.signin import grants
from contextfs.kit.call import OpenCall
from contextfs.kit.errors import NotAuthenticated
from contextfs.runtime.oauth import devices
from contextfs.runtime.oauth.answers import Refused


def _redeem(call: OpenCall, fields: dict[str, str]) -> dict[str, Any]:
    """Change a code for tokens."""
    return _told(
        lambda: grants.redeem(
            call,
            fields.get("code", ""),
            client_id=fields.get("client_id", ""),
            redirect_uri=fields.get("redirect_uri", ""),
            verifier=fields.get("code_verifier", ""),
            resource=_resource(fields),
        )
    )


def _refresh(call: OpenCall, fields: dict[str, str]) -> dict[str, Any]:
    """Change a refresh token for the next tokens."""
    return _told(
        lambda: grants.refresh(
            call, fields.get("refresh_token", ""), client_id=fields.get("client_id", ""), resource=_resource(fields)
        )
    )


def _told(give: Callable[[], Tokens]) -> dict[str, Any]:
    try:
        given = give()
    except NotAuthenticated as error:
        raise Refused("invalid_grant", error.detail) from None
    return {
        "access_token": given.access_token,
        "token_type": "Bearer",
        "expires_in": given.expires_in,
        "refresh_token": given.refresh_token,
        "scope": " ".join(given.permissions),
    }


def _resource(fields: dict[str, str]) -> str | None:
    return fields["resource"].rstrip("/") if "resource" in fields else None


GRANTS: Mapping[str, Callable[[OpenCall, dict[str, str]], dict[str, Any]]] = MappingProxyType(
    {devices.GRANT: devices.redeem, "authorization_code": _redeem, "refresh_token": _refresh}
)


def revoke(call: OpenCall, fields: dict[str, str]) -> dict[str, Any]:
    """End a credential: who has it may. One that is not known is ended already."""
    grants.give_back(call, fields.get("token", ""))
    try:
        credential = spelling.parse(fields.get("token", ""), call.services.key_pepper)
    except NotAuthenticated:
        return {}
    if credential.kind == "key" and _is_open(call, credential):
        with call.inside(credential.org_id, "api_key.revoked") as inside:
            store.revoke_key(inside.tx, credential.id, call.now)
            inside.emit("api_key.revoked", credential.id, None)
    return {}


def _is_open(call: OpenCall, credential: spelling.Credential) -> bool:
    with call.inside(credential.org_id, None) as inside:
        return store.is_open(inside.tx, credential, call.now)
