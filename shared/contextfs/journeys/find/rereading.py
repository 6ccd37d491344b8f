"""Let a model read the best of what was found again, together with the question; no transaction is open meanwhile.

What is restricted is not sent to it, nor what was known at another time, of which nobody knows how it is kept today.
Where it does not answer, the first order stands, and the reply says so.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

import msgspec

from contextfs.domain.search import store
from contextfs.domain.search.model import SearchRequest
from contextfs.domain.search.nothing import too_far
from contextfs.domain.search.reranking import MOST, reranked
from contextfs.journeys.find.found import Found
from contextfs.kit.call import Call, Outside
from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Reranker

Reply = TypeVar("Reply")
Then = Callable[[Call, Found], Reply]

_BUSY = Unavailable("Too many searches wait for the reranker already.")
_log = logging.getLogger(__name__)


def rereading(call: Call, wanted: SearchRequest, found: Found, then: Then[Reply]) -> Reply | Outside[Reply]:
    """Give what `then` makes of what was found: at once, or of its new order when a model has read it."""
    try:
        reranker = call.services.reranker()
    except Unavailable as error:
        return then(call, _relevant(_unread(found, error), wanted))
    texts = _texts(call, wanted, found) if reranker is not None and found.asked.strip() and found.ranked else {}
    if reranker is None or not texts:
        return then(call, _relevant(found, wanted))
    return Outside(
        lambda: _read(reranker, found, texts),
        lambda later, read: then(later, _relevant(read or _unread(found, _BUSY), wanted)),
        needed=False,
        at="rereading",
    )


def _texts(call: Call, wanted: SearchRequest, found: Found) -> dict[str, str]:
    """Give what is to be read, by the keys of hits."""
    if wanted.as_of is not None:
        return {}
    best = [found.candidates[one.hit.key] for one in found.ranked[: max(wanted.limit, MOST)]]
    hidden = store.restricted(call.tx, [one.id for one in best])
    return {str(one.id): f"{one.context}\n{one.body}" for one in best if one.id not in hidden}


def _read(reranker: Reranker, found: Found, texts: dict[str, str]) -> Found:
    try:
        relevances = reranker.rerank(found.asked, list(texts.values()))
    except Unavailable as error:
        return _unread(found, error)
    return msgspec.structs.replace(found, ranked=reranked(found.ranked, dict(zip(texts, relevances, strict=True))))


def _unread(found: Found, error: Unavailable) -> Found:
    _log.warning("reranker down", extra={"kind": type(error).__name__})
    return msgspec.structs.replace(found, degraded=[*found.degraded, f"rerank: {error.detail}"])


def _relevant(found: Found, wanted: SearchRequest) -> Found:
    kept = [one for one in found.ranked if one.relevance >= wanted.min_relevance]
    far = [too_far(wanted.min_relevance, found.ranked[0].relevance)] if found.ranked and not kept else []
    return msgspec.structs.replace(found, ranked=kept, notes=[*found.notes, *far])
