"""What a browser is shown that opens the bare address of a server."""

from starlette.responses import Response

from contextfs.runtime.oauth import joining, pages
from contextfs.runtime.oauth.browser import Browser
from contextfs.runtime.oauth.places import LOGIN


def show(browser: Browser, _fields: dict[str, str]) -> Response:
    """Tell what this is, who is signed in, and where to go on."""
    me = browser.me()
    who = f"You are signed in as {me.email or me.actor}, {me.role} of {me.organization}." if me else ""
    address = browser.public_url
    body = (
        "<p>This server keeps conversations with AI tools, and what is learned from them, for a team.</p>"
        f'<p class="who">{pages.escape(who)}</p>'
        f"{pages.link(LOGIN, 'Your sign-in' if me else 'Sign in')}"
        f"{pages.link(joining.PAGE, 'Accept an invitation')}"
        f"<p>From a terminal: <code>ctx auth login {pages.escape(address)}</code></p>"
        f"{pages.link('/v1/openapi.json', 'The API')}"
    )
    return browser.shown(pages.page("ContextFS", body))
