"""What a directory's user is here: an address, a name, and whether they are one of us; pure."""

from collections.abc import Mapping
from typing import Any, cast

from contextfs.domain.scim.model import USER

Resource = Mapping[str, Any]


def key_of(kind: str, resource: Resource) -> str | None:
    """Give what may be there once: a user's name, whatever its case."""
    return str(resource.get("userName", "")).casefold() or None if kind == USER else None


def is_active(kind: str, resource: Resource | None) -> bool:
    """Tell whether a user is one of us; who is not told to be inactive, is."""
    return kind == USER and resource is not None and resource.get("active") is not False


def email_of(resource: Resource) -> str | None:
    """Give a user's address in lower case: the primary one, else the first, else a name that is one."""
    emails = [one for one in _listed(resource.get("emails")) if isinstance(one.get("value"), str)]
    chosen = next((one["value"] for one in emails if one.get("primary") is True), None)
    chosen = chosen or next((one["value"] for one in emails), None) or resource.get("userName")
    return chosen.lower() if isinstance(chosen, str) and "@" in chosen and len(chosen) <= 320 else None


def name_of(resource: Resource) -> str | None:
    """Give the name that people see."""
    name = resource.get("name")
    parts = cast("dict[str, Any]", name) if isinstance(name, dict) else {}
    written = " ".join(str(parts[part]) for part in ("givenName", "familyName") if parts.get(part))
    told = resource.get("displayName") or parts.get("formatted") or written
    return str(told)[:200] if told else None


def members_of(resource: Resource | None) -> set[str]:
    """Give the ids of a group's members."""
    return {str(one.get("value")) for one in _listed((resource or {}).get("members"))}


def _listed(value: Any) -> list[dict[str, Any]]:
    return [one for one in cast("list[Any]", value) if isinstance(one, dict)] if isinstance(value, list) else []
