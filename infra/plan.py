"""The manifest and a config become a plan, whose nouns are in `planned.py`. Pure: it knows no cloud's API."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from functions.manifest import PROXY, ROUTES, SCHEDULES, STREAM, TRIGGERS, Route, Schedule, Trigger
from infra.config import Config, Refused
from infra.planned import (
    BORDER,
    CALLS,
    DATABASE,
    MIB,
    Action,
    Cron,
    Grant,
    Kind,
    PathRule,
    Plan,
    Region,
    Subscription,
    Workload,
    models,
    several,
)

OWN = {"sql": ("sql-database-url",)}
"""What the services of some nouns need beside that: direct SQL runs as a role of its own."""
PROTOCOLS = ("/mcp", "/oauth", "/scim", "/.well-known")
"""What the gateway answers beside the routes of the manifest."""
BETWEEN = "/internal"
"""What the gateway of a region answers to other regions alone."""
KEEPS = ("exports", "triggers.export", "schedules.expire")
"""Who keeps files: a noun's service, which also makes links to them, a trigger, and the schedule that deletes them, and
notes in some of its own where audit logs end."""
READS = ("admin",)
"""Who reads files: the noun's service that holds audit logs against where they ended."""
ASKS: Mapping[Kind, tuple[str, ...]] = {
    "models": ("triggers.read",),
    "embedder": ("search", "context", "admin", "gateway", "triggers.embed", "triggers.reindex"),
    "reranker": ("search", "context", "gateway"),
}
"""Who asks which kind of model. Without an embedder the model in the image compares meanings, and asks nobody."""
PLATFORM = (*CALLS, "relay-database-url")
OWNER = "migration-database-url"
MIGRATES = (*PLATFORM, *OWN["sql"], OWNER)
FOUNDS = (*CALLS, "founding-secret")

JOB_FROM_SECONDS = 3600
"""Schedules that run no oftener than this are jobs: a job starts in seconds, not at once, but may run for long."""
_APART = ("migrate-pre", "migrate-post", "found", "graphs", "reseal")
"""What prepares an installation or keeps its database, and needs none of its options."""
STREAM_SECONDS = 3600
"""How long a stream is kept open at the most; a client that is cut off then goes on by itself."""
LONGEST_NAME = 30
"""Letters of an account's id on GCP, the tightest of all names."""
LONGEST_USER = 63
"""Letters of a user of Postgres, which cuts off what is longer."""


def plan(
    config: Config,
    *,
    routes: Iterable[Route] = ROUTES,
    triggers: Iterable[Trigger] = TRIGGERS,
    schedules: Iterable[Schedule] = SCHEDULES,
) -> Plan:
    """Plan an installation; Refused when the manifest cannot be drawn under this config."""
    routes, triggers, schedules = tuple(routes), tuple(triggers), tuple(schedules)
    workloads = (
        *_services(routes),
        _stream(),
        _gateway(routes),
        *(_consumer(trigger) for trigger in triggers),
        *(_scheduled(schedule) for schedule in schedules),
        Workload(name="relay", host="worker", target="relay", secrets=PLATFORM, may=("publish",)),
        *(_migration(phase) for phase in ("pre", "post")),
        Workload(name="found", host="job", target="found", secrets=FOUNDS),
        Workload(name="graphs", host="job", target="graphs", timeout_seconds=5 * 3600, secrets=(OWNER,)),
        Workload(name="reseal", host="job", target="reseal", timeout_seconds=900, secrets=("key-pepper", OWNER)),
    )
    made = Plan(
        config=config,
        regions=tuple(_regions(config)),
        workloads=workloads,
        paths=tuple(_paths(routes, config)),
        subscriptions=tuple(_subscription(trigger) for trigger in triggers),
        crons=(
            *map(_cron, schedules),
            Cron(workload="graphs", every_seconds=6 * 3600),
            Cron(workload="reseal", every_seconds=24 * 3600),
        ),
        secrets=(*MIGRATES, "founding-secret", *_options(config), *((BORDER,) if several(config) else ())),
        grants=tuple(grant for workload in workloads for grant in _grants(workload, config)),
    )
    _check_names(made)
    return made


