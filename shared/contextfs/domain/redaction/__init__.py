"""Secrets, and what tells who somebody is, leave a text before its first byte is stored."""

from contextfs.domain.redaction.model import Finding, Policy, Redacted, RedactedJson
from contextfs.domain.redaction.rules import redact, redact_json

__all__ = ["Finding", "Policy", "Redacted", "RedactedJson", "redact", "redact_json"]
