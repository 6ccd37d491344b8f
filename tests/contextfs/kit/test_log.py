"""What is logged, and what never is."""

import json
import logging
from collections.abc import Iterator

import pytest

from contextfs.kit.log import JsonLines, configure

_HEARD = ("uvicorn.access", "uvicorn.error", "httpx2", "httpcore2", "websockets")


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Leave the logs of this process as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in _HEARD}
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)


@pytest.mark.parametrize("name", ["websockets.client", "websockets.server", "uvicorn.error", "httpcore2.http11"])
def test_who_would_tell_headers_is_not_heard_though_all_is_asked_for(name: str) -> None:
    configure("api", "debug")

    assert logging.getLogger("contextfs").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)


def test_of_an_exception_among_the_arguments_only_its_kind_is_told() -> None:
    record = logging.makeLogRecord(
        {"msg": "error in %r: %s", "args": ("pool", ValueError("hunter2")), "levelname": "WARNING"}
    )

    assert json.loads(JsonLines("api").format(record))["message"] == "error in 'pool': ValueError"
