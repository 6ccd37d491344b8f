"""Preferences: how a person wants things done, in this conversation and the next."""

from collections.abc import Iterable, Iterator

from contextfs.journeys.learn.candidates import Candidate, title_of
from contextfs.journeys.learn.cues import cue, surest, weighted
from contextfs.journeys.learn.gate import Said

_LEAD = (
    r"^(?:(?:ok(?:ay)?|yes|yeah|yep|no|nope|great|perfect|cool|nice|alright|also|and|but|so|btw|hey|oh|well"
    r"|actually|please|pls|just|one more thing|note|reminder|fyi|important|remember|rule|new rule"
    r"|general rule)[,.:!—-]*\s+)*"
)
_THINGS = (
    r"(?:comments?|emojis?|semicolons?|abbreviations|mocks?|default exports?|console\.logs?|prints?"
    r"|force[- ]push(?:es)?|magic numbers|acronyms|docstrings?|classes|globals?|tabs|spaces|type ignores?"
    r"|any types?|barrel files?|new dependencies|co-authored-by|em[- ]dashes|bullet points|summaries|filler"
    r"|apologies|preamble)"
)
_KEPT = (
    r"(?:docs?|documentation|notes|designs?|diagrams|records|logs?|tests?|fixtures|scripts?|migrations?|schemas?|types"
    r"|config(?:uration|s)?|settings|secrets|keys|assets|images|translations|templates|code|modules?|packages?|helpers"
    r"|components?|styles|constants|prompts|tasks|issues|tickets|backlog|roadmap|changelog|runbooks?|dashboards?|data"
    r"|backups|dependencies)"
)
_TALK = (
    r"(?:answers?|responses?|repl(?:y|ies)|explanations?|summaries|commits?|commit messages|functions|files|prs?"
    r"|comments?|messages)"
)
_EVENT = r"(?:release|commit|push|merge|deploy(?:ment)?|pr|pull request|migration|build|review|run|sprint)s?"
_TOLD = (
    r"(?:we|they|it|he|she|the|our|an?|this|that|there|users?|customers?)\b"
    r"(?!.*\b(?:always|never|must|should|has to|have to|needs? to)\b)"
)
"""Begins what tells how something is, rather than how it is wanted."""
_CUES = weighted(
    (0.95, r"\b(?:from (?:now|here) on|going forward|from this point on|for all future)\b"),
    (
        0.95,
        r"""
        ^(?:\w+,? ){0,2}in (?:the )?future,? (?!we\b|it\b|this\b|that\b|they\b)
        |\b(?:please|always|never|do not|don'?t|should|must|use|avoid|remember)\b.*\bin (?:the )?future\b(?! \w)
        """,
    ),
    (
        0.9,
        r"""
        \b(?:please |also )?remember (?:that|to|:|we|i|our|my)\b|\bkeep in mind\b|\bdon'?t forget (?:to
        |that)\b
        """,
    ),
    (
        0.9,
        r"""
        {lead}(?:(?:(?:you|we|i|everyone) (?:should|must|need to|have to|want you to)|we)\s
        |make sure (?:to |you |we )?|be sure to )?always (?!get|got|had|saw|see|fail|break|end|return
        |show|was|been|exit|throw|raise|redirect)[a-z]
        """,
    ),
    (
        0.9,
        r"""
        {lead}(?:(?:(?:you|we|i|everyone) (?:should|must|can|want you to)|we)\s
        |make sure (?:to |you |we )?|be sure to )?never (?!\w+ed\b|mind|been|got|gotten|saw|seen|had
        |heard|knew|said|did|was|were|tried|ran|really|actually|asked|told|finished|going)[a-z]
        """,
    ),
    (
        0.9,
        r"""
        \bi(?:'d| would| really| strongly| generally| usually| personally| much)* prefer\b(?! (?:(?:if
        |that) (?:you|we)|this|that|it|these|those|the|option|both|neither|how|what)\b)
        |\bi(?:'d| would) rather (?:have|you|not|we|see|use|keep)\b
        |^we (?:always |generally |usually )?prefer (?!this|that|it|the\b)|\bmy preference is\b
        |\bmy preferred\b
        """,
    ),
    (
        0.85,
        r"""
        \bi (?:really )?(?:like|love) (?:it when |(?!it|this|that|these|those|the\b|how|what|your|option
        |idea)\w+ \w+)
        """,
    ),
    (
        0.85,
        r"""
        \bi (?:really )?(?:hate|dislike|can'?t stand|don'?t (?:like|want|use)|do not (?:like|want
        |use)) (?!it|this|that|these|those|the\b|how|what|to see)
        """,
    ),
    (
        0.85,
        r"""
        \bi (?:usually|always|never|typically|generally|normally) (?!get|got|had|saw|see|forget|knew|mean|type|say
        |thought|wanted|wonder|seem|said|asked|told|did|end|was|am|have)[a-z]
        """,
    ),
    (
        0.85,
        r"""
        {lead}(?:store|write|keep|put|name|sign|represent|persist|format|pass|return) (?!the |this |that |it |these
        |those |my |your )\S.*,? never (?!mind)(?:as|in|on|by|with|to|a|an|use)\b
        """,
    ),
    (0.9, r"{lead}prefer \S+.* (?:over|to|instead of|rather than)\s"),
    (
        0.8,
        r"""
        {lead}(?:(?:for|in|on|with) (?!now\b
        |the moment)[^,]{2,50}?,? (?:please )?)?(?:you should |we (?:should )?
        |you must )?use (?!the |this |that |it )(?!.*\bhere\b)\S+.*(?: instead of| rather than|,? not| over| never)\s
        """,
    ),
    (
        0.85,
        r"""
        {lead}(?:(?:all|every|each|any) |no\s
        (?!(?:i|we|you|they|it|that|this|there|the|those|these|need|reason|idea|way)\b)).*
        \s(?:must|should|needs? to|needs? an?|has to|have to|may
        |goes|go|gets?)\b(?!.*\b(?:pass|now|work|fail)\b)
        """,
    ),
    (
        0.8,
        r"""
        {lead}(?!the |this |that |there |it )(?:[\w-]+ ){0,3}[\w-]+s (?:must
        |should)(?: not| never| always| only)? (?:be|use|have|follow|go|live|return|start|end|contain
        |include|come|stay|carry|avoid|never|always)\b(?!.*\b(?:now|today|pass|passing|fail|default)\b)
        """,
    ),
    (
        0.85,
        r"""
        {lead}(?:if|when|whenever|for|in) [^,]{3,80},\s*(?:then )?(?:you (?:must|should) )?(?:always
        |never) (?!exit|return|throw|raise|redirect|render|show|fail)[a-z]
        """,
    ),
    (
        0.8,
        r"""
        \b(?:use|do|follow|keep|write) .{2,60} (?:like|as|the way) we do (?:everywhere|elsewhere
        |in the rest|in (?:all )?other)
        """,
    ),
    (
        0.85,
        r"""
        \b(?:ask|check with|tell|consult) me (?:first )?before \w+ing\b
        |\bbefore \w+ing\b.*, (?:please )?ask\b
        """,
    ),
    (
        0.85,
        r"""
        ^(?!{told})(?!.*\b(?:we|i|you)(?:'ll| will)\b)
        (?!(?:\w+,? ){0,2}let'?s (?:drop|remove|add|put|show|try)\b(?!.* (?:before|after) (?:each|every|any) {event}\b))
        .*\b(?:before|after) (?:each|every|any) \w+
        |\b(?:whenever|every time|each time) (?:you|there)\b
        """,
    ),
    (
        0.85,
        r"""
        {lead}(?:before|after|when|if) (?:you (?:are )?)?(?:commit|push|merg|releas|deploy|add|chang
        |edit|writ|creat|renam|finish|refactor|modif)\w*\b.*,\s*(?:please )?(?:always |also |you must )?
        (?:run|update|write|use|check|ask|add|add|bump|keep|make|ensure|regenerate|tell|include|put)\b
        """,
    ),
    (
        0.8,
        r"""
        \b(?:for|in) (?:every|all|each)\b(?! \w+ in \S*\w\.\w).*\bi(?:'d| would| want| need| expect)\b
        (?! to (?:be able|create|make|build|add|have)\b)
        |\bi(?:'d| would)? (?:want|like|need|expect) (?:you to |to see )?(?:all|every|each|any|always
        |no)\b(?! (?:of )?(?:those|these)\b| the\b| of (?:it|this|that|them)\b)
        |{lead}for (?:every|each) [^,]{2,40}, i(?:'d| would)? (?:want|like) to have\b
        """,
    ),
    (0.85, r"{lead}stop (?!it|that|this|the|here|now)\w+ing\b(?! (?:it|that|this|the|here|now)\b)"),
    (
        0.85,
        r"""
        {lead}(?:use|write|put|add|keep|name|prefix|sort|format) (?!the |this |that |it )\S.*\s
        (?:everywhere|throughout|by default|wherever possible|whenever possible|for (?:all|every|everything))\b
        """,
    ),
    (
        0.8,
        r"""
        {lead}no (?!changes?|errors?|issues?|idea|problem|need|way|luck|worries|reason|longer|one|thing)
        (?:more )?(?:[\w-]+ ){1,3}?(?:please|ever|unless|without)\b|{lead}no [\w-]+(?: [\w-]+){0,2},? (?:please|ever)\b
        """,
    ),
    (0.85, r"{lead}make sure (?:that )?(?:every|all|each|any)\b(?!.*\b(?:pass|works?|compiles?|green|now)\b)"),
    (0.8, r"{lead}(?:write|format|use|keep) \S.{2,40} in (?:the )?\w+ (?:style|format|case|notation)\b"),
    (
        0.8,
        r"""
        {lead}(?:keep|put|store|track|document) (?:all )?(?:of )?our (?:[\w-]+ ){0,2}{kept}
        \s(?:in|on|under|at) (?!sync\b|mind\b|place\b)\S
        """,
    ),
    (
        0.8,
        r"""
        \b(?:for|in) (?:this|our) (?:project|repo|codebase|team)\b.*\b(?:i|we) (?:want|need|use|expect|require)\b
        """,
    ),
    (0.8, r"{lead}no (?:more )?(?:\w+ )?{things}\b"),
    (
        0.85,
        r"""
        {lead}(?:keep|make|write|format) (?:your |all |the |my )?(?:\w+ )?{talk}\b.*\b(?:short|brief
        |concise|small|terse|simple|atomic|focused|minimal|clean|under|below|in|to the point|imperative|conventional)\b
        """,
    ),
    (
        0.85,
        r"""
        {lead}(?:answer|respond|reply|write|speak|talk|explain)\b.* in (?:\w+ )?(?:english|german|french
        |spanish|italian|portuguese|dutch|japanese|chinese|russian|bullet|one|plain|simple|british
        |american)\b
        """,
    ),
    (0.85, r"{lead}be (?:more |very )?(?:concise|brief|terse|direct|critical|precise)\b"),
    (
        0.85,
        r"""
        \bmy name is (?-i:[A-Z])|\bcall me (?-i:[A-Z])|^i(?:'m| am) an? (?:\w+[ -]){0,3}(?:developer|engineer
        |designer|student|beginner|scientist|analyst|founder|manager|researcher|writer|teacher
        |freelancer)\b
        """,
    ),
    (
        0.8,
        r"""
        ^i(?:'m| am) (?:based in|located in|from|new to|not familiar with|colou?r[- ]?blind
        |on (?:a )?(?:mac|macos|linux|windows|ubuntu|arch|debian|fedora|nixos|wsl))\b
        """,
    ),
    (
        0.8,
        r"""
        ^i (?:mostly |mainly |only )?(?:use|work (?:with|in|at|for)|live in|speak) (?!it|this|that|these
        |the )
        """,
    ),
    lead=_LEAD,
    things=_THINGS,
    kept=_KEPT,
    talk=_TALK,
    told=_TOLD,
    event=_EVENT,
)
_FORBIDS = cue(
    r"""
    {lead}(?:(?:you|we) (?:should|must) (?:not|never)|(?:do not|don'?t|dont|avoid
    |refrain from))\s+(?:ever\s+)?(?P<what>.+)
    """,
    lead=_LEAD,
)
_NOT_FORBIDDEN = cue(
    r"""
    ^(?:yet )?(?:worry|forget|think|know|see|understand|mind|care|get|be|have|need|want|believe|remember|like|it
    |this|that|panic|bother|touch|wait|hesitate|stop|do (?:it|that|this|anything)|start|change (?:the
    |this|that)|guess what)\b
    """,
)
_ONLY_LOOKS = cue(
    r"^(?:modify|change|edit|write|implement|fix|touch|code|commit|run|do|make|execute)\b.*[,;.—-] *just"
    r" (?:tell|show|explain|describe|look|list|read|check|find|report|answer|say|give|review|analy[sz]e|summari[sz]e)\b"
)
"""Says what a task is not, and what it is."""
_DEFINITE = cue(
    r"""
    ^(?:\w+ing|\w+)(?: \w+)? (?:the|this|that|these|those|it|them|him|her|any of|my|your)\b|^\w+ (?:yet
    |here|there|now|anything)\b
    """,
)
_GENERAL = cue(
    r"""
    \b(?:unless|without|ever|again|automatically|any|until i|that i|the (?:word|term|phrase|name)|by yourself
    |on your own|directly)\b
    """,
)


def preferences(heard: Iterable[Said]) -> Iterator[Candidate]:
    """Yield what people said of how they want things done. What an assistant says of it is not learned."""
    for one in heard:
        confidence = max(surest(one.text, _CUES), _forbids(one.text)) if one.human else 0.0
        if confidence:
            yield Candidate(
                type="user",
                title=title_of(one.text),
                content=one.text,
                tags=("preference",),
                confidence=confidence,
                author_kind="human",
                message_ids=(one.message_id,),
            )


def _forbids(text: str) -> float:
    """Judge a prohibition: "don't add comments" lasts, "don't change the other files" is of this task."""
    match = _FORBIDS.match(text)
    if not match or _NOT_FORBIDDEN.match(match["what"]) or _ONLY_LOOKS.match(match["what"]):
        return 0.0
    return 0.85 if _GENERAL.search(match["what"]) or not _DEFINITE.match(match["what"]) else 0.0
