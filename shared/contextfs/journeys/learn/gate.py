"""Keeps junk out: what is not a statement, not lasting, not self-contained, or only read back from a file.

Two gates. `said` lets through the sentences that may teach something; `lasting` judges what was proposed. Both prefer
to lose a good memory over keeping a bad one.
"""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import msgspec

from contextfs.journeys.learn.candidates import Candidate
from contextfs.journeys.learn.cues import cue
from contextfs.journeys.learn.inputs import path_of
from contextfs.journeys.learn.sentences import sentences
from contextfs.journeys.learn.turns import Turn, closing, is_human, is_reply
from contextfs.kit.fence import FENCE
from contextfs.kit.pattern import pattern

SHORTEST, LONGEST = 12, 400
LEAST_WORDS = 3
LEAST_CONFIDENCE = 0.5
_PASTED = 6_000
_SHINGLE = 4
_KNOWN = 0.7

_BOOT_FILE = cue(r"(?:claude|agents?|gemini|copilot-instructions|conventions|memory|skill)\.md$|\.cursorrules$|\.mdc$")
_MACHINE_TEXT = cue(
    r"""
    ^\s*(?:\[Request interrupted|Operation stopped by hook|Caveat: The messages below
    |This session is being continued from|## Context\b|Base directory for this skill
    |Implement the following plan|<command-(?:name|message)>|API Error|# (?:Plan|AGENTS|CLAUDE)\b
    |You are (?:an?|the) [\w -]{0,60}(?:agent|assistant|expert|reviewer)|Stop hook feedback)
    """,
    any_case=False,
)
_QUESTION = cue(
    r"""
    \?[\s"')\]*]*$|^(?:(?:and|but|so|or|ok(?:ay)?|hm+|also|wait|yes|no|hey|sorry
    |please)[,.\s]+)*(?!do not\b)(?:what|why|how|where|who|which|when (?:is|are|do|does|did|will|was
    |should)|whose|(?:can|could|would|will|should|shall|do|does|did|is|are|was|were|has|have|had|may
    |might) (?:you|we|i|it|this|that|there|they|the|these|those|your|our|my|anyone|someone|he|she|not)
    |(?:can|could|would)n'?t (?:you|we|i|it|this|that)|any (?:idea|reason|chance|way)|i wonder
    |wondering)\b
    """,
)
_UNSURE = cue(
    r"""
    \b(?:maybe|perhaps|might|possibly|probably|presumably|hypothetical(?:ly)?|suppose|supposing|imagine
    |i (?:think|guess|suspect|assume|believe|wonder)|(?:not|un) ?sure|unsure|what if|if we were
    |would be (?:nice|good|great|cool|better|nicer|easier)|could (?:be|also|use|have|try|add|do)
    |one option|another option|option [a-c1-9]|alternatively|for (?:example|instance)|e\.g\.|say we
    |consider(?:ing)?|(?:let'?s|let us|let me) (?:try|see|test|check|look|think|say|assume|pretend|talk
    |start|discuss|explore|find)|as if|seems?|looks? like|sounds? like|apparently|in theory|would (?:use
    |prefer if|need|have|say|also)|recommend(?:s|ed|ation)?|suggest(?:s|ed|ion)?|(?:you|we) can|worth
    |potential(?:ly)?|proposal|propos(?:e|ed))\b
    """,
)
_PASSING = cue(
    r"""
    \b(?:for now|right now|for the moment|at the moment|at this point|currently (?:running|working
    |failing)|temporar(?:y|ily)|this time|just this once|today|tomorrow|tonight|yesterday|this (?:week
    |morning|afternoon)|still (?:fail\w*|broken|running|not|have|get\w*|see\w*|need\w*)|not yet|so far
    |in a (?:moment|second|minute)|later|next (?:step|up|i|we|task)|first,? (?:let|i|we)|then we'?ll
    |once (?:you|i|we)'?re|as i said|again,|step \d+|phase \d+|todo|wip
    |(?<!always )(?<!never )(?<!ever )go ahead|(?:in this|for this) (?:[\w.-]+ )?
    (?:pr|session|chat|task|one|commit|case|branch|deployment|release|step|round|pass|phase|exercise|sprint))\b|^(?:now|next|then|first|finally|done|running|checking
    |looking|reading)[,.:!]?\s+(?:i|let|we|the|you|me)\b|^(?:i'?ll|i will|i'?m (?:going|about|now|still
    |running|looking|trying)|i am going|let me|we'?ll see|going to|about to|i need to|i'?ve (?:got|just
    |now)|i just|i now|i see|i can see|i have (?:a|the|all|now)|we need to|we still|you need to
    |you still)\b
    """,
)
_COURTESY = cue(
    r"""
    ^(?:hi|hello|hey|thanks?|thank you|good (?:morning|evening|job|work)|bye|cheers|welcome
    |sorry)\b.{0,60}$
    """,
)
_NO_THING = (
    r"(?:we|i|you|they|he|she|it|them|this|that|these|those|us|me|him|her|should|must|shall|will|can|may|have|has|need|needs"
    r"|to|be|is|are|do|don'?t|not|never|always|only|just|also|still|please|first|then|so|and|but|let'?s|make|sure|here"
    r"|there|now|again|before|after|when|until|once|unless|if|without|while|by)"
)
_NAMED = (
    rf"(?:{_NO_THING} )*(?!{_NO_THING}\b)\S+ (?:\S+ )?(?!{_NO_THING}\b)[\w`./-]+"
    r"(?:,| (?:and|before|after|when|until|once|unless|if|without|while|by)\b)"
)
"""Something is done to a thing, and then more is said: a pronoun at the end means that thing."""
_POINTS_AWAY = cue(
    r"""
    ^(?:ok(?:ay)?|yes|yeah|no|and|but|so|also|then|great|sure|right|well|actually
    |please)*[,\s]*(?:it(?! turn(?:s|ed) out)|this|that|these|those|they|he|she|them|both|neither|here
    |same|above|below|each one|every one|(?:all|most|some|none|one|each) of (?:it|this|that|these|those
    |them))\b(?!\s+(?:project|repo(?:sitory)?|codebase|app|team|service|package|library|module|monorepo)\b)
    |\b(?:us(?:e|es|ing)|with|follow(?:s|ing)?|keep(?:s|ing)?) (?:that|those|these) (?:\w+ )?(?:formats?|ways?|styles?
    |approach|patterns?|names?|structures?|conventions?)\b
    |\b(?:the (?:above|below|following|former|latter|previous)\b|the (?:second|first|third|last|other|same) (?:one
    |option|part|approach
    |thing|issue|point|suggestion|file|test|function|way|\w+ issue)s?\b|as (?:\w+ )?(?:above|below|before
    |follows)|option [a-z0-9]\b|(?:item|point|observation|comment|finding|issue|line|task
    |improvement|suggestion|change|problem|question|test|step|fix)s? #?\d|do (?:it|that|this|so)\b
    |like (?:that|this)\b|that way|the same (?:reason|resolution)\b
    |^(?!{named})(?:\S+ ){1,5}(?:it|them|this|that)[.!]?$
    |instead of (?:it|that|this)\b|(?:these|those) (?:two|three|2|3)
    |#\d+(?: and|,))|:$
    """,
    named=_NAMED,
)
_RESTATES = cue(
    r"""
    \b(?:according to|as per|per|based on|as stated in|following) (?:the |your |my )?(?:\w+ )?(?:claude
    |agents|gemini|memory|instructions|guidelines|system prompt|context)\b
    """,
)
_ASIDE = cue(
    r"^(?:(?:one|another|a last) (?:more )?thing|also|btw|by the way)(?: (?:for|to) [\w ]{2,20})?\s*[:—–]\s+(?=\S)"
)
"""Opens what is said in passing; it is no part of what is said."""
_ANNOUNCED = cue(r"^[^\n.]{0,80}\b(?:feedback|(?:review|reviewer'?s?|pr) comments?)\b[^\n.]{0,100}:[ \t]*(\n|$)?")
_REVIEWED = cue(r"(?:^|[.!?:\n]\s+)consider (?:either\b|\w+ing\b)")
_CHOSEN = cue(r"\b(?:we|i)(?:'ve| have| had| all)? (?:decided|agreed|chose|settled|opted|picked|always|never)\b")
_BLOCK = pattern(r"\n[ \t]*\n")
_REDACTED = "[redacted:"
_WORD = pattern(r"[\w./@-]+")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that may teach something, and who said it."""

    text: str
    message_id: UUID
    human: bool
    closes: bool
    """The reply that it stands in ends an exchange, where assistants sum up what came of it."""


def said(turns: Sequence[Turn]) -> list[Said]:
    """Give the sentences of people and of the assistant that state something lasting and self-contained."""
    last = closing(turns)
    found: list[Said] = []
    for turn in turns:
        if not (is_human(turn) or is_reply(turn)) or is_machine_text(turn):
            continue
        human = is_human(turn)
        found += [
            Said(text=text, message_id=turn.message_id, human=human, closes=turn.message_id in last)
            for text in (_ASIDE.sub("", sentence) for sentence in _own(turn))
            if states(text)
        ]
    return found


def is_machine_text(turn: Turn) -> bool:
    """Say whether a turn in a person's name was written by a tool, or is too long to be typed."""
    return is_human(turn) and (len(turn.content) > _PASTED or _MACHINE_TEXT.match(turn.content) is not None)


