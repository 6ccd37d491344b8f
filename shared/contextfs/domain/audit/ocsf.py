"""Entries of the audit log as events of the Open Cybersecurity Schema Framework, 1.8.0 (https://schema.ocsf.io/1.8.0).

What is about signing in is Authentication (3002), about members Account Change (3001) and User Access Management
(3005), about what an administrator sets Entity Management (3004); all else is API Activity (6003). Our own words stay:
the action is `metadata.event_code`, the details are `unmapped`, the position in the chain is `metadata.sequence`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.audit.model import AuditEntry

MEDIA_TYPE = "application/json"
VERSION: Final = "1.8.0"
ACCOUNT, AUTHENTICATION, ENTITY, ACCESS, API = 3001, 3002, 3004, 3005, 6003

_OTHER: Final = 99
_INFORMATIONAL, _MEDIUM = 1, 3
_SUCCESS, _FAILURE = 1, 2
_SERVICE: Final = {"name": "ContextFS"}
_PRODUCT: Final = {"name": "ContextFS", "vendor_name": "ContextFS"}


class Kind(NamedTuple):
    """The class of an action, which of its activities it is, and whether it is one that was refused."""

    of: int
    activity: int
    is_refused: bool = False


_CREATE, _READ, _UPDATE, _DELETE = 1, 2, 3, 4  # of Entity Management and of API Activity alike

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "login.opened": Kind(AUTHENTICATION, 1),
        "login.ended": Kind(AUTHENTICATION, 2),
        "login.refused": Kind(AUTHENTICATION, 1, is_refused=True),
        "login.replayed": Kind(AUTHENTICATION, 1, is_refused=True),
        "grant.replayed": Kind(AUTHENTICATION, 1, is_refused=True),
        "credential.locked": Kind(AUTHENTICATION, 1, is_refused=True),
        "user.added": Kind(ACCOUNT, 1),
        "user.joined": Kind(ACCOUNT, 1),
        "user.removed": Kind(ACCOUNT, 6),
        "user.changed": Kind(ACCESS, 1),
        **{
            f"{noun}.{verb}": Kind(ENTITY, activity)
            for noun, verbs in {
                "api_key": {"created": _CREATE, "rotated": _UPDATE, "revoked": _DELETE},
                "token": {"created": _CREATE},
                "grant": {"created": _CREATE, "ended": _DELETE},
                "device": {"decided": _UPDATE},
                "user": {"invited": _CREATE},
                "invitation": {"revoked": _DELETE},
                "role": {"created": _CREATE, "changed": _UPDATE, "deleted": _DELETE},
                "project": {"created": _CREATE, "updated": _UPDATE, "deleted": _DELETE},
                "source": {"created": _CREATE, "rotated": _UPDATE, "deleted": _DELETE},
                "scim_token": {"created": _CREATE, "revoked": _DELETE},
                "directory": {"changed": _UPDATE},
                "sso": {"updated": _UPDATE},
                "sso_domain": {"claimed": _CREATE, "checked": _UPDATE, "released": _DELETE},
                "networks": {"changed": _UPDATE},
                "redaction": {"changed": _UPDATE},
                "residency": {"changed": _UPDATE},
                "audit_log": {"retention_set": _UPDATE},
                "audit_stream": {"set": _UPDATE, "rotated": _UPDATE, "skipped": _UPDATE, "ended": _DELETE},
            }.items()
            for verb, activity in verbs.items()
        },
        **{
            f"{noun}.{verb}": Kind(API, activity)
            for noun, verbs in {
                "session": {
                    "created": _CREATE,
                    "appended": _UPDATE,
                    "completed": _UPDATE,
                    "recorded": _UPDATE,
                    "updated": _UPDATE,
                    "deleted": _DELETE,
                },
                "memory": {"created": _CREATE, "updated": _UPDATE, "deleted": _DELETE},
                "review": {"decided": _UPDATE},
                "search": {"performed": _READ},
                "context": {"packed": _READ},
                "sql": {"queried": _READ},
                "sync": {"pushed": _UPDATE, "pulled": _READ},
                "export": {"requested": _CREATE, "read": _READ, "deleted": _DELETE},
                "source": {"received": _CREATE},
                "telemetry": {"received": _CREATE},
                "dead_letter": {"replayed": _UPDATE},
                "reindex": {"started": _UPDATE},
                "sso": {"tested": _READ},
                "audit_log": {"verified": _READ, "cut": _DELETE},
                "audit_stream": {"tested": _READ},
            }.items()
            for verb, activity in verbs.items()
        },
    }
)
_UNKNOWN: Final = Kind(API, _OTHER)


def batch(org_id: UUID, entries: Sequence[AuditEntry]) -> bytes:
    """Write entries as one body, an array of events in their order."""
    return msgspec.json.encode([event(org_id, entry) for entry in entries])


def event(org_id: UUID, entry: AuditEntry) -> dict[str, Any]:
    """Write an entry as an event; an action that has no class of its own is an API Activity of the kind Other."""
    kind = KINDS.get(entry.action, _UNKNOWN)
    told: dict[str, Any] = {
        "class_uid": kind.of,
        "category_uid": kind.of // 1000,
        "activity_id": kind.activity,
        "type_uid": kind.of * 100 + kind.activity,
        "severity_id": _MEDIUM if kind.is_refused else _INFORMATIONAL,
        "status_id": _FAILURE if kind.is_refused else _SUCCESS,
        "time": int(entry.at.timestamp() * 1000),
        "message": entry.action,
        "metadata": _metadata(org_id, entry),
        "actor": {"user": _user(entry.actor_id, entry.actor)},
        "unmapped": entry.details,
    }
    return told | _of_class(kind.of, org_id, entry)


def _metadata(org_id: UUID, entry: AuditEntry) -> dict[str, Any]:
    told = {
        "version": VERSION,
        "product": _PRODUCT,
        "log_name": "audit_log",
        "tenant_uid": str(org_id),
        "uid": str(entry.id),
        "event_code": entry.action,
        "correlation_uid": entry.request_id,
    }
    return told | ({} if entry.position is None else {"sequence": entry.position})


def _of_class(of: int, org_id: UUID, entry: AuditEntry) -> dict[str, Any]:
    """Give what one class of events has beside the others."""
    noun = entry.action.partition(".")[0]
    subject = str(entry.subject or org_id)  # what is set once is the organization's
    match of:
        case 3002:
            user = entry.details.get("user") or str(entry.actor_id)
            return {"user": {"uid": str(user)}, "service": _SERVICE} | _endpoint(entry)
        case 3001:
            return {"user": {"uid": subject}}
        case 3005:
            role = entry.details.get("role")
            return {"user": {"uid": subject}, "privileges": [str(role)] if role else []}
        case 3004:
            return {"entity": {"uid": subject, "type": noun}}
        case _:
            resource = {"uid": subject, "type": noun}
            api = {"operation": entry.action, "service": _SERVICE}
            endpoint = _endpoint(entry) or {"src_endpoint": {"name": "Unknown"}}  # which has to be told
            return {"api": api, "resources": [resource]} | endpoint


def _endpoint(entry: AuditEntry) -> dict[str, Any]:
    address = entry.details.get("address")
    return {"src_endpoint": {"ip": str(address)}} if address else {}


def _user(uid: UUID, name: str) -> dict[str, Any]:
    return {"uid": str(uid), "name": name}
