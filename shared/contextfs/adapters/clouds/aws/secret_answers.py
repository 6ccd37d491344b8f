"""What Secrets Manager answers, in the product's words (pure)."""

from collections.abc import Mapping
from typing import Any

from contextfs.kit.errors import NotFound, Unavailable

_LASTING = {"ResourceNotFoundException", "AccessDeniedException", "ValidationException", "InvalidRequestException"}
"""What trying again does not change: it is not there, or is deleted, or may not be read."""


def text(name: str, told: Mapping[str, Any]) -> str:
    """Take a secret's text out of an answer; NotFound where it is bytes, which no setting is."""
    if "SecretString" not in told:
        raise NotFound(f"{name} is not text")
    return told["SecretString"]


def refused(name: str, code: str) -> NotFound | Unavailable:
    """Say why there is no secret, by the code of AWS's error."""
    if code in _LASTING:
        return NotFound(f"{name} is not there, or may not be read ({code})")
    return Unavailable(f"Secrets Manager does not answer ({code})")
