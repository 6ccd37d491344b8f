"""Sign in by the installation's own service: an ID token of it is changed for a login in its person's organization.

The token was asked for without this server, so nothing ties it to this browser. It has to be brought as JSON, which no
page of another site can send along with cookies; soon, as the service's reader says; and once in each organization.
"""

import hashlib
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

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


def enter(call: OpenCall, wanted: Exchange) -> str:
    """Change an ID token for a login, and give its cookie; NotAuthenticated or NotAllowed says why nobody is let in."""
    service = call.services.sign_in()
    if service is None:
        raise NotFound("This server has no sign-in service of its own: sign in with a key, or at /v1/auth/login.")
    with call.services.waiting.signing_in.taken(_NOBODY):
        assertion = service.read(wanted.id_token)
    return let_in(call, assertion, wanted.organization_id)


def let_in(call: OpenCall, assertion: Assertion, organization: UUID | None) -> str:
    """Open a login for who signed in there; gives its cookie. What refuses somebody known is in the audit log."""
    email = rules.verified_address(assertion)
    org_id = _organization(call, assertion, email, organization)
    try:
        with call.inside(org_id, "login.opened") as inside:
            inside.agent = call.agent
            return open_login(inside, _member(inside, assertion, email), "service")
    except ContextFSError as refused:
        with call.inside(org_id, "login.refused") as inside:
            inside.note(reason=type(refused).slug(), method="service")
        raise


def _organization(call: OpenCall, assertion: Assertion, email: str, wanted: UUID | None) -> UUID:
    """Find the organization that is entered: the one that is named, or the only one that is theirs beyond doubt.

    Anybody who administers an organization can add an address: to name that organization is to take it on, once. It is
    found from then on; until then nobody learns of it, or is led into it, by being added.
    """
    if wanted is not None:
        with call.inside(wanted, None) as inside:
            if _known(inside, assertion, email) is None:
                raise NotAllowed("You are no member of this organization: ask its administrator to invite you.")
        return wanted
    with call.inside(_NOBODY, None) as inside:
        theirs = store.organizations_of_person(inside.tx, assertion.issuer, assertion.subject, email)
    if not theirs:
        detail = f"{email} has been in no organization here yet: name yours in organization_id, this once."
        raise NotAllowed(f"{detail} Its administrator tells its id, and adds who is no member.")
    if len(theirs) > 1:
        shown = ", ".join(f"{name[:40]} ({org_id})" for org_id, name in list(theirs.items())[:_SHOWN])
        more = f", and {len(theirs) - _SHOWN} more" if len(theirs) > _SHOWN else ""
        raise SeveralError(f"You belong to several organizations, so name one: {shown}{more}.", theirs)
    return next(iter(theirs))


def _known(call: Call, assertion: Assertion, email: str) -> Member | None:
    """Find who has the subject in an organization, or else the address."""
    by_subject = store.member_of_subject(call.tx, assertion.issuer, assertion.subject)
    return by_subject or store.member_of_email(call.tx, email)


def _member(call: Call, assertion: Assertion, email: str) -> UUID:
    """Find who signs in. A subject that was here before stays the member it was, whatever address it has now."""
    member = store.member_of_subject(call.tx, assertion.issuer, assertion.subject)
    if member is None:
        if scim.is_withdrawn(call.tx, email):
            raise NotAllowed("Your organization's directory says that you are no member any more.")
        member = store.member_of_email(call.tx, email)
    if member is None:
        raise NotAllowed("You were removed while you signed in: ask your administrator.")
    if member.suspended:
        raise NotAllowed("You are suspended in this organization: ask your administrator.")
    rules.check_not_enforced(store.settings(call.tx), member.user_id)
    _take(call, assertion)
    store.link(call.tx, call.principal.org_id, assertion.issuer, assertion.subject, member.user_id, call.now)
    return member.user_id


def _take(call: Call, assertion: Assertion) -> None:
    """Use a token, once: it is known by what it says, for a signature can be spelt in several ways."""
    said = hashlib.sha256(msgspec.json.encode(assertion.attributes, order="sorted")).hexdigest()
    if not store.take_message(call.tx, call.principal.org_id, assertion.issuer, said, call.now + LASTS):
        raise NotAuthenticated("This ID token was used before: sign in again.")
