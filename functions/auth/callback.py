"""Return from the identity provider."""

from typing import Annotated

from msgspec import Meta

from contextfs.domain.logins.rules import LIFETIME
from contextfs.journeys.signin import provider
from contextfs.kit import forms
from contextfs.kit.call import OpenCall
from contextfs.runtime.http import cookies
from contextfs.runtime.http.message import HttpResponse

_Code = Annotated[str, Meta(max_length=4000, pattern=forms.PRINTABLE)]
_Text = Annotated[str, Meta(max_length=2000)]
_Short = Annotated[str, Meta(max_length=1000)]
_Error = Annotated[str, Meta(max_length=64, pattern=forms.SMALL)]


def handle(
    call: OpenCall,
    state: Annotated[str, Meta(max_length=200)],
    code: _Code | None = None,
    error: _Error | None = None,
    error_description: _Text | None = None,  # noqa: ARG001 - providers send more than is needed
    error_uri: _Short | None = None,  # noqa: ARG001 - as above
    session_state: _Short | None = None,  # noqa: ARG001 - as above
    scope: _Short | None = None,  # noqa: ARG001 - as above
    authuser: _Short | None = None,  # noqa: ARG001 - as above
    prompt: _Short | None = None,  # noqa: ARG001 - as above
    hd: _Short | None = None,  # noqa: ARG001 - as above
    iss: _Short | None = None,
) -> HttpResponse:
    """Sign in a browser that the identity provider sent back with a code, and redirect it to where it wanted to go."""
    public_url = call.services.public_url
    finished = provider.finish(call, state=state, code=code, error=error, issuer=iss)
    login = cookies.write(cookies.LOGIN, finished.cookie, public_url, LIFETIME)
    begun = cookies.forget(cookies.BINDER, public_url)
    return HttpResponse(status=303, headers={"location": public_url + finished.return_to}, cookies=(login, begun))
