"""Permissions: `noun:verb`, where `noun:*` and `*` stand for more; roles are names for sets of them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from contextfs.kit.errors import NotAllowed
from contextfs.kit.principal import Principal

PERMISSIONS: Mapping[str, str] = MappingProxyType(
    {
        "projects:read": "See projects.",
        "projects:write": "Create, change and delete projects.",
        "sessions:read": "See sessions and their messages.",
        "sessions:write": "Capture, change and delete sessions.",
        "memories:read": "See memories, search them and ask for context packs.",
        "memories:write": "Add, change and delete memories.",
        "users:read": "See the members, service accounts and invitations.",
        "users:write": "Invite, add, change and remove members and service accounts.",
        "roles:read": "See the custom roles.",
        "roles:write": "Create, change and delete custom roles.",
        "keys:read": "See the API keys, without their secrets.",
        "keys:write": "Create and revoke API keys.",
        "tokens:write": "Exchange a key or login for a token with fewer permissions, for an hour at most.",
        "sources:read": "See the sources that send conversations, without their secrets.",
        "sources:write": "Create and delete sources, and rotate their secrets.",
        "logins:read": "See your own logins, and who you are.",
        "logins:write": "Sign in with a key, and end your own logins.",
        "events:read": "See the events that could not be delivered.",
        "events:write": "Send undelivered events again.",
        "index:read": "See which vectors search uses, and the progress of new ones.",
        "index:write": "Remake the vectors.",
        "sso:read": "See how the organization signs in, and its domains.",
        "sso:write": "Set how the organization signs in, and prove its domains.",
        "scim:read": "See the tokens of directories, without their secrets.",
        "scim:write": "Create and end tokens of directories.",
        "networks:read": "See from which networks the organization may be called.",
        "networks:write": "Set from which networks the organization may be called.",
        "redaction:read": "See the organization's own redaction rules.",
        "redaction:write": "Set the organization's own redaction rules.",
        "residency:read": "See in which region the organization lives.",
        "residency:write": "Set what happens to calls that arrive in another region.",
        "sql:read": "Query in SQL what the other permissions allow to read.",
        "exports:read": "See your own exports, and get links to them.",
        "exports:write": "Request exports of what you may read, and delete them.",
        "usage:read": "See the calls to language models, and their cost.",
        "audit:read": "See who did what, and check that nobody changed the log.",
        "audit:write": "Set how long the audit log is kept.",
    }
)

_READ = ("projects:read", "sessions:read", "memories:read", "sql:read")
_RUN = (
    *("projects:*", "sessions:*", "memories:*", "users:*", "roles:*", "keys:*", "sources:*"),
    *("events:*", "index:*", "usage:*", "audit:*", "sql:*", "sso:*", "scim:*", "exports:*", "redaction:*"),
)
_SELF = ("logins:read", "logins:write", "tokens:write")
_WRITE = ("sessions:write", "memories:write")

ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "owner": ("*",),
        "admin": (*_RUN, *_SELF),
        "member": (*_READ, *_WRITE, "projects:write", *_SELF),
        "viewer": (*_READ, *_SELF),
    }
)


def allows(granted: Iterable[str], needed: str) -> bool:
    """Tell whether one of the granted permissions covers the needed one."""
    return not _covering(needed).isdisjoint(granted)


@lru_cache(maxsize=256)
def _covering(needed: str) -> frozenset[str]:
    return frozenset({needed, f"{needed.split(':', 1)[0]}:*", "*"})


def covers(granted: Iterable[str], wanted: Iterable[str]) -> str | None:
    """Give the first of the wanted permissions that the granted ones do not cover; None when they cover all."""
    held = tuple(granted)
    return next((permission for permission in wanted if not allows(held, permission)), None)


def meet(some: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Give what both sets of permissions allow. Two permissions are disjoint, or one is a part of the other."""
    both = [permission for permission in some if allows(others, permission)]
    return tuple(dict.fromkeys([*both, *(permission for permission in others if allows(some, permission))]))


def may(principal: Principal, needed: str) -> None:
    """Stop with NotAllowed, which names the missing permission and nothing else."""
    if not allows(principal.permissions, needed):
        raise NotAllowed(f"This needs the permission {needed}: ask for a key or a role that has it.")
