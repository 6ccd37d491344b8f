"""Sign out."""

from contextfs.journeys.signin import saml
from contextfs.kit.call import Call
from contextfs.runtime import cookies
from contextfs.runtime.http import HttpResponse


def handle(call: Call) -> HttpResponse:
    """End the login that asks, and take its cookie back.

    Where a SAML provider has a session of its own, the header Location tells the address at which it ends that.
    """
    address = saml.end(call)
    headers = {} if address is None else {"location": address}
    forgotten = cookies.forget(cookies.LOGIN, call.services.public_url)
    return HttpResponse(status=204, headers=headers, cookies=(forgotten,))
