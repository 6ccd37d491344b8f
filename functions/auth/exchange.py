"""Sign a browser in with an ID token."""

from contextfs.domain.logins.model import Exchange
from contextfs.domain.logins.rules import LIFETIME
from contextfs.journeys.signin import service
from contextfs.kit.call import OpenCall
from contextfs.runtime.http import cookies
from contextfs.runtime.http.message import HttpResponse


def handle(call: OpenCall, body: Exchange) -> HttpResponse:
    """Sign a browser in with an ID token of the installation's own sign-in service: Identity Platform, Cognito, OpenID.

    This is for people whose organization has no identity provider of its own. Members of several organizations name
    one.
    """
    cookie = cookies.write(cookies.LOGIN, service.enter(call, body), call.services.public_url, LIFETIME)
    return HttpResponse(status=201, body=b"{}", headers={"content-type": "application/json"}, cookies=(cookie,))
