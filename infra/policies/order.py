"""A roll has an order: secrets, then `pre` migrations, then every program, then `post` migrations.

What programs reach is allowed before all else is denied.
"""

from collections.abc import Iterator

from infra.planned import Plan, Region
from infra.preview.graph import Graph
from infra.preview.recording import Recording, Resource

_RUNS = ("gcp:cloudrunv2/", "gcp:cloudfunctionsv2/", "aws:lambda/function:", "aws:ecs/taskDefinition:")
_GRANTS = ("IamMember", "IAMMember")


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what could start too early."""
    graph = Graph(recording)
    programs = {
        resource.name: resource
        for resource in recording.resources
        if resource.type.startswith(_RUNS) and not resource.type.endswith(_GRANTS)
    }
    yield from _denials(recording, graph)
    versions = [resource for resource in recording.resources if resource.type.endswith(":SecretVersion")]
    for region in plan.regions:
        yield from _roll(programs, graph, plan, region)
        yield from _users(recording, programs, graph, region)
        names = [f"-{region.short}"]
        for program in programs.values():
            if program.name.endswith(tuple(names)):
                yield from _secrets(program, versions, graph, region)


def _roll(programs: dict[str, Resource], graph: Graph, plan: Plan, region: Region) -> Iterator[str]:
    first, last = (programs.get(f"migrate-{phase}-{region.short}") for phase in ("pre", "post"))
    if first is None or last is None:
        yield f"{region.name} has no migrations"
        return
    for workload in plan.workloads:
        program = programs.get(f"{workload.name}-{region.short}")
        if program is None or program.name in {first.name, last.name}:
            continue
        if first.urn not in graph.before(program.urn):
            yield f"{program.label} does not wait for the migrations before it"
        if program.urn not in graph.before(last.urn):
            yield f"{last.label} does not wait for {program.name}"


def _denials(recording: Recording, graph: Graph) -> Iterator[str]:
    outward = [one for one in recording.of("gcp:compute/firewall:Firewall") if one.inputs["direction"] == "EGRESS"]
    for denial in (one for one in outward if one.inputs.get("denies")):
        for rule in outward:
            if rule.inputs.get("allows") and rule.urn not in graph.before(denial.urn):
                yield f"{denial.label} does not wait for {rule.name}"


def _users(recording: Recording, programs: dict[str, Resource], graph: Graph, region: Region) -> Iterator[str]:
    """Migrations let users that log in by tokens be the API's role, and have to find them there."""
    first = programs.get(f"migrate-pre-{region.short}")
    for user in recording.of("gcp:sql/user:User"):
        mine = user.inputs.get("type") == "CLOUD_IAM_SERVICE_ACCOUNT" and user.name.endswith(f"-{region.short}-logs-in")
        if mine and first is not None and user.urn not in graph.before(first.urn):
            yield f"{first.label} does not wait for the user of {user.inputs['name']}"


def _secrets(program: Resource, versions: list[Resource], graph: Graph, region: Region) -> Iterator[str]:
    mine = {version.urn for version in versions if version.name.endswith(f"-{region.short}")}
    needed = {urn for urn in mine if "proxy-login" not in urn}
    if needed - graph.before(program.urn):
        yield f"{program.label} may start before its secrets are there"
