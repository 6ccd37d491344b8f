"""Decisions: what was chosen for the project, and why where it was said."""

from collections.abc import Iterable, Iterator

from contextfs.journeys.learn.candidates import Candidate, title_of
from contextfs.journeys.learn.cues import cue, surest, weighted
from contextfs.journeys.learn.gate import Said

_LEAD = (
    r"^(?:(?:ok(?:ay)?|yes|yeah|yep|no|great|perfect|cool|nice|alright|also|and|but|so|btw|actually|well|then"
    r"|in that case|fine|good|hmm+|please)[,.:!—-]*\s+)*"
)
_VAGUE = (
    r"(?!(?:a(?=[.!,)]|$)|b(?![\w./+#-])|[cd](?![\w./+#-]| (?:for|because|since|as)\b)"
    r"|it|that|this|them|those|these|both|one|going|on|moving|talking|working"
    r"|trying|exploring|looking|digging|reading|thinking|checking|searching|investigating|debugging|iterating|option(?!-)"
    r"|the (?:first|second|third|last|other|former|latter|same|simplest|simple|quick)"
    r"|the (?:current|existing|original)(?!.* (?:because|since)\b)"
    r"|your|yours|approach|another|something|whatever|what)\b)"
)
_SPELLED = r"`?@?\w+[/._-][\w/.-]+`?"
"""A path, or a name as code spells it."""
_SOMEBODY = r"(?:me|him|her|us|you|people|everyone|everybody|somebody|someone|anyone|(?:the |our )?(?:\w+ )?teams?)"
_PEOPLE = weighted(
    (
        0.9,
        r"""
        \b(?:we|i|the team|they|everyone)(?:'ve|'d| have| had| all| just| finally)* (?:decided|agreed
        |chose|chosen|settled|opted|picked|standardi[sz]ed
        |committed(?= (?:to|not)\b)) (?:to|on|that|for|not|against|upon|\w+ (?:over|as|for|because)|[`A-Z])
        """,
    ),
    (
        0.9,
        r"""
        {lead}(?:the )?(?:final |design |architecture )?decision\s*[:—–-]\s*\S|\bthe decision (?:is|was) (?:to|that
        |not)\b|\bit(?:'s| was| is) decided\b
        """,
    ),
    (
        0.85,
        r"""
        {lead}let'?s (?:go (?:with|for)|use|stick (?:with|to)|keep using|keep|switch (?:to|from|over to)
        |adopt|avoid|drop (?:support|the idea|the requirement)|standardi[sz]e on|default to
        |move (?:away from|off|from)|migrate (?:to|from|away)|settle on|stay (?:with|on)|not (?:use
        |support|add|introduce|depend|do|bother with|ship|include|allow|over-?engineer)) {vague}\S
        """,
    ),
    (
        0.85,
        r"""
        {lead}let'?s (?:store|keep|hold|save|represent|model|encode|persist|name|sign|send|return|write|put|treat)\s
        {vague}(?!the |your |my )\S.*(?:,? (?:never|not) (?:as|in|on|by|with|to|a|an)\b|\binstead of\b|\brather than\b)
        """,
    ),
    (
        0.85,
        r"""
        \bwe(?:'ll| will|'re going to| are going to|'re| are)(?: now| just| only)? (?:go(?:ing)? with
        |us(?:e|ing)|stick(?:ing)? (?:with|to)|switch(?:ing)? (?:to|from)|mov(?:e|ing) (?:to|from
        |away from|off)|migrat(?:e|ing) (?:to|from|away|off)|adopt(?:ing)?|stor(?:e|ing)
        |dropp?(?:ing)? (?:\S+ ){0,3}support
        |deprecat(?:e|ing)|standardi[sz](?:e|ing) on|only support(?:ing)?|support(?:ing)? only
        |target(?:ing)?) {vague}\S
        """,
    ),
    (
        0.85,
        r"""
        \bwe(?:'re not going to| are not going to| won'?t| will not| shall not)(?: ever| be)? (?:us(?:e
        |ing)|support(?:ing)?|add(?:ing)?|depend(?:ing)?|store|storing|ship(?:ping)?|allow(?:ing)?
        |migrat(?:e|ing)|implement(?:ing)?) {vague}\S
        """,
    ),
    (
        0.8,
        r"""
        {lead}(?:(?:i'm|we're|i am|we are) )?(?:go|going|went|stick|sticking|stay
        |staying) with {vague}\S
        """,
    ),
    (
        0.75,
        r"""
        {lead}(?:i(?:'d| would)? |we )?(?:want to |should )?(?:use|go with|pick|choose
        |keep) {vague}\S.* (?:because|since|so that|as it|as we)\b
        """,
    ),
    (
        0.75,
        r"""
        \bwe (?:don'?t|do not|no longer|never|only) (?:support|use|allow|ship|deploy|commit|store
        |depend on|accept|target) {vague}\S
        """,
    ),
    (
        0.7,
        r"""
        {lead}(?:thinking again: |on second thought,? )?let'?s (?:make (?:the )?\S.* (?:hidden|optional
        |required|the default|private|public|configurable|async|strict|opt-?in|opt-?out)\b
        |(?:completely |just )?(?:remove|drop|get rid of|deprecate) (?:the )?\S.* (?:command|flag|option
        |feature|support|endpoint|field|dependency)\b)
        """,
    ),
    (
        0.65,
        r"""
        ^we (?:really )?don'?t (?:need|want) (?!to\b|this|that|it\b|these|those|any\b).{10,} (?:for|when
        |in|on|if) \S
        """,
    ),
    (
        0.75,
        r"""
        {lead}let'?s (?:(?:change|rename) \S.* from|rename(?: the \w+)?) {spelled} to \S
        """,
    ),
    (
        0.75,
        r"""
        {lead}let'?s (?:allow|support|require|forbid|disallow|reject) {vague}(?!some\b|more\b|the user to\b|{people}\b
        |\d|a (?:few|little|bit|minute|moment)\b)
        (?=\S*[`/_\d-]|\S.* (?:to be|without|with|in|on|as|from|for|by|than)\b)\S
        """,
    ),
    (
        0.7,
        r"""
        ^(?:i|we) want to replace {vague}
        (?!(?:the |a )?(?:first |last |second )?(?:lines?|paragraphs?|sentences?|words?)\b)
        \S.* (?:with|by) (?!that|this|it\b|something)\S
        """,
    ),
    (
        0.7,
        r"""
        ^we (?:no longer have {vague}(?!.*\b(?:meetings?|calls?|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b)
        |(?:don'?t|do not) have {vague}(?!any\b|time\b|access\b|the\b|my\b|your\b
        |.*\b(?:experience|people|money)\b)(?=.* any ?more\b))\S
        """,
    ),
    (
        0.75,
        r"""
        \b(?:order|format|name|default|layout|structure|behaviou?r|limit|timeout|prefix|convention
        |priority|minimum|maximum|interval|retention|license) (?:\w+ )?should be\b
        """,
    ),
    (
        0.75,
        r"""
        \bshould be the default\b|\bshould (?:default to|(?:always|never) |be (?:\w+ ){0,2}by default\b)
        |\b(?:the|our) default (?:should|must|will) be \S
        """,
    ),
    (
        0.8,
        r"""
        \b(?:instead of|rather than) .*, (?:we(?:'ll| will|'re| are)?|let'?s|i want to) (?:us|go|mov
        |switch|keep|adopt)
        """,
    ),
    (0.8, r"\b(?:we|i) (?:went|are going|have gone) with \S+.* (?:because|over|instead of|for|since)\b"),
    lead=_LEAD,
    vague=_VAGUE,
    people=_SOMEBODY,
    spelled=_SPELLED,
)
_ASSISTANTS = weighted(
    (
        0.65,
        r"""
        ^(?:[\w-]+ )?decisions?\s*[:—–]\s*(?!whether\b|how\b|what\b|which\b|when\b)\S.{15,}
        |\bwe (?:decided|agreed) (?:to|on|that|not)\b
        """,
    ),
    (
        0.65,
        r"""
        ^i (?:chose|went with|opted (?:for|to|against)|decided (?:to|on|against|not)|switched (?:to
        |from)|deliberately|intentionally) .{12,}
        """,
    ),
    (
        0.6,
        r"""
        ^(?:i )?(?:replaced|switched|changed|reverted|disabled|dropped|pinned
        |downgraded|upgraded|kept|avoided) .{8,} (?:because|since|so that|to avoid|to prevent
        |in order to)\b
        """,
    ),
    (
        0.6,
        r"""
        ^i (?:kept|picked|put|placed|used|made|left) .{8,} (?:because|since|so that|instead of
        |rather than|to avoid|in order to)\b
        """,
    ),
)
_COMPLAINS = cue(
    r"^(?:\w+,? )?(?:the|my|our|one) (?:\w+ )?(?:issue|problem|trouble|reason|bug|question|concern)s? (?:is|are|was)\b"
)
_MISTAKEN = cue(r"^i (?:have )?made (?:an?|the|some) (?:\w+ )?(?:mistake|error|typo|slip)s?\b")
_FOR = cue(
    r"""
    \b(?:use|using|go with|going with|went with|stick with|switch to|switching to|adopt|chose|picked
    |settled on|moving to|migrate to|migrating to) (?P<value>[^,;.]{2,60}?) (?:for
    |as) (?:the |our |all |every )?(?P<key>[^,;.]{2,40}?)
    (?=[,;.]| because| since| so that| instead| rather|$)
    """,
)


def decisions(heard: Iterable[Said]) -> Iterator[Candidate]:
    """Yield what people decided, and what an assistant says in closing that it chose, with its reason."""
    for one in heard:
        cues = _PEOPLE if one.human else (_ASSISTANTS if one.closes else ())
        confidence = surest(one.text, cues)
        if confidence and not (_COMPLAINS if one.human else _MISTAKEN).search(one.text):
            slot = _FOR.search(one.text)
            yield Candidate(
                type="decision",
                title=title_of(one.text),
                content=one.text,
                key=slot["key"].strip().lower() if slot else None,
                value=slot["value"].strip() if slot else None,
                tags=("decision",),
                confidence=confidence,
                author_kind="human" if one.human else "assistant",
                message_ids=(one.message_id,),
            )
