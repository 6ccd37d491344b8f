"""Listens to a session for as long as a test runs."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from queue import Queue

from contextfs.domain.sessions.model import Message
from contextfs.kit.errors import ContextFSError


def heard_from(watching: Iterator[Message]) -> Queue[str]:
    """Give what is said, as it comes. The thread that listens ends with the process: watching has no end."""
    heard: Queue[str] = Queue()

    def listen() -> None:
        with suppress(ContextFSError):
            for message in watching:
                heard.put(message.content)

    threading.Thread(target=listen, daemon=True).start()
    return heard
