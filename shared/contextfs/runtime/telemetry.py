"""OpenTelemetry traces and metrics, behind one setting; without it, calls that cost nothing.

`configure` loads the OpenTelemetry packages (extra `otel`) and sends by OTLP over HTTP; the standard OTEL_* variables
apply. Spans and metrics carry route names, statuses and durations, never content.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType
from typing import Any, Final, Literal, Protocol

Kind = Literal["server", "consumer"]

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Span(Protocol):
    """The little of a span that we use."""

    def set_attribute(self, key: str, value: Any, /) -> Any:
        """Add a fact to the span."""
        ...


class Sender(Protocol):
    """Sends spans and durations somewhere. It does not fail when nobody takes them."""

    def span(
        self, name: str, attributes: Mapping[str, Any], kind: Kind, headers: Mapping[str, str]
    ) -> AbstractContextManager[Span]:
        """Open a span; it continues the trace that the headers name, if they do."""
        ...

    def record(self, seconds: float, attributes: Mapping[str, Any]) -> None:
        """Record how long a call took."""
        ...

    def flush(self, seconds: float) -> None:
        """Send what is waiting; wait for so long at the most."""
        ...

    def stop(self) -> None:
        """Send what is waiting, and nothing from then on."""
        ...


class _NoSpan:
    def set_attribute(self, _key: str, _value: Any, /) -> None:
        """Do nothing."""


_NO_SPAN = nullcontext(_NoSpan())
_FLUSH_SECONDS = 1.0


class _State:
    sender: Sender | None = None


def configure(service: str, endpoint: str | None) -> None:
    """Start sending to an OTLP endpoint (`http://127.0.0.1:4318`), once; None leaves telemetry off."""
    if endpoint is None or _State.sender is not None:
        return
    from contextfs.adapters.telemetry.otlp import Otlp  # noqa: PLC0415 - an extra, loaded only when it is asked for

    _State.sender = Otlp(service, endpoint)


def span(
    name: str, attributes: Mapping[str, Any], *, kind: Kind = "server", headers: Mapping[str, str] = NOTHING
) -> AbstractContextManager[Span]:
    """Open a span around a piece of work; with the caller's headers it becomes a part of the caller's trace."""
    if _State.sender is None:
        return _NO_SPAN
    return _State.sender.span(name, attributes, kind, headers)


def measure_call(name: str, status: int, seconds: float, facts: Mapping[str, Any] = NOTHING) -> None:
    """Record how long a call took; `facts` are the attributes of the call's span."""
    if _State.sender is not None:
        told = {"contextfs.route": name, "http.response.status_code": status}
        _State.sender.record(seconds, {**facts, **told})


def flush() -> None:
    """Send what is waiting now, where the process may not come to it later; waits a second at the most."""
    if _State.sender is not None:
        _State.sender.flush(_FLUSH_SECONDS)


def stop() -> None:
    """Send what is waiting and turn telemetry off; it waits some seconds for a collector that does not answer."""
    sender, _State.sender = _State.sender, None
    if sender is not None:
        sender.stop()
