"""The nouns of a stack."""

from datetime import datetime

import msgspec

from contextfs.journeys.enter.organization import Founding


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """A running stack: every address and key that one needs to use it. The key is a secret of its owner."""

    api_url: str
    openapi_url: str
    health_url: str
    api_key: str
    organization: str
    org_id: str
    project: str
    project_id: str
    database_url: str
    embedder: str
    home: str
    logs: str
    fresh: bool
    """Whether this start founded the organization."""
    replaced: bool = False
    """Whether it ran with other code, or another model, than is installed: it was stopped, and started with these."""


class ProcessStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One process of a stack."""

    name: str
    pid: int | None
    state: str
    starts: int = 0
    memory_mb: float | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    """When and by what it ended last without being told to; it was started again."""


class StackStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a stack is: stopped, running, or degraded (something is missing and is being mended)."""

    state: str
    api_url: str | None
    processes: list[ProcessStatus]
    outbox: int | None = None
    deliveries: int | None = None
    unindexed: int | None = None
    """Sessions and memories that were stored or changed, and wait to be made searchable."""
    unembedded: int | None = None
    """Passages that wait for their vectors."""
    outdated: bool = False
    """Whether it runs other code than is installed: that was replaced since it was started."""


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What this installation keeps to itself; what an older version did not have yet is empty."""

    key_pepper: str
    redaction_key: str
    app_password: str
    relay_password: str
    sql_password: str = ""


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """What a start leaves for the next one and for other programs."""

    port: int
    founding: Founding
    database_url: str | None = None
    """The own server's address, if there is one; it carries a password."""


class Children(msgspec.Struct, frozen=True, kw_only=True):
    """What the supervisor says of the processes it keeps."""

    supervisor: int
    processes: list[ProcessStatus]
    database: ProcessStatus | None = None
    fingerprint: str = ""
    """Of the code that they were started with; an older version told none."""
    stopping: bool = False
