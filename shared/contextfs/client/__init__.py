"""The Python SDK: `from contextfs.client import ContextFS`."""

from contextfs.client.address import Address
from contextfs.client.client import ContextFS
from contextfs.client.pages import Listing
from contextfs.client.recording.recorder import Recorder
from contextfs.client.recording.wrapping import wrap
from contextfs.client.retries import Retries
from contextfs.client.system import Health
from contextfs.domain.access.invitations.model import Invitation, InvitationCreated, Joined
from contextfs.domain.access.model import ApiKey, ApiKeyCreated
from contextfs.domain.access.people.model import User
from contextfs.domain.access.roles.model import CustomRole
from contextfs.domain.audit.model import AuditEntry, AuditReport
from contextfs.domain.context.request import ContextItem, ContextReply
from contextfs.domain.events.model import DeadLetter
from contextfs.domain.graph.model import Neighbourhood
from contextfs.domain.memories.model import Anchor, History, Memory, MemoryWritten, Provenance, RevisionShown
from contextfs.domain.projects.model import Project
from contextfs.domain.reviews.model import Decided, Review, ReviewedMemory
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

__all__ = [
    "Address",
    "Anchor",
    "ApiKey",
    "ApiKeyCreated",
    "AuditEntry",
    "AuditReport",
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
