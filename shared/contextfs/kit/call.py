"""The call: all that a handler gets to work with, and all that it may leave behind."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from contextfs.kit.changes import Change, Kind
from contextfs.kit.errors import VersionMismatch
from contextfs.kit.events import Event
from contextfs.kit.identity import IdentityProviders, SignInService
from contextfs.kit.ids import Entropy, uuid7s
from contextfs.kit.languages import ENGLISH, Languages
from contextfs.kit.personal import USUAL, Personal
from contextfs.kit.ports import (
    Blobs,
    Database,
    Embedder,
    LanguageModel,
    Reader,
    Reranker,
    Transaction,
    Transcripts,
    Webhooks,
)
from contextfs.kit.principal import Principal
from contextfs.kit.regions import Regions
from contextfs.kit.unchosen import Unchosen
from contextfs.kit.waiting import Waiting

_MOST_IDS = 1 << 32

Reply = TypeVar("Reply")
Other = TypeVar("Other")

Again = Callable[[str | None], AbstractContextManager["Call"]]
"""Opens a further transaction of the same caller; what the audit log is to say of it is its action, or None."""
Afterwards = Callable[[Again], None]
"""What the taker of an event has left to do when its transaction is committed and its connection given back: asking
somebody outside, who may be slow. The event counts as taken: a crash before it is done must lose nothing."""


@dataclass(frozen=True)
class Outside(Generic[Reply]):
    """What a handler gives that has to ask somebody outside, who may be slow: no transaction is open meanwhile.

    `ask` is called when the handler's transaction is over, of which nothing is kept. `then` goes on with what it gave,
    in another transaction of the same caller, who is let in anew, and gives the reply. Few of a process ask at once, in
    places of their kind (`at`); where the call goes on without an answer (`needed` is False), `then` is given None for
    none. A trigger takes its event with that other transaction: after a crash in between the event comes again, and is
    asked about again.
    """

    ask: Callable[[], Any]
    then: Callable[["Call", Any], Reply]
    needed: bool = True
    at: Literal["setting_up", "rereading"] = "setting_up"

    def told(self, write: Callable[[Reply], Other]) -> "Outside[Other]":
        """Give the same, whose reply is written as something else."""
        return Outside(self.ask, lambda call, given: write(self.then(call, given)), self.needed, self.at)


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language model, and what it may cost: dollars for a million tokens, and for an organization in a month."""

    model: LanguageModel
    input_price: float
    output_price: float
    cap: float


@dataclass(frozen=True, kw_only=True)
class Services:
    """What a process has at hand for every call; built once, by the wiring."""

    database: Database
    embedder: Callable[[], Embedder | None]
    key_pepper: bytes
    redaction_key: bytes
    entropy: Entropy
    personal: frozenset[Personal] = USUAL
    """What is taken out of what is stored, beside secrets, where a project says nothing else."""
    languages: Languages = ENGLISH
    """In which search knows words in all their forms, beside English."""
    embedder_of: Callable[[str], Embedder | None] = lambda _: None
    """Builds what made vectors before the setting was changed, by its model's name; None where it cannot."""
    reranker: Callable[[], Reranker | None] = lambda: None
    """What reads the best of a search again; without it, their first order stands."""
    language: Callable[[], Language | None] = lambda: None
    """What helps to learn; without it, rules learn alone."""
    wake_relay: Callable[[], None] = lambda: None
    upstreams: Mapping[str, str] = field(default_factory=dict[str, str])
    """The models that requests are passed on to: their names, and their addresses."""
    reader: Reader | None = None
    """Runs direct SQL; without it, that is switched off."""
    identity: Callable[[], IdentityProviders] | None = None
    """Speaks to identity providers; without it, single sign-on is switched off."""
    sign_in: Callable[[], SignInService | None] = lambda: None
    """Where people sign in whose organization has no provider of its own; without it, they have keys alone."""
    waiting: Waiting = field(default_factory=Waiting)
    """Who of this process waits for somebody outside."""
    unchosen: Unchosen = field(default_factory=Unchosen)
    """Where nothing was chosen to be taken out, as this process saw it."""
    webhooks: Callable[[], Webhooks] | None = None
    """Sends to where audit logs are streamed; without it, none is."""
    transcripts: Callable[[], Transcripts | None] = lambda: None
    """Reads what tools wrote; without it, what was read once stays as it was read."""
    blobs: Callable[[], Blobs | None] = lambda: None
    """Where files are kept; without it, nothing is exported."""
    export_limit: int = 2_000_000_000
    """Bytes of an export at the most."""
    public_url: str = "http://127.0.0.1:8420"
    """Where people reach this server: the root of addresses that others are told of."""
    counts_alone: Callable[[], bool] = lambda: False
    """Whether this process counts allowances for itself, because what counts for all does not answer."""
    regions: Regions | None = None
    """The other regions of the installation, where each has data of its own."""
    trusted_hops: int = 0
    """How many proxies of ours stand before this server, each of which adds to X-Forwarded-For."""


