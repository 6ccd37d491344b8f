"""Every workload runs as an account of its own."""

from collections import defaultdict
from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.recording import Recording, Resource

_RUNS = {
    "gcp:cloudrunv2/service:Service": "template",
    "gcp:cloudrunv2/job:Job": "template",
    "gcp:cloudrunv2/workerPool:WorkerPool": "template",
    "gcp:cloudfunctionsv2/function:Function": "serviceConfig",
    "aws:lambda/function:Function": "role",
    "aws:ecs/taskDefinition:TaskDefinition": "taskRoleArn",
}
_ACCOUNTS = ("gcp:serviceaccount/account:Account", "aws:iam/role:Role")


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell which programs have no account, or share one, and which workloads are missing."""
    accounts = {resource.urn for resource in recording.resources if resource.type in _ACCOUNTS}
    users: dict[str, list[Resource]] = defaultdict(list)
    for resource in recording.resources:
        if resource.type in _RUNS:
            own = [urn for urn in resource.property_dependencies.get(_RUNS[resource.type], ()) if urn in accounts]
            if not own:
                yield f"{resource.label} runs as the project's default account"
            for urn in own:
                users[urn].append(resource)
    for shared in users.values():
        if len(shared) > 1:
            yield f"{' and '.join(one.label for one in shared)} share an account"
    there = {resource.name for resource in recording.resources if resource.type in _RUNS}
    for region in plan.regions:
        for workload in plan.workloads:
            if f"{workload.name}-{region.short}" not in there:
                yield f"{workload.name} does not run in {region.name}"