def _services(routes: tuple[Route, ...]) -> Iterator[Workload]:
    """One API service for each noun: what belongs together scales together."""
    nouns: dict[str, list[Route]] = defaultdict(list)
    for route in routes:
        nouns[route.group].append(route)
    for noun, rows in nouns.items():
        medium = any(row.size != "small" for row in rows)
        yield Workload(
            name=_service(noun),
            host="service",
            target=noun,
            size="medium" if medium else "small",
            body_limit=max(row.body_limit for row in rows),
            secrets=(*CALLS, *OWN.get(noun, ())),
            may=_may(noun),
            asks=_asks(noun),
        )


def _stream() -> Workload:
    """Give the service that streams sessions: neither a function's host nor Lambda keeps a WebSocket open."""
    return Workload(name="stream", host="service", target="stream", timeout_seconds=STREAM_SECONDS, streams=True)


def _gateway(routes: tuple[Route, ...]) -> Workload:
    """Give the service of what is no route: MCP calls any of them, and OAuth and SCIM have protocols of their own."""
    limit = max((route.body_limit for route in routes), default=MIB)
    return Workload(
        name="gateway", host="service", target="gateway", size="medium", body_limit=limit, asks=_asks("gateway")
    )


def _may(name: str) -> tuple[Action, ...]:
    """Say what a row of the manifest, or a noun, may do beyond reading its secrets."""
    return ("keep files",) if name in KEEPS else ("read files",) if name in READS else ()


def _asks(name: str) -> tuple[Kind, ...]:
    """Say which kinds of models a row of the manifest, or a noun, asks."""
    return tuple(kind for kind, names in ASKS.items() if name in names)


def _consumer(trigger: Trigger) -> Workload:
    """A small trigger is a function; one that needs more, such as the embedding model, runs from the image."""
    return Workload(
        name=_dashed(trigger.name),
        host="function",
        target=trigger.target,
        size=trigger.size,
        timeout_seconds=300,
        may=("consume", *_may(trigger.name)),
        asks=_asks(trigger.name),
    )


def _scheduled(schedule: Schedule) -> Workload:
    by_job = schedule.every_seconds >= JOB_FROM_SECONDS
    return Workload(
        name=_dashed(schedule.name),
        host="job" if by_job else "function",
        target=schedule.target,
        size=schedule.size,
        timeout_seconds=900 if by_job else 60,
        secrets=PLATFORM,
        may=("publish", *_may(schedule.name)),
    )


def _migration(phase: str) -> Workload:
    """Give a migration the hour: one index may wait ten minutes for transactions that were there before it."""
    return Workload(
        name=f"migrate-{phase}", host="job", target=f"migrate-{phase}", timeout_seconds=3600, secrets=MIGRATES
    )


def _paths(routes: tuple[Route, ...], config: Config) -> Iterator[PathRule]:
    """Give each head of paths (`/v1/sessions`) to the noun that has most of it, and the exceptions path by path."""
    owners: dict[str, str] = {}
    for route in routes:
        if owners.setdefault(route.path, route.group) != route.group:
            raise Refused(f"The path {route.path} is of {owners[route.path]} and of {route.group}: no router can tell.")
    heads: dict[str, Counter[str]] = defaultdict(Counter)
    for path, noun in owners.items():
        heads[_head(path)][noun] += 1
    for path, noun in owners.items():
        if heads[_head(path)].most_common(1)[0][0] != noun:
            yield PathRule(path=path, service=_service(noun), exact=True)
    yield PathRule(path="/", service="gateway", exact=True)  # the page for who opens the bare address
    yield PathRule(path=STREAM, service="stream", exact=True)
    yield PathRule(path=PROXY, service="stream")
    beside = (*PROTOCOLS, BETWEEN) if several(config) else PROTOCOLS
    yield from (PathRule(path=path, service="gateway") for path in beside)
    for head, nouns in heads.items():
        yield PathRule(path=head, service=_service(nouns.most_common(1)[0][0]))


def _head(path: str) -> str:
    parts = path.split("/")
    return "/".join(parts[:3] if parts[1].startswith("v") and len(parts) > 2 else parts[:2])


