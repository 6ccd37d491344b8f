"""Read the rules of redaction of the organization."""

from contextfs.domain.redaction import store
from contextfs.domain.redaction.model import OwnRules
from contextfs.kit.call import Call


def handle(call: Call) -> OwnRules:
    """Read by which rules of its own the organization takes out more than secrets and personal data."""
    return store.get(call.tx)
