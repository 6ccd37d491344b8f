"""Ports: what the product needs from outside, each with twins that one setting chooses between."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol, runtime_checkable

from contextfs.kit.events import Event

Row = dict[str, Any]
Parameters = Mapping[str, Any]
Statement = tuple[str, Parameters | None]
"""A query, and the values of its parameters by their names."""
Meanwhile = Callable[[], Iterable[Sequence[Statement]]]
"""What is done while a transaction is opened: it gives what is asked of it, part by part; what it raises undoes it."""


class MistakenError(Exception):
    """What was presumed of a transaction is not so: nothing was stored, and what was made of it goes for nothing."""


class Transaction(Protocol):
    """One open transaction. It does not commit: who opened it does."""

    def all(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        """Run a query and give its rows."""
        ...

    def one(self, query: str, parameters: Parameters | None = None) -> Row | None:
        """Run a query and give its first row, or None."""
        ...

    def run(self, query: str, parameters: Parameters | None = None) -> int:
        """Run a statement and give the number of rows it touched."""
        ...

    def many(self, query: str, parameters: Sequence[Parameters]) -> None:
        """Run a statement once for each set of parameters, in one round trip."""
        ...

    def ask(self, query: str, parameters: Parameters | None = None) -> Callable[[], Row | None]:
        """Run a query while something else is done; what this gives waits for its first row, or None.

        What is wrong with it is raised there, or by the next statement that is waited for.
        """
        ...

    def ahead(self, statements: Sequence[Statement]) -> None:
        """Run what is about to be asked, while something else is done; each is told, once, when it is asked."""
        ...

    def soon(self, query: str, parameters: Parameters | None = None) -> None:
        """Run a statement whose answer nobody needs, while something else is done, unless it was run ahead.

        What is wrong with it is raised by the next statement that is waited for, or by the commit.
        """
        ...

    def last(self, query: str, parameters: Parameters | None = None) -> None:
        """Keep a statement to be sent in the same round trip as the commit."""
        ...


class Database(Protocol):
    """A pool of connections. It does not know tenants: claims are set inside a transaction."""

    def transaction(
        self,
        *opening: Statement,
        ahead: Sequence[Statement] = (),
        meanwhile: Meanwhile | None = None,
        at_once: bool = False,
        presumed: Row | None = None,
    ) -> AbstractContextManager[tuple[Transaction, list[Row | None]]]:
        """Open a transaction with some first statements in the same round trip; commit at the end, or roll back.

        Gives the transaction and the first row of each opening statement. `ahead` is what will be asked of it: sent
        along, and told when it is asked; so is what `meanwhile` gives, a little later. With `at_once`, which takes no
        `meanwhile`, the commit is sent along, too: what is asked beyond that is asked in another transaction, with the
        same opening. What is `presumed` to be the row of the only opening statement is given in its place while that
        is under way. It is held against it before anything is told or committed, and MistakenError raised where it is
        another one.
        """
        ...

    def close(self) -> None:
        """Give all connections back."""
        ...


class Answer(NamedTuple):
    """What a query of somebody's gave: its columns as (name, type), its rows, and whether there are more."""

    columns: list[tuple[str, str]]
    rows: list[list[Any]]
    truncated: bool


class GenericQuery(NamedTuple):
    """A query with `$1`, `$2`, … in place of its constants, and the type of each, or `unknown`: Postgres tells it."""

    text: str
    kinds: tuple[str, ...] = ()


class Reader(Protocol):
    """Runs queries that people wrote. It does not trust them, and it does not check them: its caller does."""

    def read(
        self,
        query: str,
        generic: GenericQuery,
        *,
        sign: Callable[[int], str],
        as_of: datetime | None,
        most_rows: int,
    ) -> Answer:
        """Run one SELECT by claims that `sign` gives for a backend; Invalid says what is wrong with it.

        By `generic`, which is the same query, it is reckoned what that would cost.
        """
        ...


class Secrets(Protocol):
    """A store of secrets. It does not keep what it gave, and does not know what it is for."""

    def read(self, name: str) -> str:
        """Give the text of a secret; NotFound when it is not there or may not be read, Unavailable for now."""
        ...

    def close(self) -> None:
        """Give the connections back."""
        ...


