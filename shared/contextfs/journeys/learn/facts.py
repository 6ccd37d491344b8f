"""Facts: what something is, where it lives, which tool serves for what, as key and value."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from contextfs.journeys.learn.candidates import Candidate, title_of
from contextfs.journeys.learn.cues import cue
from contextfs.journeys.learn.gate import Said

_LEAD = (
    r"^(?:(?:ok(?:ay)?|yes|yeah|no|also|and|but|so|btw|note|fyi|important|actually"
    r"|remember)[,.:!—-]*\s+)*(?:(?:note|remember|keep in mind|fyi) that )?"
)
_NOUN = (
    r"(?:urls?|uri|endpoints?|ports?|host(?:name)?s?|domain|servers?|databases?|db|schema|tables?|buckets?"
    r"|regions?|branch(?:es)?|repo(?:sitory)?|package manager|versions?|runtime|framework|language|director(?:y"
    r"|ies)|folders?|paths?|files?|config(?:uration)?|entry ?points?|env(?:ironment)?(?: variables?)?"
    r"|projects?(?: id| name| key)?|app(?: id| name)?|services?|commands?|scripts?|time ?zone|deadline"
    r"|licen[cs]e|owner|maintainer|team|cluster|namespace|queue|topic|limits?|timeout|ttl|threshold|format"
    r"|encoding|locale|currency|convention|prefix|suffix|model|dimensions?|tests?|ci|pipeline|workflow|docs"
    r"|documentation|dashboard|client|codename|stack|linter|formatter|registry|image|account|tenant|plan|budget"
    r"|ticket|board|channel|key|api|site|website|changelog|migrations?|jobs?|crons?|backups?|handle|user ?name"
    r"|e-?mail|nickname|flags?)"
)
_VERB = (
    r"(?:is|are|=|will be|must be)(?: now)?(?: (?:located|stored|kept|set|defined|configured|hosted|called|named"
    r"|running|deployed|found|exposed|served))?(?: (?:in|at|to|under|on|as|by|from|via))?|(?:lives?|sits?|runs?"
    r"|listens?|resides?|points?|goes) (?:in|at|under|on|to|with)"
)
_USED = (
    r"(?:uses?|is using|are using|runs? on|is built (?:with|on|in)|is written in|are written in|relies on"
    r"|depends on|requires?|needs?|deploys? (?:to|with|via|on)|is deployed (?:to|on|with|via)|is hosted (?:on|at"
    r"|by)|targets?|is based on|follows?)"
)
_WATCHED = (
    r"(?:tests?|suite|build|page|screen|browser|terminal|editor|command|script|function|method|loop|request|run|call"
    r"|button|dialog|menu|modal|tooltip|toast|icon|spinner|animation|cursor)"
)
"""What is seen to do something while one works on it: "the test times out" tells of trouble, not of a limit."""
_CONCRETE = cue(
    r"""
    https?://|`[^`]+`|"[^"]{2,}"|'[^']{2,}'|\d|[\w.-]+/[\w./<{-]+|\b\w+\.(?:\w{2,4})\b|\b[A-Z]{2,}\b
    |\b[A-Z][a-z]+[A-Z]\w*|\b[A-Z][a-z]+|\w+[_-]\w+|\b(?:main|master|develop|pnpm|npm|yarn|uv|pip|poetry
    |cargo|bun|make|docker|postgres(?:ql)?|mysql|sqlite|redis|kafka|python|go|rust|typescript|java|ruby
    |utc|utf-8|vim|zsh|fish|bash)\b
    """,
    any_case=False,
)
_STATE = cue(
    r"""
    ^(?:not|wrong|missing|broken|failing|failed|now|being|too|correct|the same|a bit|already|still|only
    |incorrect|empty|nil|null|unchanged|ok|fine|done|ready|good|bad|very|really|quite|there|here|so|just
    |invalid|valid|stale|outdated|also|clean|green|red|updated|passing|successful(?:ly)?|complete[d]?
    |unused|duplicated?|fixed|gone|set up|what|where|how|because|confusing|too|no longer|correctly
    |properly|never|never|always|to)\b
    """,
)
_NOT_FACT = cue(
    r"""
    \b(?:error(?! (?:track|handl|report|monitor|cod))|fails?|failing|failed|bug|broken|wrong|instead of
    |should|was|were|todo|feedback|issue|but (?:never|not)|never (?:read|used|called|set)|unused)\b
    """,
)
_OWN_NAME = cue(r"\b(?:handle|user ?name|nickname|name|id|e-?mail|account)$")
_LISTED_KEY = cue(r"\b{noun}$", noun=_NOUN)


class _Rule(NamedTuple):
    confidence: float
    assistant: float
    cue: re.Pattern[str]
    accepts: Literal["concrete", "any", "listed"]
    """What may be its value: something concrete, or anything; `listed` also asks for a noun as the key."""


def _rule(
    confidence: float, assistant: float, pattern: str, accepts: Literal["concrete", "any", "listed"] = "concrete"
) -> _Rule:
    return _Rule(
        confidence, assistant, cue(pattern, lead=_LEAD, noun=_NOUN, verb=_VERB, used=_USED, watched=_WATCHED), accepts
    )


_RULES = (
    _rule(
        0.85,
        0.0,
        r"""
        {lead}(?:the|our|my|this project'?s|its) (?P<key>(?:[\w./'`-]+ ){0,4}?{noun}(?: (?:of|for|in|on
        |to) (?:the |our )?[\w./` -]{2,40}?)?) (?:{verb}) (?P<value>\S.*)
        """,
    ),
    _rule(
        0.8,
        0.0,
        r"""
        {lead}(?:our|my) (?P<key>(?:[\w./'`-]+ ){0,4}?[\w./'`-]+) (?:is
        |are) (?:called |named |at |on |in )?(?P<value>\S.*)
        """,
    ),
    _rule(0.85, 0.0, r"{lead}(?:we|the team|our (?:\w+ ){1,3}) ?{used} (?P<value>.+?) (?:for|as|to) (?P<key>.+)"),
    _rule(
        0.8,
        0.6,
        r"""
        {lead}(?:the|this|our) (?P<key>(?:[\w-]+ ){0,2}(?:project|codebase|repo(?:sitory)?|app
        |application|service|backend|frontend|api|cli|site|monorepo|stack|server|pipeline|build|ci
        |infra(?:structure)?|library|package)) {used} (?P<value>.+)
        """,
    ),
    _rule(
        0.85,
        0.0,
        r"""
        {lead}(?:the|our) (?P<key>(?!prs?\b|issue|ticket|commit|branch|file|log|error|diff|link|report)
        (?:[\w./'`-]+ ){0,4}?[\w./'`-]+) (?:is|are|lives?) (?:at|on|under|in) (?P<value>(?:https?://|`)\S+.*)
        """,
    ),
    _rule(
        0.8,
        0.0,
        r"""
        {lead}(?:the|our) (?P<key>(?:max(?:imum)?|min(?:imum)?|default|allowed) (?:[\w-]+ ){0,3}?[\w-]+)\s
        (?:is|are) (?P<value>\S.*)
        """,
    ),
    _rule(
        0.75,
        0.0,
        r"""
        {lead}our (?P<key>(?:[\w-]+ ){0,3}?[\w-]+) (?:starts?|ends?|happens?|closes?|opens?|is due)\s
        (?P<value>(?:on|at|every|each) .+)
        """,
    ),
    _rule(
        0.75,
        0.0,
        r"""
        {lead}we (?:only |also |mainly |mostly )?(?P<key>use|run on|deploy to|deploy with|host on
        |build with|test with|target|store .{2,30}? in|track .{2,30}? in|keep .{2,30}? in
        |put .{2,30}? in) (?P<value>.+)
        """,
    ),
    _rule(
        0.8,
        0.55,
        r"""
        ^(?P<key>.{3,60}?) (?:runs?|listens?|is served|is exposed|is available
        ) (?:locally )?on (?:port )?(?P<value>(?:port |localhost:|:)\d{2,5}.*)
        """,
    ),
    _rule(
        0.8,
        0.6,
        r"""
        ^(?!(?:fixed|added|updated|changed|moved|i|you)\b|.*\b(?:could|would|should|might)\b)
        (?P<key>.{3,70}?) (?:lives?|is stored
        |are stored|is kept|are kept|is defined|are defined|is located|are located|can be found
        |is configured|are configured|is documented|are documented) (?:in|at
        |under) (?P<value>(?:the )?(?:`[^`]+`|[\w.~-]*/[\w./-]+|\S+\.\w{1,5}\b).*)
        """,
    ),
    _rule(
        0.8,
        0.0,
        r"""
        {lead}(?:the|our) (?!(?:[\w'’-]+ )*?{watched}\b|.*\b(?:now|already|make it|instead)\b)
        (?P<key>(?:[\w'’-]+ ){1,4}?
        (?:only )?(?:refuses|rejects|accepts|allows|permits|caps|limits
        |keeps|retains|deletes|throttles|expires|times out|retries)
        (?: (?!(?:i|me|we|us|you|it|my|on|up|\w+ing)\b)[\w-]+){0,4}?
        \s(?:above|over|below|under|beyond|after|within|up to|(?:more|less|fewer|longer|larger) than|at (?:most|least)
        |for|to|every|once (?:in|every)))\s(?P<value>(?-i:[€$£])?\d\S*(?: .*)?)
        """,
    ),
    _rule(
        0.8,
        0.0,
        r"""
        ^(?P<key>(?-i:[A-Z])[\w.-]+(?: (?-i:[A-Z])[\w.-]+)?) (?:owns|maintains|is responsible for|is the (?:owner
        |lead|maintainer|contact|pm|designer) (?:of|for)) (?P<value>.+)
        """,
        "any",
    ),
    _rule(
        0.8,
        0.0,
        r"""
        ^(?:by )?(?P<key>[\"'`]?[\w -]{2,40}[\"'`]?),? (?:stands for|is short for|is our (?:name|term
        |word) for|we mean|i mean) (?P<value>.+)
        """,
        "any",
    ),
    _rule(0.75, 0.0, r"^(?!your\b)(?P<key>(?-i:[A-Z])[\w./-]*(?: [\w./-]+){0,4}): (?P<value>\S.{1,120})$", "listed"),
)


def facts(heard: Iterable[Said]) -> Iterator[Candidate]:
    """Yield statements of what something is; an assistant's only in closing, and only of where and with what."""
    for one in heard:
        found = _fact(one)
        if found:
            yield found


def _fact(one: Said) -> Candidate | None:
    if _NOT_FACT.search(one.text) or not (one.human or one.closes):
        return None
    for rule in _RULES:
        match = rule.cue.search(one.text)
        confidence = rule.confidence if one.human else rule.assistant
        if match and confidence and _is_concrete(match, rule):
            return Candidate(
                type="fact",
                title=title_of(one.text),
                content=one.text,
                key=_trim(match["key"]).lower(),
                value=_trim(match["value"]),
                tags=("fact",),
                confidence=confidence,
                author_kind="human" if one.human else "assistant",
                message_ids=(one.message_id,),
            )
    return None


def _is_concrete(match: re.Match[str], rule: _Rule) -> bool:
    if rule.accepts == "listed" and not _LISTED_KEY.search(match["key"]):
        return False
    value = match["value"]
    if rule.accepts == "any" or (_OWN_NAME.search(match["key"]) and re.fullmatch(r"[\w.@-]{3,}", value.rstrip(".!"))):
        return True
    return not _STATE.match(value) and _CONCRETE.search(value) is not None and len(value) <= 200


def _trim(part: str) -> str:
    return part.strip().rstrip(".!,;:").strip()
