"""Who calls: a key, a person or the platform itself, and what they may touch."""

from uuid import UUID

import msgspec


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """The caller as the door knows it.

    `project_ids` is None where every project of the organization is open to the caller.
    """

    org_id: UUID
    actor_id: UUID
    actor: str
    user_id: UUID | None = None
    role: str = "member"
    permissions: tuple[str, ...] = ()
    project_ids: tuple[UUID, ...] | None = None
    login_id: UUID | None = None
    """The browser's login, where it is one that calls."""

    @property
    def reader_id(self) -> UUID:
        """Whose private things the caller sees: the user's, or the key's own where it stands for no user."""
        return self.user_id or self.actor_id
