"""Make the terms of passages anew that were made for other languages than are set now, a batch at a time.

Each step is one event, and one transaction: it does a batch of what its reader may see and asks for the next one. When
nothing is left of that, it goes on as those whose private passages are left, one after the other in the order of their
ids: so it ends, whatever somebody may see. Search goes on meanwhile: it finds in each passage what this was made for.
"""

from uuid import UUID

from contextfs.domain.search import retermed
from contextfs.domain.search.bm25 import AVERAGE_LENGTH, sparsevec_text, weights
from contextfs.domain.search.passages import heading
from contextfs.domain.search.tokens import term_key, terms
from contextfs.kit.call import Call
from contextfs.kit.events import Event
from contextfs.kit.languages import Languages
from contextfs.kit.ports import Parameters, Row

_BATCH = 200


def begin(call: Call) -> bool:
    """Begin with it, or go on; False where all passages are made for the languages that are set."""
    if not retermed.is_any(call.tx, call.services.languages)():
        return False
    _continue(call, None, None)
    return True


def step(call: Call, event: Event) -> None:
    """Do a batch, or turn to the next one whose private passages are left."""
    languages = call.services.languages
    rows = retermed.take(call.tx, languages, most=_BATCH)
    after = event.data.get("after")
    if rows:
        retermed.keep(call.tx, [_made(call.principal.org_id, row, languages) for row in rows])
        _continue(call, event.reader, after)
        return
    reader = retermed.next_reader(call.tx, languages, UUID(after) if after else None)
    if reader is not None:
        _continue(call, reader, str(reader))


def _words(row: Row, languages: Languages) -> list[str]:
    """Give the terms of a passage, of its text and what stands above it."""
    is_memory = row["source"] == "memory"
    above = (
        row["context"] if is_memory else heading(title=row["title"] or "", speaker=row["speaker"], opens=row["opens"])
    )
    return terms(f"{above}\n{row['body']}", languages)


def _made(org_id: UUID, row: Row, languages: Languages) -> Parameters:
    words = _words(row, languages)
    return {
        "id": row["id"],
        "languages": retermed.told(languages),
        "terms": sorted({term_key(org_id, word) for word in words}),
        "weights": sparsevec_text(weights(words, average_length=AVERAGE_LENGTH, languages=languages)),
    }


def _continue(call: Call, reader: UUID | None, after: str | None) -> None:
    call.emit("terms.continued", call.principal.org_id, None, reader=reader, after=after)
