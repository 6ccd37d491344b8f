"""Leaving a transaction to ask somebody outside: nothing of it is kept, and no connection is held meanwhile."""

from typing import Any, TypeVar, cast

from contextfs.kit.call import Call, Outside
from contextfs.kit.errors import ContextFSError

Result = TypeVar("Result")


class OutsideError(Exception):
    """A handler goes on when its transaction is over, of which nothing is kept."""

    def __init__(self, outside: Outside[Any], call: Call) -> None:
        super().__init__()
        self.outside = outside
        self.org_id = call.principal.org_id
        self.places = getattr(call.services.waiting, outside.at)

    def asked(self) -> Any:
        """Ask, in one of the places that the caller's organization has for that."""
        try:
            with self.places.taken(self.org_id):
                return self.outside.ask()
        except ContextFSError:
            if self.outside.needed:
                raise
            return None


def leaving(result: Result, call: Call) -> Result:
    """Give what a handler gave; OutsideError when it has to ask outside first."""
    if isinstance(result, Outside):
        raise OutsideError(cast("Outside[Any]", result), call)
    return result
