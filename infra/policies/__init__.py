"""What must be true of everything that is drawn, whatever the stack. Each policy is one file, and tells each fault."""

from collections.abc import Callable, Iterator

from infra.planned import Plan
from infra.policies import (
    beginnings,
    deletion,
    delivery,
    disclosure,
    edge,
    egress,
    encryption,
    exposure,
    files,
    formats,
    grants,
    identity,
    names,
    order,
    private_addresses,
    reach,
    releases,
    residency,
    retention,
    rotation,
    transit,
    trusts,
    use,
)
from infra.preview.recording import Recording

Policy = Callable[[Recording, Plan], Iterator[str]]

POLICIES: dict[str, Policy] = {
    module.__name__.rsplit(".", 1)[-1]: module.faults
    for module in (
        beginnings,
        deletion,
        delivery,
        disclosure,
        edge,
        egress,
        encryption,
        exposure,
        files,
        formats,
        grants,
        identity,
        names,
        order,
        private_addresses,
        reach,
        releases,
        residency,
        retention,
        rotation,
        transit,
        trusts,
        use,
    )
}


def faults(recording: Recording, plan: Plan) -> list[str]:
    """Ask every policy, and give what they tell."""
    return [f"{name}: {fault}" for name, policy in POLICIES.items() for fault in policy(recording, plan)]
