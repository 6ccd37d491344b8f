"""What a browser is shown where a sign-in did not go well: a page, in place of the problem that a program gets."""

import msgspec

from contextfs.runtime.http import HttpResponse
from contextfs.runtime.oauth import pages
from contextfs.runtime.oauth.places import LOGIN
from contextfs.runtime.problems import Problem


def as_page(told: HttpResponse) -> HttpResponse:
    """Show a problem, with the way back."""
    problem = msgspec.json.decode(told.body, type=Problem)
    more = f'<p class="who">Request {pages.escape(problem.request_id)}</p>{pages.link(LOGIN, "Back to sign in")}'
    page = pages.message("You are not signed in", problem.detail, status=told.status, more=more)
    kept = {name: value for name, value in told.headers.items() if name == "retry-after"}
    shown = {name: value for name, value in page.headers.items() if name != "content-length"}
    return HttpResponse(status=told.status, body=bytes(page.body), headers=shown | kept)