def _own(turn: Turn) -> list[str]:
    """Give the sentences of somebody, without what they hand on of a review: that is to be dealt with.

    A reviewer advises ("Consider passing …"), and the paragraph is theirs, but for what "we decided" in it. So is one
    that begins as feedback; where the line ends with the colon, all that follows is.
    """
    if not is_human(turn):
        return list(sentences(turn.content))
    announced = _ANNOUNCED.match(turn.content)
    if announced and announced[1] is not None:
        return []
    first, *others = _BLOCK.split(turn.content)
    theirs = [one for one in others if _REVIEWED.search(one)]
    theirs += [first] if announced or _REVIEWED.search(first) else []
    handed = {sentence for block in theirs for sentence in sentences(block)}
    return [one for one in sentences(turn.content) if one not in handed or _CHOSEN.search(one)]


def states(sentence: str) -> bool:
    """Say whether a sentence is a statement that can be understood, and still hold, in another session."""
    if not SHORTEST <= len(sentence) <= LONGEST or _REDACTED in sentence or len(_WORD.findall(sentence)) < LEAST_WORDS:
        return False
    tests = (_QUESTION, _UNSURE, _PASSING, _COURTESY, _POINTS_AWAY, _RESTATES)
    return not any(test.search(sentence) for test in tests)


