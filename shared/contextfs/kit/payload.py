"""A body as it was sent, for routes whose callers choose its form."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Payload:
    """The bytes of a body, unpacked, and what they are: `application/json`, in lower case and without parameters."""

    media_type: str
    content: bytes
