"""Prove which domains are an organization's own: a record in their DNS says so."""

import base64

import msgspec

from contextfs.domain.access.rules import ROLES
from contextfs.domain.sso import store
from contextfs.domain.sso.model import Domain, Domains
from contextfs.journeys.enter.bounds import require_cover
from contextfs.journeys.signin.peers import providers_of
from contextfs.kit.call import Call, Outside
from contextfs.kit.errors import NotAllowed, NotFound, Unavailable


def claim(call: Call, name: str) -> Domain:
    """Note a domain, and give the record that proves it; claiming it again gives the same record."""
    if call.principal.project_ids is not None:
        raise NotAllowed("A key of one project does not claim domains for the organization.")
    proof = base64.b32encode(call.services.entropy(20)).decode().lower()
    store.claim_domain(call.tx, call.principal.org_id, name.lower(), proof, call.now)
    return store.domain(call.tx, name.lower())


def listed(call: Call) -> Domains:
    """Read the organization's domains."""
    if call.principal.project_ids is not None:
        raise NotAllowed("A key of one project does not see the organization's domains.")
    return Domains(items=store.domains(call.tx))


def check(call: Call, name: str) -> Outside[Domain]:
    """Look for the record, and note what was found; a DNS that does not answer changes nothing."""
    domain = _of_the_organization(call, name).domain

    def look() -> list[str] | Unavailable:
        try:
            return providers_of(call.services).texts(domain)
        except Unavailable as error:
            return error

    return Outside(look, lambda later, found: _noted(later, _of_the_organization(later, domain), found))


def _noted(call: Call, domain: Domain, found: list[str] | Unavailable) -> Domain:
    if isinstance(found, Unavailable):
        return msgspec.structs.replace(domain, told=found.detail)
    is_there = domain.record in found
    verified_at = (domain.verified_at or call.now) if is_there else None
    if is_there and domain.verified_at is None:
        _check_role(call)
    store.verify_domain(call.tx, domain.domain, verified_at)
    call.note(verified=is_there)
    told = None if is_there else f"No TXT record of {domain.domain} is {domain.record}: {len(found)} others are there."
    return msgspec.structs.replace(domain, verified_at=verified_at, told=told)


def _check_role(call: Call) -> None:
    """Stop who would have people of a domain become members with a role that may more than they."""
    settings = store.settings(call.tx)
    if settings.auto_provision:
        why = f"who has an address there would become {settings.default_role}, and nobody gives what they lack"
        require_cover(call.principal, ROLES[settings.default_role], why)


def release(call: Call, name: str) -> None:
    """Give a domain up: from now on nobody becomes a member by an address of it."""
    store.release_domain(call.tx, _of_the_organization(call, name).domain)


def _of_the_organization(call: Call, name: str) -> Domain:
    if call.principal.project_ids is not None:
        raise NotFound("There is no such domain, or it is not yours to see.")
    return store.domain(call.tx, name.lower())
