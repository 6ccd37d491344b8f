"""Who an assertion is here: a member who is known, one who is found by their address, or a new one."""

from uuid import UUID

from contextfs.domain.access.roles.store import permissions_of
from contextfs.domain.access.rules import covers
from contextfs.domain.scim import store as scim
from contextfs.domain.sso import rules, store
from contextfs.domain.sso.model import Member, Person, Settings
from contextfs.kit.assertion import Assertion
from contextfs.kit.call import Call
from contextfs.kit.errors import NotAllowed


def admit(call: Call, settings: Settings, assertion: Assertion) -> UUID:
    """Find or make the member that signs in; NotAllowed says why nobody is let in.

    A subject of the provider that was here before stays the member it was, whatever address it has now. Otherwise the
    address finds the member, if it is to be trusted: or somebody could take over an account by naming its address.
    Nobody is let in who may more than who set the provider up: they could have it say that they are anybody.
    """
    verified = {domain.domain for domain in store.domains(call.tx) if domain.verified_at is not None}
    person = rules.person(settings, assertion, verified)
    member = store.member_of_subject(call.tx, assertion.issuer, assertion.subject)
    if member is None:
        member = _by_address(call, settings, person, verified)
        store.link(call.tx, call.principal.org_id, assertion.issuer, assertion.subject, member.user_id, call.now)
        # Two browsers of one person may sign in for the first time at once: the first link counts.
        member = store.member_of_subject(call.tx, assertion.issuer, assertion.subject) or member
    if member.suspended:
        raise NotAllowed("You are suspended in this organization: ask your administrator.")
    _check_vouched(call, settings, member.role)
    _check_vouched(call, settings, _follow_groups(call, settings, member, person))
    return member.user_id


def _check_vouched(call: Call, settings: Settings, role: str) -> None:
    if settings.vouched is not None and covers(settings.vouched, permissions_of(call.tx, role)) is not None:
        cure = "an owner confirms it with `ctx admin sso on`, or signs in with a key meanwhile"
        raise NotAllowed(f"Your provider was set up by somebody who may less than you, so it vouches for less: {cure}.")


def _by_address(call: Call, settings: Settings, person: Person, verified: set[str]) -> Member:
    if not person.is_trusted:
        raise NotAllowed("Your provider does not vouch for your address, and its domain is not verified here.")
    if scim.is_withdrawn(call.tx, person.email):
        raise NotAllowed("Your organization's directory says that you are no longer a member.")
    known = store.member_of_email(call.tx, person.email)
    if known is not None:
        return known
    if not settings.auto_provision:
        raise NotAllowed("You are not a member of this organization yet: ask your administrator to invite you.")
    if rules.domain_of(person.email) not in verified:
        raise NotAllowed("Only addresses of the organization's verified domains become members by signing in.")
    role = rules.role_of(settings, person.groups)
    scim.put_member(
        call.tx,
        call.principal.org_id,
        call.new_id(),
        email=person.email,
        name=person.name,
        role=role,
        now=call.now,
    )
    call.note(provisioned=True)
    made = store.member_of_email(call.tx, person.email)
    if made is None:
        raise NotAllowed("You were removed while you signed in: ask your administrator.")
    return made


def _follow_groups(call: Call, settings: Settings, member: Member, person: Person) -> str:
    """Give a member the role of their groups, where groups are mapped; an owner stays one. Tells what they are then."""
    if settings.group_roles:
        role = rules.role_of(settings, person.groups)
        if store.set_role(call.tx, member.user_id, role, call.now):
            call.note(role=role, role_before=member.role)
            return role
    return member.role
