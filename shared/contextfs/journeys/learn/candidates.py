"""What is proposed to be remembered, before anything is stored."""

import unicodedata
from hashlib import sha256
from typing import Literal
from uuid import UUID

import msgspec

from contextfs.kit.pattern import pattern

CandidateType = Literal["fact", "episodic", "procedural", "user", "decision"]
AuthorKind = Literal["human", "assistant", "tool"]

_NOISE = pattern(r"[^\w/.:+#@-]+")
_EDGES = pattern(r"(?<!\w)[.:#@+-]+|[.:#@+-]+(?!\w)")
_TITLE = 72


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One thing worth remembering, in the words in which it was said, with its proof.

    `key` and `value` name the slot that a fact fills, where it has one. `confidence` is from 0 to 1; what a person
    said outright stands above what an assistant concluded.
    """

    type: CandidateType
    title: str
    content: str
    key: str | None = None
    value: str | None = None
    steps: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    confidence: float
    author_kind: AuthorKind
    message_ids: tuple[UUID, ...] = ()


def fingerprint(content: str) -> str:
    """Give 32 hexadecimal digits that are equal for texts which differ only in case, spacing, marks and punctuation."""
    folded = unicodedata.normalize("NFKC", content).casefold()
    words = _EDGES.sub(" ", _NOISE.sub(" ", folded)).split()
    return sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def title_of(content: str) -> str:
    """Give the first words of a text, up to 72 characters, without marks of formatting."""
    plain = " ".join(content.replace("`", "").replace("*", "").split())
    if len(plain) <= _TITLE:
        return plain.rstrip(".:;,")
    return plain[:_TITLE].rsplit(" ", 1)[0].rstrip(".:;,") + "…"
