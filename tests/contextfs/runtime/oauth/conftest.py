"""Browsers and a clock that tests set, as the tests of signing in have them."""

from tests.functions.auth.conftest import browser, clocked, new_browser, provider, set_up, time
from tests.functions.conftest import patient_web, rows

__all__ = ["browser", "clocked", "new_browser", "patient_web", "provider", "rows", "set_up", "time"]
