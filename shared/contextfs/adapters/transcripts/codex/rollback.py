"""Finds the turns of a rollout that a person took back. The file is only ever appended to: an event says how many."""

from contextfs.adapters.transcripts.codex.fragments import begins_turn
from contextfs.adapters.transcripts.codex.reader import records
from contextfs.adapters.transcripts.shapes import count
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.view import Data

EVENT = "thread_rolled_back"


def taken_back(data: Data) -> frozenset[int]:
    """Give the numbers of the lines that are no part of the conversation any more.

    `num_turns` turns go, from the last one of those still there on, with all that was said after each. A turn is what
    Codex counts as one, whoever we hear in it.
    """
    if data.find(EVENT.encode(), 0) < 0:
        return frozenset()
    live: list[int] = []
    starts: list[int] = []
    gone: set[int] = set()
    for record in records(data, Tally()):
        if record.line is None:
            continue
        if record.kind == "event_msg" and record.type == EVENT:
            turns = min(count(record.payload.get("num_turns")), len(starts))
            if turns:
                place = starts[-turns]
                gone.update(live[place:])
                del live[place:], starts[-turns:]
            continue
        if begins_turn(record):
            starts.append(len(live))
        if record.kind in ("response_item", "compacted", "inter_agent_communication"):
            live.append(record.line.number)
    return frozenset(gone)
