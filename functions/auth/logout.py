"""Sign out."""

from functools import partial

from contextfs.journeys.signin import saml
from contextfs.kit.call import Call, Outside
from contextfs.runtime.http import cookies
from contextfs.runtime.http.message import HttpResponse


def handle(call: Call) -> Outside[HttpResponse]:
    """End this login, and remove its cookie.

    If a SAML provider has its own session, the header Location is the address that ends it.
    """
    return saml.end(call).told(partial(_signed_out, call.services.public_url))


def _signed_out(public_url: str, address: str | None) -> HttpResponse:
    headers = {} if address is None else {"location": address}
    return HttpResponse(status=204, headers=headers, cookies=(cookies.forget(cookies.LOGIN, public_url),))
