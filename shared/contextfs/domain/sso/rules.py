"""What is believed of an assertion, and what follows from it; pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit
from uuid import UUID

from contextfs.domain.sso.model import Person, Provider, Role, Settings
from contextfs.domain.sso.presets import PRESETS
from contextfs.kit.assertion import Assertion
from contextfs.kit.errors import NotAllowed

_GREATEST: Final[tuple[Role, ...]] = ("admin", "member", "viewer")
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,253}")
_RETURN_TO = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
_GOOGLE_OWN: Final = frozenset({"gmail.com", "googlemail.com"})
_VOUCH_FOR_NONE: Final = frozenset({"entra", "saml"})
"""Whatever these say of an address, it is what somebody typed there."""
HOME: Final = "/oauth/login"
"""Where somebody is led who did not say where to: it tells them that they are signed in."""
RECORD: Final = "contextfs-domain-verification="


def domain_of(email: str) -> str:
    """Give an address's domain, in lower case."""
    return email.rsplit("@", 1)[-1].lower()


def safe_return(path: str | None) -> str:
    r"""Give the place on this server that a sign-in leads back to; anything else becomes `HOME`.

    Browsers read `//host`, `/\host` and control characters as other servers.
    """
    return path if path and _RETURN_TO.fullmatch(path) and not urlsplit(path).netloc else HOME


def person(settings: Settings, assertion: Assertion, verified: Collection[str]) -> Person:
    """Read an assertion by the organization's mapping; NotAllowed when it names no address.

    The address is trusted when its domain is proven to be the organization's own, or when the provider says that it
    checked it. Google says so of addresses at other companies' domains, too, for which it only speaks with `hd`.
    """
    said, mapped, usual = assertion.attributes, settings.attribute_mapping, PRESETS[settings.provider].names
    email = _address(_first(said, mapped.email, usual.email))
    if email is None:
        raise NotAllowed("Your identity provider does not tell your address: ask your administrator to release it.")
    name = _first(said, mapped.name, usual.name)
    domain = domain_of(email)
    return Person(
        email=email,
        name=name[:200] if isinstance(name, str) and name else None,
        groups=_groups(_first(said, mapped.groups, usual.groups)),
        is_trusted=domain in verified or _is_checked(settings.provider, said, domain),
    )


def verified_address(assertion: Assertion) -> str:
    """Read the address of who signed in at the installation's own service, in lower case; NotAllowed without one.

    Anybody may sign up there, by any address: it is theirs once they have answered a letter to it, and not before.
    """
    email = _address(assertion.attributes.get("email"))
    if email is None:
        raise NotAllowed("You signed in without an address: sign in with one that your organization knows you by.")
    if not _is_told(assertion.attributes):
        raise NotAllowed("Your address is not verified yet: follow the link in the letter that was sent to it.")
    return email


def role_of(settings: Settings, groups: Collection[str]) -> Role:
    """Give the greatest role that a person's groups have, or the default one."""
    given = {settings.group_roles[group] for group in groups if group in settings.group_roles}
    for role in _GREATEST:
        if role in given:
            return role
    return settings.default_role


def check_not_enforced(settings: Settings, user_id: UUID) -> None:
    """Stop a sign-in by key with NotAllowed where the organization's people sign in by its provider alone."""
    if settings.enabled and settings.enforced and user_id != settings.break_glass_user_id:
        raise NotAllowed("Your organization signs in by its identity provider: begin at /v1/auth/login.")


def _is_checked(provider: Provider, said: Mapping[str, Any], domain: str) -> bool:
    if not _is_told(said) or provider in _VOUCH_FOR_NONE:
        return False
    return provider != "google" or domain in _GOOGLE_OWN or said.get("hd") == domain


def _is_told(said: Mapping[str, Any]) -> bool:
    """Tell whether a provider says that it checked an address; some spell it as text."""
    checked = said.get("email_verified")
    return checked is True or checked == "true"


def _address(value: Any) -> str | None:
    return value.lower() if isinstance(value, str) and _EMAIL.fullmatch(value) else None


def _first(said: Mapping[str, Any], mapped: str | None, usual: Iterable[str]) -> Any:
    """Read an attribute by the name that it is mapped to, or by the first of its usual names that is there."""
    values = (_value(said, name) for name in ((mapped,) if mapped else usual))
    return next((value for value in values if value is not None), None)


def _value(said: Mapping[str, Any], name: str) -> Any:
    """Read an attribute by its name, or by a path of names with dots where there is none of that name."""
    if name in said:
        return said[name]
    value: Any = said
    for part in name.split("."):
        value = cast("dict[str, Any]", value).get(part) if isinstance(value, dict) else None
    return value


def _groups(value: Any) -> tuple[str, ...]:
    many = [value] if isinstance(value, str) else value
    return tuple(one for one in cast("list[Any]", many) if isinstance(one, str)) if isinstance(many, list) else ()
