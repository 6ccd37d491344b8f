"""Where the pages are that others lead to."""

from typing import Final

HOME: Final = "/"
LOGIN: Final = "/oauth/login"
LOGOUT: Final = "/oauth/logout"
SERVICE: Final = "/oauth/service"
