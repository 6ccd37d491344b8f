"""Buckets in a server that speaks the Redis protocol: Redis, Valkey, Memorystore, ElastiCache."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from contextfs.kit.allowance import Granted, Wanted
from contextfs.kit.errors import Invalid, Unavailable

_SECONDS: Final = 0.25
"""How long a call waits for the server at the most, to connect and to answer."""
_TAKE: Final = """
local now, units, seconds = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local least, most = tonumber(ARGV[4]), tonumber(ARGV[5])
local each = seconds / units
local begins = math.max(tonumber(redis.call('get', KEYS[1]) or now), now)
local room = math.max(0, math.floor((now + seconds - begins) / each + 0.001))
local got = 0
if room >= least then got = math.min(most, room) end
local wait = 0
if got > 0 then
    local ends = begins + got * each
    redis.call('set', KEYS[1], string.format('%.6f', ends), 'px', math.ceil((ends - now) * 1000) + 1000)
else
    wait = math.max(0, begins + least * each - now - seconds)
end
return {got, room - got, string.format('%.6f', wait)}
"""
"""As `domain/limits/rules.py` says, in the server's own words: nobody comes between the look and the change."""


class RedisAllowances:
    """Counts on another server. It tries once, for a moment; who asks decides what to do without it."""

    def __init__(self, url: str) -> None:
        try:
            self._server: Any = redis.Redis.from_url(  # pyright: ignore[reportUnknownMemberType] - partly typed
                url,
                socket_timeout=_SECONDS,
                socket_connect_timeout=_SECONDS,
                decode_responses=True,
                retry=Retry(NoBackoff(), 0),
            )
        except ValueError as error:
            raise Invalid(f"Setting CONTEXTFS_CACHE_URL: {error}") from None

    def take(self, wanted: Sequence[Wanted], now: datetime) -> Sequence[Granted]:
        """Take units of several buckets in one round trip; Unavailable when the server does not answer."""
        try:
            with self._server.pipeline(transaction=False) as pipeline:
                for one in wanted:
                    key = f"contextfs:allowance:{one.subject.org_id}:{one.subject.name}"
                    given = [now.timestamp(), one.quota.units, one.quota.seconds, one.least, one.most]
                    pipeline.eval(_TAKE, 1, key, *given)  # a registered one is looked for first: a round trip more
                rows = pipeline.execute()
        except (redis.RedisError, OSError) as error:
            raise Unavailable(f"The cache does not answer ({type(error).__name__}).") from None
        return [Granted(int(got), int(left), float(wait)) for got, left, wait in rows]

    def close(self) -> None:
        """Give the connections back."""
        self._server.close()
