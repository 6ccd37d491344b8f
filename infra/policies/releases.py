"""A roll moves a program's code and variables at once, and what is rolled has what it needs."""

from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.graph import at
from infra.preview.recording import Recording

_CALLERS = {
    "aws:apigatewayv2/integration:Integration": "integrationUri",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "functionName",
    "aws:scheduler/schedule:Schedule": "target",
    "aws:lambda/invocation:Invocation": "qualifier",
    "aws:lambda/permission:Permission": "qualifier",
}
"""What calls a function of Lambda, or lets somebody call it, and the input that says which version."""
_CALLS_AWS = "arn:aws:scheduler:::aws-sdk:"
"""A clock that calls no function, but AWS itself."""


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what would run new code with old variables, or old code with new ones."""
    del plan
    aliases = {alias.urn for alias in recording.of("aws:lambda/alias:Alias")}
    for function in recording.of("aws:lambda/function:Function"):
        if not function.inputs.get("publish"):
            yield f"{function.label} has no versions"
    for kind, name in _CALLERS.items():
        for caller in recording.of(kind):
            asked = at(caller.inputs, "target.arn")
            if any(str(one).startswith(_CALLS_AWS) for one in asked):
                continue
            if not aliases & set(caller.property_dependencies.get(name, ())):
                yield f"{caller.label}.{name} calls what was changed last, and not the version that is live"
    for service in recording.of("aws:ecs/service:Service"):
        balanced = service.inputs.get("loadBalancers")
        rules = {rule.urn for rule in recording.of("aws:lb/listenerRule:ListenerRule")}
        if balanced and not rules & set(service.dependencies):
            yield f"{service.label} does not wait for the rules that make its target one of the load balancer's"
