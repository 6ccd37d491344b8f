"""Learn with a language model, where there is one: a part of a session at a time, inside of a cap.

What it may cost is written down before it is asked, in a transaction of its own, so that it is known whatever happens;
what it did cost, with what was learned. None is open while the model is asked. It adds to what the rules learned; it
changes nothing of it.
"""

import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contextfs.domain.access.store import assuming
from contextfs.domain.context.tokens import estimate
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Session
from contextfs.domain.spending import store as spending
from contextfs.domain.spending.rules import MICROS, Prices, micros, month_of
from contextfs.domain.spending.store import Intent
from contextfs.journeys.learn.candidates import Candidate
from contextfs.journeys.learn.gate import lasting
from contextfs.journeys.learn.lessons import lesson, turns_of
from contextfs.journeys.learn.questions import INSTRUCTIONS, MOST_TOKENS, believed, schema
from contextfs.journeys.learn.turns import Turn
from contextfs.journeys.learn.windows import Window, window
from contextfs.journeys.remember.memories import add
from contextfs.kit.call import Call, Language, Outside
from contextfs.kit.errors import ContextFSError, NotFound
from contextfs.kit.ports import Completion, Transaction

_PURPOSE = "learn"
_log = logging.getLogger(__name__)


class Reading(NamedTuple):
    """A part of a session that a model is to read, and what that was written down as."""

    session: Session
    turns: Sequence[Turn]
    part: Window
    intent: Intent


class Found(NamedTuple):
    """What a model found, and how the call of it ended; no answer: it might have cost too much, and was not asked."""

    answer: Completion | None
    candidates: Sequence[Candidate] | None = None


def learn_by_model(call: Call, session_id: UUID, language: Language) -> Outside[None] | None:
    """Let the next part of a session be read, keep what is believed, and ask for the part after it, if there is one.

    Unavailable when the model does not answer. When the month's cap is reached it is not asked, and the ledger says so.
    """
    session = _readable(call, session_id)
    if session is None:
        return None
    turns = turns_of(sessions.all_messages(call.tx, session_id))
    part = window(turns, spending.read_upto(call.tx, session_id, _PURPOSE))
    if part is None:
        return None
    reading = Reading(session, turns, part, _intent(call, session, part, language))
    return Outside(lambda: _ask(call, reading, language), lambda later, found: _keep(later, reading, found, language))


def _readable(call: Call, session_id: UUID) -> Session | None:
    """Give a session that a model may read; None when it is gone, or is for few eyes."""
    try:
        session = sessions.get(call.tx, session_id)
    except NotFound:
        return None
    return None if session.sensitivity == "restricted" else session


def _intent(call: Call, session: Session, part: Window, language: Language) -> Intent:
    return Intent(
        org_id=call.principal.org_id,
        id=call.new_id(),
        project_id=session.project_id,
        model=language.model.name,
        purpose=_PURPOSE,
        subject=session.id,
        upto=part.upto,
        micros=micros(_prices(language), estimate(INSTRUCTIONS + part.text), MOST_TOKENS),
    )


def _ask(call: Call, reading: Reading, language: Language) -> Found:
    """Ask about a part of a session, where that may cost what it could."""
    if not _reserved(call, reading.intent, language):
        _log.warning("spend cap reached", extra={"org_id": str(reading.intent.org_id), "model": reading.intent.model})
        return Found(None)
    try:
        answer = language.model.complete(INSTRUCTIONS, reading.part.text, schema(), most_tokens=MOST_TOKENS)
    except ContextFSError:
        with _apart(call) as tx:
            spending.settle(tx, reading.intent.id, "failed", input_tokens=0, output_tokens=0, micros=0)
        raise
    return Found(answer, believed(answer.value, reading.part))


def _keep(call: Call, reading: Reading, found: Found, language: Language) -> None:
    """Write down what it cost, and keep what is new of what was found, all of it or nothing."""
    if found.answer is None:
        return
    is_late = spending.read_upto(call.tx, reading.session.id, _PURPOSE) >= reading.part.upto
    _settle(call.tx, reading.intent, found, found.answer, language)
    session = _readable(call, reading.session.id)
    if is_late or session is None:
        return
    for candidate in lasting(found.candidates or (), reading.turns):
        since = _since(candidate, reading.turns)
        add(call, lesson(session, candidate, since=since, learned_by=language.model.name))
    if reading.part.more:
        call.emit("reading.continued", session.id, session.project_id)


def _reserved(call: Call, intent: Intent, language: Language) -> bool:
    cap = int(language.cap * MICROS)
    with _apart(call) as tx:
        return spending.reserve(tx, intent, cap_micros=cap, since=month_of(call.now), now=call.now)


def _settle(tx: Transaction, intent: Intent, found: Found, answer: Completion, language: Language) -> None:
    counted = answer.input_tokens + answer.output_tokens > 0
    spending.settle(
        tx,
        intent.id,
        "unusable" if found.candidates is None else "done",
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        micros=micros(_prices(language), answer.input_tokens, answer.output_tokens) if counted else intent.micros,
    )


def _prices(language: Language) -> Prices:
    return Prices(language.input_price, language.output_price)


@contextmanager
def _apart(call: Call) -> Generator[Transaction]:
    """Open a transaction of its own: what it writes is known whatever happens to the others."""
    with call.services.database.transaction(assuming(call.principal.org_id, call.principal.reader_id)) as (tx, _):
        yield tx


def _since(candidate: Candidate, turns: Sequence[Turn]) -> datetime | None:
    return next((turn.created_at for turn in turns if turn.message_id in candidate.message_ids), None)
