"""Read the organization's redaction rules."""

from contextfs.domain.redaction import store
from contextfs.domain.redaction.model import OwnRules
from contextfs.kit.call import Call


def handle(call: Call) -> OwnRules:
    """Read the organization's own rules, which take out more than secrets and personal data."""
    return store.get(call.tx)
