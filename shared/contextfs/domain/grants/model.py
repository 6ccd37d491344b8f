"""The nouns of grants."""

from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit import forms
from contextfs.kit.fields import Moment, Name

Uri = Annotated[str, Meta(min_length=1, max_length=2000, pattern=forms.VISIBLE)]


class NewGrant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program's request for a grant: `code_challenge` is PKCE's by S256, `resource` is what the grant opens."""

    client_id: Uri
    client_name: Name
    redirect_uri: Uri
    code_challenge: Annotated[str, Meta(max_length=43, pattern=forms.CHALLENGE)]
    scope: Annotated[
        list[Annotated[str, Meta(max_length=64)]], Meta(min_length=1, max_length=64, description="Permissions.")
    ]
    resource: Uri


class GrantCreated(msgspec.Struct, frozen=True, kw_only=True):
    """The code that the program exchanges for tokens, once and at once."""

    shown_once: ClassVar[tuple[str, ...]] = ("code",)

    id: UUID
    code: str


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A program that may act for you; `used_at` is when it last got tokens."""

    id: UUID
    client_id: str
    client_name: str
    permissions: list[str]
    resource: str
    created_at: Moment
    used_at: Moment | None
    expires_at: Moment


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a grant gives: an access token, which opens, and a refresh token, which makes the next two."""

    access_token: str
    refresh_token: str
    expires_in: int
    permissions: list[str]
