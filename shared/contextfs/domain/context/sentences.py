"""What of a message matters: its sentences, the telling ones first.

Measured on labelled conversations: of a message that answers a question, the sentence that holds the answer is most
often the one that shares words with the question, gives a number or a time, or names the most things. What is polite
("Hey! Great to see you.") or asked back hardly ever is. No language model takes part.
"""

import re
from itertools import pairwise

import msgspec

SHARES = (0.6, 0.25, 0.1, 0.05)
"""How likely the most telling sentence of a message holds what was looked for, and the next ones."""

_POLITE = 0.01
"""The same for one that says nothing: it is taken when nothing else fits."""

# Where a sentence ends, with the space after it: not behind a number, as in a list, nor within a block of code.
_END = re.compile(
    r"```.*?(?:```|\Z)\s*|(?<=[^\d\s][.!?…])[\"')\]]*\s+|\s*\n\s*|(?<=[\u3002\uff01\uff1f])\s*", re.DOTALL
)
_WORD = re.compile(r"[^\W_]{2,}")
_SHORTEST_STEM = 5
_FACT = re.compile(
    r"\d|\b(?:yesterday|today|tomorrow|tonight|last|next|ago|weeks?|weekend|months?|years?|since|recently|soon"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october"
    r"|november|december)\b",
    re.IGNORECASE,
)
_MOST_NAMED = 6
_EMPTY = frozenset(
    """
a about absolutely again agree all also always am amazing an and any anything are aren as at awesome bad be been being
best bet bro but by can cause congrats congratulations cool could day definitely did didn do does doesn don dude else
every everything exactly excited fantastic feel feels for forward from get getting go going gonna good got gotta great
guess had happy has have haven having he hear hello her here hey hi him his hope how if in incredible inspiring into is
isn it its job just keep kind know let life like ll look looking looks lot love lovely luck made make makes man many
mate maybe me more much my need never new nice no nope not now of oh ok okay on one or our out over pretty proud re
really right same say see she should so some something soon sorry sound sounds sure take than thank thanks that the
their them then there these they thing things think this those time to today too totally tough true two up us ve very
wait wanna want was way we well were what when where which while who why will wish with wonderful would wow yeah yep
yes you your
""".split()  # noqa: SIM905 - a page of words
)


class Sentence(msgspec.Struct, frozen=True):
    """A part of a message: its place in it, its words, and how likely it is what matters, 0..1."""

    place: int
    text: str
    share: float


def sentences(text: str, task: str) -> list[Sentence]:
    """Give a message's sentences, the most telling for a task first; a block of code is one.

    In the order of their places they join to the text again, each with the white space behind it. The first has the
    largest share, for nobody is handed a message without it. A text of one sentence has share 1.
    """
    parts = _split(text)
    if len(parts) <= 1:
        return [Sentence(0, text, 1.0)]
    asked = _stems(task)
    marks = [_tells(part, asked) for part in parts]
    order = sorted(range(len(parts)), key=lambda place: (-marks[place], place))
    return [
        Sentence(place, parts[place], _share(number, len(parts)) if not number or marks[place] > 1 else _POLITE)
        for number, place in enumerate(order)
    ]


def _split(text: str) -> list[str]:
    ends = [match.end() for match in _END.finditer(text)]
    cuts = [0, *(end for end in ends if 0 < end < len(text)), len(text)]
    parts = [text[start:end] for start, end in pairwise(cuts)]
    return [part for part in parts if part.strip()] if text.strip() else [text]


def _share(number: int, count: int) -> float:
    last = len(SHARES) - 1
    return SHARES[number] if number < last else SHARES[last] / (count - last)


def _tells(sentence: str, asked: frozenset[str]) -> int:
    """Mark a sentence: what it names (to six), three for each word of the task, two for a number or a time."""
    named = _stems(sentence)
    asks_back = sentence.rstrip().endswith("?")
    facts = 2 * bool(_FACT.search(sentence))
    return 3 * len(named & asked) + min(len(named), _MOST_NAMED) + facts - 3 * asks_back


def _stems(text: str) -> frozenset[str]:
    """Give the words that name something, each cut to its first letters: endings differ."""
    return frozenset(word[:_SHORTEST_STEM] for word in _WORD.findall(text.casefold()) if word not in _EMPTY)
