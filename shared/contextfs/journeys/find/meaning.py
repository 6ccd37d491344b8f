"""What a question means, as a vector: of the model that made the vectors it is compared with."""

import logging
from collections.abc import Collection
from typing import Literal
from uuid import UUID

import msgspec

from contextfs.domain.search import generations, store
from contextfs.domain.search.model import VectorsUsed
from contextfs.journeys.find.embed import embedder_for, question_vector, vector_text
from contextfs.kit.call import Call
from contextfs.kit.errors import Unavailable

Mode = Literal["semantic", "hybrid", "lexical"]

_log = logging.getLogger(__name__)
_NO_MODEL = "semantic: no embedding model is installed, so words alone were compared"
_NOT_YET = "semantic: {} no vector yet, and words alone find {}; {} being made in the background"
_NOT_SET = "semantic: the vectors were made by {}, which is not set any more, so words alone were compared: reindex"
_NOT_FIT = "semantic: {} gave a vector of another length than before, so words alone were compared: reindex"


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """A question's vector with the generation it is compared with, or why there is none."""

    vector: str | None = None
    model: str | None = None
    dimensions: int = 0
    lacks: tuple[str, ...] = ()
    lacking: int = 0
    """How many of the passages that are searched have no vector yet, as far as that is counted."""

    def degraded(self) -> list[str]:
        """Tell what could not take part: the same of one search and the next, whatever they find."""
        return [*self.lacks, *([_not_yet(self.lacking)] if self.lacking else [])]

    def used(self, call: Call) -> VectorsUsed | None:
        """Tell which vectors were compared, and how they were looked through; right after that search."""
        if self.vector is None or self.model is None:
            return None
        told = {"model": self.model, "dimensions": self.dimensions, "way": store.way(call.tx)}
        return msgspec.convert(told, VectorsUsed)


def meant(call: Call, text: str, mode: Mode, projects: Collection[UUID] | None) -> Meant:
    """Have the model that made the vectors read the question, which is asked of some projects (None: all)."""
    if mode == "lexical" or not text.strip():
        return Meant()
    lacking = generations.lacking(call.tx, projects)
    try:
        serving = generations.live(call.tx).get("serving")
        if serving is None or serving.dimensions is None:
            return Meant(lacking=lacking()) if call.services.embedder() else Meant(lacks=(_NO_MODEL,))
        embedder = embedder_for(call.services, serving.model)
        if embedder is None:
            return Meant(lacks=(_NOT_SET.format(serving.model) if call.services.embedder() else _NO_MODEL,))
        vector = question_vector(embedder, text)
    except Unavailable as error:
        _log.warning("semantic leg down", extra={"kind": type(error).__name__})
        return Meant(lacks=(f"semantic: {error.detail}",))
    if len(vector) != serving.dimensions:
        return Meant(lacks=(_NOT_FIT.format(serving.model),))
    return Meant(vector=vector_text(vector), model=serving.model, dimensions=serving.dimensions, lacking=lacking())


def _not_yet(passages: int) -> str:
    if passages == 1:
        return _NOT_YET.format("1 passage has", "it", "it is")
    more = " or more" if passages >= generations.MOST_LACKING else ""
    return _NOT_YET.format(f"{passages:,} passages{more} have", "them", "they are")
