"""One call ahead: a server or the disk works on it while this program is busy with something else."""

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """A call that is under way in a thread. It is begun at once, and its end is waited for by whoever asks for it.

    At the system's limit of threads it is over before this returns.
    """

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._results: list[T] = []
        self._errors: list[BaseException] = []
        self._thread: Thread | None = Thread(target=self._run, name="ahead", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._thread = None
            self._run()

    def result(self) -> T:
        """Give what the call gave, or raise what it raised."""
        if self._thread is not None:
            self._thread.join()
        for error in self._errors:
            raise error
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._call())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            self._errors.append(error)
