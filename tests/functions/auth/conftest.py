"""Browsers, and a clock that tests set."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from contextfs.kit.clock import system_clock
from contextfs.runtime.wiring import Wiring
from tests.conftest import settings_for
from tests.functions.auth.browser import Browser, NewBrowser


class Time:
    """The time, moved on by tests."""

    def __init__(self) -> None:
        self.passed = timedelta(0)


@pytest.fixture
def time() -> Time:
    """Give the time that has passed."""
    return Time()


@pytest.fixture
def clocked(database_url: str, time: Time) -> Iterator[Wiring]:
    """Give a process's parts whose clock a test moves."""
    wired = Wiring(settings_for(database_url), clock=lambda: system_clock() + time.passed)
    yield wired
    wired.close()


@pytest.fixture
def new_browser(clocked: Wiring) -> NewBrowser:
    """Give a function that opens a browser without cookies."""
    return lambda: Browser(clocked)


@pytest.fixture
def browser(new_browser: NewBrowser) -> Browser:
    """Give a browser without cookies."""
    return new_browser()
