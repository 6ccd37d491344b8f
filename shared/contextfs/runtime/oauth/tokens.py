"""The token endpoint: each kind of grant with what answers it; and how a credential is given back (RFC 7009)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from contextfs.domain.access import keys as spelling
from contextfs.domain.access import store
from contextfs.kit.call import OpenCall
from contextfs.kit.errors import NotAuthenticated
from contextfs.runtime.oauth import devices

GRANTS: Mapping[str, Callable[[OpenCall, dict[str, str]], dict[str, Any]]] = MappingProxyType(
    {devices.GRANT: devices.redeem}
)


def revoke(call: OpenCall, fields: dict[str, str]) -> dict[str, Any]:
    """End a credential: who has it may. One that is not known is ended already."""
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
