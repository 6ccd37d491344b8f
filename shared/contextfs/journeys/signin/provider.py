"""Sign in by the organization's identity provider: a browser is sent there, and comes back with a code.

What ties the two ways together: `state` names the sign-in and is good once; a cookie shows that the same browser comes
back; the nonce and the verifier of PKCE follow from `state` and a secret of this server, so that no table holds them.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from contextfs.domain.sso import rules, store
from contextfs.domain.sso.model import Settings
from contextfs.journeys.signin.admission import admit
from contextfs.journeys.signin.logins import open_login
from contextfs.journeys.signin.peers import peer_of, providers_of, redirect_uri, saml_peer_of, speaks_saml
from contextfs.kit import tokens
from contextfs.kit.call import OpenCall, Services
from contextfs.kit.errors import ContextFSError, Invalid, NotAuthenticated, NotFound
from contextfs.kit.identity import Challenge
from contextfs.kit.ids import uuid7

LASTS: Final = timedelta(minutes=10)
STATE: Final = "ctxo"
_NOBODY = UUID(int=0)
NO_SIGN_IN = "There is no single sign-on for this: check the address or the organization, or sign in with a key."
BROKEN = "This sign-in was not begun in this browser, or is over: begin again."


class Begun(msgspec.Struct, frozen=True):
    """Where the browser goes, and the cookie that it has to bring back; a form of the provider's brings it, or not."""

    address: str
    binder: str
    by_form: bool


class Finished(msgspec.Struct, frozen=True):
    """The cookie of the new login, and where the browser goes on."""

    cookie: str
    return_to: str


def begin(call: OpenCall, organization: UUID | None, email: str | None, return_to: str | None) -> Begun:
    """Send a browser to the provider of an organization, which is named, or found by the domain of an address."""
    org_id = organization or _organization_of(call, email)
    services = call.services
    with call.inside(org_id, None) as inside:
        settings = store.settings(inside.tx)
    if not settings.enabled:
        raise NotFound(NO_SIGN_IN)
    signin = uuid7(call.now, services.entropy)
    state = tokens.mint(STATE, org_id, signin, services.entropy)
    binder = base64.urlsafe_b64encode(services.entropy(24)).decode()
    with services.waiting.signing_in.taken(org_id):
        address = _address(call, org_id, settings, state)
    with call.inside(org_id, None) as inside:
        store.begin(
            inside.tx,
            org_id,
            signin,
            state=tokens.digest(state, services.key_pepper),
            binder=tokens.digest(binder, services.key_pepper),
            return_to=rules.safe_return(return_to),
            expires_at=call.now + LASTS,
        )
    return Begun(address, binder, speaks_saml(settings))


def finish(call: OpenCall, *, state: str, code: str | None, error: str | None, issuer: str | None) -> Finished:
    """Sign a browser in that comes back with a code; whatever refuses it is told, and stands in the audit log."""
    named = tokens.parse(state, call.services.key_pepper, STATE)
    if named is None:
        raise NotAuthenticated(BROKEN)
    with call.services.waiting.signing_in.taken(named.org_id):  # before the state is used: it can come again
        try:
            return _finish(call, named, state=state, code=code, error=error, issuer=issuer)
        except ContextFSError as refused:
            with call.inside(named.org_id, "login.refused") as inside:
                inside.note(subject=named.id, reason=type(refused).slug())
            raise


def _finish(
    call: OpenCall, named: tokens.Named, *, state: str, code: str | None, error: str | None, issuer: str | None
) -> Finished:
    services = call.services
    with call.inside(named.org_id, None) as inside:
        begun = store.take(inside.tx, named.id, named.hash)
        settings = store.settings(inside.tx)
    binder = tokens.digest(call.binder, services.key_pepper)
    if begun is None or begun["expires_at"] <= call.now or not hmac.compare_digest(bytes(begun["binder_hash"]), binder):
        raise NotAuthenticated(BROKEN)
    if not settings.enabled or speaks_saml(settings):
        raise NotAuthenticated("Single sign-on was switched off, or changed: ask your administrator.")
    if error is not None or not code:
        raise NotAuthenticated(f"Your identity provider refused the sign-in ({error or 'no code'}): begin again.")
    peer = peer_of(settings)
    assertion = providers_of(services).redeem(peer, _challenge(services, state), code, issuer)
    with call.inside(named.org_id, "login.opened") as inside:
        inside.agent = call.agent
        inside.note(provider=settings.provider)
        user_id = admit(inside, settings, assertion)
        cookie = open_login(inside, user_id, peer.method)
    return Finished(cookie, begun["return_to"])


def _organization_of(call: OpenCall, email: str | None) -> UUID:
    if email is None:
        raise Invalid("Say who signs in: organization=<id>, or email=<address>.", where="query")
    with call.inside(_NOBODY, None) as inside:
        found = store.organization_of_domain(inside.tx, rules.domain_of(email))
    if found is None:
        raise NotFound(NO_SIGN_IN)
    return found


def _address(call: OpenCall, org_id: UUID, settings: Settings, state: str) -> str:
    """Give where the provider is asked; a SAML provider's answer names the state as the request that it answers."""
    providers = providers_of(call.services)
    if speaks_saml(settings):
        return providers.saml.address(saml_peer_of(call.services, org_id, settings), state, call.now)
    return providers.address(peer_of(settings), _challenge(call.services, state))


def _challenge(services: Services, state: str) -> Challenge:
    def derived(purpose: str) -> str:
        mac = hmac.new(services.key_pepper, f"{purpose}\n{state}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")

    return Challenge(
        state=state, nonce=derived("nonce"), verifier=derived("verifier"), redirect_uri=redirect_uri(services)
    )
