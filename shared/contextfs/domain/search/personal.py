"""Whose affair a question is: what the person who asks said, has or wants, or what was found out and done.

"What port did I want?" is answered by what that person said; "why did the tests hang?", "how did we fix it?" and "what
did you suggest?" by whoever knew it, which is mostly the assistant. By rules, in English; what they do not know is
taken for a question about the matter.
"""

import re

from contextfs.kit.pattern import pattern

# Not the I of I/O, nor that of a loop, of -i, my.cnf or example.me: a small i has a verb beside it.
_FIRST = pattern(
    r"(?<![\w./\\-])(?:(?-i:I)|my|mine|me|myself"
    r"|(?<=\b(?:do|am) )i|(?<=\b(?:did|had|was) )i|(?<=\b(?:have|what|that) )i"
    r"|i(?= (?:\w+ly )?(?:am|was|do|did|have|had|said|say|told|want|like|love|need|prefer|plan|mean|think|ask|use|chose"
    r"|decide|mention)))(?![\w/\\-]|\.\w)",
    re.IGNORECASE,
)
_THEIRS = pattern(
    r"\b(?:did|have|had) you\b|\byour (?:advice|suggestions?|recommendations?|answers?|explanations?|findings?)\b"
    r"|\byou(?:['\u2019]ve| have| had)? (?:recommended|suggested|proposed|advised|explained|found|said|told|gave"
    r"|showed|offered|described|listed|mentioned|wrote|made|did|fixed|changed|chose|used)\b",
    re.IGNORECASE,
    holds=["you"],
)
# Words that name the one who asks, and ask for the matter: "how do I migrate?", "tell me why", "let me know".
_IN_PASSING = pattern(
    r"\b(?:tell|give|show|remind|help|let|walk) me\b"
    r"|\b(?:do|can|could|should|must|may|would) i\b(?! (?:\w+ly )?(?:have|like|love|mean|need|prefer|think|want)\b)",
    re.IGNORECASE,
    holds=[" me", " i"],
)


def is_personal(text: str) -> bool:
    """Tell whether a question is about the one who asks it."""
    return not _THEIRS.search(text) and bool(_FIRST.search(_IN_PASSING.sub(" ", text)))
