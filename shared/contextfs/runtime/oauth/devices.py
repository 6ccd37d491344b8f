"""Devices that ask to be let in (RFC 8628): how they ask, and the page on which a person says whose they are."""

from html import escape
from typing import Any, Final

import msgspec
from starlette.responses import Response

from contextfs.domain.devices.model import Decided
from contextfs.domain.logins.model import Myself
from contextfs.journeys.signin import devices
from contextfs.kit.call import OpenCall
from contextfs.kit.errors import NotFound
from contextfs.runtime.oauth import pages
from contextfs.runtime.oauth.answers import Refused
from contextfs.runtime.oauth.browser import Browser, detail_of

GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
PAGE: Final = "/oauth/device"
_LONGEST = 100
_NOT_YET: Final = {
    "pending": Refused("authorization_pending", "Nobody has answered yet: ask again."),
    "early": Refused("slow_down", "Ask less often: wait five seconds more between two questions."),
    "denied": Refused("access_denied", "The request was refused."),
}


def ask(call: OpenCall, fields: dict[str, str]) -> dict[str, Any]:
    """Let a device ask; `device_name` is how it is called on the page, and its key afterwards."""
    if not fields.get("client_id"):
        raise Refused("invalid_request", "client_id is missing: say which program asks.")
    name = fields.get("device_name") or fields["client_id"]
    shown = "".join(one for one in name if one.isprintable())[:_LONGEST].strip() or "a device"
    asking = devices.begin(call, shown)
    page = call.services.public_url + PAGE
    complete = f"{page}?user_code={asking.user_code}"
    return {**msgspec.to_builtins(asking), "verification_uri": page, "verification_uri_complete": complete}


def redeem(call: OpenCall, fields: dict[str, str]) -> dict[str, Any]:
    """Give a device that was allowed its key; Refused tells it to ask again, or that it is over."""
    answered = devices.poll(call, fields.get("device_code", ""))
    if answered is None:
        raise Refused("expired_token", "This request is over: begin again.")
    if answered.state in _NOT_YET:
        raise _NOT_YET[answered.state]
    try:
        created = devices.admit(call, answered)
    except NotFound:
        raise Refused("access_denied", "The person who allowed it is no longer a member.") from None
    expires_at = created.api_key.expires_at
    lasts = int((expires_at - call.now).total_seconds()) if expires_at else 0
    told = {"access_token": created.secret, "token_type": "Bearer", "expires_in": lasts}
    return told | {"scope": " ".join(created.api_key.permissions)}


def show(browser: Browser, fields: dict[str, str]) -> Response:
    """Show the page to who is signed in; others are sent to sign in first."""
    me = browser.me()
    return browser.to_sign_in() if me is None else browser.shown(_page(me, fields.get("user_code", "")))


def decide(browser: Browser, fields: dict[str, str]) -> Response:
    """Do what a person says on the page."""
    me = browser.me()
    if me is None:
        return browser.to_sign_in()
    code = fields.get("user_code", "")
    wanted = {"user_code": code, "allow": fields.get("decision") == "allow"}
    answer = browser.call("auth.decide", wanted, {"x-csrf-token": fields.get("csrf", "")})
    if answer.status != 200:
        return browser.shown(_page(me, code, detail_of(answer), answer.status))
    decided = msgspec.json.decode(answer.body, type=Decided)
    said = f"{decided.name} may act for you now." if decided.allowed else f"{decided.name} was refused."
    return browser.shown(pages.message("Done", said, "You can close this page, and go back to where you came from."))


def _page(me: Myself, code: str, wrong: str = "", status: int = 200) -> Response:
    who = f"{me.email or me.actor}, {me.role} of {me.organization}"
    told = (
        f'<p class="who">You are signed in as {escape(who)}.</p>'
        "<p>A program that shows the code below will be able to do all that you can, for 90 days. "
        "Allow it only if you started it yourself just now, and it shows this very code.</p>"
    )
    body = pages.form(
        PAGE,
        pages.field(
            "user_code", "The code that it shows", code, more=' required maxlength="20" autocapitalize="characters"'
        ),
        [("decision", "allow", "Allow"), ("decision", "deny", "Refuse")],
        {"csrf": me.csrf_token or ""},
    )
    return pages.page("Let a program in", pages.wrong(wrong) + told + body, status=status)
