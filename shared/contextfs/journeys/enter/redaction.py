"""Say what an organization takes out of all that it stores, beside secrets."""

from time import thread_time

from contextfs.domain.redaction import store
from contextfs.domain.redaction.cost import affordable
from contextfs.domain.redaction.model import OwnRules, OwnRulesChange
from contextfs.domain.redaction.own import checked
from contextfs.kit.call import Call


def change(call: Call, wanted: OwnRulesChange) -> OwnRules:
    """Set the rules; Invalid when one cannot be run, or costs too much of the time of all that is stored.

    The log tells their names: a pattern may tell a secret.
    """
    checked(wanted.rules, "$.rules")
    affordable(wanted.rules, thread_time, "$.rules")
    store.put(call.tx, call.principal.org_id, wanted.rules, by=call.principal.actor_id, now=call.now)
    call.note(rules=[one.name for one in wanted.rules])
    return OwnRules(rules=wanted.rules, updated_at=call.now if wanted.rules else None)
