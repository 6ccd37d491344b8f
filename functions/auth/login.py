"""Start a sign-in."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from contextfs.journeys.signin import provider
from contextfs.kit.call import OpenCall
from contextfs.runtime.http import cookies
from contextfs.runtime.http.message import HttpResponse


def handle(
    call: OpenCall,
    organization: UUID | None = None,
    email: Annotated[str, Meta(max_length=320)] | None = None,
    return_to: Annotated[str, Meta(max_length=1000)] | None = None,
) -> HttpResponse:
    """Send a browser to the identity provider of its organization; `return_to` is a path on this server."""
    begun = provider.begin(call, organization, email, return_to)
    crossing = "None" if begun.by_form else "Lax"
    binder = cookies.write(cookies.BINDER, begun.binder, call.services.public_url, provider.LASTS, crossing)
    return HttpResponse(status=303, headers={"location": begun.address}, cookies=(binder,))
