"""Secrets leave a text before its first byte is stored."""

from contextfs.domain.redaction.model import Finding, Redacted, RedactedJson
from contextfs.domain.redaction.rules import redact, redact_json

__all__ = ["Finding", "Redacted", "RedactedJson", "redact", "redact_json"]
