"""Who calls: an API key in `Authorization`, or a browser's login in a cookie. Where both are sent, the key counts."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contextfs.domain.access import keys
from contextfs.domain.access.rules import ROLES
from contextfs.domain.access.store import entering as entering_by_key
from contextfs.domain.logins import rules, store
from contextfs.kit import tokens
from contextfs.kit.call import Call, Services
from contextfs.kit.errors import NotAllowed, NotAuthenticated
from contextfs.kit.ports import Parameters, Row
from contextfs.kit.principal import Principal
from contextfs.runtime import cookies
from contextfs.runtime.http import HttpRequest, HttpResponse

CSRF_HEADER = "x-csrf-token"
_NO_LOGIN = "This login does not exist, or has ended: sign in again."


@dataclass(frozen=True)
class ByKey:
    """A caller with an API key."""

    credential: keys.Credential

    def opening(self, now: datetime) -> tuple[str, Parameters]:
        """Give the statement that opens the caller's transaction."""
        return entering_by_key(self.credential, now)

    def principal(self, found: Row | None) -> Principal:
        """Make the caller of what that statement found; NotAuthenticated when it found nothing."""
        if found is None:
            raise NotAuthenticated("This API key does not exist, or was revoked, or has expired.")
        project: UUID | None = found["project_id"]
        return Principal(
            org_id=self.credential.org_id,
            actor_id=self.credential.key_id,
            actor=f"key:{self.credential.key_id}",
            user_id=found["user_id"],
            role=found["role"],
            permissions=tuple(found["permissions"]),
            project_ids=None if project is None else (project,),
        )


@dataclass(frozen=True)
class ByLogin:
    """A caller with a browser's cookie."""

    cookie: tokens.Named

    def opening(self, now: datetime) -> tuple[str, Parameters]:
        """Give the statement that opens the caller's transaction."""
        return store.entering(self.cookie, now)

    def principal(self, found: Row | None) -> Principal:
        """Make the caller of what that statement found; NotAuthenticated when it found nothing."""
        if found is None:
            raise NotAuthenticated(_NO_LOGIN)
        return Principal(
            org_id=self.cookie.org_id,
            actor_id=found["user_id"],
            actor=f"user:{found['user_id']}",
            user_id=found["user_id"],
            role=found["role"],
            permissions=ROLES[found["role"]],
            login_id=self.cookie.id,
        )


Caller = ByKey | ByLogin


def who(request: HttpRequest, services: Services) -> Caller:
    """Read who calls; NotAuthenticated without a credential, NotAllowed when another site's page makes the call."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    cookie = cookies.read(request.headers, cookies.LOGIN, services.public_url)
    if "authorization" in request.headers or cookie is None:
        if scheme.lower() != "bearer" or not token.strip():
            raise NotAuthenticated("Send an API key: Authorization: Bearer ctxk_…", where="header.Authorization")
        return ByKey(keys.parse(token.strip(), services.key_pepper))
    named = tokens.parse(cookie, services.key_pepper, rules.PREFIX)
    if named is None:
        raise NotAuthenticated(_NO_LOGIN)
    if request.method != "GET":
        _check_meant(request, named, services.key_pepper)
    return ByLogin(named)


def is_replayed(found: Row | None) -> bool:
    """Tell whether the cookie was changed long ago: its browser has a newer one, so this is somebody's copy."""
    return found is not None and found.get("standing") == "replayed"


def end_replayed(call: Call, caller: Caller) -> None:
    """End a login of whose cookie there are copies, for all who hold one."""
    if isinstance(caller, ByLogin):
        store.end(call.tx, caller.cookie.id, call.principal.actor_id, call.now)
        call.note(subject=caller.cookie.id)


def renewed(call: Call, caller: Caller, found: Row | None, response: HttpResponse) -> HttpResponse:
    """Give the response with a new cookie, where the one that was sent has got old."""
    if not isinstance(caller, ByLogin) or found is None or found["standing"] != "due" or response.cookies:
        return response
    services = call.services
    text = tokens.mint(rules.PREFIX, caller.cookie.org_id, caller.cookie.id, services.entropy)
    if not store.rotate(call.tx, caller.cookie, tokens.digest(text, services.key_pepper), call.now):
        return response
    return replace(response, cookies=(cookies.write(cookies.LOGIN, text, services.public_url, rules.LIFETIME),))


def _check_meant(request: HttpRequest, login: tokens.Named, pepper: bytes) -> None:
    sent = request.headers.get(CSRF_HEADER, "")
    crosses = request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
    if crosses or not rules.is_meant(login.id, pepper, sent):
        detail = "A page sends its login's csrf_token, as GET /v1/auth/me gives it, in the header X-CSRF-Token."
        raise NotAllowed(detail, where="header.X-CSRF-Token")
