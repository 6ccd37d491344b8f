"""Conversations and questions as people type them: each way is a change to labelled ones, and a row of one table.

`python -m benchmarks.retrieval.typed --data FILE.json --systems pure,fts5,vector`: recall@10 for what was said
and asked as it is, in bursts of short messages, in small letters, with a typo, with dates written otherwise.
A second run gives the same figures.
"""

import argparse
import os
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from msgspec.structs import replace

from benchmarks.retrieval.data import ADVERSARIAL, Asked, Conversation, Turn, load
from benchmarks.retrieval.report import table
from benchmarks.retrieval.systems import TABLE, make
from benchmarks.retrieval.vectors import Vectors
from contextfs.domain.search.tokens import terms

Way = Callable[[Conversation], Conversation]

DEPTH = 10
SEAM = "~"
"""What stands between a turn's id and the number of a message that it was cut into."""

_SENTENCE = re.compile(r"(?<=[.!?])[\"')]*\s+")
_END = re.compile(r"[.!?\u2026]+(?=\s|$)")
_WORD = re.compile(r"[A-Za-z]{5,}")
_SURNAMES = ("Smith", "Garcia", "Novak", "Okafor")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SEASONS = ("winter", "spring", "summer", "fall")
_DATE = re.compile(
    rf"(?P<lead>(?:on|in|during|of) )?(?:(?P<before>\d{{1,2}})(?:st|nd|rd|th)? )?(?P<month>{'|'.join(_MONTHS)})"
    r"(?: (?P<after>\d{1,2})(?:st|nd|rd|th)?(?!\d))?,? (?P<year>20\d\d)"
)


def bursts(conversation: Conversation) -> Conversation:
    """Cut each turn at the ends of its sentences into messages of the same speaker."""
    turns = [
        replace(turn, id=f"{turn.id}{SEAM}{number}", text=said)
        for turn in conversation.turns
        for number, said in enumerate(_SENTENCE.split(turn.text))
    ]
    return replace(conversation, turns=turns)


def small_messages(conversation: Conversation) -> Conversation:
    """Write what is said in small letters, without the marks that end sentences; what is nothing else stays."""
    turns = [replace(turn, text=_END.sub("", turn.text.lower()).strip() or turn.text) for turn in conversation.turns]
    return replace(conversation, turns=turns)


def small_questions(conversation: Conversation) -> Conversation:
    """Write questions, and the names in them, in small letters, and without the mark behind them."""
    return _asking(conversation, lambda asked: asked.q.lower().rstrip("?. "))


def mistyped(conversation: Conversation) -> Conversation:
    """Mistype one word of each question, but no speaker's name: a letter too many, too few, or in the wrong place."""
    names = {part.lower() for name in conversation.names for part in name.split()}
    return _asking(conversation, lambda asked: _mistyped(asked, names))


def whole_names(conversation: Conversation) -> Conversation:
    """Give speakers surnames, which nobody says."""
    whole = {name: f"{name} {_SURNAMES[number % 4]}" for number, name in enumerate(conversation.names)}
    turns = [replace(turn, speaker=whole.get(turn.speaker, turn.speaker)) for turn in conversation.turns]
    speakers = [whole.get(one, one) for one in conversation.speakers]
    return replace(conversation, turns=turns, speakers=speakers)


def dated(written: Callable[[int, int, str | None], str]) -> Way:
    """Write the dates of questions otherwise, by year, month and day, and ask nothing else."""

    def otherwise(match: re.Match[str]) -> str:
        month = _MONTHS.index(match["month"]) + 1
        return (match["lead"] or "") + written(int(match["year"]), month, match["before"] or match["after"])

    def way(conversation: Conversation) -> Conversation:
        kept = [asked for asked in conversation.questions if _DATE.search(asked.q)]
        return _asking(replace(conversation, questions=kept), lambda asked: _DATE.sub(otherwise, asked.q))

    return way


def as_it_is(conversation: Conversation) -> Conversation:
    """Change nothing."""
    return conversation


def of_all(*ways: Way) -> Way:
    """Change one thing after the other."""

    def way(conversation: Conversation) -> Conversation:
        for one in ways:
            conversation = one(conversation)
        return conversation

    return way


WAYS: Mapping[str, Way] = {
    "as it is": as_it_is,
    "turns in bursts": bursts,
    "messages in small letters": small_messages,
    "questions in small letters": small_questions,
    "all three": of_all(bursts, small_messages, small_questions),
    "a typo in each question": mistyped,
    "speakers with surnames": whole_names,
    "speakers with surnames, questions small": of_all(whole_names, small_questions),
    "dated as it is": of_all(dated(lambda year, month, day: f"{f'{day} ' if day else ''}{_MONTHS[month - 1]} {year}")),
    "8 may": dated(lambda _, month, day: f"{f'{day} ' if day else ''}{_MONTHS[month - 1][:3].lower()}"),
    "5/8": dated(lambda year, month, day: f"{month}/{day or year}"),
    "5/8/23": dated(lambda year, month, day: f"{month}/{day}/{year % 100}" if day else f"{month}/{year}"),
    "8.5.2023": dated(lambda year, month, day: f"{f'{day}.' if day else ''}{month}.{year}"),
    "the spring of 2023": dated(lambda year, month, _: f"the {_SEASONS[month % 12 // 3]} of {year - (month < 3)}"),
}


