"""Wishes that last: what a person wants always or prefers, and the questions that it bears on.

"Always write dates as MM/DD" shares no word with "when do we meet?", and yet it belongs to the answer. It does where
help or advice is asked for; it is noise where somebody asks what was said or done. By rules, in English; a question
that they do not know is taken to ask what was.
"""

import re

from contextfs.kit.pattern import pattern

_WISH = pattern(
    r"(?:^|[.!?\n][\"')]*\s+)(?:please,? |and |but |also,? |so |ok(?:ay)?,? )?(?:always|never) (?!mind\b)[a-z]+\b"
    r"|\b(?:you|we) (?:should |must |have to |need to )?always\b"
    r"|\b(?:from now on|going forward|when(?:ever)? i ask)\b"
    r"|\bi(?:['\u2019]d| would)?(?: \w+)? prefer\b|\bmy preference\b|\bi(?:['\u2019]d| would) rather\b",
    re.IGNORECASE,
    holds=["always", "never", "from now on", "going forward", " i ask", "prefer", " rather"],
)
_ADVICE = pattern(
    r"\b(?:should|could|can|do|would|might) (?:i|we)\b"
    r"|\b(?:do|would|could|can) you (?:please )?"
    r"(?:suggest|recommend|advise|think|help|explain|show|walk|teach|write|make)\b"
    r"|\bwhat are some \w+"
    r"|^(?:i(?:['\u2019]m| am) (?:\w+ )?(?:about|\w+ing)|i(?:['\u2019]d like| want| need) to)\b",
    re.IGNORECASE,
    holds=["should", "could", "can ", "do ", "would", "might", "what ", "i"],
)
# What was: it was said, done or counted.
_PAST = pattern(
    r"\b(?:did|have|had|has|was|were) (?:i|we|you|my|our|it|the|they)\b|\bhow (?:many|much|often|long)\b"
    r"|\b(?:i|we|you)(?:['\u2019]ve| have| had)? (?:brought|mentioned|said|told|asked|discussed|planned|\w+ed)\b"
    r"|\bsummar|\border in which\b|\bour (?:\w+ )?conversations\b",
    re.IGNORECASE,
)


def is_wish(text: str) -> bool:
    """Tell whether a text says how somebody wants things from now on, or what they prefer."""
    return bool(_WISH.search(text))


def asks_advice(text: str) -> bool:
    """Tell whether a question asks for help or advice, and not for what was said or done."""
    return bool(_ADVICE.search(text)) and not _PAST.search(text)
