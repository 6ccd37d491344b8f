"""Return from a SAML provider."""

from uuid import UUID

from contextfs.domain.logins.rules import LIFETIME
from contextfs.journeys.signin import saml
from contextfs.kit.call import OpenCall
from contextfs.kit.payload import Payload
from contextfs.runtime.http import cookies, forms
from contextfs.runtime.http.message import HttpResponse


def handle(call: OpenCall, organization: UUID, body: Payload) -> HttpResponse:
    """Sign in a browser that brings the provider's form, and redirect it to where it wanted to go."""
    form = forms.fields(body, required="SAMLResponse", optional="RelayState")
    finished = saml.finish(call, organization, response=form["SAMLResponse"], relay_state=form.get("RelayState"))
    public_url = call.services.public_url
    login = cookies.write(cookies.LOGIN, finished.cookie, public_url, LIFETIME)
    begun = cookies.forget(cookies.BINDER, public_url)
    return HttpResponse(status=303, headers={"location": public_url + finished.return_to}, cookies=(login, begun))