@dataclass(frozen=True, kw_only=True)
class OpenCall:
    """A call to a public route: nobody is known, nothing is opened.

    A sign-in, which makes somebody known, opens transactions of its own: `inside` an organization, with what the audit
    log is to say. `binder` is the cookie of a sign-in that this browser began, `agent` what the browser calls itself,
    `query` the query as it was spelt, which may be signed, `address` where the call came from, where that is known.
    """

    now: datetime
    services: Services
    inside: Callable[[UUID, str | None], AbstractContextManager["Call"]]
    binder: str = ""
    agent: str = ""
    query: str = ""
    address: str | None = None


@dataclass(kw_only=True)
class Call:
    """One call inside its one transaction. It does not commit, and it does not see the request.

    What happened is told by `emit`, what other machines have to learn by `share`; what the audit row and the meter
    should hold, by `note` and `quantity`.
    """

    principal: Principal
    now: datetime
    tx: Transaction
    services: Services
    agent: str = ""
    address: str | None = None
    """From where it came, where that is known."""
    expected_versions: frozenset[str] | None = None
    events: list[Event] = field(default_factory=list[Event])
    changes: list[Change] = field(default_factory=list[Change])
    origin: UUID | None = None
    quantity: int = 1
    subject: UUID | None = None
    project_id: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict[str, Any])
    _ids: Iterator[UUID] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Begin the ids of this call."""
        self._ids = uuid7s(self.now, self.services.entropy, _MOST_IDS)

    def new_id(self) -> UUID:
        """Make an id for something that comes into being in this call; ids sort as they are made."""
        return next(self._ids)

    def emit(
        self, event_type: str, subject: UUID, project_id: UUID | None, *, reader: UUID | None = None, **data: Any
    ) -> None:
        """Tell what happened: the event leaves with the commit, or not at all.

        Its consumers see what the caller of this call sees, or what another `reader` does.
        """
        self.subject = self.subject or subject
        self.project_id = self.project_id or project_id
        self.events.append(self.event(event_type, subject, project_id, reader=reader, **data))

    def event(
        self, event_type: str, subject: UUID, project_id: UUID | None, *, reader: UUID | None = None, **data: Any
    ) -> Event:
        """Make an event of this call, and tell nobody."""
        return Event(
            id=self.new_id(),
            type=event_type,
            org_id=self.principal.org_id,
            project_id=project_id,
            subject=subject,
            time=self.now,
            actor=self.principal.actor,
            reader=reader or self.principal.reader_id,
            data=data,
        )

    def share(
        self,
        kind: Kind,
        subject: UUID,
        project_id: UUID,
        *,
        items: Iterable[str] = (),
        size: int = 0,
        reader: UUID | None = None,
    ) -> None:
        """Tell the feed of the project, in the order of the commits; `reader` is the only one to learn of it."""
        self.changes.append(
            Change(
                org_id=self.principal.org_id,
                project_id=project_id,
                kind=kind,
                subject=subject,
                items=list(items),
                size=size,
                reader=reader,
                origin=self.origin,
            )
        )

    def note(self, *, subject: UUID | None = None, project_id: UUID | None = None, **details: Any) -> None:
        """Add to the audit row: ids, counts and hashes, never content."""
        self.subject = subject or self.subject
        self.project_id = project_id or self.project_id
        self.details |= details

    def require_version(self, current: str) -> None:
        """Stop with VersionMismatch when the caller's If-Match names another version than `current`."""
        expected = self.expected_versions
        if expected is not None and current not in expected and "*" not in expected:
            detail = (
                f"It is at version {current} now: read it again, and send the change with that version in If-Match."
            )
            raise VersionMismatch(detail)
