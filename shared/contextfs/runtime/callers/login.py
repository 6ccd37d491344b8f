"""Somebody with a browser's login: a cookie that is changed now and then, and works from our pages only."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contextfs.domain.access.rules import ROLES
from contextfs.domain.logins import rules, store
from contextfs.domain.networks.model import CallerKind
from contextfs.kit import tokens
from contextfs.kit.call import Call, Services
from contextfs.kit.errors import NotAllowed, NotAuthenticated
from contextfs.kit.ports import Parameters, Row
from contextfs.kit.principal import Principal
from contextfs.runtime.callers.admitted import Admitted
from contextfs.runtime.callers.authorize import authorize
from contextfs.runtime.http import cookies
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.table import Route

CSRF_HEADER = "x-csrf-token"
_NO_LOGIN = "This login does not exist, or has ended: sign in again."


@dataclass(frozen=True)
class LoginCaller:
    """A caller with a browser's cookie."""

    cookie: tokens.Named
    route: Route
    once: str | None

    @property
    def proof(self) -> bytes:
        """The keyed hash of the credential."""
        return self.cookie.hash

    kind: ClassVar[CallerKind] = "logins"

    @property
    def names(self) -> tuple[UUID, UUID]:
        """The organization, and what of it is meant."""
        return self.cookie.org_id, self.cookie.id

    def entering(self, now: datetime) -> tuple[str, Parameters]:
        """Look for the login inside the organization that its cookie names."""
        return store.entering(self.cookie, now)

    def admitted(self, row: Row | None, request: HttpRequest, now: datetime) -> Admitted:  # noqa: ARG002 - the row tells all
        """Let somebody in who is signed in, and may do this; a copy of an old cookie is told apart."""
        if row is None:
            raise NotAuthenticated(_NO_LOGIN)
        projects: list[UUID] | None = row["projects"]
        principal = Principal(
            org_id=self.cookie.org_id,
            actor_id=row["user_id"],
            actor=f"user:{row['user_id']}",
            user_id=row["user_id"],
            role=row["role"],
            permissions=ROLES.get(row["role"]) or tuple(row["role_permissions"] or ()),
            project_ids=None if projects is None else tuple(projects),
            login_id=self.cookie.id,
        )
        if row["standing"] == "replayed":
            return Admitted(principal, self.once, refused=self._end)
        authorize(principal, self.route)
        return Admitted(principal, self.once, renew=self._renew if row["standing"] == "due" else None)

    def _end(self, call: Call) -> NotAuthenticated:
        """End a login of whose cookie there are copies, for all who hold one."""
        store.end(call.tx, self.cookie.id, call.principal.actor_id, call.now)
        call.note(subject=self.cookie.id)
        return NotAuthenticated(
            "This cookie was changed for a newer one, so there is a copy of it: the login was ended, sign in again."
        )

    def _renew(self, call: Call, response: HttpResponse) -> HttpResponse:
        """Give the response with a new cookie in the place of one that has got old."""
        services = call.services
        text = tokens.mint(rules.PREFIX, self.cookie.org_id, self.cookie.id, services.entropy)
        if response.cookies or not store.rotate(
            call.tx, self.cookie, tokens.digest(text, services.key_pepper), call.now
        ):
            return response
        return replace(response, cookies=(cookies.write(cookies.LOGIN, text, services.public_url, rules.LIFETIME),))


def login_caller(cookie: str, request: HttpRequest, services: Services, route: Route, once: str | None) -> LoginCaller:
    """Read a login's cookie; NotAuthenticated when it is none, NotAllowed when another site's page makes the call."""
    named = tokens.parse(cookie, services.key_pepper, rules.PREFIX)
    if named is None:
        raise NotAuthenticated(_NO_LOGIN)
    if request.method != "GET":
        _check_meant(request, named, services.key_pepper)
    return LoginCaller(named, route, once)


def _check_meant(request: HttpRequest, login: tokens.Named, pepper: bytes) -> None:
    sent = request.headers.get(CSRF_HEADER, "")
    crosses = request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
    if crosses or not rules.is_meant(login.id, pepper, sent):
        detail = "A page sends its login's csrf_token, as GET /v1/auth/me gives it, in the header X-CSRF-Token."
        raise NotAllowed(detail, where="header.X-CSRF-Token")
