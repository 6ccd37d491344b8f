"""Create, list and revoke API keys; nobody hands out more than they have."""

from uuid import UUID

from contextfs.domain.access import keys, store
from contextfs.domain.access.model import ApiKey, ApiKeyCreated, NewApiKey
from contextfs.domain.access.rules import PERMISSIONS, ROLES, allows
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid, NotAllowed, NotFound


def create(call: Call, new: NewApiKey) -> ApiKeyCreated:
    """Create a key with at most the caller's own permissions and projects."""
    wanted = tuple(new.permissions) if new.permissions is not None else ROLES[new.role]
    _check_permissions(call, wanted)
    project_id = _project(call, new.project_id)
    if new.expires_at is not None and new.expires_at <= call.now:
        raise Invalid("expires_at lies in the past: give a time to come, or leave it out.", where="$.expires_at")
    key_id = call.new_id()
    secret = keys.mint(call.principal.org_id, key_id, environment="live", entropy=call.services.entropy)
    values = {
        "org_id": call.principal.org_id,
        "id": key_id,
        "project_id": project_id,
        "user_id": call.principal.user_id,
        "name": new.name,
        "hash": keys.digest(secret, call.services.key_pepper),
        "hint": keys.hint(secret),
        "role": new.role,
        "permissions": list(wanted),
        "created_by": call.principal.actor_id,
        "expires_at": new.expires_at,
        "now": call.now,
    }
    created = store.insert_key(call.tx, values)
    call.emit("api_key.created", key_id, project_id)
    return ApiKeyCreated(api_key=created, secret=secret)


def revoke(call: Call, key_id: UUID) -> ApiKey:
    """End a key at once; ending it twice changes nothing."""
    key = store.get_key(call.tx, key_id)
    if key.revoked_at is not None:
        call.note(subject=key_id, project_id=key.project_id)
        return key
    revoked = store.revoke_key(call.tx, key_id, call.now)
    call.emit("api_key.revoked", key_id, key.project_id)
    return revoked


def _check_permissions(call: Call, wanted: tuple[str, ...]) -> None:
    for permission in wanted:
        noun = permission.split(":", 1)[0]
        known = (
            permission == "*"
            or permission in PERMISSIONS
            or (permission.endswith(":*") and any(name.startswith(f"{noun}:") for name in PERMISSIONS))
        )
        if not known:
            detail = f"There is no permission {permission}: choose from {', '.join(PERMISSIONS)}."
            raise Invalid(detail, where="$.permissions")
        if not allows(call.principal.permissions, permission):
            raise NotAllowed(f"A key cannot hand out {permission}, which it does not have itself.")


def _project(call: Call, wanted: UUID | None) -> UUID | None:
    """Give the project of a new key: the wanted one, or the only one that is open to the caller."""
    own = call.principal.project_ids
    if own is None:
        return wanted
    if wanted is not None and wanted not in own:
        raise NotFound("There is no such project, or it is not yours to see.")
    if wanted is None and len(own) != 1:
        raise Invalid("Some projects are open to you: say which one the key is for.", where="$.project_id")
    return wanted or own[0]
