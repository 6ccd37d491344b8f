"""What an organization takes out of everything that it stores: `client.redaction`."""

from collections.abc import Sequence

from contextfs.client.http.transport import Transport
from contextfs.domain.redaction.model import OwnRules, OwnRulesChange
from contextfs.kit.redaction_rule import RedactionRule

_PATH = "/v1/admin/redaction"


class Redaction:
    """Reads and sets the rules of redaction of an organization."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> OwnRules:
        """Read the rules."""
        return self._transport.call("GET", _PATH, OwnRules)

    def put(self, rules: Sequence[RedactionRule]) -> OwnRules:
        """Set the rules, for everything stored from now on. Invalid says which pattern cannot be used."""
        return self._transport.call("PUT", _PATH, OwnRules, body=OwnRulesChange(rules=list(rules)))
