"""Set the organization's redaction rules."""

from contextfs.domain.redaction.model import OwnRules, OwnRulesChange
from contextfs.journeys.enter.redaction import change
from contextfs.kit.call import Call


def handle(call: Call, body: OwnRulesChange) -> OwnRules:
    """Set the organization's own rules for all that is stored from now on; an empty list removes them."""
    return change(call, body)
