"""What of a message matters: its sentences, the telling ones first.

Measured on labelled conversations: of a message that answers a question, the sentence that holds the answer is most
often the one that names the most things, people and titles above all, shares words with the question, or gives a time
where the question asks when. What is polite ("Hey! Great to see you.") or asked back hardly ever is. The weights are
those of a softmax over the sentences of messages that answer (LoCoMo, development half). No language model takes part.
"""

import re
from collections.abc import Callable
from itertools import pairwise
from math import exp

import msgspec

LEAST = 0.65
"""How likely the most telling sentence of a message at least holds what was looked for: nobody is handed none."""

_POLITE = 0.01
"""The same for one that says nothing: it is taken when nothing else fits."""

_IDLE = 0.4
"""A mark up to this is that of one that says nothing."""

_NAMED, _ASKED, _PROPER, _TIMED, _COUNTED, _QUOTED, _FACTUAL, _ASKS_BACK = 0.35, 0.4, 0.37, 1.1, 0.6, 0.7, 0.1, -0.3
"""What a word that names something adds to a sentence's mark, one that is in the task too, a proper name, a time where
the task asks when, a number where it asks how many, a quotation, a time or number else, and a question mark."""

_MOST_NAMED = 8
_MOST_PROPER = 3

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
_WHEN = re.compile(
    r"\b(?:when|since|how (?:long|often)|(?:what|which) (?:year|month|date|day)|what time)\b", re.IGNORECASE
)
_HOW_MANY = re.compile(r"\bhow (?:many|much|old)\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twice|couple|few|several|dozen)\b", re.IGNORECASE
)
_NAME = re.compile(r"(?<=[\w,;] )[A-Z]\w+")
_QUOTE = re.compile(r'["\u201c]\w')
_DOES = r"""(?:add|apply|begin|build|check|clean|commit|continue|create|delete|do|edit|examine|explore|extract|find|fix
|get|help|implement|investigate|launch|look|make|move|perform|provide|read|refactor|remove|rename|replace|review|rewrite|run|search
|see|start|test|update|verify|wire|write)"""
_DOING = (
    r"(?:add|apply|check|clean|creat|delet|fix|implement|launch|mov|remov|renam|replac|runn|test|updat|verify|writ)ing"
)
# "Now let me run the tests:", "I'll check the imports:", "Now update the docs.": what a model says before it calls a
# tool. Where it gives a reason, it says more than that.
_ANNOUNCES = re.compile(
    rf"""(?![^\n]*\b(?:because|since|so\ that|instead\ of|rather\ than)\b)
    (?:(?:now|next|first|then|so|also|and|but|finally|ok|okay|good|great|perfect|excellent|alright|right|yes)\b[\s,.!:;]*)*
    (?:let\ me\b[^:\n]*:?|let\ me\ (?:now\ |also\ )?{_DOES}\b[^\n]*
    |(?:let's|i'll|i\ will|i'm\ going\ to|i\ need\ to|i\ can\ now|time\ to)\b
    (?:[^:\n]*:|\ (?:now\ |also\ |first\ |just\ )?{_DOES}\b[^:\n]*)
    |(?<=now\ )(?:{_DOES}|{_DOING})\b[^\n]*|(?:(?:catch|point|question)\b[\s.!]*)+)
    \s*""",
    re.IGNORECASE | re.VERBOSE,
)
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


def announces(sentence: str) -> bool:
    """Tell whether a model only says in it what it does next."""
    return _ANNOUNCES.fullmatch(sentence) is not None


def is_announcement(text: str) -> bool:
    """Tell whether a model says nothing in a message but what it does next: "Good. Let me run the tests:"."""
    parts = _split(text)
    return any(map(announces, parts)) and all(announces(part) or not _stems(part) for part in parts)


def sentences(text: str, task: str, *, is_models: bool = False) -> list[Sentence]:
    """Give a message's sentences, the most telling for a task first; a block of code is one.

    In the order of their places they join to the text again, each with the white space behind it. The shares are the
    softmax of their marks, but that of the first is at least `LEAST`. A text of one sentence has share 1. Where a model
    said it (`is_models`), what it does next is as idle as what is polite.
    """
    parts = _split(text)
    if len(parts) <= 1:
        return [Sentence(0, text, 1.0)]
    tells = _teller(task)
    marks = [0.0 if is_models and announces(part) else tells(part) for part in parts]
    best, *others = sorted(range(len(parts)), key=lambda place: (-marks[place], place))
    odds = [exp(marks[place] - marks[best]) for place in others]
    first = max(LEAST, 1 / (1 + sum(odds)))
    left = (1 - first) / sum(odds)
    shares = (left * odd if marks[place] > _IDLE else _POLITE for place, odd in zip(others, odds, strict=True))
    return [Sentence(best, parts[best], first), *map(Sentence, others, (parts[one] for one in others), shares)]


def _split(text: str) -> list[str]:
    ends = [match.end() for match in _END.finditer(text)]
    cuts = [0, *(end for end in ends if 0 < end < len(text)), len(text)]
    parts = [text[start:end] for start, end in pairwise(cuts)]
    return [part for part in parts if part.strip()] if text.strip() else [text]


def _teller(task: str) -> Callable[[str], float]:
    """Give what marks a sentence for a task: the logarithm of its odds to hold what is looked for."""
    asked, when, how_many = _stems(task), bool(_WHEN.search(task)), bool(_HOW_MANY.search(task))

    def mark(sentence: str) -> float:
        named = _stems(sentence)
        factual = bool(_FACT.search(sentence))
        if len(named) <= 1 and not factual and not named & asked:
            return _NAMED * len(named)  # a name that is called says nothing
        return (
            _NAMED * min(len(named), _MOST_NAMED)
            + _ASKED * len(named & asked)
            + _PROPER * min(len(set(_NAME.findall(sentence))), _MOST_PROPER)
            + (_FACTUAL + _TIMED * when) * factual
            + _COUNTED * (how_many and bool(_NUMBER.search(sentence)))
            + _QUOTED * bool(_QUOTE.search(sentence))
            + _ASKS_BACK * sentence.rstrip().endswith("?")
        )

    return mark


def _stems(text: str) -> frozenset[str]:
    """Give the words that name something, each cut to its first letters: endings differ."""
    return frozenset(word[:_SHORTEST_STEM] for word in _WORD.findall(text.casefold()) if word not in _EMPTY)
