"""Read and change how an organization signs in."""

from typing import Any

import msgspec

from contextfs.domain.logins import store as logins
from contextfs.domain.sso import store
from contextfs.domain.sso.model import Settings, Sso, SsoChange
from contextfs.journeys.signin.provider import peer_of, providers_of, redirect_uri
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid, NotAllowed


def read(call: Call) -> Sso:
    """Read how the organization signs in, without its secret."""
    if call.principal.project_ids is not None:
        raise NotAllowed("A key of one project does not see how the organization signs in.")
    return _shown(call, store.settings(call.tx))


def change(call: Call, wanted: SsoChange) -> Sso:
    """Set how the organization signs in. What is switched on is tried first: nobody locks themselves out by a typo."""
    if call.principal.project_ids is not None:
        raise NotAllowed("A key of one project does not decide how the organization signs in.")
    before = store.settings(call.tx)
    sealed = before.client_secret
    if wanted.client_secret is not None:
        sealed = providers_of(call.services).seal(wanted.client_secret)
    named: dict[str, Any] = msgspec.structs.asdict(wanted) | {"client_secret": sealed, "updated_at": call.now}
    settings = Settings(**named)
    _check(call, settings)
    store.put(call.tx, call.principal.org_id, settings)
    if settings.enabled and settings.enforced:
        call.note(ended=logins.end_by_key(call.tx, settings.break_glass_user_id, call.now))
    call.note(enabled=settings.enabled, provider=settings.provider, enforced=settings.enforced)
    return _shown(call, settings)


def _check(call: Call, settings: Settings) -> None:
    if settings.break_glass_user_id is not None:
        owner = store.member(call.tx, settings.break_glass_user_id)
        if owner is None or owner.role != "owner":
            raise Invalid("This is no owner of the organization: name one.", where="$.break_glass_user_id")
    if settings.enforced and settings.break_glass_user_id is None:
        detail = "Name an owner who may sign in with a key when the provider is down: or nobody could mend it."
        raise Invalid(detail, where="$.break_glass_user_id")
    if settings.enabled:
        providers_of(call.services).check(peer_of(settings))


def _shown(call: Call, settings: Settings) -> Sso:
    named: dict[str, Any] = msgspec.structs.asdict(settings)
    has_secret = named.pop("client_secret") is not None
    return Sso(**named, has_client_secret=has_secret, redirect_uri=redirect_uri(call.services))
