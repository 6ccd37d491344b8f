"""A call ahead runs while its caller does something else, and its error is the caller's."""

from threading import Event

import pytest

from contextfs.kit.errors import NotAllowed
from contextfs.local.ahead import Ahead


def test_it_runs_before_its_result_is_asked_for() -> None:
    begun, goes_on = Event(), Event()

    def call() -> int:
        begun.set()
        assert goes_on.wait(60)
        return 7

    ahead = Ahead(call)

    assert begun.wait(60)
    goes_on.set()
    assert ahead.result() == 7


def test_its_error_is_raised_where_its_result_is_asked_for() -> None:
    def call() -> int:
        raise NotAllowed("not yours")

    with pytest.raises(NotAllowed, match="not yours"):
        Ahead(call).result()
