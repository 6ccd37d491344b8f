"""Set the rules of redaction of the organization."""

from contextfs.domain.redaction.model import OwnRules, OwnRulesChange
from contextfs.journeys.enter.redaction import change
from contextfs.kit.call import Call


def handle(call: Call, body: OwnRulesChange) -> OwnRules:
    """Set the rules by which more is taken out of all that is stored from now on; none is as before there were any."""
    return change(call, body)
