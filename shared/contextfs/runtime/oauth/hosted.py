"""To the pages of the installation's own sign-in service, and back: for whom no organization's provider signs in."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from contextfs.domain.logins.rules import LIFETIME
from contextfs.journeys.signin import hosted
from contextfs.journeys.signin.provider import BROKEN, Finished
from contextfs.journeys.signin.service import SeveralError
from contextfs.kit.errors import ContextFSError, Invalid, NotAuthenticated
from contextfs.runtime.http import cookies
from contextfs.runtime.http.problems import headers_of
from contextfs.runtime.oauth import pages
from contextfs.runtime.oauth.browser import Browser
from contextfs.runtime.oauth.places import LOGIN, SERVICE

_UNCACHED: Final = {"cache-control": "no-store"}


def begin(browser: Browser, fields: Mapping[str, str]) -> Response:
    """Send a browser there; `organization` names one, for who comes in for the first time, or belongs to several."""
    named = fields.get("organization", "").strip()
    try:
        organization = UUID(named) if named else None
    except ValueError:
        raise Invalid(
            "This is not the id of an organization: ask its administrator for it.", where="organization"
        ) from None
    begun = hosted.begin(browser.opened(), organization, fields.get("return_to"))
    browser.keep(cookies.write(cookies.BINDER, begun.binder, browser.public_url, hosted.LASTS))
    body = pages.link(begun.address, f"Continue to {urlsplit(begun.address).netloc}")
    return browser.shown(pages.page("Going to your sign-in service", body, goes_to=begun.address))


def back(browser: Browser, fields: Mapping[str, str]) -> Response:
    """Sign a browser in that comes back with a code, and lead it to where it wanted to go; or ask, or tell why not."""
    call, state = browser.opened(), fields.get("state", "")
    if not hosted.is_begun(call, state):  # what it did begin goes on, whoever led it here
        return _refused(browser, NotAuthenticated(BROKEN))
    try:
        finished = hosted.finish(
            call, state=state, code=fields.get("code"), error=fields.get("error"), issuer=fields.get("iss")
        )
    except SeveralError as several:
        browser.keep(cookies.forget(cookies.BINDER, browser.public_url))
        return browser.shown(_choice(several.organizations, hosted.return_of(call)))
    except ContextFSError as refused:
        browser.keep(cookies.forget(cookies.BINDER, browser.public_url))
        return _refused(browser, refused)
    if isinstance(finished, hosted.Asked):
        browser.keep(cookies.write(cookies.BINDER, finished.binder, browser.public_url, hosted.LASTS))
        return browser.shown(_question(finished))
    return _signed_in(browser, finished)


def take_on(browser: Browser, fields: Mapping[str, str]) -> Response:
    """Sign a browser in whose person says that the organization is theirs."""
    call, state = browser.opened(), fields.get("state", "")
    if not browser.comes_from_here() or not hosted.is_begun(call, state):
        return _refused(browser, NotAuthenticated(BROKEN))
    try:
        finished = hosted.take_on(call, state)
    except ContextFSError as refused:
        browser.keep(cookies.forget(cookies.BINDER, browser.public_url))
        return _refused(browser, refused)
    return _signed_in(browser, finished)


def _signed_in(browser: Browser, finished: Finished) -> Response:
    browser.keep(cookies.forget(cookies.BINDER, browser.public_url))
    browser.keep(cookies.write(cookies.LOGIN, finished.cookie, browser.public_url, LIFETIME))
    return browser.shown(RedirectResponse(browser.public_url + finished.return_to, 303, _UNCACHED))


def _refused(browser: Browser, refused: ContextFSError) -> Response:
    again = pages.link(LOGIN, "Back to sign in")
    told = pages.message("You are not signed in", refused.detail, status=refused.status, more=again)
    told.headers.update(headers_of(refused))
    return browser.shown(told)


def _question(asked: hosted.Asked) -> Response:
    """Ask whether an organization is known: whoever administers one can add an address, and link to it."""
    said = f"{asked.organization} has added {asked.email}, and you have not been in it before."
    warned = "Whoever administers it sees what you share there. Go on if you know it, and wanted to sign in to it."
    button = pages.form(SERVICE, "", [("answer", "yes", f"Sign in to {asked.organization}")], {"state": asked.state})
    body = f"<p>{pages.escape(said)}</p><p>{pages.escape(warned)}</p>{button}{pages.link(LOGIN, 'Do not')}"
    return pages.page("Is this organization yours?", body)


def _choice(organizations: Mapping[UUID, str], return_to: str) -> Response:
    """Show the organizations of who belongs to several; each leads to the service and back once more."""
    body = "".join(
        pages.link(f"{SERVICE}?{urlencode({'organization': str(org_id), 'return_to': return_to})}", name)
        for org_id, name in organizations.items()
    )
    return pages.page("Choose an organization", body)
