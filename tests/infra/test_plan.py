"""The manifest and a config become a plan."""

import ast
import dataclasses
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies

from functions.manifest import ROUTES, SCHEDULES, TRIGGERS, Route
from infra.config import PLACES, Config, Refused
from infra.plan import ASKS, plan
from infra.planned import Cron, PathRule, Subscription
from tests.house.source import modules

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


def dashed(noun: str) -> str:
    """Spell a noun as clouds take it."""
    return noun.replace("_", "-")


def test_every_route_leads_to_the_service_of_its_noun() -> None:
    made = plan(CONFIG)

    assert {route.name: dashed(route.group) for route in ROUTES} == {
        route.name: service_of(made.paths, route.path) for route in ROUTES
    }
    assert {"gateway"} == {service_of(made.paths, path) for path in ("/", "/mcp", "/oauth/token", "/scim/v2/Users")}
    assert {*(dashed(route.group) for route in ROUTES), "stream", "gateway"} == {
        workload.name for workload in made.of("service")
    }


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
    crons = {cron.workload: cron.every_seconds for cron in plan(CONFIG).crons}

    assert sorted(row.every_seconds for row in SCHEDULES) == sorted(
        s for w, s in crons.items() if w not in {"graphs", "reseal"}
    )
    assert Cron(workload="relay-outbox", every_seconds=60) in plan(CONFIG).crons


def test_a_user_of_the_database_that_is_too_long_is_refused() -> None:
    """Postgres would cut it off, and the account would be another one than the user."""
    account = "p" * 30

    with pytest.raises(Refused, match=r"@p{30}\.iam' has 6\d letters, and Postgres takes 63: make contextfs:name"):
        plan(of(account=account, name="context", database_login="iam"))
    assert plan(of(account=account, database_login="iam")).database_users(plan(CONFIG).regions[0])
    assert plan(of(account=account)).database_users(plan(CONFIG).regions[0]) == ()


def test_a_name_that_is_too_long_is_refused() -> None:
    schedule = dataclasses.replace(SCHEDULE, name="schedules.rebuild_every_passage")

    with pytest.raises(Refused, match=r"'longer-rebuild-every-passage-usc1' has 33 letters.*shorter by 3\."):
        plan(of(name="longer"), schedules=(schedule,))


def test_graphs_are_looked_after_by_a_job_that_knows_the_databases_owner_and_nothing_else() -> None:
    made = plan(of(cache=True))
    job = made.workload("graphs")

    assert Cron(workload="graphs", every_seconds=21600) in made.crons
    assert ("job", "graphs") == (job.host, job.target)
    assert {"CONTEXTFS_MIGRATION_DATABASE_URL": "migration-database-url"} == made.secret_variables(job)
    assert job.timeout_seconds < 21600, "one turn has ended when the next one begins"


def test_regions_that_all_serve_know_each_other_and_those_of_other_tiers_do_not() -> None:
    regions = ("us-central1", "europe-west1")
    made = plan(of(tier="active-active", regions=regions))
    search, relay, embed = (made.workload(name) for name in ("search", "relay", "on-embed"))
    [us, eu] = made.regions

    table = " ".join(f"{name}=https://{name}.api.memory.example.com" for name in regions)
    assert [table, table] == [made.environment(search, region)["CONTEXTFS_REGIONS"] for region in (us, eu)]
    assert table == made.environment(relay, eu)["CONTEXTFS_REGIONS"]
    assert "https://europe-west1.api.memory.example.com" == made.environment(search, eu)["CONTEXTFS_PUBLIC_URL"]
    assert "region-key" == made.secret_variables(search)["CONTEXTFS_REGION_KEY"]
    assert "CONTEXTFS_REGIONS" not in made.environment(embed, us)
    assert "region-key" not in made.grants_of("on-embed", "read")
    assert "gateway" == service_of(made.paths, "/internal/homes/x")
    for other in (plan(CONFIG), plan(of(tier="active-passive", regions=regions))):
        assert "region-key" not in other.secrets
        assert "CONTEXTFS_REGIONS" not in other.environment(other.workload("search"), other.regions[0])
        assert "/internal" not in {rule.path for rule in other.paths}


