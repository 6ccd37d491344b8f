"""Settings: read once from variables of the environment, CONTEXTFS_…, and passed on as an argument."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contextfs.kit.errors import Invalid
from contextfs.kit.expected import in_words
from contextfs.kit.regions import Elsewhere

PREFIX = "CONTEXTFS_"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a server process needs to know. Each field is the variable CONTEXTFS_<FIELD>."""

    database_url: Annotated[str, Meta(description="Postgres as the role contextfs_app.")]
    database_shared: Annotated[
        bool,
        Meta(description="Whether a proxy that shares connections (RDS Proxy, PgBouncer) is at database_url."),
    ] = False
    relay_database_url: Annotated[
        str | None, Meta(description="Postgres as the role contextfs_relay; needed by the relay and the worker.")
    ] = None
    sql_database_url: Annotated[
        str | None,
        Meta(description="Postgres as the role contextfs_sql, or a replica; without it direct SQL is switched off."),
    ] = None
    database_login: Annotated[
        Literal["password", "gcp-iam", "aws-iam"],
        Meta(
            description="What logs in if a database's address has no password: nothing (`password`), or short-lived "
            "tokens of IAM, `gcp-iam` (Cloud SQL, AlloyDB) or `aws-iam` (RDS, Aurora, RDS Proxy)."
        ),
    ] = "password"
    database_authority: Annotated[
        str | None,
        Meta(
            description="Certificates (PEM) of the authority of the databases' server, if no file of the machine has "
            "them; an address that names an `sslrootcert` keeps that."
        ),
    ] = None
    key_pepper: Annotated[
        str,
        Meta(
            min_length=32,
            description="Secret text that API keys are hashed with, of 32 letters or more; several, one a line, while "
            "one replaces another: the first seals, the others open.",
        ),
    ]
    redaction_key: Annotated[
        str, Meta(min_length=32, description="Secret text that redacted secrets are fingerprinted with.")
    ]
    personal: Annotated[
        str,
        Meta(
            pattern=r"^(none|(email|phone|card|ssn)(,(email|phone|card|ssn))*)$",
            description="Personal data that is replaced, as secrets are: `email`, `phone`, `card`, `ssn`, separated by "
            "commas, or `none`. A project can override it.",
        ),
    ] = "card,ssn"
    model: Annotated[
        str | None, Meta(description="File of the local embedding model; without it, search compares only words.")
    ] = None
    embedder: Annotated[
        Annotated[str, Meta(pattern=r"^(local|(openai|vertex|bedrock):[^\s@]+(@\d{1,4})?)$")] | None,
        Meta(
            description="What makes vectors: `local` (the file above), `openai:NAME`, `vertex:NAME`, `bedrock:NAME`; "
            "`@768` behind it asks for that many dimensions."
        ),
    ] = None
    embedder_before: Annotated[
        Annotated[str, Meta(pattern=r"^(openai|vertex|bedrock):[^\s@]+(@\d{1,4})?$")] | None,
        Meta(description="The earlier value of CONTEXTFS_EMBEDDER: that model is used until its vectors are replaced."),
    ] = None
    embedder_url: Annotated[
        str | None,
        Meta(description="The embedder's endpoint with OpenAI's API (http://127.0.0.1:11434/v1); by default OpenAI's."),
    ] = None
    embedder_key: Annotated[str | None, Meta(description="Secret key of the embedder's endpoint.")] = None
    reranker: Annotated[
        Annotated[str, Meta(pattern=r"^(cohere|vertex|bedrock):\S+$")] | None,
        Meta(
            description="Model that reranks the best results of a search: `cohere:NAME` (or a compatible API), "
            "`vertex:NAME`, `bedrock:NAME`; or none."
        ),
    ] = None
    reranker_url: Annotated[
        str | None,
        Meta(description="The reranker's endpoint with Cohere's API (http://127.0.0.1:8080/v1); by default Cohere's."),
    ] = None
    reranker_key: Annotated[str | None, Meta(description="Secret key of the reranker's endpoint.")] = None
    language_model: Annotated[
        Annotated[str, Meta(pattern=r"^(openai|vertex|bedrock):\S+$")] | None,
        Meta(description="Language model that helps to learn: `openai:NAME`, `vertex:NAME`, `bedrock:NAME`; or none."),
    ] = None
    language_model_url: Annotated[
        str | None,
        Meta(
            description="The language model's endpoint with OpenAI's API (http://127.0.0.1:11434/v1); by default "
            "OpenAI's."
        ),
    ] = None
    language_model_key: Annotated[str | None, Meta(description="Secret key of the language model's endpoint.")] = None
    language_model_prices: Annotated[
        Annotated[str, Meta(pattern=r"^\d+(\.\d+)?/\d+(\.\d+)?$")] | None,
        Meta(description="Dollars for a million tokens, in and out (0.25/2; 0/0 for your own); required with a model."),
    ] = None
    language_model_cap: Annotated[
        float, Meta(ge=0, description="Dollars that an organization may spend on language models in a month.")
    ] = 10.0
    cloud: Annotated[
        Literal["local", "gcp", "aws"],
        Meta(description="Whose services are used: `gcp`, `aws`, or `local`, which needs none."),
    ] = "local"
    region: Annotated[str, Meta(description="Where this runs: the cloud's name of its region.")] = "local"
    regions: Annotated[
        str | None,
        Meta(
            description="All regions of an installation in which each has its own data, as `NAME=URL …`; "
            "`NAME=URL,PUBLIC_URL` if regions reach each other at another address than people do."
        ),
    ] = None
    region_key: Annotated[
        Annotated[str, Meta(min_length=32)] | None,
        Meta(description="Secret text, the same in all regions, with which they sign forwarded calls."),
    ] = None
    elsewhere: Annotated[
        Elsewhere,
        Meta(description="What happens to calls for an organization of another region that has not chosen itself."),
    ] = "forward"
    events: Annotated[
        str | None,
        Meta(
            description="Where events are published: a topic (projects/…/topics/…) on GCP, an event bus on AWS; the "
            "relay and schedules need it there."
        ),
    ] = None
    files: Annotated[
        Annotated[str, Meta(pattern=r"^(/|gs://[^/\s]+$|s3://[^/\s]+$)")] | None,
        Meta(
            description="Where exports are kept, and the ends of audit logs are noted: a folder (/…) that all "
            "processes share, `gs://BUCKET`, `s3://BUCKET`; without it there are none."
        ),
    ] = None
    export_megabytes: Annotated[int, Meta(ge=1, description="The largest export, in megabytes.")] = 2000
    idle_hours: Annotated[
        int,
        Meta(
            ge=0,
            le=10_000,
            description="Hours after which an open session without new messages is completed; `0`: it stays open.",
        ),
    ] = 24
    upstreams: Annotated[
        str,
        Meta(
            pattern=r"^(none|[a-z0-9-]{1,64}=https?://[^\s,?#]+(,[a-z0-9-]{1,64}=https?://[^\s,?#]+)*)$",
            description="Models that /v1/proxy passes requests on to: `name=https://…`, separated by commas, or "
            "`none`.",
        ),
    ] = "openai=https://api.openai.com,anthropic=https://api.anthropic.com"
    host: Annotated[str, Meta(description="Address that the gateway listens on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="Port that the gateway listens on.")] = 8420
    public_url: Annotated[
        str | None,
        Meta(description="The address at which people reach this server; links and cookies are made for it."),
    ] = None
    sign_in: Annotated[
        Annotated[
            str,
            Meta(
                pattern=r"^(identity-platform:[a-z0-9.:-]{6,64}(/[A-Za-z0-9-]{1,64})?"
                r"|cognito:[a-z]{2}(-[a-z]+)+-\d_[0-9A-Za-z]{1,55}/[0-9A-Za-z]{1,128}"
                r"|oidc:[^\s@]{1,255}@https?://[^\s@?#]+)$"
            ),
        ]
        | None,
        Meta(
            description="Where people sign in if their organization has no provider of its own: "
            "`identity-platform:PROJECT` or `identity-platform:PROJECT/TENANT`, `cognito:POOL/CLIENT`, "
            "`oidc:CLIENT@ISSUER`; without it they use keys."
        ),
    ] = None
    sign_in_secret: Annotated[
        str | None,
        Meta(description="The secret of that service's client, if it has one; it redeems the codes of its pages."),
    ] = None
    sso_loopback: Annotated[
        bool, Meta(description="Identity providers may be on this machine, without TLS; for testing.")
    ] = False
    stream_networks: Annotated[
        Annotated[str, Meta(pattern=r"^[0-9a-fA-F.:]+/\d{1,3}(,[0-9a-fA-F.:]+/\d{1,3})*$")] | None,
        Meta(
            description="Networks of your own (10.2.0.0/16,fd00::/8) that audit logs may be streamed to, also by HTTP; "
            "without it, only to public addresses by HTTPS."
        ),
    ] = None
    dns_server: Annotated[
        str | None, Meta(description="DNS server (host:port) that proves domains; by default the system's.")
    ] = None
    trusted_hops: Annotated[
        int,
        Meta(
            ge=0,
            le=10,
            description="Number of proxies in front of this server that each add an address to X-Forwarded-For.",
        ),
    ] = 0
    limit_principal: Annotated[
        int, Meta(ge=0, le=10**9, description="Units that one key or login may spend in a minute; 0 is unlimited.")
    ] = 12_000
    limit_organization: Annotated[
        int, Meta(ge=0, le=10**9, description="Units that one organization may spend in a minute; 0 is unlimited.")
    ] = 60_000
    limit_address: Annotated[
        int,
        Meta(
            ge=0,
            le=10**9,
            description="Units that unknown callers may spend in a minute at one address; 0 is unlimited.",
        ),
    ] = 3_000
    cache_url: Annotated[
        Annotated[str, Meta(pattern=r"^(rediss?|unix)://\S+$")] | None,
        Meta(description="Redis or Valkey (redis://…, rediss://…) that counts allowances; without it, Postgres does."),
    ] = None
    pool_size: Annotated[
        int, Meta(ge=1, le=200, description="How many database connections a process holds at most.")
    ] = 10
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least severe level that is logged.")
    ] = "info"
    otlp_endpoint: Annotated[
        str | None,
        Meta(description="OpenTelemetry collector (http://127.0.0.1:4318); without it nothing is sent."),
    ] = None


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read the settings; Invalid names the variable that is missing or wrong."""
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and value != ""
    }
    known = {name: value for name, value in given.items() if name in Settings.__struct_fields__}
    try:
        return msgspec.convert(known, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"Setting {_variable(str(error))}") from error


def _variable(text: str) -> str:
    """Say `CONTEXTFS_PORT: Expected …` from msgspec's words."""
    what, _, where = text.partition(" - at `$.")
    if where:
        return f"{PREFIX}{where.rstrip('`').upper()}: {in_words(what)}."
    field = what.rsplit("`", 2)[-2] if "`" in what else ""
    return f"{PREFIX}{field.upper()} is missing: set it in the environment."