def telling(conversation: Conversation, asked: Asked) -> frozenset[str]:
    """Give of each turn of the evidence the message that holds most of the answer's words; of equals the longest."""
    wanted = set(terms(str(asked.answer or "")))
    messages: defaultdict[str, list[Turn]] = defaultdict(list)
    for turn in conversation.turns:
        messages[turn.id.partition(SEAM)[0]].append(turn)
    told = (messages[one] for one in asked.evidence if one in messages)
    return frozenset(
        max(some, key=lambda one: (len(wanted.intersection(terms(one.text))), len(one.text))).id for some in told
    )


def recalls(found: Sequence[str], conversation: Conversation, asked: Asked) -> tuple[float, float]:
    """Give the share of the evidence of which any message was found, and of which the telling one was."""
    wanted = frozenset(asked.evidence)
    turns = {one.partition(SEAM)[0] for one in found}
    return len(wanted & turns) / len(wanted), len(telling(conversation, asked).intersection(found)) / len(wanted)


def measured(
    conversations: Iterable[Conversation], system: str, way: Way, vectors: Vectors
) -> list[tuple[float, float]]:
    """Ask one system everything."""
    scores: list[tuple[float, float]] = []
    asking = make(system, vectors)
    for conversation in map(way, conversations):
        asking.load(conversation)
        questions = [asked for asked in conversation.questions if asked.category != ADVERSARIAL]
        scores += [recalls(asking.search(asked.q, DEPTH), conversation, asked) for asked in questions]
    asking.close()
    return scores


def compared(
    conversations: Sequence[Conversation], systems: Sequence[str], ways: Iterable[str], vectors: Vectors
) -> str:
    """Write one table of Markdown; where turns are cut, the second figure counts the telling message alone."""
    rows: list[list[str]] = []
    for name in ways:
        scores = [measured(conversations, system, WAYS[name], vectors) for system in systems]
        rows.append([name, str(len(scores[0])), *map(_told, scores)])
        sys.stderr.write(f"{' | '.join(rows[-1])}\n")
    return table(["R@10", "questions", *systems], rows)


def main(arguments: list[str]) -> int:
    """Print the table; 2 when a system or a way has no such name."""
    home = Path(os.environ.get("CONTEXTFS_HOME", Path.home() / ".contextfs"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval.typed", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="labelled conversations, see the README")
    parser.add_argument("--dataset", default="locomo", help="of the file's data sets, one of people who chat")
    parser.add_argument("--systems", default="pure,fts5,vector")
    parser.add_argument("--ways", default=",".join(WAYS), help=f"of {', '.join(WAYS)} (default: all)")
    parser.add_argument("--model", type=Path, default=home / "models" / "all-MiniLM-L6-v2.int8.bin")
    parser.add_argument("--cache", type=Path, default=home / "cache" / "benchmark-vectors.db")
    asked = parser.parse_args(arguments)
    systems, ways = asked.systems.split(","), asked.ways.split(",")
    unknown = [*(one for one in systems if one not in TABLE), *(one for one in ways if one not in WAYS)]
    if unknown:
        sys.stderr.write(f"There is no {unknown[0]}: choose of {', '.join(TABLE)} and of {', '.join(WAYS)}.\n")
        return 2
    print(compared(load(asked.data)[asked.dataset], systems, ways, Vectors(asked.model, asked.cache)))
    return 0


def _asking(conversation: Conversation, written: Callable[[Asked], str]) -> Conversation:
    return replace(conversation, questions=[replace(asked, q=written(asked)) for asked in conversation.questions])


def _mistyped(asked: Asked, names: Iterable[str]) -> str:
    words = [match for match in _WORD.finditer(asked.q) if match.group().lower() not in names]
    if not words:
        return asked.q
    rng = random.Random(asked.qid)  # noqa: S311 - no secret
    match = rng.choice(words)
    word, at = match.group(), rng.randrange(1, len(match.group()) - 2)
    one, other = word[at : at + 2]
    typed = rng.choice([other + one, other, one + one + other])
    return asked.q[: match.start()] + word[:at] + typed + word[at + 2 :] + asked.q[match.end() :]


def _told(scores: Sequence[tuple[float, float]]) -> str:
    any_, strict = (fmean(column) for column in zip(*scores, strict=True)) if scores else (0.0, 0.0)
    return f"{any_:.3f}" if any_ == strict else f"{any_:.3f}, {strict:.3f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
