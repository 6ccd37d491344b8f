"""Sign in and out by a SAML 2.0 provider: a form brings what it says, and what it says is used once.

A sign-in that began here is known by the id of its request, which is the state of the sign-in: the answer names it, and
the provider signed that. One that began at the provider has nothing that shows that this browser wanted it, so an
organization has to allow it.
"""

import hmac
from uuid import UUID

import msgspec

from contextfs.domain.sso import rules, store
from contextfs.domain.sso.model import Settings
from contextfs.journeys.signin.admission import admit
from contextfs.journeys.signin.logins import leave, open_login
from contextfs.journeys.signin.peers import providers_of, saml_peer_of, service_of, speaks_saml
from contextfs.journeys.signin.provider import BROKEN, NO_SIGN_IN, STATE, Finished
from contextfs.kit import tokens
from contextfs.kit.call import Call, OpenCall, Outside
from contextfs.kit.errors import ContextFSError, NotAuthenticated, NotFound
from contextfs.kit.ids import uuid7
from contextfs.kit.saml import Believed, LogoutAnswered, LogoutMessage

_USED = "This SAML message was used before: begin again."


class _Begun(msgspec.Struct, frozen=True):
    """What is known of a sign-in that a response ends; `refused` says why it is none."""

    return_to: str = "/"
    refused: str | None = None


def describe(call: OpenCall, organization: UUID) -> bytes:
    """Write the metadata that an organization's provider reads of us; NotFound before SAML was chosen."""
    settings = _settings(call, organization)
    return providers_of(call.services).saml.describe(service_of(call.services, organization, settings))


def finish(call: OpenCall, organization: UUID, *, response: str, relay_state: str | None) -> Finished:
    """Sign a browser in that brings a response; whatever refuses it is told, and stands in the audit log."""
    settings = _settings(call, organization)
    if not settings.enabled:
        raise NotFound(NO_SIGN_IN)
    with call.services.waiting.signing_in.taken(organization):
        try:
            return _finish(call, organization, settings, response=response, relay_state=relay_state)
        except ContextFSError as refused:
            with call.inside(organization, "login.refused") as inside:
                inside.note(provider=settings.provider, reason=type(refused).slug())
            raise


def end(call: Call) -> Outside[str | None]:
    """End the login that asks; gives the address at which its SAML provider ends its session, too, if there is one.

    Here the login ends, whether or not the provider can be told.
    """
    services, org_id, login_id, now = call.services, call.principal.org_id, call.principal.login_id, call.now
    found = None if login_id is None else store.session_of(call.tx, login_id)
    settings = store.settings(call.tx)

    def look() -> str | None:
        if found is None or not speaks_saml(settings):
            return None
        peer = saml_peer_of(services, org_id, settings)
        return providers_of(services).saml.ask_logout(peer, _message_id(uuid7(now, services.entropy)), *found, now)

    return Outside(look, _left, needed=False)


def _left(call: Call, address: str | None) -> str | None:
    leave(call)
    return address


def take_logout(call: OpenCall, organization: UUID, message: LogoutMessage, relay_state: str | None) -> str:
    """End what a provider says has ended; gives where the browser goes on, which is the provider where it asked."""
    settings = _settings(call, organization)
    saml, peer = providers_of(call.services).saml, saml_peer_of(call.services, organization, settings)
    home = call.services.public_url + rules.HOME
    with call.services.waiting.signing_in.taken(organization):
        said = saml.read_logout(peer, message, call.now)
    if isinstance(said, LogoutAnswered):
        return home
    with call.inside(organization, "login.ended") as inside:
        if not store.take_message(inside.tx, organization, said.issuer, said.id, said.good_until):
            raise NotAuthenticated(_USED)
        ended = store.end_sessions(inside.tx, said.issuer, said.name, said.session_indexes, call.now)
        inside.note(provider=settings.provider, ended=ended)
        answer_id = _message_id(inside.new_id())
    return saml.answer_logout(peer, answer_id, said.id, relay_state, call.now) or home


def _finish(
    call: OpenCall, organization: UUID, settings: Settings, *, response: str, relay_state: str | None
) -> Finished:
    saml, peer = providers_of(call.services).saml, saml_peer_of(call.services, organization, settings)
    believed = saml.believe(peer, response, call.now)
    with call.inside(organization, None) as inside:
        begun = _begun(call, inside, settings, believed, relay_state)
    if begun.refused is not None:
        raise NotAuthenticated(begun.refused)
    issuer = believed.assertion.issuer
    with call.inside(organization, "login.opened") as inside:
        inside.agent = call.agent
        inside.note(provider=settings.provider)
        user_id, login_id = admit(inside, settings, believed.assertion), inside.new_id()
        cookie = open_login(inside, user_id, "saml", login_id=login_id, until=believed.session_ends)
        store.keep_session(inside.tx, organization, login_id, issuer, believed.name, believed.session_index)
    return Finished(cookie, begun.return_to)


def _begun(call: OpenCall, inside: Call, settings: Settings, believed: Believed, relay_state: str | None) -> _Begun:
    """Use an assertion, and the sign-in that it answers: both are gone then, whatever comes of it."""
    org_id, issuer = inside.principal.org_id, believed.assertion.issuer
    if not store.take_message(inside.tx, org_id, issuer, believed.id, believed.good_until):
        return _Begun(refused=_USED)
    if believed.answers is None:
        if settings.idp_initiated:
            return _Begun(rules.safe_return(relay_state))
        return _Begun(refused="Your organization does not sign in from its provider's pages: begin at /v1/auth/login.")
    pepper = call.services.key_pepper
    named = tokens.parse(believed.answers, pepper, STATE)
    begun = store.take(inside.tx, named.id, named.hash) if named is not None and named.org_id == org_id else None
    binder = tokens.digest(call.binder, pepper)
    if begun is None or begun["expires_at"] <= call.now or not hmac.compare_digest(bytes(begun["binder_hash"]), binder):
        return _Begun(refused=BROKEN)
    return _Begun(begun["return_to"])


def _settings(call: OpenCall, organization: UUID) -> Settings:
    """Read how an organization signs in; NotFound unless it chose SAML."""
    with call.inside(organization, None) as inside:
        settings = store.settings(inside.tx)
    if not speaks_saml(settings) or settings.saml_key is None:
        raise NotFound(NO_SIGN_IN)
    return settings


def _message_id(thing: UUID) -> str:
    """Give the id of a message of ours: one of XML does not begin with a digit."""
    return f"ctxm_{thing.hex}"
