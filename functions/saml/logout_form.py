"""Receive a SAML logout by form."""

from uuid import UUID

from contextfs.journeys.signin import saml
from contextfs.kit.call import OpenCall
from contextfs.kit.errors import Invalid
from contextfs.kit.payload import Payload
from contextfs.kit.saml import LogoutMessage
from contextfs.runtime.http import forms
from contextfs.runtime.http.message import HttpResponse


def handle(call: OpenCall, organization: UUID, body: Payload) -> HttpResponse:
    """End the logins that a provider's signed form names, and redirect the browser back to it."""
    form = forms.fields(body, optional="SAMLRequest SAMLResponse RelayState")
    content = form.get("SAMLRequest") or form.get("SAMLResponse")
    if content is None or ("SAMLRequest" in form and "SAMLResponse" in form):
        raise Invalid("Send one message: SAMLRequest or SAMLResponse.", where="body")
    message = LogoutMessage(binding="post", content=content)
    address = saml.take_logout(call, organization, message, form.get("RelayState"))
    return HttpResponse(status=303, headers={"location": address})
