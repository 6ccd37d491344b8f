"""Whether a thing is in use: "use X for exports", "let's hide X", "we removed X", "X is deprecated".

What a text says of one use ("stop using X for exports") leaves the other uses alone; what it says of a thing as such
("stop using X") ends them all. A thing is the words that name it: `the wingman command` and `wingman` are one.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from contextfs.domain.search.alike.likeness import gist
from contextfs.domain.search.alike.words import listed
from contextfs.journeys.learn.cues import cue

State = Literal["in use", "hidden", "out of use"]

_LEAD = (
    r"^(?:(?:ok(?:ay)?|yes|no|so|and|but|please|just|also|actually|decision|thinking again"
    r"|on second thought)[,:.—-]* )*"
)
_THING = (
    r"(?:the |our |all |any |an? )*(?:support for )?"
    r"(?P<thing>(?!(?:them|these|those|both|one|everything|anything|something)\b)\S[^,;:()]{0,60}?)"
)
_REST = r"(?P<rest>(?: (?:for|in|on|when|if|during|within|as|from|at|by|to|under|with|of|until|unless)\b[^,;(]*?)?)"
_END = (
    r"(?: any ?(?:more|longer)| now| completely| entirely| altogether)?"
    r"(?=[,;(]|\.\s|\.?$| because\b| since\b| and\b| but\b| instead\b| rather\b| over\b| not\b)"
)
_WE = r"(?:(?:we|i)(?:'ve|'ll|'re| have| will| are going to| are| just| now| all| finally| decided to)* |let'?s )"
_ENDED = (
    r"(?:remov|dropp?|retir|deprecat|delet|abandon|ditch|discontinu)(?:ed|e)?|phas(?:ed|e) out"
    r"|(?:got(?:ten)?|get) rid of|(?:mov|migrat)(?:ed|e|ing) (?:off|away from)"
)


def _frame(pattern: str) -> re.Pattern[str]:
    return cue(pattern, lead=_LEAD, thing=_THING, rest=_REST, end=_END, we=_WE, ended=_ENDED)


_STOPPED = _frame(
    r"""
    {lead}(?:{we})?(?:(?:stop(?:ped)?|quit|avoid) using|(?:no longer|never|do not|don'?t)(?: ever)? use)\s
    {thing}{rest}{end}
    """
)
_UNSUPPORTED = _frame(r"{lead}(?:{we})?(?:no longer|never|do not|don'?t) (?P<verb>support) {thing}{rest}{end}")
_DONE_WITH = _frame(r"{lead}(?:{we})?(?:no longer|do not|don'?t) (?P<verb>\w+ (?:with|on|to|in|by)) {thing}{rest}{end}")
_REMOVED = _frame(
    r"""
    {lead}(?!(?:we|i) (?:remove|drop|retire|deprecate|delete|abandon|ditch|discontinue|get rid of)\b[^,;]*\sand\b)
    (?P<we>{we})?(?:completely |entirely |simply )?(?:{ended}) {thing}{rest}{end}
    """
)
"""Not "we delete the cache and rebuild it": what is done each time ends nothing."""
_GONE = _frame(
    r"""
    ^{thing}{rest} (?:is|are|was|were|has been|have been) (?:now |all |finally )?(?:gone|removed|dropped|retired
    |deprecated|deleted|discontinued|abandoned|out of use|no longer (?:used|supported|available|maintained|in use)){end}
    """
)
_HIDDEN = _frame(
    r"""
    {lead}(?:{we})?(?:hide|hid|hidden|mak(?:e|ing)(?= .* hidden\b)) {thing}{rest}(?: hidden)?{end}
    """
)
_USED = _frame(
    r"""
    {lead}(?:(?:{we}|always )?(?:us(?:e|es|ing)|keep(?: using)?|adopt(?:ed|ing)?|chose|picked|go(?:ing)? with|went with
    |switch(?:ed|ing)? to|stick(?:ing)? with|rely on)|{we}add(?:ed|ing)?) {thing}{rest}{end}
    """
)
_SUPPORTED = _frame(r"{lead}(?:{we})(?P<verb>support) {thing}{rest}{end}")
_DONE_BY = _frame(r"{lead}(?:{we})(?P<verb>\w+ (?:with|on|to|in|by)) {thing}{rest}{end}")
_RELIES = _frame(
    r"""
    ^(?:the |our |this )?[^,;:]{2,40}? (?:uses?|runs? on|is built (?:with|on)|relies on|depends on)\s
    {thing}{rest}{end}
    """
)
_ALL_SAID = cue(r"(?!.*\b(?:except|unless|only|but|apart from|other than)\b)(?:\W*$|,? (?:because|since)\b|[.]\s)")
"""Behind an end: nothing more, its reason, or another sentence. All else may narrow the end ("but in the shell")."""
_HEADS = listed("command flag option depend librari packag tool")
"""Stems of words that say of what kind a thing is, where something else names it."""


class Use(NamedTuple):
    """What a text says of a use; its key is shared by all that speak of the same.

    `sure`: it is no task to be done, and nothing is said behind an end that may narrow it.
    """

    key: str
    state: State
    sure: bool


def uses(text: str, *, decided: bool) -> Iterator[Use]:
    """Read what a text of one sentence says of a thing's use; nothing where it says nothing. `decided`: by its type."""
    if (found := _STOPPED.match(text)) is not None:
        yield from _over(found, ("use",), "out of use", sure=True)
    elif (found := _UNSUPPORTED.match(text) or _DONE_WITH.match(text)) is not None:
        yield from _over(found, (found["verb"],), "out of use", sure=True)
    elif (found := _REMOVED.match(text)) is not None:
        yield from _over(found, ("use", "support"), "out of use", sure=decided or found["we"] is not None)
    elif (found := _GONE.match(text)) is not None:
        yield from _over(found, ("use", "support"), "out of use", sure=True)
    elif (found := _HIDDEN.match(text)) is not None:
        yield from _over(found, ("use",), "hidden", sure=True)
    elif (found := _USED.match(text)) is not None:
        yield from _about(found, "use", sure=True)
    elif (found := _SUPPORTED.match(text) or _DONE_BY.match(text)) is not None:
        yield from _about(found, found["verb"], sure=True)
    elif (found := _RELIES.match(text)) is not None:
        yield from _about(found, "use", sure=False)


def _over(found: re.Match[str], verbs: tuple[str, ...], state: State, *, sure: bool) -> Iterator[Use]:
    """Tell of the use that a text ends, and of no other one."""
    all_said = _ALL_SAID.match(found.string, found.end()) is not None
    for verb in verbs:
        yield from _use(verb, found["thing"], found["rest"], state, sure=sure and all_said)


def _about(found: re.Match[str], verb: str, *, sure: bool) -> Iterator[Use]:
    """Tell of the use that a text speaks of, and that the thing has one at all."""
    for rest in dict.fromkeys((found["rest"], "")):
        yield from _use(verb, found["thing"], rest, "in use", sure=sure)


def _use(verb: str, thing: str, rest: str, state: State, *, sure: bool) -> Iterator[Use]:
    """Give a use by its words in no order; none of what names no thing ("stop using it")."""
    named = set(gist(thing).words)
    words = sorted(named - _HEADS or named)
    if words:
        yield Use(f"{verb.casefold()} {' '.join(words)}, {' '.join(sorted(set(gist(rest).words)))}", state, sure)
