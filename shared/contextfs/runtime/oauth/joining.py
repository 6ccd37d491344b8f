"""The page on which an invitation is accepted by who has no `ctx` at hand."""

from typing import Final

import msgspec
from starlette.responses import Response

from contextfs.domain.access.invitations.model import Joined
from contextfs.runtime.oauth import pages
from contextfs.runtime.oauth.browser import Browser, detail_of
from contextfs.runtime.oauth.places import LOGIN

PAGE: Final = "/oauth/join"
_CREATED = 201
_CLOSED = {401, 403}
_OPENS_NOTHING = "This opens nothing: an invitation is all of what begins with ctxi_, once. Ask for a new one."


def show(_browser: Browser, _fields: dict[str, str]) -> Response:
    """Show the page. An invitation is typed in, and never stands in an address, which others keep."""
    return _page()


def join(browser: Browser, fields: dict[str, str]) -> Response:
    """Make a member of who has the invitation, sign the browser in, and show the first key, this once."""
    token, name = fields.get("invitation", "").strip(), fields.get("name", "").strip()
    if not browser.comes_from_here():
        return _page("This form was not sent by this page: try again here.", 403)
    answer = browser.call("invitations.accept", {"name": name or None}, {"authorization": f"Bearer {token}"})
    if answer.status != _CREATED:
        return _page(_OPENS_NOTHING if answer.status in _CLOSED else detail_of(answer), answer.status, name)
    joined = msgspec.json.decode(answer.body, type=Joined)
    browser.call("auth.open", headers={"authorization": f"Bearer {joined.secret}"})
    return browser.shown(_welcome(joined, browser.public_url))


def _page(wrong: str = "", status: int = 200, name: str = "") -> Response:
    fields = pages.field("invitation", "The invitation: ctxi_…", kind="password", more=" required maxlength=200")
    fields += pages.field("name", "Your name, if you like", name, more=" maxlength=200")
    body = pages.wrong(wrong) + pages.form(PAGE, fields, [("join", "yes", "Join")], {})
    return pages.page("Accept an invitation", body, status=status)


def _welcome(joined: Joined, address: str) -> Response:
    said = f"You are {joined.user.email or joined.user.name}, as {joined.user.role}."
    body = (
        f"<p>{pages.escape(said)} This is your first key. Keep it where passwords are kept: it is not shown again.</p>"
        f"<p><code>{pages.escape(joined.secret)}</code></p>"
        f"<p>In a terminal, <code>ctx auth login {pages.escape(address)} --key</code> takes it.</p>"
        f"{pages.link(LOGIN, 'Go on')}"
    )
    return pages.page("You are in", body)
