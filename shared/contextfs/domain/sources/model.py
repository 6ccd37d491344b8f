"""The nouns of a source."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit import forms
from contextfs.kit.fields import Moment, Name, Tags, Word
from contextfs.kit.pattern import pattern

Preset = Literal["json", "openai", "github", "slack"]
Scheme = Literal["standard", "github", "slack"]

Path = Annotated[str, Meta(min_length=1, max_length=500, pattern=forms.JSON_PATH, description="$.a.b[0]['c d']")]
Paths = Annotated[
    str, Meta(min_length=1, max_length=500, pattern=forms.JSON_PATHS, description="$.a[*], each of a list")
]
Secret = Annotated[str, Meta(min_length=16, max_length=500, pattern=forms.VISIBLE)]
_NO_WORD = pattern(r"[^0-9A-Za-z._:/-]+")
Role = Literal["user", "assistant", "system", "tool"]


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a JSON payload has its parts. Without `messages`, the payload is one message.

    The paths of `conversation`, `messages`, `session_title` and `ends` start at the payload, the others at each
    message.
    """

    conversation: Path
    content: Path
    messages: Paths | None = None
    role: Path | None = None
    roles: Annotated[dict[Annotated[str, Meta(max_length=100)], Role], Meta(max_length=50)] = {}
    id: Path | None = None
    time: Path | None = None
    speaker: Path | None = None
    model: Path | None = None
    session_title: Path | None = None
    ends: Path | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A source, without its secret. `path` is where it sends to."""

    id: UUID
    name: str
    project_id: UUID
    path: str
    preset: Preset
    scheme: Scheme
    tool: str
    tags: list[str]
    mapping: Mapping | None
    former_until: Moment | None
    created_at: Moment
    updated_at: Moment


class SourceCreated(msgspec.Struct, frozen=True, kw_only=True):
    """A source with its secret, which is shown only once: it is empty in a reply that an Idempotency-Key repeats."""

    shown_once: ClassVar[tuple[str, ...]] = ("secret",)

    source: Source
    secret: str


class NewSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new source. Without a `secret` one is made; Slack has its own. `mapping` is for the preset `json`.

    Without a `tool`, its sessions name the vendor, or for plain JSON the source itself.
    """

    name: Name
    project_id: UUID
    preset: Preset = "json"
    scheme: Scheme | None = None
    secret: Secret | None = None
    tool: Word | None = None
    tags: Tags = []
    mapping: Mapping | None = None

    @property
    def named_tool(self) -> str:
        """What its sessions name as their tool."""
        own = _NO_WORD.sub("-", self.name).strip("._:/-")[:64]
        return self.tool or (own if self.preset == "json" and own else self.preset)


class NewSecret(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rotation of a source's secret: a new one is made, or yours is taken; the old one works for a while."""

    secret: Secret | None = None
    grace_hours: Annotated[int, Meta(ge=0, le=720)] = 24