class Logins(Protocol):
    """Gives what a role logs in to a database by, good for minutes. It does not connect."""

    def password(self, host: str, port: int, user: str) -> str:
        """Give what takes a password's place; Unavailable when there is none for now."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors. It does not cache and does not store."""

    @property
    def model(self) -> str:
        """The model's stable name: vectors of different names are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:
        """Give one unit-length vector for each text, in order; Unavailable when the model cannot answer."""
        ...


@runtime_checkable
class Asks(Protocol):
    """An embedder that makes a question's vector in another way than a passage's: in haste, or for asking."""

    def question(self, text: str) -> Iterable[float]:
        """Give the unit-length vector of a question; Unavailable when the model cannot answer soon."""
        ...


class Reranker(Protocol):
    """Says how well texts answer a question, reading each together with it. It does not cache and does not store."""

    @property
    def model(self) -> str:
        """The model's name, as the setting says it."""
        ...

    def rerank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Give the relevance of each text, 0 to 1, in order; Unavailable when the model cannot answer soon."""
        ...


class Completion(NamedTuple):
    """What a language model answered: JSON by the schema that it was given, or None for none; and its tokens."""

    value: Any
    input_tokens: int
    output_tokens: int


class LanguageModel(Protocol):
    """Answers in JSON. It does not remember, count money or try again."""

    @property
    def name(self) -> str:
        """The model's name, as its vendor says it."""
        ...

    def complete(self, instructions: str, text: str, schema: Mapping[str, Any], *, most_tokens: int) -> Completion:
        """Answer by a JSON Schema, in so many tokens at the most; Unavailable when no answer comes."""
        ...


class Blob(NamedTuple):
    """A file as it was stored: its key, its size in bytes, and the SHA-256 of its content in hex."""

    key: str
    size: int
    sha256: str


class Blobs(Protocol):
    """Keeps files of any size by key. It does not know tenants: whoever asks begins a key with the tenant's folder.

    A key is what `kit/blobs.py` says; Invalid otherwise. ContextFSError is for whoever runs the installation (no such
    bucket, no right to it), Unavailable passes by itself.
    """

    def put(self, key: str, parts: Iterable[bytes], *, media_type: str = "application/octet-stream") -> Blob:
        """Store a file, whole or not at all, over what was there: who reads meanwhile gets the one or the other."""
        ...

    def get(self, key: str, *, sha256: str | None = None) -> Iterator[bytes]:
        """Give a file part by part; NotFound at once when there is none.

        With `sha256`, the last part is followed by an error when the content was another.
        """
        ...

    def find(self, folder: str) -> Iterator[tuple[str, int]]:
        """Give the keys in a folder (`exports/acme/`) and below it, in order, with their sizes in bytes."""
        ...

    def delete(self, key: str) -> None:
        """Delete a file; nothing happens when there is none."""
        ...

    def link(self, key: str, *, seconds: int, name: str) -> str:
        """Give an address by which anybody may fetch a file, as a download of this name, for so many seconds."""
        ...


class Told(NamedTuple):
    """A conversation as its tool wrote it down; each message by the fields that one is stored by.

    `left` are the tool's names for messages that were left behind in it, `aside` for those of other branches, which
    stand.
    """

    external_id: str
    title: str | None
    input_tokens: int
    output_tokens: int
    messages: Iterable[Mapping[str, Any]]
    left: Sequence[str]
    aside: Sequence[str]


class Transcripts(Protocol):
    """Reads what tools wrote of conversations. It does not store."""

    def versions(self) -> Mapping[str, int]:
        """Give the version of each tool's reader: it grows when the same bytes are read in a better way."""
        ...

    def read(self, tool: str, data: bytes, *, name: str) -> Iterable[Told]:
        """Read a file's bytes; an error of ours when they make no sense to the tool's reader."""
        ...


class Webhooks(Protocol):
    """Sends to addresses that customers chose. It follows no redirect, tries once, and signs nothing."""

    def check(self, url: str) -> None:
        """Look whether an address may be sent to; Invalid when not, Unavailable when nobody knows its name."""
        ...

    def send(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float | None = None) -> int:
        """Post a body and give the status; Invalid when it may not be sent there, Unavailable when nobody answers.

        `seconds` is how long the whole may take, where that is less than usual.
        """
        ...


class Bus(Protocol):
    """Carries events to their consumers at least once. It does not order them."""

    def publish(self, events: Sequence[Event]) -> None:
        """Hand events over durably: when this returns, none of them can be lost."""
        ...

    def close(self) -> None:
        """Give its own connections back."""
        ...