def _subscription(trigger: Trigger) -> Subscription:
    """Say a trigger's patterns in words that every bus can filter by: whole types and prefixes."""
    wild = [pattern for pattern in trigger.on if re.search(r"[*?\[]", pattern)]
    prefixes = tuple(re.split(r"[*?\[]", pattern, maxsplit=1)[0] for pattern in wild)
    if "" in prefixes:
        return Subscription(consumer=_dashed(trigger.name))
    types = tuple(pattern for pattern in trigger.on if pattern not in wild)
    return Subscription(consumer=_dashed(trigger.name), types=types, prefixes=prefixes)


def _cron(schedule: Schedule) -> Cron:
    seconds = schedule.every_seconds
    whole = seconds % 60 == 0 and seconds > 0
    fits = whole and (3600 % seconds == 0 if seconds < 3600 else seconds % 3600 == 0 and 86400 % seconds == 0)
    if not fits:
        raise Refused(
            f"{schedule.name} runs every {seconds} s, and cron cannot say that: take minutes that divide the hour, "
            "or hours that divide the day."
        )
    return Cron(workload=_dashed(schedule.name), every_seconds=seconds)


def _grants(workload: Workload, config: Config) -> Iterator[Grant]:
    # Doors speak with other regions, and what publishes keeps events from them.
    crosses = several(config) and (workload.host == "service" or "publish" in workload.may)
    options = _options(config) if workload.target not in _APART else ()
    secrets = (*workload.secrets, *options, *((BORDER,) if crosses else ()))
    # Migrations go on reading the password: they give it to the role, and the proxy alone logs in by it.
    by_tokens = config.database_login == "iam" and DATABASE in secrets and OWNER not in secrets
    if by_tokens:
        secrets = tuple(secret for secret in secrets if secret != DATABASE)
        yield Grant(workload=workload.name, action="log in", thing="database")
    yield from (Grant(workload=workload.name, action="read", thing=secret) for secret in secrets)
    things: dict[Action, str] = {"publish": "events", "consume": "events", "keep files": "files", "read files": "files"}
    for action in workload.may:
        yield Grant(workload=workload.name, action=action, thing=things[action])
    for kind in workload.asks:
        if models(config, kind):
            yield Grant(workload=workload.name, action="call models", thing=kind)


def _options(config: Config) -> tuple[str, ...]:
    """The secrets of what an installation has by choice."""
    return ("cache-url",) if config.cache else ()


def _regions(config: Config) -> Iterator[Region]:
    passive = config.tier == "active-passive"
    for name in sorted(config.regions, key=lambda region: region != config.home):
        role = "standby" if passive and name != config.home else "serving"
        # The index chooses the addresses of the network, so it must not change when another region becomes active.
        yield Region(name=name, short=config.place(name).short, role=role, index=config.regions.index(name))


def _check_names(made: Plan) -> None:
    longest = max((made.name(workload.name, region) for workload in made.workloads for region in made.regions), key=len)
    if len(longest) > LONGEST_NAME:
        over = len(longest) - LONGEST_NAME
        raise Refused(
            f"contextfs:name: {longest!r} has {len(longest)} letters, and an account's id takes {LONGEST_NAME}: "
            f"make the name {made.config.name!r} shorter by {over}."
        )
    users = [user for region in made.regions for user in made.database_users(region)]
    if made.config.cloud == "gcp" and len(longest := max(users, key=len, default="")) > LONGEST_USER:
        over = len(longest) - LONGEST_USER
        raise Refused(
            f"contextfs:databaseLogin: the user {longest!r} has {len(longest)} letters, and Postgres takes "
            f"{LONGEST_USER}: make contextfs:name shorter by {over}, or use password."
        )


def _service(noun: str) -> str:
    """`audit_stream` is `audit-stream`: no cloud takes the noun's own spelling."""
    return noun.replace("_", "-")


def _dashed(name: str) -> str:
    """`triggers.embed` is `on-embed`, `schedules.relay_outbox` is `relay-outbox`."""
    kind, _, rest = name.partition(".")
    return {"triggers": "on-", "schedules": ""}[kind] + rest.replace("_", "-")
