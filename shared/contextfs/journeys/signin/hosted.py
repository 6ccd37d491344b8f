"""Sign in at the pages of the installation's own service: a browser is sent there, and comes back with a code.

It is not known yet whose organization it is, so nothing is stored: the cookie that ties both ways together holds where
the browser goes on, and is signed. The nonce and the verifier of PKCE follow from `state` and a secret of this server.
Who would take an organization on by it is asked first, for any page can lead there.
The service answers at an address of its own, where no organization's provider does.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from contextfs.domain.sso import rules
from contextfs.journeys.signin import service
from contextfs.journeys.signin.provider import BROKEN, Begun, Finished
from contextfs.kit.call import OpenCall, Services
from contextfs.kit.errors import NotAuthenticated, NotFound
from contextfs.kit.identity import Challenge, SignInPages

LASTS: Final = timedelta(minutes=10)
CALLBACK: Final = "/oauth/service/callback"
_PURPOSE: Final = b"contextfs.hosted_sign_in\n"
_NOBODY = UUID(int=0)


class _Tied(msgspec.Struct, frozen=True, kw_only=True):
    """What a cookie ties a browser to: the sign-in that it began, by its state, and where it goes on.

    `who` has signed in, and is asked whether they take the organization on.
    """

    state: str
    organization: UUID | None
    return_to: str
    until: datetime
    who: service.SignedIn | None = None


class Asked(msgspec.Struct, frozen=True):
    """What is asked before a login is opened: to take an organization on; the answer has the cookie and the state."""

    binder: str
    state: str
    organization: str
    email: str


def begin(call: OpenCall, organization: UUID | None, return_to: str | None) -> Begun:
    """Send a browser to the service's pages; NotFound where there are none."""
    pages = _pages(call.services)
    return_to = rules.safe_return(return_to)
    tied = _Tied(state=_state(call), organization=organization, return_to=return_to, until=call.now + LASTS)
    with call.services.waiting.signing_in.taken(_NOBODY):
        address = pages.address(_challenge(call.services, tied.state))
    return Begun(address, _signed(call.services, tied), by_form=False)


def is_begun(call: OpenCall, state: str) -> bool:
    """Tell whether a state is that of the sign-in that this browser began."""
    tied = _read(call.services, call.binder)
    return tied is not None and hmac.compare_digest(tied.state.encode(), state.encode())


def finish(call: OpenCall, *, state: str, code: str | None, error: str | None, issuer: str | None) -> Finished | Asked:
    """Sign a browser in that comes back with a code, or ask first; NotAuthenticated when it began none, or long ago."""
    pages, tied = _pages(call.services), _tied(call, state)
    if error is not None or not code:
        raise NotAuthenticated("The sign-in service did not let you in: begin again.")
    with call.services.waiting.signing_in.taken(_NOBODY):
        who = service.signed_in(pages.redeem(_challenge(call.services, state), code, issuer))
    name = None if tied.organization is None else service.taken_on(call, who, tied.organization)
    if name is None:
        return Finished(service.let_in(call, who, tied.organization), tied.return_to)
    asked = msgspec.structs.replace(tied, state=_state(call), until=call.now + LASTS, who=who)
    return Asked(_signed(call.services, asked), asked.state, name, who.email)


def take_on(call: OpenCall, state: str) -> Finished:
    """Sign a browser in whose person takes the organization on; NotAuthenticated where nobody was asked."""
    tied = _tied(call, state)
    if tied.who is None:
        raise NotAuthenticated(BROKEN)
    return Finished(service.let_in(call, tied.who, tied.organization), tied.return_to)


def return_of(call: OpenCall) -> str:
    """Give where the sign-in of this browser goes on; the usual place where it began none."""
    tied = _read(call.services, call.binder)
    return rules.HOME if tied is None else tied.return_to


def _tied(call: OpenCall, state: str) -> _Tied:
    tied = _read(call.services, call.binder)
    if tied is None or tied.until <= call.now or not is_begun(call, state):
        raise NotAuthenticated(BROKEN)
    return tied


def _state(call: OpenCall) -> str:
    return base64.urlsafe_b64encode(call.services.entropy(24)).decode()


def _pages(services: Services) -> SignInPages:
    known = services.sign_in()
    if known is None or known.pages is None:
        raise NotFound(
            "This server has no sign-in service with pages of its own: sign in with a key, or by your address."
        )
    return known.pages


def _challenge(services: Services, state: str) -> Challenge:
    def derived(purpose: str) -> str:
        mac = hmac.digest(services.key_pepper, _PURPOSE + f"{purpose}\n{state}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")

    back = services.public_url + CALLBACK
    return Challenge(state=state, nonce=derived("nonce"), verifier=derived("verifier"), redirect_uri=back)


def _signed(services: Services, tied: _Tied) -> str:
    text = base64.urlsafe_b64encode(msgspec.json.encode(tied)).decode().rstrip("=")
    return f"{text}.{_mac(services, text)}"


def _read(services: Services, cookie: str) -> _Tied | None:
    """Read a cookie; None where it is none of ours."""
    text, _, mac = cookie.partition(".")
    if not hmac.compare_digest(_mac(services, text).encode(), mac.encode()):
        return None
    return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Tied)


def _mac(services: Services, text: str) -> str:
    mac = hmac.digest(services.key_pepper, _PURPOSE + b"cookie\n" + text.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
