"""The page to sign in at: by the organization's provider, or by an API key of one's own; and how to sign out again."""

from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from contextfs.domain.logins.model import Myself
from contextfs.domain.sso.rules import safe_return
from contextfs.runtime.oauth import pages
from contextfs.runtime.oauth.browser import Browser, detail_of
from contextfs.runtime.oauth.places import LOGIN, LOGOUT, SERVICE

_FAILED = 400
_NO_COOKIES = "You are not signed in yet: this browser keeps no cookies of this server. Allow them, and try again."


def begin(browser: Browser, fields: dict[str, str]) -> Response:
    """Show the page; who tells an address goes to its provider, and who is signed in already is told so."""
    if "email" in fields:
        return _to_provider(browser, fields["email"].strip(), fields.get("return_to"))
    me = None if "return_to" in fields else browser.me()
    if me is None:
        wrong = _NO_COOKIES if "again" in fields or browser.has_just_signed_in() else ""
        return show(browser, fields.get("return_to"), wrong)
    return browser.shown(pages.page("You are signed in", _signed_in(me)))


def show(browser: Browser, return_to: str | None, wrong: str = "", status: int = 200, email: str = "") -> Response:
    """Show the page."""
    place = safe_return(return_to)
    by_provider = (
        f'<form action="{LOGIN}"><input type="hidden" name="return_to" value="{pages.escape(place)}">'
        f"{pages.field('email', 'Your address at work', email, kind='email', more=' required maxlength=320')}"
        "<button class=yes>Continue with single sign-on</button></form>"
    )
    by_key = pages.form(
        LOGIN,
        pages.field("key", "An API key of your own", kind="password", more=" required"),
        [("by", "key", "Sign in with the key")],
        {"return_to": place},
    )
    ways = (by_provider, *_by_service(browser, place), by_key)
    return pages.page("Sign in", pages.wrong(wrong) + "<hr>".join(ways), status=status)


def _by_service(browser: Browser, place: str) -> list[str]:
    """Show the way to the installation's own service, where it has pages."""
    service = browser.service()
    if service is None:
        return []
    label = "The id of your organization, the first time or where you have several"
    form = (
        f'<form action="{SERVICE}"><input type="hidden" name="return_to" value="{pages.escape(place)}">'
        f"{pages.field('organization', label, more=' maxlength=36')}"
        f"<button>Continue with {pages.escape(urlsplit(service.issuer).netloc)}</button></form>"
    )
    return [form]


def sign_in(browser: Browser, fields: dict[str, str]) -> Response:
    """Sign the browser in with a key, and lead it to where it wanted to go."""
    place = safe_return(fields.get("return_to"))
    if not browser.comes_from_here():
        return show(browser, place, "This form was not sent by this page: try again here.", 403)
    answer = browser.call("auth.open", headers={"authorization": f"Bearer {fields.get('key', '').strip()}"})
    if answer.status >= _FAILED:
        return show(browser, place, detail_of(answer), answer.status)
    return browser.shown(RedirectResponse(place, 303, {"cache-control": "no-store"}))


def sign_out(browser: Browser, fields: dict[str, str]) -> Response:
    """End this login, or all of the person's."""
    token = {"x-csrf-token": fields.get("csrf", "")}
    answer = browser.call("auth.end_all" if fields.get("where") == "everywhere" else "auth.logout", headers=token)
    if answer.status >= _FAILED:
        return pages.message("This cannot be done", detail_of(answer), status=answer.status, more=_again())
    at_provider = answer.headers.get("location", "")
    said = "Your provider is told, too." if at_provider else "No cookie of yours opens anything here now."
    body = f"<p>{pages.escape(said)}</p>{pages.link(at_provider, 'Go on') if at_provider else _again()}"
    return browser.shown(pages.page("You are signed out", body, goes_to=at_provider))


def _to_provider(browser: Browser, email: str, return_to: str | None) -> Response:
    """Send the browser to the provider of an address."""
    place = safe_return(return_to)
    answer = browser.call("auth.login", query={"email": email, "return_to": place})
    if answer.status >= _FAILED:
        return show(browser, place, detail_of(answer), answer.status, email)
    address = answer.headers["location"]
    body = pages.link(address, f"Continue to {urlsplit(address).netloc}")
    return browser.shown(pages.page("Going to your provider", body, goes_to=address))


def _signed_in(me: Myself) -> str:
    who = f"You are {me.email or me.actor}, {me.role} of {me.organization}."
    ways = [("where", "here", "Sign out"), ("where", "everywhere", "Sign out everywhere")]
    return (
        f"<p>{pages.escape(who)}</p><p>You can close this page.</p>"
        f"{pages.form(LOGOUT, '', ways, {'csrf': me.csrf_token or ''})}"
    )


def _again() -> str:
    return pages.link(LOGIN, "Sign in again")
