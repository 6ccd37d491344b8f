"""What a schema cannot say of valid data, told to Schemathesis: only data meant to be accepted is touched."""

from typing import Any
from uuid import uuid4

import schemathesis

_TIME_TO_COME = "2999-01-01T00:00:00Z"


@schemathesis.hook
def before_call(_context: Any, case: Any, _arguments: Any) -> None:
    """Mend what makes a request that its schema allows meaningless."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "Idempotency-Key" in case.headers:
        # A key that was used with another request answers 422, which no schema can foresee.
        case.headers["Idempotency-Key"] = str(uuid4())
    if "If-Match" in case.headers:
        # An invented version answers 412. (And the coverage phase writes letters and digits, where the pattern has
        # quotes.)
        case.headers["If-Match"] = "*"
    if case.headers.get("If-None-Match", '"').isalnum():
        case.headers["If-None-Match"] = f'"{case.headers["If-None-Match"]}"'
    for fields in (case.query, case.body):
        if isinstance(fields, dict) and fields.get("cursor") is not None:
            # A cursor is opaque: only those that the API gave out are valid.
            del fields["cursor"]
    if isinstance(case.body, dict) and case.body.get("expires_at") and case.path == "/v1/api-keys":
        # A key that ends in the past is refused: what is past, no schema knows.
        case.body["expires_at"] = _TIME_TO_COME
