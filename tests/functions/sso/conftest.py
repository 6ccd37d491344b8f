"""The fixtures of signing in serve here, too."""

from tests.functions.auth.conftest import browser, clocked, new_browser, provider, set_up, time

__all__ = ["browser", "clocked", "new_browser", "provider", "set_up", "time"]
