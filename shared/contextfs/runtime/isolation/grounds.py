"""The grounds of a proof: two organizations, all kinds of things in the one, callers of every kind, and their end.

Nothing of anybody else is read or changed. What stays is what no role may take back: the audit log and the history.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from contextfs.domain.access.store import assuming
from contextfs.domain.audit import retention, streams
from contextfs.domain.audit.model import AuditStreamChange
from contextfs.domain.events import store as events
from contextfs.domain.events.model import Delivery
from contextfs.domain.exports import store as exports
from contextfs.domain.homes import store as homes
from contextfs.domain.homes.model import Home
from contextfs.domain.networks import store as networks
from contextfs.domain.networks.model import AllowList
from contextfs.domain.redaction import store as redaction
from contextfs.domain.reviews import store as reviews
from contextfs.domain.sources import sealing
from contextfs.domain.sso import store as sso
from contextfs.journeys.enter.organization import Founding, dissolve, found, plan
from contextfs.journeys.graph.relate import relate
from contextfs.kit.call import Call, Services
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Unavailable
from contextfs.kit.events import Event
from contextfs.kit.ids import uuid7
from contextfs.kit.principal import Principal
from contextfs.kit.redaction_rule import RedactionRule
from contextfs.kit.saml import Named
from contextfs.kit.tokens import parse
from contextfs.runtime.door.door import undisturbed
from contextfs.runtime.isolation import saml
from contextfs.runtime.isolation.model import Check, Party, Victim, a_mark
from contextfs.runtime.isolation.web import Response, Web, ask
from contextfs.runtime.openapi.examples import BODIES

ONCE = "the-victims-idempotency-key"
INVITED = "an invitation of another organization"
BROWSER = "a browser of another organization"
_ALL_OF_A_PROJECT = ["memories:*", "sessions:*", "projects:*", "keys:*", "sources:*", "sql:*", "events:*", "audit:*"]
_FAILED, _NOT_KNOWN = 400, 401
_KEPT_DAYS = 3650
_OTHER_SERVER = "The server does not know whom this database knows: these settings are not those of the server."


class Grounds:
    """Two organizations for as long as a proof takes. They are gone when it ends, however it ends."""

    def __init__(self, web: Web, services: Services, clock: Clock) -> None:
        self.web = web
        self.services = services
        self.clock = clock
        self._foundings: list[Founding] = []
        self._asked: list[reviews.Asked] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as ending:
            for founding in self._foundings:
                ending.callback(undisturbed, partial(dissolve, self.services, founding))

    def victim(self) -> Victim:
        """Found an organization in which every text holds the mark, searchable."""
        founding, now = self._founded(), self.clock()
        mark, hidden = a_mark(now, self.services.entropy), a_mark(now, self.services.entropy)
        owner = Party(
            name="its owner",
            of="nobody",
            headers={"authorization": f"Bearer {founding.key}"},
            project_id=str(founding.project_id),
        )
        things = _shown(partial(made, self.web, owner), self.web, owner, mark)
        private = _kept(partial(made, self.web, owner), self.web, owner, hidden)
        things["letter_id"] = self._bury(founding, things["memory_id"], mark)
        self._relate(founding, things, private)
        things["review_id"], private["review_id"] = self._ask_about(founding, things, private)
        things["export_id"], private["export_id"] = (self._export(founding, one) for one in (mark, hidden))
        self._set(founding, mark)
        version = ask(self.web, owner, "GET", f"/v1/memories/{things['memory_id']}").headers["etag"]
        return Victim(
            org_id=founding.org_id,
            user_id=founding.user_id,
            owner=owner,
            mark=mark,
            private_mark=hidden,
            things=things,
            private=private,
            version=version,
        )

    def saml(self, victim: Victim) -> Iterator[Check]:
        """Set up a SAML provider of the victim's, which stays for all that follows, and try it."""
        now = self.clock()
        theirs = saml.provider(self.services, f"idp-{victim.org_id.hex}", now)
        if theirs is None:
            return
        cookie, login_id = _login_of(self.web, victim.owner, victim.mark)
        with self.services.database.transaction(assuming(victim.org_id, victim.user_id)) as (tx, _):
            saml.set_up(tx, self.services, victim, theirs, now)
            named = Named(text=victim.mark)
            sso.keep_session(tx, victim.org_id, UUID(login_id), theirs.entity_id, named, None)
        login = Party(name="their browser", of="nobody", headers={"cookie": cookie})
        yield from saml.tried(self.web, victim, login, theirs, self.services, self.clock)

    def parties(self, victim: Victim) -> list[Party]:
        """Make a caller of each kind."""
        return [Party(name="nobody", of="organization"), *self._strangers(), *_insiders(self.web, victim)]

    def _founded(self) -> Founding:
        now = self.clock()
        names = {"organization": "Proof of isolation", "email": "proof@example.test", "project": "proof"}
        founding = plan(**names, now=now, entropy=self.services.entropy)
        self._foundings.append(founding)
        found(self.services, founding, now)
        return founding

    def _strangers(self) -> list[Party]:
        """Make the callers of another organization."""
        founding = self._founded()
        project = str(founding.project_id)
        owner = _with_key("an owner of another organization", "organization", founding.key, project)
        make = partial(made, self.web, owner)
        viewer = make("/v1/api-keys", {"name": "viewer", "role": "viewer"})["secret"]
        robot = make("/v1/admin/users", {"kind": "service", "name": "robot", "role": "admin"})["id"]
        robots = make("/v1/api-keys", {"name": "robot", "user_id": robot})["secret"]
        directory = make("/v1/admin/scim/tokens", {"name": "directory"})["secret"]
        invited = make("/v1/admin/invitations", {"email": "stranger@example.test"})["token"]
        token = make("/v1/tokens", {"project_id": project})["access_token"]
        return [
            owner,
            _with_key("a token of another organization", "organization", token, project),
            _with_key("a viewer of another organization", "organization", viewer, project),
            _with_key("a service account of another organization", "organization", robots, project),
            _with_login(self.web, owner, project),
            _with_key("a directory of another organization", "organization", directory, project),
            _with_key(
                "a program that another organization let in",
                "organization",
                _program(make, self.web, "program")[1],
                project,
            ),
            _with_key(INVITED, "organization", invited, project),
        ]

    def _bury(self, founding: Founding, subject: str, mark: str) -> str:
        """Put a dead letter there, as the worker does with an event that nobody can take."""
        now = self.clock()
        letter, event_id = (uuid7(now, self.services.entropy) for _ in range(2))
        named = {"org_id": founding.org_id, "project_id": founding.project_id, "reader": founding.user_id}
        event = Event(
            id=event_id, type="memory.created", subject=UUID(subject), time=now, actor="prover", data={}, **named
        )
        with self.services.database.transaction(assuming(founding.org_id, founding.user_id)) as (tx, _):
            delivery = Delivery(consumer="triggers.index_memory", event=event, attempts=8)
            events.bury(tx, delivery, letter, error=mark, now=now)
        return str(letter)

    def _relate(self, founding: Founding, *things: dict[str, str]) -> None:
        """Take the memories into the graph, as the trigger does that hears of them: a proof does not wait for it."""
        now = self.clock()
        by = Principal(org_id=founding.org_id, actor_id=founding.user_id, actor="prover", user_id=founding.user_id)
        with self.services.database.transaction(assuming(founding.org_id, founding.user_id)) as (tx, _):
            call = Call(principal=by, now=now, tx=tx, services=self.services)
            relate(call, [UUID(one["memory_id"]) for one in things])

    def _export(self, founding: Founding, mark: str) -> str:
        """Let an export have failed, as the worker does with one that it cannot write: a server may keep no files."""
        now = self.clock()
        export_id = uuid7(now, self.services.entropy)
        wanted: Any = {"project_id": founding.project_id, "by": founding.user_id, "contents": ["memories"]}
        with self.services.database.transaction(assuming(founding.org_id, founding.user_id)) as (tx, _):
            exports.insert(tx, founding.org_id, export_id, now=now, **wanted)
            exports.fail(tx, export_id, mark, now)
        return str(export_id)

    def _set(self, founding: Founding, mark: str) -> None:
        """Set what an organization has once, so that a change of it is seen; it keeps none of the callers out."""
        org_id, by, now = founding.org_id, founding.user_id, self.clock()
        allowed = AllowList(networks=["203.0.113.0/24"], covers=["directories"])
        with self.services.database.transaction(assuming(org_id, by)) as (tx, _):
            networks.put(tx, org_id, allowed, by=by, now=now)
            redaction.put(tx, org_id, [RedactionRule(name="own", pattern="never-[0-9]{9}-said")], by=by, now=now)
            retention.put(tx, org_id, _KEPT_DAYS, by=by, now=now)
            stream = AuditStreamChange(url=f"https://{mark}.invalid/")
            secret = sealing.seal(mark, self.services.key_pepper, org_id, self.services.entropy)
            streams.put(tx, org_id, stream, sealed=secret, authorization=None, by=by, now=now)
            homes.put(tx, Home(org_id, "local", "forward"), now)

    def _ask_about(self, founding: Founding, *things: dict[str, str]) -> Sequence[str]:
        """Let questions wait, as consolidation does: whether a memory may go."""
        now = self.clock()
        asked = [
            reviews.Asked(
                org_id=founding.org_id,
                project_id=founding.project_id,
                id=uuid7(now, self.services.entropy),
                kind="stale",
                memory_id=UUID(one["memory_id"]),
                other_id=None,
                reason="prover",
                visibility=visibility,
                author_id=founding.user_id,
                created_at=now,
            )
            for one, visibility in zip(things, ("project", "private"), strict=True)
        ]
        self._asked = asked
        self.ask_again()
        return [str(one.id) for one in asked]

    def ask_again(self) -> None:
        """Let the questions wait again: a consolidation that comes by withdraws what it would not ask."""
        first = self._asked[0]
        with self.services.database.transaction(assuming(first.org_id, first.author_id)) as (tx, _):
            reviews.ask(tx, first.project_id, self._asked)


