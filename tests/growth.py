"""How the processor time of what reads a text grows with the text's length."""

import gc
from collections.abc import Callable
from time import thread_time

_TIMES = 8


def is_linear(read: Callable[[str], object], unit: str, length: int, tail: str = "") -> bool:
    """Tell whether eight times the text takes less than 24 times as long; anything quadratic would take 64 times.

    The text is `unit` again and again, up to `length` characters, and then `tail`.
    """
    short = _seconds(read, unit * (length // _TIMES // len(unit)) + tail)
    long = _seconds(read, unit * (length // len(unit)) + tail)
    return long < 0.05 + 3 * _TIMES * short


def times_as_long(read: Callable[[str], object], text: str, other: str) -> float:
    """Tell how many times as long as another text one takes."""
    return _seconds(read, text) / _seconds(read, other)


def _seconds(read: Callable[[str], object], text: str) -> float:
    """Measure the quicker of two runs: this thread's time alone, without collections of what others left behind."""
    gc.disable()
    try:
        return min(_once(read, text), _once(read, text))
    finally:
        gc.enable()


def _once(read: Callable[[str], object], text: str) -> float:
    started = thread_time()
    read(text)
    return thread_time() - started
