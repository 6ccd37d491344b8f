"""The page on which a person lets a program act for them (OAuth 2.1, section 4.1), and how its answer goes back.

What is wrong with the program, or with where its answer would go, is told to the person; only what is wrong beyond that
is told to the program, at the address that it named before.
"""

import re
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from starlette.responses import RedirectResponse, Response

from contextfs.domain.access.rules import PERMISSIONS
from contextfs.domain.access.tokens.rules import GIVEN
from contextfs.domain.grants.model import GrantCreated
from contextfs.domain.logins.model import Myself
from contextfs.kit.call import Services
from contextfs.runtime.oauth import pages
from contextfs.runtime.oauth.answers import Refused
from contextfs.runtime.oauth.browser import Browser, detail_of
from contextfs.runtime.oauth.clients import Client, client_of
from contextfs.runtime.oauth.metadata import SCOPES, resource_of

PAGE: Final = "/oauth/authorize"
_KEPT: Final = (
    *("response_type", "client_id", "redirect_uri", "code_challenge", "code_challenge_method", "scope", "state"),
    "resource",
)
_CHALLENGE = re.compile(r"[0-9A-Za-z_-]{43}")
_CREATED = 201


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a program asks for, checked."""

    client: Client
    redirect_uri: str
    challenge: str
    scope: list[str]
    state: str | None
    resource: str


def show(services: Services, browser: Browser, fields: dict[str, str]) -> Response:
    """Show the page to who is signed in; others are sent to sign in first."""
    client, redirect_uri = _place(services, fields)
    try:
        asked = _asked(services, client, redirect_uri, fields)
    except Refused as refused:
        return _back(services, redirect_uri, fields.get("state"), error=refused.error, error_description=str(refused))
    me = browser.me()
    return browser.to_sign_in() if me is None else browser.shown(_page(me, asked, fields))


def decide(services: Services, browser: Browser, fields: dict[str, str]) -> Response:
    """Do what a person says on the page, and send the browser back to the program."""
    client, redirect_uri = _place(services, fields)
    asked = _asked(services, client, redirect_uri, fields)
    me = browser.me()
    if me is None:
        return pages.message("You are not signed in any more", "Begin again in the program.", status=401)
    if fields.get("decision") != "allow":
        if not browser.comes_from_here() or not browser.sent_by(me, fields):
            return pages.message("This cannot be done", "This form was not sent by this page.", status=403)
        return browser.shown(_back(services, redirect_uri, asked.state, error="access_denied"))
    wanted = {
        "client_id": client.id,
        "client_name": client.name,
        "redirect_uri": redirect_uri,
        "code_challenge": asked.challenge,
        "scope": asked.scope,
        "resource": asked.resource,
    }
    answer = browser.call("auth.grant", wanted, {"x-csrf-token": fields.get("csrf", "")})
    if answer.status != _CREATED:
        return browser.shown(pages.message("This cannot be done", detail_of(answer), status=answer.status))
    code = msgspec.json.decode(answer.body, type=GrantCreated).code
    return browser.shown(_back(services, redirect_uri, asked.state, code=code))


def _place(services: Services, fields: dict[str, str]) -> tuple[Client, str]:
    """Find the program and where its answer goes; Refused tells the person, for nobody else may be told yet."""
    client = client_of(services, fields.get("client_id", ""))
    redirect_uri = fields.get("redirect_uri", "")
    if not client.takes(redirect_uri):
        raise Refused("invalid_request", "The program asks to be answered at an address that is not one of its own.")
    return client, redirect_uri


def _asked(services: Services, client: Client, redirect_uri: str, fields: dict[str, str]) -> Asked:
    if fields.get("response_type") != "code":
        raise Refused("unsupported_response_type", "response_type is code.")
    if fields.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(fields.get("code_challenge", "")):
        raise Refused("invalid_request", "PKCE is needed: code_challenge, with code_challenge_method=S256.")
    resource = fields.get("resource", resource_of(services.public_url))
    if resource.rstrip("/") != resource_of(services.public_url):
        raise Refused("invalid_target", f"resource is {resource_of(services.public_url)}.")
    scope = fields.get("scope", "").split() or list(SCOPES)
    unknown = [one for one in scope if one not in GIVEN]
    if unknown:
        raise Refused("invalid_scope", f"There is no scope {unknown[0]} for programs: choose from {', '.join(GIVEN)}.")
    return Asked(
        client=client,
        redirect_uri=redirect_uri,
        challenge=fields["code_challenge"],
        scope=list(dict.fromkeys(scope)),
        state=fields.get("state"),
        resource=resource_of(services.public_url),
    )


def _back(services: Services, redirect_uri: str, state: str | None, **said: str) -> Response:
    """Send the browser back to the program, with what was said and by whom (RFC 9207)."""
    parts = urlsplit(redirect_uri)
    told = {**said, **({} if state is None else {"state": state}), "iss": services.public_url}
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *told.items()])
    return RedirectResponse(parts._replace(query=query).geturl(), 303, {"cache-control": "no-store"})


def _page(me: Myself, asked: Asked, fields: dict[str, str]) -> Response:
    who = f"{me.email or me.actor}, {me.role} of {me.organization}"
    place = urlsplit(asked.redirect_uri)
    is_web = place.scheme in {"http", "https"}  # what stands behind another scheme is no server, however it is spelt
    goes_to = place.netloc if is_web else f"the program of {place.scheme}:"
    vouched = f"It is published by {asked.client.voucher}." if asked.client.voucher else "Nobody vouches for its name."
    wants = "".join(f"<li>{escape(PERMISSIONS[one])}</li>" for one in asked.scope)
    told = (
        f'<p class="who">You are signed in as {escape(who)}.</p>'
        f"<p><strong>{escape(asked.client.name)}</strong> asks to act for you. {escape(vouched)} "
        f"The answer goes to <strong>{escape(goes_to)}</strong>.</p><p>It will be able to:</p><ul>{wants}</ul>"
        "<p>As far as you may yourself, and until you take it back, for 90 days at the most.</p>"
    )
    hidden = {name: fields[name] for name in _KEPT if name in fields} | {"csrf": me.csrf_token or ""}
    body = pages.form(PAGE, "", [("decision", "allow", "Allow"), ("decision", "deny", "Refuse")], hidden)
    leads_to = f"{place.scheme}://{place.netloc}" if is_web else f"{place.scheme}:"
    return pages.page("Let a program in", told + body, leads_to=leads_to)
