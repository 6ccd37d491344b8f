"""This product, all of it: conversations are imported through its routes, indexed by its triggers, searched by a route.

A Postgres of its own is started in a folder that is removed afterwards; row-level security is on.
"""

import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks.retrieval.data import ROLES, Conversation, Turn
from benchmarks.retrieval.systems import Packed
from benchmarks.retrieval.systems.pure import said_at
from benchmarks.retrieval.vectors import Vectors
from contextfs.adapters.database import embedded
from contextfs.adapters.database.migrate import migrate
from contextfs.domain.events.model import Delivery
from contextfs.journeys.enter.organization import found, plan
from contextfs.journeys.react.deliver import claim, deliver
from contextfs.journeys.react.relay import relay_once
from contextfs.kit.settings import Settings
from contextfs.runtime.door.door import Door
from contextfs.runtime.events.reaction import Reactor
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.table import Trigger
from contextfs.runtime.wiring import Wiring, routes, triggers

_PASSWORDS = {"contextfs_app": "app", "contextfs_relay": "relay"}
_MESSAGES = 500
"""In a call at most."""
_CONTENT = 1_000_000
"""Characters of a message: a turn that is longer is said in several."""
_QUESTION = 10_000
"""Characters of a question that the routes read."""


class Ours:
    """A platform in this process; each conversation is an organization of its own."""

    def __init__(self, vectors: Vectors) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="contextfs-bench-")
        self._data = Path(self._folder.name) / "data"
        self._admin = embedded.start(self._data).dsn()
        migrate(self._admin, passwords=_PASSWORDS)
        app, relay = (make_conninfo(self._admin, user=user, password=word) for user, word in _PASSWORDS.items())
        self._wired = Wiring(
            Settings(
                database_url=app,
                relay_database_url=relay,
                key_pepper="p" * 32,
                redaction_key="r" * 32,
                limit_principal=0,  # it asks as fast as it can
                limit_organization=0,
            )
        )
        services = replace(self._wired.services, embedder=lambda: vectors)
        self._door = Door(services, self._wired.clock, self._wired.allowance)
        self._reactor = Reactor(services, self._wired.clock)
        self._routes = {route.name: route for route in routes()}
        self._turns: dict[str, str] = {}
        self._key = self._project = ""

    def load(self, conversation: Conversation) -> None:
        """Found an organization, import each session, let events settle until every passage has its vector."""
        founding = plan(organization="O", email="o@o", project="p", now=self._wired.clock(), entropy=os.urandom)
        found(self._wired.services, founding, self._wired.clock())
        self._key, self._project = founding.key, str(founding.project_id)
        times = said_at(conversation.turns)
        sessions: defaultdict[str, list[Any]] = defaultdict(list)
        ids: dict[str, str] = {}
        for number, turn in enumerate(conversation.turns):
            for message in messages_of(turn, number):
                sessions[turn.session].append(message | {"created_at": times[turn.id].isoformat()})
                ids[message["external_id"]] = turn.id
        for messages in sessions.values():
            body = {"project_id": str(founding.project_id), "tool": "benchmark", "messages": messages[:_MESSAGES]}
            session = self._post("sessions.create", body)["session"]["id"]
            for start in range(_MESSAGES, len(messages), _MESSAGES):
                self._post("sessions.append", {"messages": messages[start : start + _MESSAGES]}, session_id=session)
        self._settle()
        with psycopg.connect(self._admin) as connection:
            rows = connection.execute(
                "select id, external_id from contextfs.messages where org_id = %s", [founding.org_id]
            )
            self._turns = {str(row[0]): ids[row[1]] for row in rows}
            connection.execute("analyze contextfs.passages")

    def search(self, question: str, most: int) -> list[str]:
        """Ask the route."""
        reply = self._post("search.hybrid", {"query": question[:_QUESTION], "sources": ["message"], "limit": most})
        return list(dict.fromkeys(self._turns[hit["id"]] for hit in reply["hits"]))

    def pack(self, question: str, budget: int) -> Packed:
        """Ask the route."""
        reply = self._post(
            "context.pack", {"project_id": self._project, "task": question[:_QUESTION], "budget": budget}
        )
        return Packed([self._turns[item["id"]] for item in reply["items"]], reply["text"])

    def close(self) -> None:
        """Stop everything and leave nothing."""
        self._wired.close()
        embedded.stop(self._data)
        self._folder.cleanup()

    def _post(self, name: str, body: Any, **values: str) -> Any:
        asked = HttpRequest(
            method="POST",
            path="/",
            path_values=values,
            headers={"authorization": f"Bearer {self._key}", "content-type": "application/json"},
            body=json.dumps(body).encode(),
        )
        response = self._door.answer(self._routes[name], asked)
        if response.status >= 300:
            raise RuntimeError(f"{name}: {response.status} {response.body!r}"[:500])
        return json.loads(response.body)

    def _consume(self, trigger: Trigger, delivery: Delivery) -> None:
        self._reactor.react(trigger, delivery.event)

    def _settle(self) -> None:
        """Carry events until none is left."""
        platform = self._wired.platform()
        bus, by_name = self._wired.bus(platform), {trigger.name: trigger for trigger in triggers()}
        later = lambda: self._wired.clock() + timedelta(seconds=1)  # noqa: E731 - what waits a moment is due
        while True:
            moved = relay_once(platform, bus, self._wired.clock)
            due = claim(platform, list(by_name), later, os.urandom, limit=100)
            for one in due:
                trigger = by_name[one.consumer]
                deliver(
                    platform,
                    one,
                    partial(self._consume, trigger),
                    self._wired.clock,
                    os.urandom,
                )
            if not moved and not due:
                platform.close()
                return


def make(vectors: Vectors) -> Ours:
    """Build it."""
    return Ours(vectors)


def messages_of(turn: Turn, number: int) -> Iterator[dict[str, Any]]:
    """Give a turn as the routes take it: ids of our own, and several messages where one would be too long."""
    role = turn.speaker if turn.speaker in ROLES else "user"
    for start in range(0, max(len(turn.text), 1), _CONTENT):
        yield {
            "role": role,
            "content": turn.text[start : start + _CONTENT] or " ",
            "external_id": f"{number}.{start}",
            "metadata": {} if turn.speaker in ROLES else {"speaker": turn.speaker},
        }
