"""What a schema cannot say of valid data, told to Schemathesis: only data meant to be accepted is touched."""

from typing import Any, cast
from uuid import uuid4

from schemathesis import hook  # pyright: ignore[reportUnknownVariableType] - Schemathesis leaves it open

_TIME_TO_COME = "2999-01-01T00:00:00Z"


@hook  # pyright: ignore[reportUntypedFunctionDecorator] - Schemathesis leaves it open
def before_call(_context: Any, case: Any, _arguments: Any) -> None:
    """Mend what makes a request that its schema allows meaningless."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    _mend_headers(case.headers)
    _mend_path(case.path_parameters or {})
    for fields in (case.query, case.body):
        if isinstance(fields, dict):
            _mend_fields(cast("dict[str, Any]", fields))


def _mend_headers(headers: Any) -> None:
    if "Idempotency-Key" in headers:
        # A key that was used with another request answers 422, which no schema can foresee.
        headers["Idempotency-Key"] = str(uuid4())
    if "If-Match" in headers:
        # An invented version answers 412. (And the coverage phase writes letters and digits, where the pattern has
        # quotes.)
        headers["If-Match"] = "*"
    if headers.get("If-None-Match", '"').isalnum():
        headers["If-None-Match"] = f'"{headers["If-None-Match"]}"'


def _mend_path(values: dict[str, Any]) -> None:
    for name, value in values.items():
        if value in {None, "None"}:
            # Schemathesis inferred a link from a field that is null in this reply (a key of all projects names none).
            values[name] = str(uuid4())


def _mend_fields(fields: dict[str, Any]) -> None:
    if fields.get("cursor") is not None:
        # A cursor is opaque: only those that the API gave out are valid.
        del fields["cursor"]
    if fields.get("expires_at") is not None and "name" in fields:
        # A key that ends in the past is refused: what is past, no schema knows.
        fields["expires_at"] = _TIME_TO_COME
