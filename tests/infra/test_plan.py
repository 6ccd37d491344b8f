"""The manifest and a config become a plan."""

import dataclasses
from fnmatch import fnmatchcase
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies

from functions.manifest import ROUTES, SCHEDULES, TRIGGERS
from infra.config import PLACES, Config, Refused
from infra.plan import Cron, PathRule, Subscription, plan

CONFIG = Config(
    cloud="gcp", account="demo-project", regions=("us-central1",), domain="memory.example.com", alerts="a@example.com"
)
ROUTE, TRIGGER, SCHEDULE = ROUTES[0], TRIGGERS[0], SCHEDULES[0]


def of(**changes: Any) -> Config:
    """Change the config."""
    return msgspec.structs.replace(CONFIG, **changes)


def takes(subscription: Subscription, kind: str) -> bool:
    """Tell whether a subscription lets a type of event through."""
    everything = not subscription.types and not subscription.prefixes
    return everything or kind in subscription.types or kind.startswith(subscription.prefixes)


def service_of(rules: tuple[PathRule, ...], path: str) -> str:
    """Route as a balancer does: exceptions first, then heads."""
    for rule in sorted(rules, key=lambda rule: (not rule.exact, rule.path)):
        if path == rule.path or (not rule.exact and path.startswith(f"{rule.path}/")):
            return rule.service
    raise AssertionError(path)


def test_every_route_leads_to_the_service_of_its_noun() -> None:
    made = plan(CONFIG)

    assert {route.name: route.group for route in ROUTES} == {
        route.name: service_of(made.paths, route.path) for route in ROUTES
    }
    assert {route.group for route in ROUTES} == {workload.name for workload in made.of("service")}


def test_a_path_below_the_head_of_another_noun_is_an_exception() -> None:
    moved = dataclasses.replace(ROUTE, name="sharing.create", path="/v1/memories/{memory_id}/shares")

    rules = plan(CONFIG, routes=(*ROUTES, moved)).paths

    assert PathRule(path="/v1/memories/{memory_id}/shares", service="sharing", exact=True) in rules
    assert service_of(rules, "/v1/memories") == "memories"


def test_a_path_of_two_nouns_is_refused() -> None:
    twin = dataclasses.replace(ROUTE, name="sharing.create", method="PUT")

    with pytest.raises(Refused, match=r"The path /v1/sessions is of sessions and of sharing: no router can tell\."):
        plan(CONFIG, routes=(*ROUTES, twin))


@given(strategies.lists(strategies.from_regex(r"[a-z]{1,8}\.([a-z]{1,8}|\*)", fullmatch=True), min_size=1, max_size=4))
def test_a_subscription_lets_through_all_that_its_trigger_asks_for(patterns: list[str]) -> None:
    trigger = dataclasses.replace(TRIGGER, on=tuple(patterns))
    subscription = plan(CONFIG, triggers=(trigger,)).subscriptions[0]

    for pattern in patterns:
        kind = pattern.replace("*", "created")
        assert fnmatchcase(kind, pattern)
        assert takes(subscription, kind)
    assert not takes(subscription, "0.never")


def test_a_pattern_that_begins_wild_takes_everything() -> None:
    trigger = dataclasses.replace(TRIGGER, on=("*.created", "memory.updated"))

    assert plan(CONFIG, triggers=(trigger,)).subscriptions == (Subscription(consumer="on-index-memory"),)


@pytest.mark.parametrize(
    ("seconds", "unix"),
    [(60, "* * * * *"), (300, "*/5 * * * *"), (3600, "0 * * * *"), (21600, "0 */6 * * *"), (86400, "0 0 * * *")],
)
def test_a_schedule_is_told_to_cron(seconds: int, unix: str) -> None:
    schedule = dataclasses.replace(SCHEDULE, every_seconds=seconds)

    assert plan(CONFIG, schedules=(schedule,)).crons[0].unix == unix


@pytest.mark.parametrize("seconds", [0, 30, 90, 420, 5400, 18000, 172800])
def test_a_schedule_that_cron_cannot_say_is_refused(seconds: int) -> None:
    schedule = dataclasses.replace(SCHEDULE, every_seconds=seconds)

    with pytest.raises(Refused, match=rf"schedules.relay_outbox runs every {seconds} s, and cron cannot say that"):
        plan(CONFIG, schedules=(schedule,))


def test_every_schedule_of_the_manifest_has_its_time() -> None:
    assert {row.every_seconds for row in SCHEDULES} == {cron.every_seconds for cron in plan(CONFIG).crons}
    assert Cron(workload="relay-outbox", every_seconds=60) in plan(CONFIG).crons


def test_a_name_that_is_too_long_is_refused() -> None:
    schedule = dataclasses.replace(SCHEDULE, name="schedules.rebuild_every_passage")

    with pytest.raises(Refused, match=r"'longer-rebuild-every-passage-usc1' has 33 letters.*shorter by 3\."):
        plan(of(name="longer"), schedules=(schedule,))


def test_only_migrations_may_read_the_address_of_the_databases_owner() -> None:
    readers = {grant.workload for grant in plan(CONFIG).grants if grant.thing == "migration-database-url"}

    assert readers == {"migrate-pre", "migrate-post"}


def test_doors_of_the_api_read_what_a_call_needs_and_publish_nothing() -> None:
    made = plan(CONFIG)

    for door in made.of("service"):
        own = {"sql-database-url"} if door.name == "sql" else set[str]()
        assert set(made.grants_of(door.name, "read")) == {"database-url", "key-pepper", "redaction-key"} | own
        assert made.grants_of(door.name, "publish") == ()
        assert made.grants_of(door.name, "call models") == ()


def test_models_are_granted_to_those_that_need_them_when_the_config_says_so() -> None:
    made = plan(of(models=True))

    assert {"search", "context", "on-embed", "on-read", "on-reindex"} == {
        g.workload for g in made.grants if g.action == "call models"
    }


def test_what_an_installation_has_by_choice_comes_with_its_secret() -> None:
    made = plan(of(passages="apart", cache=True))

    assert {"passages-database-url", "redis-url"} <= set(made.secrets)
    assert made.secret_variables(made.workload("search"))["CONTEXTFS_REDIS_URL"] == "redis-url"


def test_a_standby_stands_behind_the_active_region_and_keeps_its_addresses_after_a_failover() -> None:
    regions = ("us-central1", "us-east4", "us-west1")
    before = plan(of(tier="active-passive", regions=regions))
    after = plan(of(tier="active-passive", regions=regions, active="us-east4"))

    assert [("us-central1", "serving"), ("us-east4", "standby"), ("us-west1", "standby")] == [
        (region.name, region.role) for region in before.regions
    ]
    assert [("us-east4", "serving"), ("us-central1", "standby"), ("us-west1", "standby")] == [
        (region.name, region.role) for region in after.regions
    ]
    assert {r.name: r.index for r in before.regions} == {r.name: r.index for r in after.regions}
    assert before.hosts(before.regions[0]) == after.hosts(after.regions[0]) == ("api.memory.example.com",)


def test_where_all_regions_serve_each_has_a_host_of_its_own() -> None:
    made = plan(of(tier="active-active", regions=("us-central1", "europe-west1")))

    assert made.hosts(made.regions[1]) == ("europe-west1.api.memory.example.com",)
    assert {region.role for region in made.regions} == {"serving"}


@pytest.mark.parametrize("cloud", ["gcp", "aws"])
def test_short_names_of_regions_are_their_own(cloud: str) -> None:
    places = PLACES["gcp" if cloud == "gcp" else "aws"]

    assert len({place.short for place in places.values()}) == len(places)
