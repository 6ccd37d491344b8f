"""Let members follow the directory: who is told to be active is one, who is not is none, at once."""

from collections.abc import Iterable

from contextfs.domain.access.roles.store import permissions_of
from contextfs.domain.access.rules import covers
from contextfs.domain.scim import rules, store
from contextfs.domain.scim.model import GROUP, USER, Entry
from contextfs.domain.sso import store as sso
from contextfs.domain.sso.rules import role_of
from contextfs.kit.call import Call
from contextfs.kit.errors import Conflict, NotAllowed


def follow(call: Call, before: Entry | None, after: Entry | None) -> None:
    """Do to members what a change of the directory means.

    Conflict when two of its users would be one member, NotAllowed when the last owner would go, or somebody be changed
    or made who may more than who made the directory's token: what it takes away, they might as they made it, and what
    it gives, they may now. So a directory goes on taking back whom it should when its administrator has left.
    """
    told = after or before
    if told is None:
        return
    if told.type == GROUP:
        touched = rules.members_of(before.resource if before else None)
        _assign_roles(call, touched ^ rules.members_of(after.resource if after else None) | _renamed(before, after))
    elif after is not None and rules.is_active(USER, after.resource):
        _admit(call, after)
    elif before is not None and before.user_id is not None:
        _withdraw(call, before, stays=after is not None)


def _admit(call: Call, entry: Entry) -> None:
    """Make a user a member, the one they were before if they were one; without an address they wait."""
    email = rules.email_of(entry.resource)
    if email is None:
        return
    known = store.address_owner(call.tx, email)
    user_id = entry.user_id or (known["user_id"] if known else call.new_id())
    if (known is not None and known["user_id"] != user_id) or store.is_taken(call.tx, entry.id, user_id):
        raise Conflict(f"Another member has the address {email} already.")
    member = sso.member(call.tx, user_id)
    settings = sso.settings(call.tx)
    role = entry.role or role_of(settings, store.groups_of(call.tx, str(entry.id)))
    name = rules.name_of(entry.resource)
    if member is None:
        _check_given(call, role)
    elif member.email.lower() != email:
        _check_given(call, member.role)  # who has the address signs in as them
    store.put_member(call.tx, call.principal.org_id, user_id, email=email, name=name, role=role, now=call.now)
    store.rename_member(call.tx, user_id, email, name, call.now)
    store.attach(call.tx, entry.id, user_id, None)
    call.note(admitted=str(user_id))


def _withdraw(call: Call, entry: Entry, *, stays: bool) -> None:
    """End a membership: with it go all keys and logins of the person. What they wrote stays.

    They are locked out in the same transaction. A user that `stays` in the directory comes back as who they were.
    """
    user_id = entry.user_id
    if user_id is None:
        return
    owners = store.owners(call.tx)
    if user_id in owners and (len(owners) == 1 or user_id == sso.settings(call.tx).break_glass_user_id):
        raise NotAllowed("The last owner and the break-glass owner stay: make somebody else one first.")
    member = sso.member(call.tx, user_id)
    if member is not None:
        _check_taken(call, member.role)
    role = store.remove_member(call.tx, user_id)
    if stays and role is not None:
        store.attach(call.tx, entry.id, user_id, role)
    call.note(withdrawn=str(user_id))


def _renamed(before: Entry | None, after: Entry | None) -> set[str]:
    """Give the members of a group whose name changed: it may stand for another role."""
    if before is None or after is None or before.resource.get("displayName") == after.resource.get("displayName"):
        return set()
    return rules.members_of(after.resource)


def _assign_roles(call: Call, ids: Iterable[str]) -> None:
    settings = sso.settings(call.tx)
    if not settings.group_roles:
        return
    for one in sorted(ids):
        entry = store.get(call.tx, USER, one)
        member = None if entry is None or entry.user_id is None else sso.member(call.tx, entry.user_id)
        role = role_of(settings, store.groups_of(call.tx, one))
        if member is not None and member.role not in {"owner", role}:
            _check_taken(call, member.role)
            if covers(permissions_of(call.tx, member.role), permissions_of(call.tx, role)) is not None:
                _check_given(call, role)
            sso.set_role(call.tx, member.user_id, role, call.now)


def _check_taken(call: Call, role: str) -> None:
    """Stop a directory whose token was made by somebody who might less than one who has this role."""
    then = store.vouching(call.tx, call.principal.actor_id).then
    if then is not None and covers(then, permissions_of(call.tx, role)) is not None:
        detail = f"Who made this directory's token might less than {role}: let somebody make one who may no less."
        raise NotAllowed(detail)


def _check_given(call: Call, role: str) -> None:
    """Stop a directory that would give somebody what the maker of its token may not themselves, then or now."""
    _check_taken(call, role)
    maker = store.vouching(call.tx, call.principal.actor_id)
    now = () if maker.role is None else permissions_of(call.tx, maker.role)
    if maker.is_noted and covers(now, permissions_of(call.tx, role)) is not None:
        detail = f"Who made this directory's token left, or may less than {role} now: let somebody else make a new one."
        raise NotAllowed(detail)
