"""Slots: what a memory gives a value to. Two memories that give one slot two values contradict each other.

A slot is read from the text by a few frames ("the X is Y", "use Y for X", "Y over Z", yes against no, "we removed Y"),
or from the key and value that a fact carries. What can have several values at once is no slot: a service may use two
databases, but it has one port. Where that is likely and not certain, the slot is not `sure`, and a person decides.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from contextfs.domain.memories.revisions import Fields
from contextfs.domain.memories.rules import LEARNED_BY
from contextfs.domain.search.alike.likeness import gist
from contextfs.domain.search.alike.words import NEGATIONS, NUMBERS, listed
from contextfs.journeys.consolidate.uses import uses
from contextfs.journeys.consolidate.words import RIVALS, SLOT_NOUNS
from contextfs.journeys.learn.cues import cue

TYPES = frozenset({"fact", "user", "decision"})
"""Types of memories that can contradict each other."""

_LONGEST = 300
_KEY, _VALUE = "key", "value"

_END = r"(?=[,;(]|\.\s|\.?$| because\b| since\b| so that\b| as (?:it|we)\b| instead\b| rather\b| not\b| but\b| and\b)"
_REST = r"(?P<rest>(?: (?:for|in|on|when|if|during|within|while|until|unless|per|by|under|with|of)\b[^,;(]*?)?)"
"""What narrows the subject, though it stands behind the value: "… is 30 seconds for uploads"."""

_THE = r"(?:the |our |my |its |this |from now on,? |note:? )*"


def _frame(pattern: str) -> re.Pattern[str]:
    return cue(pattern, rest=_REST, end=_END, the=_THE)


_IS = _frame(
    r"""
    ^{the}(?P<subject>[^\s,;:][^,;:]{1,70}?) (?:is|are|=|must be|should be|will be|has to be|shall be)
    (?: now| still| set to| called| named| always| at| on| in| under)* (?P<value>\S.{0,80}?){rest}{end}
    """,
)
_TOLD = _frame(r"^(?P<subject>(?-i:[A-Z])[\w ./-]{2,50}): (?P<value>\S.{0,80}?){rest}{end}")
_OWNS = _frame(
    r"""
    ^(?P<value>(?-i:[A-Z])[\w.-]+(?: (?-i:[A-Z])[\w.-]+)?) (?:owns|maintains|leads|is responsible for|is in charge of
    |is the (?:owner|maintainer|lead|contact) (?:of|for)) (?P<subject>[^,;]{2,60}?)(?P<rest>){end}
    """,
)
_RUNS = _frame(
    r"""
    ^{the}(?P<subject>[^,;:]{2,60}?) (?:runs?|listens?|is served|is exposed|is available|is running) (?:locally )?
    (?:on|at) (?:port )?(?P<value>(?:localhost:|:)?\d{2,5}){rest}{end}
    """,
)
_WHERE = _frame(
    r"""
    ^{the}(?P<subject>[^,;:]{2,60}?) (?:lives?|sits?|(?:is|are) (?:stored|kept|located|found|defined|configured|hosted
    |documented|tracked)) (?:in|at|on|under) (?:the )?(?P<value>\S.{0,60}?){rest}{end}
    """,
)
_FOR = _frame(
    r"""
    \b(?:us(?:e|es|ing)|go(?:ing)? with|went with|chose|picked|adopt(?:ed|ing)?|settled on|stick(?:ing)? with
    |switch(?:ed|ing)? to|mov(?:e|ed|ing) to|migrat(?:e|ed|ing) to) (?P<value>[^,;.]{2,50}?) (?:for|as) (?:the |our
    |all |every )?(?P<subject>[^,;.]{2,40}?){end}
    """,
)
_OVER = cue(
    r"""
    \b(?:us(?:e|ing)|prefer|cho(?:o)?se|picked|go with|want|keep|like) (?P<one>[\w./`+#-]+(?: [\w./`+#-]+)?),?\s
    (?:over|instead of|rather than|and not|and never|not|never) (?P<other>[\w./`+#-]+
    (?: (?!for\b|in\b|to\b|when\b|because\b)[\w./`+#-]+)?)(?P<rest>[^;]*)
    """,
)
_CHANGES = cue(
    r"""
    \b(?:now|from now on|no longer|any ?more|switch(?:ed|ing)?|mov(?:ed|ing)|migrat(?:ed|ing)|changed|instead|replaced
    |replaces|renamed|as of|starting)\b
    """,
)
_OUT = cue(r"(?:,? (?:and )?(?:never|not)|,? (?:instead of|rather than|over)|\bfrom) .*$")
_NARROWED = cue(r"\s(?:of|for|in|on)\s")
_FRAME_WORDS = listed(
    """
    us prefer choos chose pick go switch adopt keep run want need everyth everywher repo repositori project packag
    manag like instal by default merg
    """
)
_STATES = cue(
    r"""
    (?:\w+(?:ed|ing|en)|read|set|kept|built|sent|not|public|private|slow|fast|stable|required|optional|missing|ready|too
    |very|a|an|in|on|at|by|only|wrong|right|good|bad|new|old|empty|full|unique|unknown|big|small)\b
    """
)
_NO, _SAYS = "no", "says"
_NUMBER, _PLACE, _WORD, _STATE = "number", "place", "word", "state"


class Slot(NamedTuple):
    """A place for one value; `sure` says that it can hold but one at a time."""

    key: str
    value: str
    sure: bool


def slots(fields: Fields) -> tuple[Slot, ...]:
    """Read the slots of a memory; none where its type has none, or its text is more than a sentence."""
    if fields.type not in TYPES:
        return ()
    text = fields.content.strip()
    found = list(_given(fields))
    if len(text) <= _LONGEST and "\n" not in text:
        found += [*_named(text), *_chosen(fields, text), *_preferred(text), *_said(text), *_used(fields, text)]
    return tuple(dict.fromkeys(one for one in found if one.value))


def _given(fields: Fields) -> Iterator[Slot]:
    """Give the key and value that a fact was stored with; those that rules found are read from the text anew."""
    key, value = fields.metadata.get(_KEY), fields.metadata.get(_VALUE)
    if LEARNED_BY not in fields.metadata and isinstance(key, str) and isinstance(value, str):
        yield Slot(f"is {_shape(value)} {_words(key)}", _value(value), sure=True)


def _named(text: str) -> Iterator[Slot]:
    """Read "the staging port is 5433", and its like; the subject has to be of a kind that has one value."""
    if (found := _OWNS.match(text)) is not None:
        yield _slot("owner", found, sure=False)
    elif (found := _RUNS.match(text)) is not None:
        yield _slot(f"is {_NUMBER}", found, sure=True, of=" port")
    elif (found := _WHERE.match(text)) is not None:
        yield _slot("where", found, sure=False)
    elif (found := _IS.match(text) or _TOLD.match(text)) is not None and _has_one_value(found["subject"]):
        shape = _shape(found["value"])
        if shape != _STATE:
            yield _slot(f"is {shape}", found, sure=True)


def _slot(frame: str, found: re.Match[str], *, sure: bool, of: str = "") -> Slot:
    return Slot(f"{frame} {_words(found['subject'] + of + found['rest'])}", _value(found["value"]), sure)


def _chosen(fields: Fields, text: str) -> Iterator[Slot]:
    """Read "use Y for X": sure where it was decided, or said as a change."""
    found = _FOR.search(text)
    if found is None or _is_negated(text[: found.start()]):
        return
    subject = _words(found["subject"])
    if not set(subject.split()) <= _FRAME_WORDS:
        is_sure = fields.type == "decision" or _CHANGES.search(text) is not None
        yield Slot(f"for {subject}", _value(_OUT.sub("", found["value"])), sure=is_sure)


def _preferred(text: str) -> Iterator[Slot]:
    """Read "Y over Z", and which of several rivals is meant: npm, pnpm or yarn."""
    over = _OVER.search(text)
    if over is not None and not _is_negated(text[: over.start()]):
        one, other = _words(over["one"]), _words(over["other"])
        yield Slot(f"of {min(one, other)} / {max(one, other)}, {_words(over['rest'])}", one, sure=True)
        text = text[: over.end("one")] + over["rest"]
    words = set(gist(text).words)
    kinds = Counter(_RIVAL_STEMS[word] for word in words if word in _RIVAL_STEMS)
    for word in sorted(words & _RIVAL_STEMS.keys() if not words & NEGATION_STEMS else ()):
        rest = sorted(words - {word} - _FRAME_WORDS)
        if kinds[_RIVAL_STEMS[word]] == 1 and len(rest) <= 4:
            yield Slot(f"{_RIVAL_STEMS[word]}, {' '.join(rest)}", word, sure=True)


def _said(text: str) -> Iterator[Slot]:
    """Read what a text says as a whole, and whether it says yes or no to it."""
    if _OVER.search(text) is not None:
        return
    words = gist(text).words
    turns = [word for word in words if word in NEGATION_STEMS]
    rest = [word for word in words if word not in NEGATION_STEMS and word not in {"us", "add", "alwai", "onli", "have"}]
    if len(rest) >= 2 and len(turns) <= 1:
        yield Slot(f"says {' '.join(sorted(rest))}", _NO if turns else _SAYS, sure=True)


def _used(fields: Fields, text: str) -> Iterator[Slot]:
    """Read whether a thing is in use, hidden, or out of use."""
    for one in uses(text, decided=fields.type == "decision"):
        yield Slot(one.key, one.state, one.sure)


def _is_negated(before: str) -> bool:
    return bool(NEGATION_STEMS & set(gist(before).words[-3:]))


def _has_one_value(subject: str) -> bool:
    head = _NARROWED.split(subject, maxsplit=1)[0].split()
    plain = [word.strip("`'\"").casefold() for word in head]
    return bool(plain) and (plain[-1] in SLOT_NOUNS or plain[0] in {"default", "maximum", "minimum", "max", "min"})


def _words(text: str) -> str:
    return " ".join(sorted(set(gist(text).words)))


def _shape(value: str) -> str:
    """Tell what kind of value it is: those of different kinds say different things of a subject."""
    first = value.lstrip("`'\":").casefold()
    if first[:1].isdigit() or first.startswith("localhost:") or NUMBERS & set(first.split()):
        return _NUMBER
    if "/" in first:
        return _PLACE
    return _STATE if _STATES.match(first) else _WORD


def _value(text: str) -> str:
    """Spell a value so that "port 5433", ":5433" and "localhost:5433" are one."""
    words = [word.removeprefix("localhost").removeprefix(":") for word in gist(text).words if word != "port"]
    return " ".join(words)


_RIVAL_STEMS = {gist(word).words[0]: kind for word, kind in RIVALS.items()}
NEGATION_STEMS = frozenset(word for one in NEGATIONS for word in gist(one).words)