def made(web: Web, party: Party, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    """Make something as somebody; Unavailable when that is not to be had."""
    return json.loads(_well(ask(web, party, "POST", path, body, **headers), path).content)


def _well(response: Response, path: str) -> Response:
    if response.status_code == _NOT_KNOWN:
        raise Unavailable(_OTHER_SERVER)
    if response.status_code >= _FAILED:
        raise Unavailable(f"The proof cannot begin: {path} answered {response.status_code}: {response.text[:300]}")
    return response


def _shown(make: Any, web: Web, owner: Party, mark: str) -> dict[str, str]:
    """Make one thing of each kind that all of the project may see; gives their ids."""
    project = owner.project_id
    _well(ask(web, owner, "PATCH", f"/v1/projects/{project}", {"name": f"{mark} project", "description": mark}), "it")
    memory = _memory(project, mark) | {"pinned": True}
    source = make("/v1/sources", {"name": mark, "project_id": project})["source"]
    invited = make("/v1/admin/invitations", {"email": f"{mark}@example.org"})
    domain = f"{mark}.example"
    make("/v1/admin/sso/domains", {"domain": domain})
    memory_id = make("/v1/memories?wait=searchable", memory)["memory"]["id"]
    conversations, told = "/v1/sessions?wait=searchable", session_of(project, mark)
    return {
        "project_id": project,
        "session_id": _recorded(web, owner, mark, make(conversations, told, idempotency_key=ONCE)["session"]["id"]),
        "memory_id": memory_id,
        "forgotten": _forgotten(make, web, owner, mark),
        "pack_id": make("/v1/context", {"project_id": project, "task": mark})["id"],
        "key_id": make("/v1/api-keys", {"name": mark, "project_id": project})["api_key"]["id"],
        "user_id": make("/v1/admin/users", {"email": f"{mark}@example.test", "name": mark})["id"],
        "role_id": make("/v1/admin/roles", {"name": mark, "permissions": [], "description": mark})["id"],
        "invitation_id": invited["invitation"]["id"],
        "source_id": source["id"],
        "source": source["path"].rsplit("/", 1)[-1],
        "domain": domain,
        "token_id": make("/v1/admin/scim/tokens", {"name": mark})["scim_token"]["id"],
        "login_id": _login_of(web, owner, mark)[1],
        "grant_id": _program(make, web, mark)[0],
    }


def _kept(make: Any, web: Web, owner: Party, mark: str) -> dict[str, str]:
    """Make what the owner keeps for themselves; gives the ids."""
    own = {"visibility": "private"}
    memory_id = make("/v1/memories?wait=searchable", _memory(owner.project_id, mark) | own)["memory"]["id"]
    told = make("/v1/sessions?wait=searchable", session_of(owner.project_id, mark) | own)
    return {
        "session_id": _recorded(web, owner, mark, told["session"]["id"]),
        "memory_id": memory_id,
        "forgotten": _forgotten(make, web, owner, mark, **own),
        "pack_id": make("/v1/context", {"project_id": owner.project_id, "task": mark})["id"],
        "login_id": _login_of(web, owner, mark)[1],
        "grant_id": _program(make, web, mark)[0],
    }


def _recorded(web: Web, owner: Party, mark: str, session_id: str) -> str:
    """Keep a record of a session that holds the mark; gives the session's id."""
    path = f"/v1/sessions/{session_id}/record"
    _well(ask(web, owner, "PUT", path, {"reader": f"{mark}/1", "line": 0, "lines": [mark]}), path)
    return session_id


def session_of(project: str, mark: str) -> dict[str, Any]:
    """Give the body of a session in which everything holds the mark."""
    said = {"role": "user", "content": f"About {mark}.", "external_id": mark}
    named = {"title": mark, "tags": [mark], "messages": [said], "metadata": {mark: mark}}
    return {"project_id": project, "tool": "test", "external_id": mark, **named}


def _memory(project: str, mark: str) -> dict[str, Any]:
    return {"project_id": project, "content": f"{mark} listens on port 5433: src/{mark}.py.", "title": mark}


def _forgotten(make: Any, web: Web, owner: Party, mark: str, **own: str) -> str:
    """Make a memory and delete it; gives its id, by which it can be brought back."""
    forgotten = {"project_id": owner.project_id, "content": f"Forget {mark}.", "title": mark, **own}
    memory_id = make("/v1/memories?wait=searchable", forgotten)["memory"]["id"]
    path = f"/v1/memories/{memory_id}"
    _well(ask(web, owner, "DELETE", path), path)
    return memory_id


def _program(make: Any, web: Web, name: str) -> tuple[str, str]:
    """Let a program in that has all that programs may have; gives the grant's id and its access token."""
    served = json.loads(web.request("GET", "/.well-known/oauth-protected-resource").content)["resource"]
    verifier = "0" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {"client_name": name, "resource": served, "code_challenge": challenge, "scope": ["*"]}
    made = make("/v1/auth/grants", {**BODIES["auth.grant"], **asked})
    named = {name: BODIES["auth.grant"][name] for name in ("client_id", "redirect_uri")}
    sent = {"grant_type": "authorization_code", "code": made["code"], "code_verifier": verifier, **named}
    form = {"content-type": "application/x-www-form-urlencoded"}
    reply = web.request("POST", "/oauth/token", content=urlencode(sent).encode(), headers=form)
    return made["id"], json.loads(_well(reply, "/oauth/token").content)["access_token"]


def _with_key(name: str, of: str, key: str, project: str) -> Party:
    return Party(name=name, of=of, headers={"authorization": f"Bearer {key}"}, project_id=project)


def _login_of(web: Web, owner: Party, agent: str) -> tuple[str, str]:
    """Sign a browser in; gives its cookie, with the name, and the login's id."""
    response = _well(ask(web, owner, "POST", "/v1/auth/logins", user_agent=agent), "/v1/auth/logins")
    cookie = response.headers["set-cookie"].split(";")[0]
    named = parse(cookie.partition("=")[2], b"", "ctxl")
    if named is None:
        raise Unavailable("The proof cannot begin: the server gave no login.")
    return cookie, str(named.id)


def _with_login(web: Web, owner: Party, project: str) -> Party:
    cookie, _ = _login_of(web, owner, "a browser")
    browser = Party(name=BROWSER, of="organization", headers={"cookie": cookie}, project_id=project)
    token = json.loads(_well(ask(web, browser, "GET", "/v1/auth/me"), "/v1/auth/me").content)["csrf_token"]
    return Party(name=BROWSER, of="organization", headers={"cookie": cookie, "x-csrf-token": token}, project_id=project)


def _insiders(web: Web, victim: Victim) -> list[Party]:
    """Make the callers of the same organization: in another project, and beside a person in the same one."""
    make = partial(made, web, victim.owner)
    project = make("/v1/projects", {"name": "another project"})["id"]
    role = {"name": "one_project", "permissions": _ALL_OF_A_PROJECT, "projects": [project]}
    make("/v1/admin/roles", role)
    of = {"project_id": project}
    token = make("/v1/tokens", of)["access_token"]
    keys = {
        "an owner's key of another project": {"role": "owner"},
        "a viewer's key of another project": {"role": "viewer"},
    }
    members: dict[str, dict[str, Any]] = {
        "a member of another project": {"role": "member", "projects": [project]},
        "a custom role for another project": {"role": "one_project"},
    }
    return [
        _with_key("a token for another project", "project", token, project),
        *(
            _with_key(name, "project", make("/v1/api-keys", {"name": name, **of, **wanted})["secret"], project)
            for name, wanted in keys.items()
        ),
        *(
            _with_key(name, "project", _joined(web, make, number, wanted), project)
            for number, (name, wanted) in enumerate(members.items())
        ),
        _with_key("a colleague in the same project", "person", _joined(web, make, 9, {"role": "admin"}), project),
    ]


def _joined(web: Web, make: Any, number: int, wanted: dict[str, Any]) -> str:
    """Let somebody join by an invitation; gives their key."""
    token = make("/v1/admin/invitations", {"email": f"member{number}@example.test", **wanted})["token"]
    return made(web, _with_key("", "", token, ""), "/v1/invitations/accept", {})["secret"]
