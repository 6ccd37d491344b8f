"""Create, list, rotate and revoke API keys; nobody hands out more than they have."""

from datetime import datetime, timedelta
from uuid import UUID

from contextfs.domain.access import keys, store
from contextfs.domain.access.model import ApiKey, ApiKeyCreated, NewApiKey, Rotation
from contextfs.domain.access.people import store as people
from contextfs.domain.access.people.model import User
from contextfs.domain.access.roles.store import permissions_of
from contextfs.domain.access.rules import PERMISSIONS, ROLES, allows
from contextfs.journeys.enter.bounds import require_cover
from contextfs.kit.call import Call
from contextfs.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from contextfs.kit.pepper import name_of

_SERVES = "who makes a key of a service account administers it"
_REPLACES = "the key has it, and nobody replaces one that may more than they"


def create(call: Call, new: NewApiKey) -> ApiKeyCreated:
    """Create a key with at most the caller's own permissions and projects, of the caller or of a service account."""
    service = None if new.user_id is None else _service(call, new.user_id)
    role = new.role if service is None else service.role
    wanted = tuple(new.permissions) if new.permissions is not None else _of_role(call, role)
    _check_permissions(call, wanted)
    project_id = project_of(call, new.project_id)
    if new.expires_at is not None and new.expires_at <= call.now:
        raise Invalid("expires_at lies in the past: give a time to come, or leave it out.", where="$.expires_at")
    created = mint(
        call,
        name=new.name,
        role=role,
        permissions=wanted,
        project_id=project_id,
        user_id=call.principal.user_id if service is None else service.id,
        expires_at=new.expires_at,
    )
    expires_at = None if new.expires_at is None else new.expires_at.isoformat()
    call.note(permissions=list(wanted), user=_text(created.api_key.user_id), expires_at=expires_at)
    call.emit("api_key.created", created.api_key.id, project_id)
    return created


def _text(user_id: UUID | None) -> str | None:
    return None if user_id is None else str(user_id)


def mint(
    call: Call,
    *,
    name: str,
    role: str,
    permissions: tuple[str, ...],
    project_id: UUID | None,
    user_id: UUID | None,
    expires_at: datetime | None,
) -> ApiKeyCreated:
    """Make a key and store its hash; whoever calls this has checked that it may be made."""
    key_id = call.new_id()
    secret = keys.mint(call.principal.org_id, key_id, environment="live", entropy=call.services.entropy)
    values = {
        "org_id": call.principal.org_id,
        "id": key_id,
        "project_id": project_id,
        "user_id": user_id,
        "name": name,
        "hash": keys.digest(secret, call.services.key_pepper),
        "pepper": name_of(call.services.key_pepper),
        "hint": keys.hint(secret),
        "role": role,
        "permissions": list(permissions),
        "created_by": call.principal.actor_id,
        "expires_at": expires_at,
        "now": call.now,
    }
    return ApiKeyCreated(api_key=store.insert_key(call.tx, values), secret=secret)


def rotate(call: Call, key_id: UUID, wanted: Rotation) -> ApiKeyCreated:
    """Replace a key by one that may the same; the old one opens for a while more, so that nothing stands still.

    Nobody replaces the key of another person: its holder could act in that person's name.
    """
    old = store.get_key(call.tx, key_id)
    holder = None if old.user_id in {None, call.principal.user_id} else old.user_id
    if holder is not None and people.get(call.tx, holder).kind == "person":
        raise NotAllowed("This is another person's key: they can rotate it, and you can revoke it.")
    require_cover(call.principal, old.permissions, _REPLACES)
    if call.principal.project_ids is not None and old.project_id is None:
        raise NotAllowed("This key is for more projects than are open to you: nobody replaces such a one.")
    if not store.limit_key(call.tx, key_id, call.now + timedelta(hours=wanted.overlap_hours), call.now):
        raise Conflict("This key has ended already: create a new one.")
    created = mint(
        call,
        name=old.name,
        role=old.role,
        permissions=tuple(old.permissions),
        project_id=old.project_id,
        user_id=old.user_id,
        expires_at=None if old.expires_at is None else _lasting(old.created_at, old.expires_at, call.now),
    )
    call.emit("api_key.rotated", key_id, old.project_id, replaced_by=str(created.api_key.id))
    return created


def _lasting(begun: datetime, ended: datetime, now: datetime) -> datetime:
    """Give the end of what begins now and lasts as long; one behind the last year is that of before."""
    try:
        return now + (ended - begun)
    except OverflowError:
        return ended


def revoke(call: Call, key_id: UUID) -> ApiKey:
    """End a key at once; ending it twice changes nothing."""
    key = store.get_key(call.tx, key_id)
    if key.revoked_at is not None:
        call.note(subject=key_id, project_id=key.project_id)
        return key
    revoked = store.revoke_key(call.tx, key_id, call.now)
    call.emit("api_key.revoked", key_id, key.project_id)
    return revoked


def _service(call: Call, user_id: UUID) -> User:
    """Give the service account that a key is for; NotFound when there is none: a person makes their own keys."""
    require_cover(call.principal, ("users:write",), _SERVES)
    if call.principal.project_ids is not None:
        raise NotAllowed("This needs all projects of the organization: take a key that is not of some projects only.")
    user = people.get(call.tx, user_id)
    if user.kind == "person":
        raise NotFound("There is no such service account: a person makes their own keys.", where="$.user_id")
    return user


def _of_role(call: Call, role: str) -> tuple[str, ...]:
    return ROLES.get(role) or permissions_of(call.tx, role)


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


def project_of(call: Call, wanted: UUID | None) -> UUID | None:
    """Give the project of a new key or token: the wanted one, or the only one that is open to the caller."""
    own = call.principal.project_ids
    if own is None:
        return wanted
    if wanted is not None and wanted not in own:
        raise NotFound("There is no such project, or it is not yours to see.")
    if wanted is None and len(own) != 1:
        raise Invalid("Some projects are open to you: say which one it is for.", where="$.project_id")
    return wanted or own[0]
