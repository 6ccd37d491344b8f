"""Sign a browser in with an API key."""

from contextfs.domain.logins.rules import LIFETIME
from contextfs.journeys.signin import logins
from contextfs.kit.call import Call
from contextfs.runtime.http import cookies
from contextfs.runtime.http.message import HttpResponse


def handle(call: Call) -> HttpResponse:
    """Sign a browser in with your own API key: the cookie that is set stands for the key's person."""
    cookie = cookies.write(cookies.LOGIN, logins.open_by_key(call), call.services.public_url, LIFETIME)
    return HttpResponse(status=201, body=b"{}", headers={"content-type": "application/json"}, cookies=(cookie,))
