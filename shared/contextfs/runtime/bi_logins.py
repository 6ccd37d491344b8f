"""Logins of BI tools, for who administers the database that the environment names, or that of this machine."""

import os
from collections.abc import Mapping, Sequence
from uuid import UUID

from contextfs.adapters.database import logins
from contextfs.adapters.database.logins import BiLogin, BiLoginEnded, BiLoginMade
from contextfs.kit.errors import Invalid
from contextfs.runtime.job import OWNER
from contextfs.runtime.stack import Home, owner_of

__all__ = ["BiLogin", "BiLoginEnded", "BiLoginMade", "BiLogins"]


class BiLogins:
    """Makes, lists and ends logins, as the owner of the database that CONTEXTFS_MIGRATION_DATABASE_URL names."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._url, self._org_id = environment.get(OWNER) or None, None
        if self._url is None:
            self._url, self._org_id = owner_of(Home.of(environment))

    def make(self, org_id: UUID | None, project_ids: Sequence[UUID] | None, *, connections: int) -> BiLoginMade:
        """Make a login that reads an organization, on this machine the one that is there, or some of its projects."""
        wanted = org_id or self._org_id
        if wanted is None:
            raise Invalid("Name the organization: --organization ID.")
        return logins.make(self._url or "", wanted, project_ids, connections=connections, entropy=os.urandom)

    def list(self, org_id: UUID | None) -> list[BiLogin]:
        """List the logins, of all organizations or of one."""
        return logins.listed(self._url or "", org_id)

    def rotate(self, login: str) -> BiLoginMade:
        """Give a login another password, and disconnect who came by the old one."""
        return logins.rotate(self._url or "", login, entropy=os.urandom)

    def drop(self, login: str) -> BiLoginEnded:
        """End a login, and whoever is connected with it."""
        return logins.drop(self._url or "", login)
