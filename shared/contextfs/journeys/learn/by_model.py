"""Learn with a language model, where there is one: a part of a session at a time, inside of a cap.

What it costs is written down before it is asked, in a transaction of its own, so that it is known whatever happens to
this one. It adds to what the rules learned; it changes nothing of it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contextfs.domain.access.store import assuming
from contextfs.domain.context.tokens import estimate
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Session
from contextfs.domain.spending import store as spending
from contextfs.domain.spending.model import State
from contextfs.domain.spending.rules import MICROS, Prices, micros, month_of
from contextfs.domain.spending.store import Intent
from contextfs.journeys.learn.candidates import Candidate
from contextfs.journeys.learn.gate import lasting
from contextfs.journeys.learn.lessons import lesson, turns_of
from contextfs.journeys.learn.questions import INSTRUCTIONS, MOST_TOKENS, believed, schema
from contextfs.journeys.learn.turns import Turn
from contextfs.journeys.learn.windows import Window, window
from contextfs.journeys.remember.memories import add
from contextfs.kit.call import Call, Language
from contextfs.kit.errors import ContextFSError, NotFound
from contextfs.kit.ports import Completion

_PURPOSE = "learn"
_log = logging.getLogger(__name__)


def learn_by_model(call: Call, session_id: UUID, language: Language) -> bool:
    """Let the next part of a session be read, and keep what is believed; True when there is more to read.

    Unavailable when the model does not answer. When the month's cap is reached it is not asked, and the ledger says so.
    """
    try:
        session = sessions.get(call.tx, session_id)
    except NotFound:
        return False
    turns = turns_of(sessions.all_messages(call.tx, session_id))
    part = window(turns, spending.read_upto(call.tx, session_id, _PURPOSE))
    if part is None or session.sensitivity == "restricted":
        return False
    found = _asked(call, session, part, language)
    if found is None:
        return False
    for candidate in lasting(found, turns):
        add(call, lesson(session, candidate, since=_since(candidate, turns), learned_by=language.model.name))
    return part.more


def _asked(call: Call, session: Session, part: Window, language: Language) -> Sequence[Candidate] | None:
    """Ask about a part of a session; None when it may not cost what it could."""
    prices = Prices(language.input_price, language.output_price)
    most = micros(prices, estimate(INSTRUCTIONS + part.text), MOST_TOKENS)
    intent = Intent(
        org_id=call.principal.org_id,
        id=call.new_id(),
        project_id=session.project_id,
        model=language.model.name,
        purpose=_PURPOSE,
        subject=session.id,
        upto=part.upto,
        micros=most,
    )
    if not _reserved(call, intent, language):
        _log.warning("spend cap reached", extra={"org_id": str(intent.org_id), "model": intent.model})
        return None
    try:
        answer = language.model.complete(INSTRUCTIONS, part.text, schema(), most_tokens=MOST_TOKENS)
    except ContextFSError:
        _settle(call, intent.id, "failed", Completion(None, 0, 0), 0)
        raise
    found = believed(answer.value, part)
    counted = answer.input_tokens + answer.output_tokens > 0
    cost = micros(prices, answer.input_tokens, answer.output_tokens) if counted else most
    _settle(call, intent.id, "done" if found is not None else "unusable", answer, cost)
    return found or ()


def _reserved(call: Call, intent: Intent, language: Language) -> bool:
    cap = int(language.cap * MICROS)
    with call.services.database.transaction(assuming(intent.org_id, call.principal.reader_id)) as (tx, _):
        return spending.reserve(tx, intent, cap_micros=cap, since=month_of(call.now), now=call.now)


def _settle(call: Call, call_id: UUID, state: State, answer: Completion, cost: int) -> None:
    with call.services.database.transaction(assuming(call.principal.org_id, call.principal.reader_id)) as (tx, _):
        spending.settle(
            tx,
            call_id,
            state,
            input_tokens=answer.input_tokens,
            output_tokens=answer.output_tokens,
            micros=cost,
        )


def _since(candidate: Candidate, turns: Sequence[Turn]) -> datetime | None:
    return next((turn.created_at for turn in turns if turn.message_id in candidate.message_ids), None)
