"""The matrix: for each route of the manifest how it is tried. A route without its row here fails the build.

Where nothing more is said, a route is asked with the victim's ids in its path, in its query where that has to name one,
and in the example of its body. `$name` stands for an id of the victim's, `$mark` for the word in all their texts,
`$own` for the asking party's own project.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """How one route is tried.

    `shows`: its reply to the victim's owner holds the mark or ids; so it could be seen if somebody else got it.
    `each`: so does each of its questions, and not only one of them.
    `private`: it could show, or change, what a person keeps from colleagues.
    `alike`: its answers about the victim's things and about nobody's are the same, to the letter.
    `open`: who names a thing there is answered, for what it shows is meant for all who know its name.
    `fades`: what it is about is taken away by events, so that it is put there again for each party.
    `last`: it ends what the caller is known by, or gives them a thing of the victim's id.
    `instead`: parameters of the route that name another of the victim's things than the one of that name.
    """

    queries: tuple[str, ...] = ()
    bodies: tuple[Mapping[str, Any], ...] = ()
    shows: bool = False
    each: bool = False
    private: bool = False
    alike: bool = True
    open: bool = False
    last: bool = False
    fades: bool = False
    instead: Mapping[str, str] = {}


_LISTS: Final = Row(shows=True)
_ONE: Final = Row(shows=True, private=True)
_CHANGES: Final = Row(private=True)
_ELSE: Final = Row()
_SEARCH: Final = Row(
    bodies=(
        {"query": "$mark"},
        {"query": "$mark", "sources": ["message"]},
        {"query": "$mark", "project_ids": ["$project_id"]},
        {"query": "$mark", "as_of": "2999-01-01T00:00:00Z"},
    ),
    shows=True,
    private=True,
)
_THEIRS: Final = {"project_id": "$project_id"}

MATRIX: Mapping[str, Row] = MappingProxyType(
    {
        "sessions.create": Row(bodies=({**_THEIRS, "tool": "test", "external_id": "$mark"},)),
        "sessions.list": Row(queries=("project_id=$project_id", "tag=$mark"), shows=True, private=True),
        "sessions.get": _ONE,
        "sessions.update": _CHANGES,
        "sessions.delete": _CHANGES,
        "sessions.append": _CHANGES,
        "sessions.messages": _ONE,
        "sessions.complete": _CHANGES,
        "sessions.record": _ONE,
        "sessions.record_lines": Row(queries=("line=0",), shows=True, private=True),
        "sessions.put_record": _CHANGES,
        "ingest.receive": Row(
            alike=False
        ),  # its address is a secret of 256 bits: who knows it may learn that it is there
        "ingest.traces": Row(queries=("project_id=$project_id",)),
        "ingest.logs": Row(queries=("project_id=$project_id",)),
        "ingest.metrics": Row(queries=("project_id=$project_id",)),
        "sources.create": Row(bodies=({**_THEIRS, "name": "s"},)),
        "sources.list": _LISTS,
        "sources.delete": _ELSE,
        "sources.rotate": _ELSE,
        "memories.create": Row(
            bodies=(
                {**_THEIRS, "content": "$mark listens on port 5433."},
                {"project_id": "$own", "content": "Learned.", "provenance": [{"session_id": "$session_id"}]},
            )
        ),
        "memories.list": Row(
            queries=("project_id=$project_id", "session_id=$session_id", "tag=$mark"), shows=True, private=True
        ),
        "memories.get": Row(queries=("as_of=2999-01-01T00:00:00Z",), shows=True, private=True),
        "memories.update": _CHANGES,
        "memories.delete": _CHANGES,
        "memories.history": _ONE,
        "memories.restore": Row(private=True, instead={"memory_id": "forgotten"}),
        "reviews.list": Row(queries=("project_id=$project_id",), shows=True, private=True, fades=True),
        "reviews.decide": Row(private=True, fades=True),
        "search.semantic": _SEARCH,
        "search.hybrid": _SEARCH,
        "search.graph": Row(
            bodies=({"query": "$mark"}, {"query": "$mark", "project_ids": ["$project_id"]}), shows=True, private=True
        ),
        "graph.get": Row(
            queries=(
                "project_id=$project_id&memory_id=$memory_id",
                "project_id=$project_id&entity=src/$mark.py",
                "project_id=$project_id&memory_id=$memory_id&depth=3&as_of=2999-01-01T00:00:00Z",
            ),
            shows=True,
            each=True,
            private=True,
        ),
        "search.query": Row(bodies=({}, _THEIRS, {"session_id": "$session_id"}), shows=True, private=True),
        "context.pack": Row(bodies=({**_THEIRS, "task": "$mark"},), shows=True, private=True),
        "context.get": Row(queries=("project_id=$project_id",), shows=True, private=True),
        "exports.create": _ELSE,
        "exports.list": Row(shows=True, private=True),
        "exports.get": _ONE,
        "exports.delete": _CHANGES,
        "sql.query": Row(
            bodies=tuple(
                {"query": f"table {view}"} for view in ("projects", "sessions", "messages", "memories", "revisions")
            )
        ),
        "sync.push": _ELSE,
        "sync.pull": Row(bodies=({**_THEIRS, "cursor": 0, "limit": 1000},), shows=True, private=True),
        "sync.status": _ELSE,
        "projects.create": Row(
            bodies=({"name": "mine $project_id", "id": "$project_id"},), last=True
        ),  # an id is free in another organization, and theirs from then on
        "projects.list": Row(queries=("name=$mark%20project",), shows=True),
        "projects.get": _LISTS,
        "projects.update": _ELSE,
        "projects.delete": _ELSE,
        "keys.create": Row(bodies=({**_THEIRS, "name": "k", "role": "viewer"},)),
        "keys.list": Row(queries=("user_id=$user_id",), shows=True),
        "keys.rotate": _ELSE,
        "keys.revoke": _ELSE,
        "tokens.create": Row(bodies=(_THEIRS,)),
        "users.create": _ELSE,
        "users.list": _LISTS,
        "users.get": _LISTS,
        "users.update": _ELSE,
        "users.delete": _ELSE,
        "roles.create": _ELSE,
        "roles.list": _LISTS,
        "roles.get": _LISTS,
        "roles.update": _ELSE,
        "roles.delete": _ELSE,
        "invitations.create": _ELSE,
        "invitations.list": _LISTS,
        "invitations.revoke": _ELSE,
        "invitations.accept": Row(last=True, alike=False),  # an invitation of one's own opens once
        "auth.login": Row(queries=("organization=$org_id",), alike=False),  # it leads to their provider, whoever asks
        "auth.callback": _ELSE,
        "auth.sign_in": _ELSE,
        "auth.exchange": Row(bodies=({"id_token": "$mark", "organization_id": "$org_id"},)),
        "saml.metadata": Row(alike=False, open=True),  # providers read it
        "saml.acs": _ELSE,
        "saml.logout": Row(queries=("SAMLRequest=PHNhbWxwOkxvZ291dFJlcXVlc3QvPg%3D%3D",), alike=False),
        "saml.logout_form": _ELSE,
        "sso.get": _ELSE,
        "sso.put": _ELSE,
        "sso.test": _ELSE,
        "sso.domains": _LISTS,
        "sso.claim": _ELSE,
        "sso.check": _ELSE,
        "sso.release": _ELSE,
        "scim.tokens": _LISTS,
        "scim.mint": _ELSE,
        "scim.revoke": _ELSE,
        "networks.get": _ELSE,
        "networks.put": _ELSE,
        "redaction.get": _ELSE,
        "redaction.put": _ELSE,
        "residency.get": _ELSE,
        "residency.put": _ELSE,
        "auth.me": _ELSE,
        "auth.logins": Row(shows=True, private=True),
        "auth.open": _ELSE,
        "auth.end": _CHANGES,
        "auth.end_all": Row(last=True),
        "auth.decide": _ELSE,
        "auth.grant": _ELSE,
        "auth.grants": Row(shows=True, private=True),
        "auth.ungrant": _CHANGES,
        "auth.logout": Row(last=True),
        "admin.dead_letters": _LISTS,
        "admin.replay": _ELSE,
        "admin.model_calls": _ELSE,
        "admin.audit_logs": _LISTS,
        "admin.audit_verify": _ELSE,
        "admin.retention": _ELSE,
        "admin.retain": _ELSE,
        "audit_stream.get": _LISTS,
        "audit_stream.put": _ELSE,
        "audit_stream.delete": _ELSE,
        "audit_stream.rotate": _ELSE,
        "audit_stream.test": _ELSE,
        "admin.reindex": _ELSE,
        "admin.reindexing": _ELSE,
        "system.health": _ELSE,
        "system.live": _ELSE,
        "system.ready": _ELSE,
        "system.openapi": _ELSE,
    }
)
