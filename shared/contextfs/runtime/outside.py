"""Leaving a transaction to ask somebody outside: nothing of it is kept, and no connection is held meanwhile."""

from typing import Any, TypeVar, cast

from contextfs.kit.call import Outside

Result = TypeVar("Result")


class OutsideError(Exception):
    """A handler goes on when its transaction is over, of which nothing is kept."""

    def __init__(self, outside: Outside[Any]) -> None:
        super().__init__()
        self.outside = outside


def leaving(result: Result) -> Result:
    """Give what a handler gave; OutsideError when it has to ask outside first."""
    if isinstance(result, Outside):
        raise OutsideError(cast("Outside[Any]", result))
    return result
