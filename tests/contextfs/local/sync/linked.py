"""A machine with a store that is linked with a server."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from contextfs.client import ContextFS
from contextfs.local import config
from contextfs.local.config import Level
from contextfs.local.model import MemoryQuery
from contextfs.local.sessions.store import LocalSessions, SessionQuery
from contextfs.local.sync.exchange import exchange
from contextfs.local.sync.report import Direction, SyncReport
from contextfs.local.sync.waiting import SessionsStatus
from tests.conftest import Tenant
from tests.contextfs.local.places import Machine


@dataclass
class Linked:
    """Somebody's machine."""

    machine: Machine
    url: str
    tenant: Tenant

    @classmethod
    def of(cls, root: Path, url: str, tenant: Tenant) -> "Linked":
        """Make a store and link it."""
        machine = Machine(root, now=datetime.now(UTC), who=f"user:{root.name}").init()
        file = root / ".contextfs/config.toml"
        file.write_text(config.with_server(file.read_text(), url))
        return cls(machine, url, tenant)

    def share(self, level: Level = "project") -> None:
        """Set who may see sessions."""
        file = self.machine.root / ".contextfs/config.toml"
        text = file.read_text()
        file.write_text(text.replace('sessions = "private"', f'sessions = "{level}"'))

    def sync(self, direction: Direction = "both") -> SyncReport:
        """Sync with the server."""
        with self.machine.open() as store, ContextFS(self.url, self.tenant.key) as client:
            return exchange(store, client, now=datetime.now(UTC), entropy=os.urandom, direction=direction)

    def choose(self, level: Level) -> None:
        """Say who may see the only session."""
        with self.machine.open() as store:
            sessions = LocalSessions(store)
            [one] = sessions.page(SessionQuery())
            sessions.choose(one.id, level)

    def to_push(self) -> int:
        """Count the sessions that are due."""
        with self.machine.open() as store:
            return SessionsStatus.of(store.base, config.read(store.place.config).share).to_push

    def said(self) -> dict[str, list[str]]:
        """Give what was said in each session, by its title."""
        with self.machine.open() as store:
            sessions = LocalSessions(store)
            return {
                one.title or "": [message.content for message in sessions.messages(one.id)]
                for one in sessions.page(SessionQuery(limit=1000))
            }

    def known(self) -> dict[str, str]:
        """Give the memories with who may see them."""
        with self.machine.open() as store:
            return {one.content: one.visibility for one in store.page(MemoryQuery(limit=1000))}
