"""What a browser is shown where a sign-in or -out did not go well: a page, in place of a program's problem."""

import msgspec

from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.http.problems import Problem
from contextfs.runtime.oauth import pages
from contextfs.runtime.oauth.places import LOGIN

_LED_OUT = {"saml.logout", "saml.logout_form"}


def as_page(told: HttpResponse, route: str) -> HttpResponse:
    """Show a problem of a route, by its name, with the way back."""
    title = "You are not signed out" if route in _LED_OUT else "You are not signed in"
    problem = msgspec.json.decode(told.body, type=Problem)
    more = f'<p class="who">Request {pages.escape(problem.request_id)}</p>{pages.link(LOGIN, "Back to sign in")}'
    page = pages.message(title, problem.detail, status=told.status, more=more)
    kept = {name: value for name, value in told.headers.items() if name == "retry-after"}
    shown = {name: value for name, value in page.headers.items() if name != "content-length"}
    return HttpResponse(status=told.status, body=bytes(page.body), headers=shown | kept)
