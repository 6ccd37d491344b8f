"""The nouns of a plan: what runs in an installation, what carries events, who may what, and what all of it is called.

Each region of the plan runs the same workloads. What a workload may do is said here once, as a grant; both clouds draw
each grant as a permission of that workload's own account.
"""

from typing import Literal

import msgspec

from infra.config import Config

Host = Literal["service", "function", "job", "worker"]
Action = Literal["read", "publish", "consume", "call models", "keep files", "read files", "log in"]

Kind = Literal["models", "embedder", "reranker"]
"""Models that a workload may ask: language models, what makes vectors, what reads the best of a search again."""

DATABASE = "database-url"
"""The secret with the address, and password, that calls use the database by."""
CALLS = (DATABASE, "key-pepper", "redaction-key")
SIGNS_IN = ("auth", "gateway")
"""The noun whose service lets people in: it alone has to know where they sign in."""
BORDER = "region-key"
"""The secret that regions know each other by; it is the same in all of them."""

HEADS = "audit-heads/"
"""The folder of the files that tell where audit logs ended: who reads files reads these, and no exports."""

MIB = 1024 * 1024


class Workload(msgspec.Struct, frozen=True, kw_only=True):
    """A program that runs in every region: an API service, a function that events call, a job, or a worker."""

    name: str
    host: Host
    target: str
    """What the image runs: a row of the manifest, a noun (all its routes), or a task of `runtime/job.py`."""
    size: Literal["small", "medium", "large"] = "small"
    body_limit: int = MIB
    timeout_seconds: int = 60
    secrets: tuple[str, ...] = CALLS
    may: tuple[Action, ...] = ()
    asks: tuple[Kind, ...] = ()
    """Which kinds of models it asks, where the installation has them."""
    streams: bool = False
    """Whether its calls stay open (WebSocket), and it listens by itself."""


