"""Sign out."""

from contextfs.journeys.signin import logins
from contextfs.kit.call import Call
from contextfs.runtime import cookies
from contextfs.runtime.http import HttpResponse


def handle(call: Call) -> HttpResponse:
    """End the login that asks, and take its cookie back."""
    logins.leave(call)
    return HttpResponse(status=204, cookies=(cookies.forget(cookies.LOGIN, call.services.public_url),))
