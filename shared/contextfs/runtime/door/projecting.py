"""`?wait=searchable`: make what was written searchable now, and not when its event has been carried."""

import logging
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from contextfs.kit.call import Call
from contextfs.kit.errors import ContextFSError
from contextfs.kit.events import matches
from contextfs.kit.receipt import Receipt
from contextfs.runtime.events.reaction import Reactor
from contextfs.runtime.table import Trigger

SEARCHABLE: Final = "searchable"

_log = logging.getLogger(__name__)


def made_searchable(reactor: Reactor, triggers: Sequence[Trigger], call: Call, result: Any) -> Any:
    """Let the triggers that index take the call's events; the receipt then no longer lists `searchable` as pending.

    An event is taken once: when it is carried later, it is passed over. Where taking it fails, the result is given as
    it is, and the event is carried as any other.
    """
    try:
        for event in call.events:
            for trigger in triggers:
                if trigger.makes == SEARCHABLE and matches(event.type, trigger.on):
                    reactor.react(trigger, event)
    except ContextFSError as error:
        _log.warning("not yet searchable", extra={"kind": type(error).__name__})
        return result
    receipt: Receipt = result.receipt
    left = tuple(name for name in receipt.pending if name != SEARCHABLE)
    return msgspec.structs.replace(result, receipt=msgspec.structs.replace(receipt, pending=left))