def test_only_migrations_and_graphs_may_read_the_address_of_the_databases_owner() -> None:
    readers = {grant.workload for grant in plan(CONFIG).grants if grant.thing == "migration-database-url"}

    assert readers == {"migrate-pre", "migrate-post", "graphs", "reseal"}


def test_doors_of_the_api_read_what_a_call_needs_and_publish_nothing() -> None:
    made = plan(CONFIG)

    for door in made.of("service"):
        own = {"sql-database-url"} if door.name == "sql" else set[str]()
        assert set(made.grants_of(door.name, "read")) == {"database-url", "key-pepper", "redaction-key"} | own
        assert made.grants_of(door.name, "publish") == ()
        assert made.grants_of(door.name, "call models") == ()


@pytest.mark.parametrize(("cloud", "vendor"), [("gcp", "vertex"), ("aws", "bedrock")])
def test_who_learns_asks_the_language_model_of_the_config_and_nobody_else_does(cloud: str, vendor: str) -> None:
    region = "us-central1" if cloud == "gcp" else "us-east-1"
    named = {"language_model": "small", "language_model_prices": "0.25/2", "language_model_cap": 25.0}
    made = plan(of(cloud=cloud, regions=(region,), **named))
    told = made.environment(made.workload("on-read"), made.regions[0])
    others = [made.environment(one, made.regions[0]) for one in made.workloads if one.name != "on-read"]

    assert ["on-read"] == [grant.workload for grant in made.grants if grant.action == "call models"]
    assert told["CONTEXTFS_LANGUAGE_MODEL"] == f"{vendor}:small"
    assert (told["CONTEXTFS_LANGUAGE_MODEL_PRICES"], told["CONTEXTFS_LANGUAGE_MODEL_CAP"]) == ("0.25/2", "25")
    assert not any("CONTEXTFS_LANGUAGE_MODEL" in one for one in others)
    assert not any(grant.action == "call models" for grant in plan(of(cloud=cloud, regions=(region,))).grants)


@pytest.mark.parametrize(("cloud", "vendor"), [("gcp", "vertex"), ("aws", "bedrock")])
def test_who_searches_asks_the_embedder_and_the_reranker_of_the_config(cloud: str, vendor: str) -> None:
    region = "us-central1" if cloud == "gcp" else "us-east-1"
    made = plan(of(cloud=cloud, regions=(region,), embedder="big@768", embedder_before="old", reranker="judge"))
    asked = {one.name: made.grants_of(one.name, "call models") for one in made.workloads}
    told = {one.name: made.environment(one, made.regions[0]) for one in made.workloads}
    embedder = {"CONTEXTFS_EMBEDDER": f"{vendor}:big@768", "CONTEXTFS_EMBEDDER_BEFORE": f"{vendor}:old"}
    reranker = {"CONTEXTFS_RERANKER": f"{vendor}:judge"}

    assert {
        **dict.fromkeys(("search", "context", "gateway"), ("embedder", "reranker")),
        **dict.fromkeys(("admin", "on-embed", "on-reindex"), ("embedder",)),
    } == {name: kinds for name, kinds in asked.items() if kinds}
    assert (embedder | reranker).items() <= told["search"].items()
    assert embedder.items() <= told["on-embed"].items()
    assert [] == [name for name, kinds in asked.items() if not kinds and {*embedder, *reranker} & told[name].keys()]
    assert ("GOOGLE_CLOUD_LOCATION" in told["on-embed"]) == (cloud == "gcp")


@cache
def imports() -> dict[str, set[str]]:
    """Give what each module names in its imports."""
    found: dict[str, set[str]] = {}
    for one in modules():
        nodes = [node for node in ast.walk(one.tree) if isinstance(node, ast.ImportFrom) and node.module]
        named = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
        path = one.path.removeprefix("shared/").removesuffix(".py").removesuffix("/__init__")
        found[path.replace("/", ".")] = named | {node.module or "" for node in nodes}
    return found


