"""One frozen description of an installation. A config that cannot work is refused in one sentence, before any resource.

Each field is a value of the stack's file: `pulumi config set contextfs:<field> …`, camelCase or snake_case.
"""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from infra.kit.telling import sentence
from infra.regions.aws import PLACES as AWS
from infra.regions.gcp import PLACES as GCP
from infra.regions.model import Place

Cloud = Literal["gcp", "aws"]
Tier = Literal["single", "active-passive", "active-active"]
Size = Literal["small", "medium", "large"]
EmbedderName = Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._:/-]*(@\d{1,4})?$", max_length=200)]
"""A model, and how many dimensions it is asked for (`gemini-embedding-001@768`)."""

NAMESPACE = "contextfs"
PLACES: Mapping[Cloud, Mapping[str, Place]] = {"gcp": GCP, "aws": AWS}

_ACCOUNT = {"gcp": (r"[a-z][a-z0-9-]{4,28}[a-z0-9]", "a project id"), "aws": (r"\d{12}", "an account id of 12 digits")}
_DOMAIN = re.compile(r"(?=.{4,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_KEY = {
    "gcp": r"projects/[^/]+/locations/(?P<region>[^/]+)/keyRings/[^/]+/cryptoKeys/[^/]+",
    "aws": r"arn:aws[a-z-]*:kms:(?P<region>[^:]+):\d{12}:key/[0-9a-f-]+",
}
PROFILES = {"us": "us", "us-gov": "us", "eu": "eu", "apac": None, "jp": "jp", "au": "au", "ca": "ca", "global": None}
"""The geographies of Bedrock's inference profiles (`eu.…`), each with the jurisdiction that it stays in, if one."""
_MODELS = {
    "languageModel": (),
    "embedder": ("titan-embed", "cohere.embed"),
    "embedderBefore": ("titan-embed", "cohere.embed"),
    "reranker": ("amazon.rerank", "cohere.rerank"),
}
"""The values that name models, each with the families of Bedrock that it may be of; none: any."""
_UPDATER = {"gcp": r"serviceAccount:[^@\s]+@[^@\s]+", "aws": r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/.+"}
_COUNTS: dict[Tier, tuple[int, int, str]] = {
    "single": (1, 1, "one region"),
    "active-passive": (2, 5, "two to five regions"),
    "active-active": (2, 20, "two to twenty regions"),
}


class Refused(ValueError):
    """The config cannot work. The message is one sentence: what, where, and the cure."""


class Sizing(msgspec.Struct, frozen=True, kw_only=True):
    """How big things are, in units that both clouds know."""

    database_cpus: int
    database_gib: int
    cache_gib: int
    warm: int
    """Instances of each API service that wait for calls."""
    most: int
    """Instances of each service at the most; the database's connections bound it."""
    connections: int
    """Database connections that one instance holds at the most."""


SIZES: Mapping[Size, Sizing] = {
    "small": Sizing(database_cpus=2, database_gib=8, cache_gib=1, warm=0, most=4, connections=2),
    "medium": Sizing(database_cpus=4, database_gib=16, cache_gib=5, warm=1, most=10, connections=4),
    "large": Sizing(database_cpus=16, database_gib=64, cache_gib=16, warm=2, most=40, connections=4),
}


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An installation: one stack of Pulumi."""

    cloud: Annotated[Cloud, Meta(description="The cloud: gcp or aws.")]
    account: Annotated[str, Meta(description="The project id on GCP, the account id on AWS; it may be a customer's.")]
    regions: Annotated[tuple[str, ...], Meta(description="The regions that it runs in; the first one is home.")]
    domain: Annotated[str, Meta(description="The API answers at api.<domain>, Studio at app.<domain>.")]
    alerts: Annotated[str, Meta(description="E-mail address that alarms go to.")]
    owner: Annotated[str | None, Meta(description="E-mail address of the first owner; by default that of alerts.")] = (
        None
    )
    name: Annotated[
        str, Meta(pattern="^[a-z][a-z0-9]*$", max_length=12, description="What the name of every resource begins with.")
    ] = "ctx"
    environment: Annotated[
        Literal["production", "development"], Meta(description="Development can be destroyed; production is protected.")
    ] = "production"
    tier: Annotated[Tier, Meta(description="How many regions serve, and which data each has.")] = "single"
    active: Annotated[
        str | None, Meta(description="Active-passive: the region that serves; by default the first one.")
    ] = None
    residency: Annotated[
        tuple[str, ...], Meta(description="Jurisdictions that data may be in (us, eu, …); by default any.")
    ] = ()
    size: Annotated[Size, Meta(description="How big the stores and services are.")] = "small"
    network: Annotated[
        Literal["public", "private"],
        Meta(description="Public: a global load balancer. Private: no public address, only private links."),
    ] = "public"
    egress_ports: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=65535)], ...],
        Meta(description="TCP ports that programs may connect to, beside the stores: 443, and a SIEM's or provider's."),
    ] = (443,)
    encryption_keys: Annotated[
        dict[str, str], Meta(description="The customer's keys, one for each region (BYOK); by default keys are made.")
    ] = {}
    updater: Annotated[
        str | None, Meta(description="Principal that may deploy new versions in a customer's account (BYO cloud).")
    ] = None
    image: Annotated[
        str | None, Meta(description="Image by digest; by default it is built from this checkout and pushed.")
    ] = None
    database: Annotated[
        Literal["cloudsql", "alloydb"] | None,
        Meta(description="GCP: the database of the record, cloudsql or alloydb. On AWS it is Aurora."),
    ] = None
    database_login: Annotated[
        Literal["password", "iam"],
        Meta(description="How the API and consumers log in to the database; iam: with tokens of their own accounts."),
    ] = "password"
    peppers: Annotated[
        tuple[Annotated[str, Meta(pattern="^[a-z0-9]{1,8}$")], ...],
        Meta(min_length=1, max_length=3, description="The names of the peppers; the first one seals."),
    ] = ("1",)
    cache: Annotated[bool, Meta(description="A Redis for counters and fan-out; without it, Postgres does both.")] = (
        False
    )
    language_model: Annotated[
        Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._:/-]*$", max_length=200)] | None,
        Meta(
            description="A model of Vertex AI or Bedrock that helps to learn, by its name there; by default only rules."
        ),
    ] = None
    language_model_prices: Annotated[
        Annotated[str, Meta(pattern=r"^\d+(\.\d+)?/\d+(\.\d+)?$")] | None,
        Meta(description="What the language model costs: dollars for a million tokens, in and out (0.25/2)."),
    ] = None
    language_model_cap: Annotated[
        float, Meta(ge=0, description="Dollars that an organization may spend on the language model in a month.")
    ] = 10.0
    embedder: Annotated[
        EmbedderName | None,
        Meta(
            description="A model of Vertex AI or Bedrock that makes vectors, by its name there; by default the image's."
        ),
    ] = None
    embedder_before: Annotated[
        EmbedderName | None,
        Meta(description="The earlier value of embedder: that model is used until its vectors are replaced."),
    ] = None
    reranker: Annotated[
        Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._:/@-]*$", max_length=200)] | None,
        Meta(description="A model of Vertex AI or Bedrock that reranks the best results of a search; by default none."),
    ] = None
    tenant: Annotated[str | None, Meta(description="The only organization of a dedicated installation.")] = None
    budget: Annotated[int, Meta(ge=0, description="US dollars a month above which an alert is sent; 0: no alert.")] = 0
    billing_account: Annotated[str | None, Meta(description="GCP: the billing account that the budget belongs to.")] = (
        None
    )

    @property
    def production(self) -> bool:
        """Whether destroying something must be hard."""
        return self.environment == "production"

    @property
    def alloydb(self) -> bool:
        """Whether the record is AlloyDB, in the place of Cloud SQL."""
        return self.database == "alloydb"

    @property
    def sizing(self) -> Sizing:
        """How big things are."""
        return SIZES[self.size]

    @property
    def home(self) -> str:
        """The region that what there is only once belongs to."""
        return self.active or self.regions[0]

    def place(self, region: str) -> Place:
        """What is known about a region."""
        return PLACES[self.cloud][region]


def of_project(values: Mapping[str, str]) -> dict[str, str]:
    """Give the project's own values of a stack by their bare names."""
    prefix = f"{NAMESPACE}:"
    return {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}


def read(values: Mapping[str, str]) -> Config:
    """Make a config of a stack's values (text; lists and objects as JSON); Refused says why it cannot work."""
    given = {_snake(key): _value(key, text) for key, text in values.items()}
    for key in given.keys() - set(Config.__struct_fields__):
        raise Refused(f"{NAMESPACE}:{key} is not a setting{_meant(key, Config.__struct_fields__)}")
    try:
        config = msgspec.convert(given, Config, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(f"{NAMESPACE}:{sentence(str(error), Config)}") from error
    for fault in _faults(config):
        raise Refused(f"{NAMESPACE}:{fault}")
    return config


def _faults(config: Config) -> Iterator[str]:
    yield from _account_faults(config)
    yield from _address_faults(config)
    yield from _region_faults(config)
    yield from _key_faults(config)
    if 443 not in config.egress_ports:
        yield "egressPorts: 443 is missing, and every service of the cloud is called at it: add it."
    yield from _model_faults(config)


def _account_faults(config: Config) -> Iterator[str]:
    pattern, what = _ACCOUNT[config.cloud]
    if not re.fullmatch(pattern, config.account):
        yield f"account: {config.account!r} is not {what}: give the one that the installation lives in."
    if config.image is not None and not re.fullmatch(r"[^@\s]+@sha256:[0-9a-f]{64}", config.image):
        yield "image: name it by digest (registry/name@sha256:…), so that every region runs the same one."
    if config.updater is not None and not re.fullmatch(_UPDATER[config.cloud], config.updater):
        yield f"updater: {config.updater!r} is not a principal of {config.cloud}: see docs/guides/deploy.md."
    if len(set(config.peppers)) < len(config.peppers):
        yield "peppers: one of them is listed twice: remove it."
    if config.cloud == "aws" and re.search("aws|amazon|cognito", config.name):
        yield f"name: {config.name!r} has a name of Amazon, which Cognito refuses in an address: choose another one."
    yield from _database_faults(config)
    if config.cloud == "gcp" and config.budget and config.billing_account is None:
        yield "billingAccount is missing: a budget on GCP belongs to a billing account."


def _database_faults(config: Config) -> Iterator[str]:
    if config.cloud == "aws" and config.database is not None:
        yield f"database: {config.database} is of Google Cloud, and on AWS the record is Aurora: leave it out."
    if config.cloud == "aws" or config.database_login == "password":
        return
    if config.alloydb:
        yield (
            "databaseLogin: a token is sent only to a server that can be verified, and AlloyDB does not publish the "
            "authority of an instance: use password."
        )
    elif config.tier == "active-passive":
        yield "databaseLogin: on Google Cloud a copy has its primary's users, but other accounts: use password."


def _address_faults(config: Config) -> Iterator[str]:
    if not _DOMAIN.fullmatch(config.domain):
        yield f"domain: {config.domain!r} is not a domain name: write it like memory.example.com, in lower case."
    if not _MAIL.fullmatch(config.alerts):
        yield f"alerts: {config.alerts!r} is not an e-mail address: alarms would reach nobody."
    if config.owner is not None and not _MAIL.fullmatch(config.owner):
        yield f"owner: {config.owner!r} is not an e-mail address: the first owner could not be founded."


def _region_faults(config: Config) -> Iterator[str]:
    known = PLACES[config.cloud]
    least, most, what = _COUNTS[config.tier]
    for region in config.regions:
        if region not in known:
            yield f"regions: {region!r} is not a region of {config.cloud} that is known here{_meant(region, known)}"
        elif config.residency and known[region].jurisdiction not in config.residency:
            allowed = ", ".join(config.residency)
            yield (
                f"regions: {region} is in {known[region].jurisdiction}, and data may only be in {allowed}: "
                "remove the region, or widen contextfs:residency."
            )
    if len(set(config.regions)) < len(config.regions):
        yield "regions: one of them is listed twice: remove it."
    if not least <= len(config.regions) <= most:
        yield f"tier: {config.tier} takes {what}, and contextfs:regions has {len(config.regions)}."
    if config.active is not None and config.tier != "active-passive":
        yield "active: only the tier active-passive has one active region."
    if config.active is not None and config.active not in config.regions:
        yield f"active: {config.active} is not one of contextfs:regions."
    jurisdictions = {place.jurisdiction for place in known.values()}
    for word in config.residency:
        if word not in jurisdictions:
            yield f"residency: {word!r} is not the jurisdiction of a known region{_meant(word, jurisdictions)}"


def _key_faults(config: Config) -> Iterator[str]:
    if not config.encryption_keys:
        return
    for region in config.regions:
        key = config.encryption_keys.get(region)
        if key is None:
            yield f"encryptionKeys: {region} has no key; with keys of your own, every region needs one."
            continue
        match = re.fullmatch(_KEY[config.cloud], key)
        if match is None:
            yield f"encryptionKeys: the key of {region} is not the full name of a key of {config.cloud}."
        elif match["region"] != region:
            yield f"encryptionKeys: the key of {region} is in {match['region']}: a store needs a key of its own region."
    for region in config.encryption_keys.keys() - set(config.regions):
        yield f"encryptionKeys: {region} is not one of contextfs:regions."


def _model_faults(config: Config) -> Iterator[str]:
    asked = {key: name for key in _MODELS if (name := getattr(config, _snake(key))) is not None}
    if config.language_model is not None and config.language_model_prices is None:
        yield "languageModelPrices is missing: without the price of a model, its cap cannot hold."
    if config.embedder is not None and config.embedder == config.embedder_before:
        yield "embedderBefore: this is the current embedder: name the one whose vectors are to be replaced."
    for key, name in asked.items():
        yield from _vendor_faults(config, key, name)
        for region in config.regions:
            if "models" in config.place(region).lacks:
                yield f"{key}: {region} offers no models: leave it out, or choose another region."


def _vendor_faults(config: Config, key: str, name: str) -> Iterator[str]:
    """Tell whether a model has an API that we do not know, or runs outside of where data may be."""
    if config.cloud == "gcp":
        if key == "reranker" and config.residency:
            yield "reranker: Vertex AI reranks at one global address, outside contextfs:residency: leave it out."
        return
    known = _MODELS[key]
    if known and not any(family in name for family in known):
        yield f"{key}: {name} is not a model of Bedrock whose API is known here ({', '.join(known)})."
    geography = name.partition(".")[0]
    if config.residency and geography in PROFILES and PROFILES[geography] not in config.residency:
        yield f"{key}: the profile {name} calls regions outside contextfs:residency: choose another one."


def _value(key: str, text: str) -> Any:
    if not text.startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refused(f"{NAMESPACE}:{key} is not JSON: {error}.") from error


def _snake(key: str) -> str:
    return re.sub(r"([a-z])([A-Z])", lambda match: f"{match[1]}_{match[2].lower()}", key)


def _meant(word: str, known: Any) -> str:
    near = difflib.get_close_matches(word, list(known), 1)
    return f": did you mean {near[0]}?" if near else "."
