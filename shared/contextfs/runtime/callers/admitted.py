"""What is known of a caller once the transaction is open, and what else has to happen because of who they are."""

from collections.abc import Callable
from typing import NamedTuple

from contextfs.kit.call import Call
from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.principal import Principal
from contextfs.runtime.http.message import HttpResponse


class Admitted(NamedTuple):
    """Who calls, and by what key the same call would be known if it came again; None when it would not.

    `refused` does what is due about a stolen credential, and says so: what it did is kept, the call is not made.
    `renew` gives the response a newer credential.
    """

    principal: Principal
    once: str | None
    refused: Callable[[Call], NotAuthenticated] | None = None
    renew: Callable[[Call, HttpResponse], HttpResponse] | None = None
