"""No event is lost, and nobody else sends one: each delivery is signed, tried again, and buried where people see it."""

from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.recording import Recording, Resource


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what is missing of a delivery."""
    if plan.config.cloud == "gcp":
        for subscription in recording.of("gcp:pubsub/subscription:Subscription"):
            yield from _subscription(subscription)
    else:
        yield from _queues(recording, plan)
    yield from _everyone_is_served(recording, plan)


def _subscription(subscription: Resource) -> Iterator[str]:
    inputs = subscription.inputs
    if inputs.get("expirationPolicy", {}).get("ttl") != "":
        yield f"{subscription.label} is deleted when nobody uses it for a month"
    if "pushConfig" not in inputs:
        return
    push = inputs["pushConfig"]
    if not push.get("oidcToken", {}).get("serviceAccountEmail"):
        yield f"{subscription.label} pushes without saying who it is"
    if not inputs.get("deadLetterPolicy", {}).get("deadLetterTopic"):
        yield f"{subscription.label} has no dead letters"
    if not inputs.get("retryPolicy"):
        yield f"{subscription.label} does not wait between tries"


def _queues(recording: Recording, plan: Plan) -> Iterator[str]:
    functions = {function.urn: function for function in recording.of("aws:lambda/function:Function")}
    led = {alias.urn: alias.property_dependencies["functionName"] for alias in recording.of("aws:lambda/alias:Alias")}
    queues = {queue.urn: queue for queue in recording.of("aws:sqs/queue:Queue")}
    for mapping in recording.of("aws:lambda/eventSourceMapping:EventSourceMapping"):
        if "ReportBatchItemFailures" not in mapping.inputs.get("functionResponseTypes", ()):
            yield f"{mapping.label} loses the messages of a batch that failed"
        called = [led.get(one, (one,)) for one in mapping.property_dependencies.get("functionName", ())]
        times = [functions[one].inputs["timeout"] for behind in called for one in behind if one in functions]
        if not times:
            yield f"{mapping.label} calls no function that is drawn"
        for urn in mapping.property_dependencies["eventSourceArn"]:
            queue = queues[urn]
            if not queue.inputs.get("redrivePolicy"):
                yield f"{queue.label} has no dead letters"
            longest = max(times, default=0)
            if queue.inputs.get("visibilityTimeoutSeconds", 30) < 6 * longest:
                yield f"{queue.label} gives a message out again while it is still worked on"
    open_to_events = {
        urn
        for policy in recording.of("aws:sqs/queuePolicy:QueuePolicy")
        for urn in policy.property_dependencies["queueUrl"]
    }
    for target in recording.of("aws:cloudwatch/eventTarget:EventTarget"):
        if not target.inputs.get("deadLetterConfig"):
            yield f"{target.label} has no dead letters"
        elif not open_to_events & set(target.property_dependencies["deadLetterConfig"]):
            yield f"{target.label} may not write to its dead letters"
    del plan


def _everyone_is_served(recording: Recording, plan: Plan) -> Iterator[str]:
    kind = {"gcp": "gcp:pubsub/subscription:Subscription", "aws": "aws:cloudwatch/eventRule:EventRule"}
    there = {resource.inputs.get("name") for resource in recording.of(kind[plan.config.cloud])}
    for region in plan.regions:
        for subscription in plan.subscriptions:
            if plan.name(subscription.consumer, region) not in there:
                yield f"{subscription.consumer} gets no events in {region.name}"
