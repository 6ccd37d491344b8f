"""Receive a SAML logout by redirect."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from contextfs.journeys.signin import saml
from contextfs.kit import forms
from contextfs.kit.call import OpenCall
from contextfs.kit.errors import Invalid
from contextfs.kit.saml import LogoutMessage
from contextfs.runtime.http.message import HttpResponse

_Text = Annotated[str, Meta(max_length=4000, pattern=forms.BASE64)]
_Short = Annotated[str, Meta(max_length=1000)]


def handle(
    call: OpenCall,
    organization: UUID,
    SAMLRequest: _Text | None = None,  # noqa: N803 - SAML's name
    SAMLResponse: _Text | None = None,  # noqa: N803 - as above
    RelayState: _Short | None = None,  # noqa: N803 - as above
    SigAlg: _Short | None = None,  # noqa: ARG001, N803 - it is read where it is verified, as it was spelt
    Signature: _Short | None = None,  # noqa: ARG001, N803 - as above
) -> HttpResponse:
    """End the logins that a provider's signed address names, and redirect the browser back to it."""
    content = SAMLRequest or SAMLResponse
    if content is None or (SAMLRequest and SAMLResponse):
        raise Invalid("Send one message: SAMLRequest or SAMLResponse.", where="query")
    message = LogoutMessage(binding="redirect", content=content, query=call.query)
    address = saml.take_logout(call, organization, message, RelayState)
    return HttpResponse(status=303, headers={"location": address})
