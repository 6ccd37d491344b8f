"""Pub/Sub: a region's events, who gets which, and where those go that nobody can take."""

import pulumi
import pulumi_gcp as gcp

from infra.gcp.apis import Apis
from infra.gcp.keys import Keys
from infra.kit.component import Component
from infra.planned import Plan, Region, Subscription

ATTEMPTS = 8
LONGEST_FILTER = 256
_SEVEN_DAYS = "604800s"


class Topics(Component):
    """Owns a region's topic, which no event leaves the region by, and the topic of dead letters with its keeper."""

    def __init__(self, plan: Plan, region: Region, keys: Keys, apis: Apis, parent: pulumi.Resource) -> None:
        super().__init__(f"topics-{region.short}", parent)

        def topic(name: str) -> gcp.pubsub.Topic:
            return gcp.pubsub.Topic(
                f"{name}-{region.short}",
                name=plan.name(name, region),
                kms_key_name=keys.key,
                message_retention_duration=_SEVEN_DAYS,
                message_storage_policy={"allowed_persistence_regions": [region.name], "enforce_in_transit": True},
                opts=self.inside(after=keys.usable),
            )

        self.events = topic("events")
        self.dead = topic("dead-letters")
        self.agent = pulumi.Output.concat("serviceAccount:", apis.agents["pubsub"])
        self.buried = gcp.pubsub.TopicIAMMember(
            f"pubsub-buries-{region.short}",
            topic=self.dead.name,
            role="roles/pubsub.publisher",
            member=self.agent,
            opts=self.inside(),
        )
        gcp.pubsub.Subscription(
            f"dead-letters-{region.short}",
            name=plan.name("dead-letters", region),
            topic=self.dead.name,
            message_retention_duration=_SEVEN_DAYS,
            expiration_policy={"ttl": ""},
            opts=self.inside(),
        )


class Delivery(Component):
    """Owns a consumer's subscription: which events, pushed as whom, tried how often, buried where. Not the consumer."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        subscription: Subscription,
        topics: Topics,
        endpoint: pulumi.Output[str],
        push_account: pulumi.Output[str],
        parent: pulumi.Resource,
    ) -> None:
        name = subscription.consumer
        super().__init__(f"delivery-{name}-{region.short}", parent)
        made = gcp.pubsub.Subscription(
            f"{name}-{region.short}",
            name=plan.name(name, region),
            topic=topics.events.name,
            filter=pubsub_filter(subscription),
            ack_deadline_seconds=min(plan.workload(name).timeout_seconds + 30, 600),
            message_retention_duration=_SEVEN_DAYS,
            expiration_policy={"ttl": ""},
            push_config={
                "push_endpoint": endpoint,
                "oidc_token": {"service_account_email": push_account, "audience": endpoint},
            },
            retry_policy={"minimum_backoff": "1s", "maximum_backoff": "600s"},
            dead_letter_policy={"dead_letter_topic": topics.dead.id, "max_delivery_attempts": ATTEMPTS},
            opts=self.inside(after=[topics.buried]),
        )
        gcp.pubsub.SubscriptionIAMMember(
            f"pubsub-takes-{name}-{region.short}",
            subscription=made.name,
            role="roles/pubsub.subscriber",
            member=topics.agent,
            opts=self.inside(),
        )


def pubsub_filter(subscription: Subscription) -> str | None:
    """Write a subscription in Pub/Sub's filter language; None, which is everything, when it cannot say it.

    Events carry their type in the attribute `ce-type` (CloudEvents over Pub/Sub, binary form).
    """
    terms = [
        *(f'attributes.ce-type = "{kind}"' for kind in subscription.types),
        *(f'hasPrefix(attributes.ce-type, "{prefix}")' for prefix in subscription.prefixes),
    ]
    text = " OR ".join(terms).replace("attributes.ce-type", 'attributes."ce-type"')
    return text if text and len(text) <= LONGEST_FILTER else None