def lasting(candidates: Iterable[Candidate], turns: Sequence[Turn]) -> Iterator[Candidate]:
    """Yield the candidates that are sure enough and are not read back from instructions or recalled memories."""
    known = _shingles_of(_given(turns))
    for candidate in candidates:
        if candidate.confidence >= LEAST_CONFIDENCE and not _restates(candidate.content, known):
            yield candidate


def _given(turns: Sequence[Turn]) -> Iterator[str]:
    """Yield the texts that were handed to the assistant: boot files, recalled memories, system messages."""
    boot: set[str] = set()
    for turn in turns:
        boot |= {use.id for use in turn.tool_calls if use.id and _BOOT_FILE.search(path_of(use))}
        if turn.role == "system" or turn.kind in {"injected", "summary"} or (turn.answers and turn.answers in boot):
            yield turn.content
        elif f"<{FENCE}" in turn.content:
            yield turn.content[turn.content.index(f"<{FENCE}") : turn.content.rindex(FENCE)]


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = [word.casefold().strip(".-/") for word in _WORD.findall(text)]
    return {tuple(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}


def _shingles_of(texts: Iterable[str]) -> set[tuple[str, ...]]:
    known: set[tuple[str, ...]] = set()
    for text in texts:
        known |= _shingles(text)
    return known


def _restates(content: str, known: set[tuple[str, ...]]) -> bool:
    if not known:
        return False
    mine = _shingles(content)
    return len(mine & known) >= _KNOWN * len(mine)
