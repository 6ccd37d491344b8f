"""A hybrid logical clock: wall time that also respects what was seen, written as text that sorts.

After Kulkarni and others, "Logical Physical Clocks" (2014): a stamp is a time and a counter; each new stamp is later
than all that its maker saw, even if the maker's own clock is slow. Two additions: a stamp far in the future is not
believed (`DRIFT`), so one machine whose clock jumped by years cannot drag the others along; and a full counter carries
into the time. Clocks only order edits that did not know of each other; among others the revision's parents decide.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from contextfs.kit.errors import BadInput, Invalid

DRIFT: Final = timedelta(minutes=5)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLI: Final = timedelta(milliseconds=1)
_COUNTS: Final = 0x10000
# One day short of the last date that four digits can write: room for the drift.
_LATEST: Final = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // _MILLI
_TIME_LENGTH: Final = len("2000-01-01T00:00:00.000Z")
_FORM: Final = "0000-00-00T00:00:00.000Z-0000"
_DIGITS: Final = str.maketrans("123456789abcdef", "0" * 15)
_HOUR: Final = slice(11, 13)
_END_OF_DAY: Final = "24"
"""An hour that ISO 8601 knows and a clock does not: Python reads it from 3.14 on, as the next day's first."""


class Clock(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One stamp: `millis` since 1970 in UTC, and `count` (0 to 65535) among the stamps of that millisecond.

    `str()` gives its text, `2030-01-31T08:00:00.250Z-0001`; texts sort as the stamps do.
    """

    millis: int
    count: int = 0

    def __str__(self) -> str:
        return f"{_time_text(self.millis)}-{self.count:04x}"

    @classmethod
    def parse(cls, text: str) -> "Clock":
        """Read a stamp's text; `BadInput` for anything that `str()` would not have written."""
        if text.translate(_DIGITS) == _FORM and text[_HOUR] != _END_OF_DAY:
            with suppress(ValueError):
                time = datetime.fromisoformat(text[:_TIME_LENGTH])
                return cls(millis=(time - _EPOCH) // _MILLI, count=int(text[_TIME_LENGTH + 1 :], 16))
        raise BadInput(f"{text[:64]!r} is not a clock; write one like 2030-01-31T08:00:00.250Z-0000")


def tick(last: Clock | None, now: datetime) -> Clock:
    """Make the stamp of a new edit: later than `last` (the latest stamp made or seen here) and not before `now`.

    Only if `last` lies more than `DRIFT` ahead of `now` may the new stamp be earlier than it.
    """
    wall = _millis(now)
    if last is None:
        return Clock(millis=wall)
    seen = capped(last, now)
    if wall > seen.millis:
        return Clock(millis=wall)
    if seen.count + 1 < _COUNTS:
        return Clock(millis=seen.millis, count=seen.count + 1)
    return Clock(millis=seen.millis + 1)


def receive(last: Clock | None, seen: Clock, now: datetime) -> Clock:
    """Move the local clock past a stamp that arrived: the result is the `last` of the next `tick`."""
    return tick(seen if last is None else max(last, seen), now)


def capped(clock: Clock, now: datetime) -> Clock:
    """Give the stamp itself, or `now` plus `DRIFT` if it claims to be from later than that."""
    return min(clock, Clock(millis=_millis(now) + DRIFT // _MILLI))


def time_of(clock: str) -> str:
    """Give the physical time in a clock's text, in a form that compares with `time_text`."""
    return clock[:_TIME_LENGTH]


def time_text(when: datetime) -> str:
    """Write a time as clocks do, cut to the millisecond."""
    return _time_text(_millis(when))


def _time_text(millis: int) -> str:
    return f"{(_EPOCH + millis * _MILLI).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _millis(when: datetime) -> int:
    if when.utcoffset() is None:
        raise Invalid(f"the time {when.isoformat()} has no time zone; give one, such as UTC")
    return min((when - _EPOCH) // _MILLI, _LATEST)
