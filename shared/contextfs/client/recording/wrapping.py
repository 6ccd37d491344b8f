"""Wraps a client of OpenAI or Anthropic: it returns the same as before, and the conversation is kept.

The wrapped client sends by an HTTP client of ours that copies what passes. This is below everything that the library
offers: streams, parsed and raw responses, retries. The libraries take any `httpx2.Client`, or before 2026
`httpx.Client`; ours is derived from the one in use.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Final, TypeVar, cast

from contextfs.client.client import ContextFS
from contextfs.client.recording.recorder import Recorder
from contextfs.client.recording.server import ServerSink
from contextfs.kit.errors import Invalid
from contextfs.recording.conversation import is_conversation
from contextfs.recording.headers import CAPTURE_HEADER, OFF, SESSION_HEADER, TOOL_HEADER, word
from contextfs.recording.model import Exchange

_SUCCESS: Final = range(200, 300)

Client = TypeVar("Client")


def wrap(
    client: Client,
    *,
    to: Recorder | ContextFS | None = None,
    tool: str | None = None,
    session: str | None = None,
) -> Client:
    """Return a client like this one whose conversations are kept; the given client is not changed.

    Takes `OpenAI`, `AsyncOpenAI`, `Anthropic`, `AsyncAnthropic` and subclasses. `to` is a server, or a recorder; by
    default the server that `ContextFS()` finds. `session` names one conversation; without it, requests that repeat the
    same messages belong to one. `tool` is the program's own name. Storing happens in the background, and ends with the
    process, or with `Recorder.flush`. Invalid if it is another kind of client.
    """
    inner: Any = getattr(client, "_client", None)
    with_options = cast("Callable[..., Client] | None", getattr(client, "with_options", None))
    if with_options is None or not hasattr(inner, "send") or not hasattr(inner, "build_request"):
        raise Invalid(f"{type(client).__name__} is not a client of OpenAI or Anthropic: for others, use `ctx proxy`.")
    tap = _Tap(_recorder(to), word(tool or type(client).__module__.partition(".")[0]), session)
    library = import_module(_library_of(inner))
    made = _async_client if hasattr(inner, "aclose") else _sync_client
    return with_options(http_client=made(library, inner, tap))


class _Tap:
    """Takes a copy of what passes, and hands it over at its end. Whatever goes wrong here stays here."""

    def __init__(self, recorder: Recorder, tool: str, session: str | None) -> None:
        self._recorder = recorder
        self._tool = tool
        self._session = session

    def begin(self, request: Any) -> "_Copy | None":
        """Look at a request before it is sent, and take our headers off it; None where it is not to be kept."""
        session = request.headers.pop(SESSION_HEADER, self._session)
        tool = request.headers.pop(TOOL_HEADER, None)
        is_off = request.headers.pop(CAPTURE_HEADER, "").lower() == OFF
        if is_off or not is_conversation(request.method, request.url.path) or not _is_read(request):
            return None
        return _Copy(self._recorder, request, word(tool) if tool else self._tool, session)


class _Copy:
    """The copy of one request and its reply."""

    def __init__(self, recorder: Recorder, request: Any, tool: str, session: str | None) -> None:
        self._recorder = recorder
        self._request = request
        self._tool = tool
        self._session = session
        self._began = _now()
        self._ended = self._began
        self._parts: list[bytes] = []
        self._response: Any = None

    def answered(self, response: Any) -> bool:
        """Take the head of a reply; False where it refuses, for then nothing was said."""
        self._response = response
        return response.status_code in _SUCCESS

    def add(self, part: bytes) -> None:
        """Take a part of the reply, as it came on the wire."""
        self._parts.append(part)
        self._ended = _now()

    def end(self, body: bytes | None = None) -> None:
        """Hand it over; `body` is the unpacked reply of one that was not streamed."""
        response, self._response = self._response, None
        if response is None:
            return
        self._recorder.record(
            Exchange(
                path=self._request.url.path,
                request=self._request.content,
                request_encoding=self._request.headers.get("content-encoding", ""),
                reply=b"".join(self._parts) if body is None else body,
                reply_type=response.headers.get("content-type", ""),
                reply_encoding=response.headers.get("content-encoding", "") if body is None else "",
                tool=self._tool,
                session=self._session,
                began=self._began,
                ended=self._ended if body is None else _now(),
            )
        )


def _is_read(request: Any) -> bool:
    """Tell whether the body is there; files are sent as they are read."""
    try:
        return bool(request.content)
    except Exception:  # noqa: BLE001 - each version of the library has an error of its own for that
        return False


def _recorder(to: Recorder | ContextFS | None) -> Recorder:
    return to if isinstance(to, Recorder) else Recorder(ServerSink(ContextFS if to is None else lambda: to))


def _library_of(inner: Any) -> str:
    """Name the library that a client is of: one that is derived from it counts as well."""
    names = [kind.__module__.partition(".")[0] for kind in type(inner).__mro__]
    return next((name for name in names if name in {"httpx2", "httpx"}), "httpx2")


def _sync_client(library: Any, inner: Any, tap: _Tap) -> Any:
    class _Recording(library.Client):
        """Sends by another client, and takes a copy."""

        def build_request(self, *arguments: Any, **named: Any) -> Any:
            return inner.build_request(*arguments, **named)

        def send(self, request: Any, *, stream: bool = False, **named: Any) -> Any:
            copy = tap.begin(request)
            response = inner.send(request, stream=stream, **named)
            if copy is not None and copy.answered(response):
                if stream:
                    response.stream = _streamed(library, response.stream, copy)
                else:
                    copy.end(response.content)
            return response

        def close(self) -> None:
            inner.close()

    return _like(_Recording, inner)


def _async_client(library: Any, inner: Any, tap: _Tap) -> Any:
    class _Recording(library.AsyncClient):
        """Sends by another client, and takes a copy."""

        def build_request(self, *arguments: Any, **named: Any) -> Any:
            return inner.build_request(*arguments, **named)

        async def send(self, request: Any, *, stream: bool = False, **named: Any) -> Any:
            copy = tap.begin(request)
            response = await inner.send(request, stream=stream, **named)
            if copy is not None and copy.answered(response):
                if stream:
                    response.stream = _async_streamed(library, response.stream, copy)
                else:
                    copy.end(response.content)
            return response

        async def aclose(self) -> None:
            await inner.aclose()

    return _like(_Recording, inner)


def _like(kind: Any, inner: Any) -> Any:
    """Make a client whose settings are those of another, as far as a library looks at them; it connects to nothing."""
    return kind(timeout=inner.timeout, verify=False, trust_env=False)


def _streamed(library: Any, stream: Any, copy: _Copy) -> Any:
    class _Copied(library.SyncByteStream):
        """Gives the parts of a stream as they come, and keeps a copy of each."""

        def __iter__(self) -> Iterator[bytes]:
            try:
                for part in stream:
                    copy.add(part)
                    yield part
            finally:
                copy.end()

        def close(self) -> None:
            copy.end()  # unless it came to its end before
            stream.close()

    return _Copied()


def _async_streamed(library: Any, stream: Any, copy: _Copy) -> Any:
    class _Copied(library.AsyncByteStream):
        """Gives the parts of a stream as they come, and keeps a copy of each."""

        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                async for part in stream:
                    copy.add(part)
                    yield part
            finally:
                copy.end()

        async def aclose(self) -> None:
            copy.end()  # unless it came to its end before
            await stream.aclose()

    return _Copied()


def _now() -> datetime:
    return datetime.now(UTC)