def reached(module: str) -> set[str]:
    """Give all that a module imports, and what that imports."""
    found, ahead = {module}, [module]
    while ahead:
        ahead = [name for name in imports()[ahead.pop()] if name in imports() and name not in found] + ahead
        found.update(ahead)
    return found


@pytest.mark.parametrize(("kind", "asks"), [("embedder", "embed"), ("reranker", "rereading")])
def test_whoever_has_the_code_that_asks_a_model_may_ask_it_and_nobody_else(kind: Any, asks: str) -> None:
    rows = {row.name: row.group if isinstance(row, Route) else row.name for row in (*ROUTES, *TRIGGERS, *SCHEDULES)}
    able = {owner for name, owner in rows.items() if f"contextfs.journeys.find.{asks}" in reached(f"functions.{name}")}

    assert able | {"gateway"} == set(ASKS[kind])


@pytest.mark.parametrize(("cloud", "scheme"), [("gcp", "gs"), ("aws", "s3")])
def test_files_are_kept_where_the_setting_says_by_those_that_the_plan_names(cloud: str, scheme: str) -> None:
    made = plan(of(cloud=cloud, regions=("us-central1" if cloud == "gcp" else "us-east-1",)))
    region = made.regions[0]
    told = {one.name: made.environment(one, region).get("CONTEXTFS_FILES") for one in made.workloads}

    bucket = f"{scheme}://{made.store('files', region)}"
    assert dict.fromkeys(("admin", "exports", "on-export", "expire"), bucket) == {k: v for k, v in told.items() if v}
    assert {"exports", "on-export", "expire"} == {g.workload for g in made.grants if g.action == "keep files"}
    assert {"admin"} == {g.workload for g in made.grants if g.action == "read files"}


def test_the_services_that_let_people_in_know_where_they_sign_in_and_no_other_does() -> None:
    made = plan(of(cloud="gcp", regions=("us-central1", "europe-west1"), tier="active-active"))
    told = {
        (one.name, region.name): made.environment(one, region).get("CONTEXTFS_SIGN_IN")
        for one in made.workloads
        for region in made.regions
    }

    service = f"identity-platform:{made.config.account}"
    assert {key: setting for key, setting in told.items() if setting} == {
        (name, region): service for name in ("auth", "gateway") for region in ("us-central1", "europe-west1")
    }


def test_streams_have_a_service_that_stays_open_and_a_path_of_its_own() -> None:
    made = plan(CONFIG)
    rules = [(rule.path, rule.exact) for rule in made.paths if rule.service == "stream"]

    assert [("/v1/sessions/{session_id}/stream", True), ("/v1/proxy", False)] == rules
    assert made.workload("stream").timeout_seconds == 3600
    assert made.environment(made.workload("stream"), made.regions[0])["CONTEXTFS_PORT"] == "8080"


def test_what_an_installation_has_by_choice_comes_with_its_secret() -> None:
    made = plan(of(cache=True))

    assert "cache-url" in made.secrets
    assert made.secret_variables(made.workload("search"))["CONTEXTFS_CACHE_URL"] == "cache-url"


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


def test_who_logs_in_by_tokens_reads_no_password_of_the_role() -> None:
    made = plan(of(cloud="aws", account="123456789012", regions=("us-east-1",), database_login="iam"))
    by_tokens = {grant.workload for grant in made.grants if grant.action == "log in"}
    by_password = {grant.workload for grant in made.grants if grant.thing == "database-url"}

    assert by_password == {"migrate-pre", "migrate-post"}, "they give the password to the role"
    assert by_tokens == {workload.name for workload in made.workloads} - by_password - {"graphs", "reseal"}
    assert {grant for grant in plan(CONFIG).grants if grant.action == "log in"} == set()