class PathRule(msgspec.Struct, frozen=True, kw_only=True):
    """Which service answers a path: this path itself and, unless `exact`, everything below it."""

    path: str
    service: str
    exact: bool = False


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Which events reach a consumer: some types, and all types that begin with a prefix.

    It lets through at least what the manifest asks for. The consumer drops what it did not.
    """

    consumer: str
    types: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()


class Cron(msgspec.Struct, frozen=True, kw_only=True):
    """When a workload runs by the clock, in UTC."""

    workload: str
    every_seconds: int

    @property
    def unix(self) -> str:
        """The five fields of cron: `*/5 * * * *`."""
        minutes = self.every_seconds // 60
        if minutes < 60:
            return f"*/{minutes} * * * *" if minutes > 1 else "* * * * *"
        hours = minutes // 60
        return f"0 */{hours} * * *" if 1 < hours < 24 else "0 * * * *" if hours == 1 else "0 0 * * *"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A permission of one workload: what it may do with which one thing. Nothing else may do it."""

    workload: str
    action: Action
    thing: str


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A region of the installation. A standby keeps a copy of the data, and serves nobody until a failover."""

    name: str
    short: str
    role: Literal["serving", "standby"]
    index: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """All that stands in a cloud, before any cloud is spoken to."""

    config: Config
    regions: tuple[Region, ...]
    workloads: tuple[Workload, ...]
    paths: tuple[PathRule, ...]
    subscriptions: tuple[Subscription, ...]
    crons: tuple[Cron, ...]
    secrets: tuple[str, ...]
    grants: tuple[Grant, ...]

    def of(self, host: Host) -> tuple[Workload, ...]:
        """The workloads of one kind."""
        return tuple(workload for workload in self.workloads if workload.host == host)

    def workload(self, name: str) -> Workload:
        """The workload of a name."""
        return next(workload for workload in self.workloads if workload.name == name)

    def grants_of(self, workload: str, action: Action) -> tuple[str, ...]:
        """The things that a workload may do something with."""
        return tuple(grant.thing for grant in self.grants if (grant.workload, grant.action) == (workload, action))

    def environment(self, workload: Workload, region: Region) -> dict[str, str]:
        """The plain variables of a workload, by the names of the product's settings; secrets come beside them."""
        variables = {
            "CONTEXTFS_CLOUD": self.config.cloud,
            "CONTEXTFS_REGION": region.name,
            "CONTEXTFS_TRUSTED_HOPS": "2",  # the edge and the load balancer, or the load balancer and its own address
            "CONTEXTFS_POOL_SIZE": str(self.config.sizing.connections),
            "CONTEXTFS_PUBLIC_URL": f"https://{self.hosts(region)[-1] if several(self.config) else self.host}",
            **({"CONTEXTFS_LANGUAGES": ",".join(self.config.languages)} if self.config.languages else {}),
        }
        if BORDER in self.grants_of(workload.name, "read"):
            pinned = ((one.name, self.hosts(one)[-1]) for one in self.regions)
            variables["CONTEXTFS_REGIONS"] = " ".join(f"{name}=https://{host}" for name, host in pinned)
        if self.grants_of(workload.name, "publish"):
            variables["CONTEXTFS_EVENTS"] = self.events(region)
        if workload.target in SIGNS_IN and self.config.cloud == "gcp":
            variables["CONTEXTFS_SIGN_IN"] = f"identity-platform:{self.config.account}"
        if workload.target == "migrate-pre" and self.config.cloud == "gcp" and (users := self.database_users(region)):
            variables["CONTEXTFS_DATABASE_USERS"] = " ".join(users)
        if workload.target == "migrate-pre" and self.config.alloydb:
            variables["CONTEXTFS_CREATE_DATABASE"] = "true"  # Google's API makes users and no database
        if workload.target == "found":
            variables["CONTEXTFS_FOUNDING_ORGANIZATION"] = self.config.tenant or self.config.domain
            variables["CONTEXTFS_FOUNDING_EMAIL"] = self.config.owner or self.config.alerts
        if self.grants_of(workload.name, "keep files") or self.grants_of(workload.name, "read files"):
            scheme = "gs" if self.config.cloud == "gcp" else "s3"
            variables["CONTEXTFS_FILES"] = f"{scheme}://{self.store('files', region)}"
        if asked := self.grants_of(workload.name, "call models"):
            variables |= self._models(asked, region)
        if workload.streams:
            variables |= {"CONTEXTFS_HOST": "0.0.0.0", "CONTEXTFS_PORT": "8080"}  # noqa: S104 - inside its container
        return variables

    def _models(self, asked: tuple[str, ...], region: Region) -> dict[str, str]:
        """Say which models are asked, where they run, and what a language model may cost."""
        config = self.config
        vendor = "vertex" if config.cloud == "gcp" else "bedrock"
        named = {
            "LANGUAGE_MODEL": config.language_model if "models" in asked else None,
            "EMBEDDER": config.embedder if "embedder" in asked else None,
            "EMBEDDER_BEFORE": config.embedder_before if "embedder" in asked else None,
            "RERANKER": config.reranker if "reranker" in asked else None,
        }
        variables = {f"CONTEXTFS_{key}": f"{vendor}:{name}" for key, name in named.items() if name is not None}
        if "models" in asked:
            variables["CONTEXTFS_LANGUAGE_MODEL_PRICES"] = config.language_model_prices or ""
            variables["CONTEXTFS_LANGUAGE_MODEL_CAP"] = f"{config.language_model_cap:g}"
        where = {"GOOGLE_CLOUD_PROJECT": config.account, "GOOGLE_CLOUD_LOCATION": region.name}
        return variables | (where if config.cloud == "gcp" else {})

    def database_user(self, workload: str, region: Region) -> str:
        """The user of the database that a workload's account logs in as on Google Cloud: its address, cut off."""
        return f"{self.name(workload, region)}@{self.config.account}.iam"

    def database_users(self, region: Region) -> tuple[str, ...]:
        """The users of a region's database that log in by tokens."""
        by_tokens = (workload.name for workload in self.workloads if self.grants_of(workload.name, "log in"))
        return tuple(self.database_user(name, region) for name in by_tokens)

    def secret_variables(self, workload: Workload) -> dict[str, str]:
        """The variables that secrets come in, each with its secret's name."""
        secrets = self.grants_of(workload.name, "read")
        return {f"CONTEXTFS_{name.replace('-', '_').upper()}": name for name in secrets}

    def events(self, region: Region) -> str:
        """What publishers call a region's topic (on GCP, by its whole path) or event bus."""
        name = self.name("events", region)
        return f"projects/{self.config.account}/topics/{name}" if self.config.cloud == "gcp" else name

    def store(self, thing: str, region: Region) -> str:
        """What a bucket is called; the names of buckets are the world's."""
        return f"{self.config.account}-{self.name(thing, region)}"

    def hosts(self, region: Region) -> tuple[str, ...]:
        """The host names that a region answers at. Where all regions serve, each also has one that is pinned to it."""
        home = (self.host,) if region.name == self.config.home else ()
        return (*home, f"{region.name}.{self.host}") if several(self.config) else home

    @property
    def host(self) -> str:
        """The host name of the API."""
        return f"api.{self.config.domain}"

    def name(self, thing: str, region: Region) -> str:
        """What a thing of a region is called in the cloud: `ctx-sessions-usc1`."""
        return f"{self.config.name}-{thing}-{region.short}"


def several(config: Config) -> bool:
    """Tell whether each region has data of its own, so that a call may arrive in a wrong one."""
    return config.tier == "active-active"


def models(config: Config, kind: str) -> tuple[str, ...]:
    """Name the models of a kind that an installation has, as their vendor knows them."""
    named = {
        "models": (config.language_model,),
        "embedder": (config.embedder, config.embedder_before),
        "reranker": (config.reranker,),
    }[kind]
    # Behind an embedder's name stands how many dimensions it is asked for.
    return tuple(one.split("@")[0] if kind == "embedder" else one for one in named if one is not None)
