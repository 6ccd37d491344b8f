"""Who pays for a call. Somebody who is known pays with their own and their organization's bucket; nobody else does.

The address pays for calls of nobody (public routes), and for those whose credential opened nothing, which cost tenfold.
While it is not known yet who calls, the address lends a unit, and has it back as soon as they are let in: so one who
floods from an address shuts out nobody who is known there. A call from this machine itself has no address to pay.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import NamedTuple
from uuid import UUID

from contextfs.kit.allowance import Quota, Subject
from contextfs.kit.errors import NotAuthenticated, TooManyRequests
from contextfs.kit.principal import Principal
from contextfs.runtime.allowance.leases import Claim, Leases
from contextfs.runtime.http.address import network

_NOBODY = UUID(int=0)
_FAILURE = 10
_MOST_KNOWN = 20_000
_TOLD: Mapping[str, str] = {
    "principal": "This key or login has used up what it may do in a minute",
    "organization": "This organization has used up what it may do in a minute",
    "address": "Too many calls that were let in by nothing came from this address",
}


class Quotas(NamedTuple):
    """What each kind of payer may do in a minute; None is without end."""

    principal: Quota | None = None
    organization: Quota | None = None
    address: Quota | None = None


def quotas(*, principal: int, organization: int, address: int) -> Quotas:
    """Make quotas of units in a minute; 0 is without end."""
    named = {"principal": principal, "organization": organization, "address": address}
    return Quotas(**{name: Quota(name, units) if units else None for name, units in named.items()})


class Allowance:
    """The step of one process: it knows what buckets there are, and by which credentials it let somebody in before."""

    def __init__(self, leases: Leases, quotas: Quotas) -> None:
        self.leases = leases
        self._quotas = quotas
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, tuple[UUID, UUID]] = OrderedDict()

    def bill(self, cost: int, address: str | None) -> "Bill":
        """Open the bill of a call."""
        return Bill(self, cost, self._of_address(address))

    def known(self, proof: bytes | None) -> tuple[UUID, UUID] | None:
        """Tell who was let in by this credential before, if somebody was: the organization and the principal."""
        with self._lock:
            return None if proof is None else self._known.get(proof)

    def remember(self, proof: bytes, principal: Principal) -> None:
        """Know somebody again by the hash of their credential. Whether it still opens anything, the database tells."""
        with self._lock:
            self._known[proof] = principal.org_id, principal.actor_id
            self._known.move_to_end(proof)
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)

    def forget(self, proof: bytes) -> None:
        """Know somebody no more."""
        with self._lock:
            self._known.pop(proof, None)

    def of(self, org_id: UUID, actor_id: UUID) -> list[Claim]:
        """Give the buckets of somebody who is known."""
        own = (Subject(org_id, f"principal:{actor_id}"), self._quotas.principal)
        whole = (Subject(org_id, "organization"), self._quotas.organization)
        return [(subject, quota) for subject, quota in (own, whole) if quota is not None]

    def _of_address(self, address: str | None) -> list[Claim]:
        quota = self._quotas.address
        if quota is None or address is None or ip_address(address).is_loopback:
            return []
        return [(Subject(_NOBODY, f"address:{network(address)}"), quota)]


@dataclass
class Bill:
    """What one call costs, and who pays. Its methods are called in the order of their lines, each once or never."""

    allowance: Allowance
    cost: int
    of_address: list[Claim]
    proof: bytes | None = None
    lent: bool = False
    paying: list[Claim] = field(default_factory=list[Claim])
    owing: list[Claim] = field(default_factory=list[Claim])
    refused: tuple[Quota, float] | None = None

    @property
    def is_known(self) -> bool:
        """Whether this process has let in who calls before, by the same credential."""
        return self.allowance.known(self.proof) is not None

    def begin(self, proof: bytes | None, now: datetime) -> None:
        """Let somebody pay who is known by this credential, else the address; TooManyRequests when they cannot."""
        self.proof = proof
        if not self.cost:
            return
        known = self.allowance.known(proof)
        self.paying = self.of_address if known is None else self.allowance.of(*known)
        self.lent = known is None
        self._stop(self.allowance.leases.spend(self.paying, self.cost, now))

    def admitted(self, principal: Principal, now: datetime) -> None:
        """Let somebody pay who was not known until now; TooManyRequests when they are known to have nothing left."""
        if not self.cost or not self.lent:
            return
        own = self.allowance.of(principal.org_id, principal.actor_id)
        self.allowance.leases.owe(self.of_address, -self.cost)
        self.lent, self.paying = False, own
        if self.proof is not None:
            self.allowance.remember(self.proof, principal)
        self._stop(self.allowance.leases.used_up(own, now))
        self._owe(own, self.cost)

    def failed(self, error: Exception) -> None:
        """Let the address pay for a credential that opened nothing, or opens nothing any more."""
        if isinstance(error, NotAuthenticated) and self.cost:
            if self.proof is not None:
                self.allowance.forget(self.proof)
            self._owe(self.of_address, _FAILURE - 1)

    def settle(self, now: datetime) -> None:
        """Pay what is owed: the call is over, and holds nothing."""
        if self.owing:
            self.allowance.leases.settle(self.owing, now)

    def headers(self) -> Mapping[str, str]:
        """Tell of the quotas, and what is left (draft-ietf-httpapi-ratelimit-headers-11)."""
        if not self.paying:
            return {}
        left = self.allowance.leases.left(self.paying)
        policies = ", ".join(f'"{quota.name}";q={quota.units};w={quota.seconds}' for _, quota in self.paying)
        return {"ratelimit-policy": policies, "ratelimit": ", ".join(self._limits(left))}

    def _limits(self, left: Mapping[Subject, int]) -> Sequence[str]:
        """Write what is left, and the seconds until all is there again; of what is used up, until something is."""
        told: list[str] = []
        for subject, quota in self.paying:
            if self.refused is not None and self.refused[0] == quota:
                told.append(f'"{quota.name}";r=0;t={_whole(self.refused[1])}')
            else:
                missing = (quota.units - left[subject]) * quota.seconds / quota.units
                told.append(f'"{quota.name}";r={left[subject]};t={math.ceil(missing)}')
        return told

    def _owe(self, claims: list[Claim], cost: int) -> None:
        self.allowance.leases.owe(claims, cost)
        self.owing = [*self.owing, *claims]

    def _stop(self, refused: tuple[Quota, float] | None) -> None:
        self.refused = refused
        if refused is not None:
            quota, wait = refused
            seconds = _whole(wait)
            told = f"{_TOLD[quota.name]} ({quota.units} units): wait {seconds} s, and call less often."
            raise TooManyRequests(told, retry_after=seconds)


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))
