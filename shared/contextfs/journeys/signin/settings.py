"""Read and change how an organization signs in."""

from typing import Any

import msgspec

from contextfs.domain.access.roles.store import permissions_of
from contextfs.domain.access.rules import ROLES, covers
from contextfs.domain.logins import store as logins
from contextfs.domain.sso import store
from contextfs.domain.sso.model import Settings, Sso, SsoChange, SsoTest
from contextfs.journeys.enter.bounds import require_cover
from contextfs.journeys.signin import peers
from contextfs.kit.call import Call, Outside
from contextfs.kit.errors import Invalid, NotAllowed, Unavailable


def read(call: Call) -> Sso:
    """Read how the organization signs in, without its secret."""
    if call.principal.project_ids is not None:
        raise NotAllowed("A key of one project does not see how the organization signs in.")
    return _shown(call, store.settings(call.tx))


def change(call: Call, wanted: SsoChange) -> Outside[Sso]:
    """Set how the organization signs in. What is switched on is tried first: nobody locks themselves out by a typo."""
    if call.principal.project_ids is not None:
        raise NotAllowed("A key of one project does not decide how the organization signs in.")
    before = store.settings(call.tx)
    call.require_version(before.version)
    _check_roles(call, before, wanted)
    settings = _with_key(call, _changed(call, before, wanted))
    _check_owner(call, settings)

    def look() -> None:
        if settings.enabled:
            peers.check(call.services, call.principal.org_id, settings)

    return Outside(look, lambda later, _: _set(later, before, settings))


def _changed(call: Call, before: Settings, wanted: SsoChange) -> Settings:
    sealed = before.client_secret if wanted.provider == before.provider else None  # it is of one provider's
    if wanted.client_secret is not None:
        sealed = peers.providers_of(call.services).seal(wanted.client_secret)
    kept = {"saml_certificate": before.saml_certificate, "saml_key": before.saml_key, "client_secret": sealed}
    stays = {"vouched": before.vouched, "vouched_by": before.vouched_by, "updated_at": call.now}
    named: dict[str, Any] = msgspec.structs.asdict(wanted) | kept | stays
    settings = Settings(**named)
    if not _vouches(call, before, settings):
        return settings
    mine = call.principal.permissions
    return msgspec.structs.replace(settings, vouched=mine, vouched_by=call.principal.user_id)


def _vouches(call: Call, before: Settings, settings: Settings) -> bool:
    """Tell whether who calls vouches for the provider with what they may: they say whose word is taken, or confirm it.

    Whoever says that is anybody, by a provider of their own. What else is set, others may set without vouching. They
    confirm it who may as much, and set nothing else than that it is on.
    """
    if before.updated_at is None or _believed(before) != _believed(settings):
        return True
    if not settings.enabled or _beside(before) != _beside(settings):
        return False
    return before.vouched is not None and covers(call.principal.permissions, before.vouched) is None


def _is_vouched(call: Call, settings: Settings) -> bool:
    """Tell whether who vouched for the provider still could; where nobody noted who that was, nobody knows better.

    People go on signing in where they could not: an organization does not lose its sign-in with its administrator.
    """
    if settings.vouched_by is None:
        return True
    role = store.role_of_voucher(call.tx, settings.vouched_by)
    return role is not None and covers(permissions_of(call.tx, role), settings.vouched or ()) is None


def _believed(settings: Settings) -> tuple[object, ...]:
    """Give what says whose word is taken, and for what."""
    where = settings.provider, settings.metadata_url, settings.metadata_xml, settings.client_id
    return *where, settings.attribute_mapping, settings.idp_initiated


def _beside(settings: Settings) -> tuple[object, ...]:
    """Give what is set beside that, but for whether it is on: what the provider gives, and who needs it."""
    gives = settings.auto_provision, settings.default_role, settings.group_roles
    return *gives, settings.enforced, settings.break_glass_user_id


def _check_roles(call: Call, before: Settings, wanted: SsoChange) -> None:
    """Stop who would have the provider give a role that may more than they, to whomever it did not give it before.

    Who has no group that is mapped gets the default role: whatever is mapped otherwise gives it to others, too.
    """
    given = {role for group, role in wanted.group_roles.items() if before.group_roles.get(group) != role}
    opens = before.updated_at is not None and wanted.auto_provision and not before.auto_provision
    if opens or (wanted.default_role, wanted.group_roles) != (before.default_role, before.group_roles):
        given.add(wanted.default_role)
    for role in sorted(given):
        require_cover(call.principal, ROLES[role], f"who signs in would be {role}, and nobody gives what they lack")


def _set(call: Call, before: Settings, settings: Settings) -> Sso:
    """Store what was tried, unless somebody else has stored other settings since they were read."""
    _check_owner(call, settings)
    stored = store.put(call.tx, call.principal.org_id, settings, before)
    if settings.enabled and settings.enforced:
        call.note(ended=logins.end_past_provider(call.tx, settings.break_glass_user_id, call.now))
    call.note(enabled=settings.enabled, provider=settings.provider, enforced=settings.enforced)
    call.note(default_role=settings.default_role, mapped_groups=len(settings.group_roles))
    return _shown(call, stored)


def test(call: Call) -> Outside[SsoTest]:
    """Look whether the provider can be used as it is set up, switched on or not; nothing is changed."""
    if call.principal.project_ids is not None:
        raise NotAllowed("A key of one project does not see how the organization signs in.")
    settings = store.settings(call.tx)
    verified = [domain.domain for domain in store.domains(call.tx) if domain.verified_at is not None]

    def look() -> SsoTest:
        try:
            known = peers.check(call.services, call.principal.org_id, settings)
        except (Invalid, Unavailable) as error:
            return SsoTest(works=False, told=error.detail, verified_domains=verified)
        return SsoTest(works=True, issuer=known.issuer, sign_in=known.sign_in, verified_domains=verified)

    return Outside(look, lambda _, found: found)


def _with_key(call: Call, settings: Settings) -> Settings:
    """Give the settings with a key pair for SAML, which is made once: providers know its certificate."""
    if not peers.speaks_saml(settings) or settings.saml_key is not None:
        return settings
    saml = peers.providers_of(call.services).saml
    certificate, key = saml.new_key(f"ContextFS {call.principal.org_id}", call.now)
    return msgspec.structs.replace(settings, saml_certificate=certificate, saml_key=key)


def _check_owner(call: Call, settings: Settings) -> None:
    if settings.break_glass_user_id is not None:
        owner = store.member(call.tx, settings.break_glass_user_id)
        if owner is None or owner.role != "owner":
            raise Invalid("This is not an owner of the organization: choose one.", where="$.break_glass_user_id")
    if settings.enforced and settings.break_glass_user_id is None:
        detail = "Name an owner who may sign in with a key when the provider is down: or nobody could mend it."
        raise Invalid(detail, where="$.break_glass_user_id")


def _shown(call: Call, settings: Settings) -> Sso:
    named: dict[str, Any] = msgspec.structs.asdict(settings)
    del named["vouched"]
    has_secret = named.pop("client_secret") is not None
    has_key = (named.pop("saml_key"), named.pop("saml_certificate")) != (None, None)
    saml = peers.addresses_of(call.services, call.principal.org_id) if has_key and peers.speaks_saml(settings) else None
    uri, is_vouched = peers.redirect_uri(call.services), _is_vouched(call, settings)
    return Sso(**named, has_client_secret=has_secret, saml=saml, redirect_uri=uri, is_vouched=is_vouched)
