"""Sign in by the installation's own service: an ID token of it is changed for a login in its person's organization.

The token was asked for without this server, so nothing ties it to this browser. It has to be brought as JSON, which no
page of another site can send along with cookies; soon, as the service's reader says; and once in each organization.
"""

import hashlib
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from contextfs.domain.logins import store as logins
from contextfs.domain.logins.model import Exchange, SignIn
from contextfs.domain.scim import store as scim
from contextfs.domain.sso import rules, store
from contextfs.domain.sso.model import Member
from contextfs.journeys.signin.logins import open_login
from contextfs.kit.assertion import Assertion
from contextfs.kit.call import Call, OpenCall, Services
from contextfs.kit.errors import ContextFSError, Invalid, NotAllowed, NotAuthenticated, NotFound

LASTS: Final = timedelta(minutes=10)
"""How long a token is remembered that was taken: longer than it can be brought."""
_NOBODY = UUID(int=0)
_SHOWN: Final = 5


class SeveralError(Invalid):
    """Who signs in belongs to several organizations."""

    def __init__(self, detail: str, organizations: dict[UUID, str]) -> None:
        super().__init__(detail, where="$.organization_id")
        self.organizations = organizations


def describe(services: Services) -> SignIn:
    """Tell which service it is, if there is one, and where its tokens are brought."""
    root, service = services.public_url, services.sign_in()
    return SignIn(
        login=f"{root}/v1/auth/login",
        device=f"{root}/oauth/device_authorization",
        service=None if service is None else service.place,
        exchange=None if service is None else f"{root}/v1/auth/exchange",
        page=None if service is None or service.pages is None else f"{root}/oauth/service",
    )


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed in at the service: their verified address, and the hash of what was said, by which it counts once."""

    issuer: str
    subject: str
    email: str
    said: str


def enter(call: OpenCall, wanted: Exchange) -> str:
    """Change an ID token for a login, and give its cookie; NotAuthenticated or NotAllowed says why nobody is let in."""
    service = call.services.sign_in()
    if service is None:
        raise NotFound("This server has no sign-in service of its own: sign in with a key, or at /v1/auth/login.")
    with call.services.waiting.signing_in.taken(_NOBODY):
        assertion = service.read(wanted.id_token)
    return let_in(call, signed_in(assertion), wanted.organization_id)


def signed_in(assertion: Assertion) -> SignedIn:
    """Read who signed in there; NotAllowed without an address that is verified."""
    email = rules.verified_address(assertion)
    said = hashlib.sha256(msgspec.json.encode(assertion.attributes, order="sorted")).hexdigest()
    return SignedIn(issuer=assertion.issuer, subject=assertion.subject, email=email, said=said)


def taken_on(call: OpenCall, who: SignedIn, organization: UUID) -> str | None:
    """Name the organization that somebody would take on by signing in to it; None where it is theirs beyond doubt.

    NotAllowed where they are no member of it.
    """
    org_id = _organization(call, who, organization)
    with call.inside(_NOBODY, None) as inside:
        if org_id in store.organizations_of_person(inside.tx, who.issuer, who.subject, who.email):
            return None
    with call.inside(org_id, None) as inside:
        return logins.names_of(inside.tx, None)[0]


def let_in(call: OpenCall, who: SignedIn, organization: UUID | None) -> str:
    """Open a login for who signed in there; gives its cookie. What refuses somebody known is in the audit log."""
    org_id = _organization(call, who, organization)
    try:
        with call.inside(org_id, "login.opened") as inside:
            inside.agent = call.agent
            return open_login(inside, _member(inside, who), "service")
    except ContextFSError as refused:
        with call.inside(org_id, "login.refused") as inside:
            inside.note(reason=type(refused).slug(), method="service")
        raise


def _organization(call: OpenCall, who: SignedIn, wanted: UUID | None) -> UUID:
    """Find the organization that is entered: the one that is named, or the only one that is theirs beyond doubt.

    Anybody who administers an organization can add an address: to name that organization is to take it on, once. It is
    found from then on; until then nobody learns of it, or is led into it, by being added.
    """
    if wanted is not None:
        with call.inside(wanted, None) as inside:
            if _known(inside, who) is None:
                raise NotAllowed("You are not a member of this organization: ask its administrator to invite you.")
        return wanted
    with call.inside(_NOBODY, None) as inside:
        theirs = store.organizations_of_person(inside.tx, who.issuer, who.subject, who.email)
    if not theirs:
        detail = f"{who.email} is not known in an organization here yet: name yours in organization_id, once."
        raise NotAllowed(f"{detail} Its administrator knows its id, and adds people who are not members.")
    if len(theirs) > 1:
        shown = ", ".join(f"{name[:40]} ({org_id})" for org_id, name in list(theirs.items())[:_SHOWN])
        more = f", and {len(theirs) - _SHOWN} more" if len(theirs) > _SHOWN else ""
        raise SeveralError(f"You belong to several organizations, so name one: {shown}{more}.", theirs)
    return next(iter(theirs))


def _known(call: Call, who: SignedIn) -> Member | None:
    """Find who has the subject in an organization, or else the address."""
    by_subject = store.member_of_subject(call.tx, who.issuer, who.subject)
    return by_subject or store.member_of_email(call.tx, who.email)


def _member(call: Call, who: SignedIn) -> UUID:
    """Find who signs in. A subject that was here before stays the member it was, whatever address it has now."""
    member = store.member_of_subject(call.tx, who.issuer, who.subject)
    if member is None:
        if scim.is_withdrawn(call.tx, who.email):
            raise NotAllowed("Your organization's directory says that you are no longer a member.")
        member = store.member_of_email(call.tx, who.email)
    if member is None:
        raise NotAllowed("You were removed while you signed in: ask your administrator.")
    if member.suspended:
        raise NotAllowed("You are suspended in this organization: ask your administrator.")
    rules.check_not_enforced(store.settings(call.tx), member.user_id)
    _take(call, who)
    store.link(call.tx, call.principal.org_id, who.issuer, who.subject, member.user_id, call.now)
    return member.user_id


def _take(call: Call, who: SignedIn) -> None:
    """Use a token, once: it is known by what it says, for a signature can be spelt in several ways."""
    if not store.take_message(call.tx, call.principal.org_id, who.issuer, who.said, call.now + LASTS):
        raise NotAuthenticated("This ID token was used before: sign in again.")
