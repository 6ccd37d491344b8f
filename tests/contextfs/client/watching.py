"""Listens to a session for as long as a test runs."""

import threading
from collections.abc import Iterator
from queue import Queue

from contextfs.domain.sessions.model import Message
from contextfs.kit.errors import ContextFSError


def heard_from(watching: Iterator[Message]) -> Queue[str | ContextFSError]:
    """Give what is said, as it comes, and the error that ends it. Without one, the thread ends with the process."""
    heard: Queue[str | ContextFSError] = Queue()

    def listen() -> None:
        try:
            for message in watching:
                heard.put(message.content)
        except ContextFSError as error:
            heard.put(error)

    threading.Thread(target=listen, daemon=True).start()
    return heard
