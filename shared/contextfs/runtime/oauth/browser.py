"""A browser at one of our pages: who is signed in there, and what its person asks, by the routes of the API.

A page is a face of routes: it calls them through the door with the browser's own cookie, so that what protects them
(the cookie, its token, permissions, the audit log) protects the pages.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contextfs.domain.logins.model import Myself
from contextfs.kit.call import OpenCall
from contextfs.kit.identity import ServicePlace
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.address import client_address
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.http.problems import Problem
from contextfs.runtime.oauth.places import LOGIN
from contextfs.runtime.table import Route

_CARRIED: Final = ("cookie", "user-agent", "sec-fetch-site", "x-request-id", "traceparent")
_OK, _FAILED = 200, 400


class Browser:
    """One request of a browser."""

    def __init__(self, door: Door, routes: Sequence[Route], request: Request) -> None:
        self._door = door
        self._routes = {route.name: route for route in routes}
        self._request = request
        self._cookies: list[str] = []

    @property
    def public_url(self) -> str:
        """The address that people reach this server by."""
        return self._door.services.public_url

    @property
    def _address(self) -> str | None:
        return client_address(self._request, self._door.services.trusted_hops)

    def opened(self) -> OpenCall:
        """Make the call of this browser as somebody who is not known."""
        headers = dict(self._request.headers)
        return self._door.open(headers, self._door.request_id(headers), self._address)

    def keep(self, cookie: str) -> None:
        """Have a cookie sent with what is shown."""
        self._cookies.append(cookie)

    def me(self) -> Myself | None:
        """Tell who is signed in; None when nobody is."""
        answer = self.call("auth.me")
        return msgspec.json.decode(answer.body, type=Myself) if answer.status == _OK else None

    def service(self) -> ServicePlace | None:
        """Tell which sign-in service's pages this installation's people sign in at; None where there are none."""
        service = self._door.services.sign_in()
        return None if service is None or service.pages is None else service.place

    def call(
        self,
        name: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Call a route with the browser's cookie; a new cookie goes along with what is shown."""
        route = self._routes[name]
        carried = {name: self._request.headers[name] for name in _CARRIED if name in self._request.headers}
        sent = carried | {"content-type": "application/json"} | dict(headers or {})
        content = b"" if body is None else msgspec.json.encode(body)
        asked = HttpRequest(
            method=route.method,
            path=route.path,
            query=tuple((query or {}).items()),
            headers=sent,
            body=content,
            address=self._address,
        )
        answer = self._door.answer(route, asked)
        self._cookies += answer.cookies
        return answer

    def shown(self, response: Response) -> Response:
        """Give a page with the cookies that its routes changed."""
        for cookie in self._cookies:
            response.headers.append("set-cookie", cookie)
        return response

    def to_sign_in(self) -> Response:
        """Send the browser to sign in, and from there back to where it is."""
        here = self._request.url.path + (f"?{self._request.url.query}" if self._request.url.query else "")
        again = "&again=1" if self.has_just_signed_in() else ""
        place = f"{LOGIN}?return_to={quote(here, safe='')}{again}"
        return RedirectResponse(place, 303, {"cache-control": "no-store"})

    def has_just_signed_in(self) -> bool:
        """Tell whether the browser was led here by the page to sign in at: who is nobody then keeps no cookies."""
        return urlsplit(self._request.headers.get("referer", "")).path == LOGIN

    def comes_from_here(self) -> bool:
        """Tell whether a form was sent by a page of this server: browsers say so themselves."""
        origin = self._request.headers.get("origin")
        ours = urlsplit(self._door.services.public_url)
        is_ours = origin in {None, f"{ours.scheme}://{ours.netloc}"}
        return is_ours and self._request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}

    @staticmethod
    def sent_by(me: Myself, fields: Mapping[str, str]) -> bool:
        """Tell whether a form has the token of the login that it was shown to."""
        return hmac.compare_digest(fields.get("csrf", "").encode(), (me.csrf_token or "-").encode())


def detail_of(answer: HttpResponse) -> str:
    """Give what a route has against a call; nothing where it went well."""
    return msgspec.json.decode(answer.body, type=Problem).detail if answer.status >= _FAILED else ""
