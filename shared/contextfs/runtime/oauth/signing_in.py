"""The page to sign in at: by the organization's provider, or by an API key of one's own."""

from starlette.responses import RedirectResponse, Response

from contextfs.domain.sso.rules import safe_return
from contextfs.runtime.oauth import pages
from contextfs.runtime.oauth.browser import LOGIN, Browser, detail_of

_PROVIDER = "/v1/auth/login"
_FAILED = 400


def begin(browser: Browser, fields: dict[str, str]) -> Response:
    """Show the page; who is signed in, and is on no way elsewhere, is told so."""
    me = None if "return_to" in fields else browser.me()
    if me is None:
        return show(fields.get("return_to"))
    who = f"You are {me.email or me.actor}, {me.role} of {me.organization}."
    return browser.shown(pages.message("You are signed in", who, "You can close this page."))


def show(return_to: str | None, wrong: str = "", status: int = 200) -> Response:
    """Show the page."""
    place = safe_return(return_to)
    by_provider = (
        f'<form action="{_PROVIDER}"><input type="hidden" name="return_to" value="{pages.escape(place)}">'
        f"{pages.field('email', 'Your address at work', kind='email', more=' required')}"
        "<button class=yes>Continue with single sign-on</button></form>"
    )
    by_key = pages.form(
        LOGIN,
        pages.field("key", "An API key of your own", kind="password", more=" required"),
        [("by", "key", "Sign in with the key")],
        {"return_to": place},
    )
    return pages.page("Sign in", f"{pages.wrong(wrong)}{by_provider}<hr>{by_key}", status=status)


def sign_in(browser: Browser, fields: dict[str, str]) -> Response:
    """Sign the browser in with a key, and lead it to where it wanted to go."""
    place = safe_return(fields.get("return_to"))
    if not browser.comes_from_here():
        return show(place, "This form was not sent by this page: try again here.", 403)
    answer = browser.call("auth.open", headers={"authorization": f"Bearer {fields.get('key', '').strip()}"})
    if answer.status >= _FAILED:
        return show(place, detail_of(answer), answer.status)
    return browser.shown(RedirectResponse(place, 303, {"cache-control": "no-store"}))
