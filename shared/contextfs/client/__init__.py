"""The Python SDK: `from contextfs.client import ContextFS`. A name's module is loaded at its first use."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contextfs.client.client import ContextFS
    from contextfs.client.http.pages import Listing
    from contextfs.client.http.retries import Retries
    from contextfs.client.login.address import Address
    from contextfs.client.recording.recorder import Recorder
    from contextfs.client.recording.wrapping import wrap
    from contextfs.client.resources.system import Health
    from contextfs.domain.access.invitations.model import Invitation, InvitationCreated, Joined
    from contextfs.domain.access.model import ApiKey, ApiKeyCreated
    from contextfs.domain.access.people.model import User
    from contextfs.domain.access.roles.model import CustomRole
    from contextfs.domain.audit.model import AuditEntry, AuditReport, AuditStream
    from contextfs.domain.context.request import ContextItem, ContextReply
    from contextfs.domain.events.model import DeadLetter
    from contextfs.domain.exports.model import Export, ExportLinked
    from contextfs.domain.graph.model import Neighbourhood
    from contextfs.domain.memories.model import Anchor, History, Memory, MemoryWritten, Provenance, RevisionShown
    from contextfs.domain.projects.model import Project
    from contextfs.domain.reviews.model import Decided, Review, ReviewedMemory
    from contextfs.domain.search.generations import Reindexing
    from contextfs.domain.search.model import SearchHit, SearchReply
    from contextfs.domain.sessions.model import Captured, Git, Message, NewMessage, Session, SessionWritten, ToolCall
    from contextfs.domain.sources.model import Mapping, Source, SourceCreated
    from contextfs.domain.sql.model import SqlColumn, SqlReply
    from contextfs.kit.errors import (
        BadInput,
        Conflict,
        ContextFSError,
        Invalid,
        MethodNotAllowed,
        NotAllowed,
        NotAuthenticated,
        NotFound,
        TooLarge,
        TooManyRequests,
        Unavailable,
        UnsupportedMedia,
        VersionMismatch,
        VersionRequired,
    )
    from contextfs.kit.page import Page
    from contextfs.kit.receipt import Receipt, Refusal

_HOMES = {
    "Address": "client.login.address",
    "Anchor": "domain.memories.model",
    "ApiKey": "domain.access.model",
    "ApiKeyCreated": "domain.access.model",
    "AuditEntry": "domain.audit.model",
    "AuditReport": "domain.audit.model",
    "AuditStream": "domain.audit.model",
    "BadInput": "kit.errors",
    "Captured": "domain.sessions.model",
    "Conflict": "kit.errors",
    "ContextFS": "client.client",
    "ContextFSError": "kit.errors",
    "ContextItem": "domain.context.request",
    "ContextReply": "domain.context.request",
    "CustomRole": "domain.access.roles.model",
    "DeadLetter": "domain.events.model",
    "Decided": "domain.reviews.model",
    "Export": "domain.exports.model",
    "ExportLinked": "domain.exports.model",
    "Git": "domain.sessions.model",
    "Health": "client.resources.system",
    "History": "domain.memories.model",
    "Invalid": "kit.errors",
    "Invitation": "domain.access.invitations.model",
    "InvitationCreated": "domain.access.invitations.model",
    "Joined": "domain.access.invitations.model",
    "Listing": "client.http.pages",
    "Mapping": "domain.sources.model",
    "Memory": "domain.memories.model",
    "MemoryWritten": "domain.memories.model",
    "Message": "domain.sessions.model",
    "MethodNotAllowed": "kit.errors",
    "Neighbourhood": "domain.graph.model",
    "NewMessage": "domain.sessions.model",
    "NotAllowed": "kit.errors",
    "NotAuthenticated": "kit.errors",
    "NotFound": "kit.errors",
    "Page": "kit.page",
    "Project": "domain.projects.model",
    "Provenance": "domain.memories.model",
    "Receipt": "kit.receipt",
    "Recorder": "client.recording.recorder",
    "Refusal": "kit.receipt",
    "Reindexing": "domain.search.generations",
    "Retries": "client.http.retries",
    "Review": "domain.reviews.model",
    "ReviewedMemory": "domain.reviews.model",
    "RevisionShown": "domain.memories.model",
    "SearchHit": "domain.search.model",
    "SearchReply": "domain.search.model",
    "Session": "domain.sessions.model",
    "SessionWritten": "domain.sessions.model",
    "Source": "domain.sources.model",
    "SourceCreated": "domain.sources.model",
    "SqlColumn": "domain.sql.model",
    "SqlReply": "domain.sql.model",
    "TooLarge": "kit.errors",
    "TooManyRequests": "kit.errors",
    "ToolCall": "domain.sessions.model",
    "Unavailable": "kit.errors",
    "UnsupportedMedia": "kit.errors",
    "User": "domain.access.people.model",
    "VersionMismatch": "kit.errors",
    "VersionRequired": "kit.errors",
    "wrap": "client.recording.wrapping",
}
"""Each name with the module, below `contextfs`, that it comes from."""


def __getattr__(name: str) -> Any:
    """Load a name's module; from then on the name is found at once."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"contextfs.{home}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__


__all__ = [
    "Address",
    "Anchor",
    "ApiKey",
    "ApiKeyCreated",
    "AuditEntry",
    "AuditReport",
    "AuditStream",
    "BadInput",
    "Captured",
    "Conflict",
    "ContextFS",
    "ContextFSError",
    "ContextItem",
    "ContextReply",
    "CustomRole",
    "DeadLetter",
    "Decided",
    "Export",
    "ExportLinked",
    "Git",
    "Health",
    "History",
    "Invalid",
    "Invitation",
    "InvitationCreated",
    "Joined",
    "Listing",
    "Mapping",
    "Memory",
    "MemoryWritten",
    "Message",
    "MethodNotAllowed",
    "Neighbourhood",
    "NewMessage",
    "NotAllowed",
    "NotAuthenticated",
    "NotFound",
    "Page",
    "Project",
    "Provenance",
    "Receipt",
    "Recorder",
    "Refusal",
    "Reindexing",
    "Retries",
    "Review",
    "ReviewedMemory",
    "RevisionShown",
    "SearchHit",
    "SearchReply",
    "Session",
    "SessionWritten",
    "Source",
    "SourceCreated",
    "SqlColumn",
    "SqlReply",
    "TooLarge",
    "TooManyRequests",
    "ToolCall",
    "Unavailable",
    "UnsupportedMedia",
    "User",
    "VersionMismatch",
    "VersionRequired",
    "wrap",
]
