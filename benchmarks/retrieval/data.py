"""Labelled conversations: turns by session, and questions with the ids of the turns that answer them."""

import codecs
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

from contextfs.kit.errors import Invalid

ROLES = frozenset({"user", "assistant"})
ADVERSARIAL = "adversarial"
"""The category whose answer is "not mentioned": shown apart, for there is nothing to find."""
HELD_OUT = "held-out"
"""A data set whose name ends so decides: it is measured, and nothing is fitted or chosen on it."""

_CALLED = {
    **dict.fromkeys(("user", "human"), "user"),
    **dict.fromkeys(("assistant", "ai", "bot", "chatgpt", "gpt", "model", "system", "tool"), "assistant"),
}
_FORM = "benchmarks/retrieval/README.md shows the form"


class Turn(msgspec.Struct, frozen=True):
    """One message; `speaker` is a name, or `user` and `assistant`."""

    id: str
    session: str
    speaker: str
    text: str
    date: str | None = None


class Asked(msgspec.Struct, frozen=True):
    """A question and the turns that hold its answer."""

    qid: str
    q: str
    category: str
    evidence: list[str]
    answer: Any = None


class Conversation(msgspec.Struct, frozen=True):
    """A conversation over many sessions, searched by itself."""

    conv_id: str
    speakers: list[str]
    turns: list[Turn]
    questions: list[Asked]

    @property
    def names(self) -> list[str]:
        """The people in it; none when a user talks to an assistant."""
        return [speaker for speaker in self.speakers if speaker not in ROLES]


def load(path: Path, only: Sequence[str] = ()) -> dict[str, list[Conversation]]:
    """Read a file `{data set: [conversation]}`: all of its data sets, or `only` these.

    Numbers are taken for ids; `conv_id`, `speakers`, `session`, `date`, `qid` and `category` may be missing. Questions
    without a text or evidence among the turns are left out, and counted on stderr. Invalid, with the place, where the
    file does not have the form or leaves nothing to ask.
    """
    try:
        read = msgspec.json.decode(path.read_bytes().removeprefix(codecs.BOM_UTF8), type=dict[str, list[Any]])
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise Invalid(f"{path} cannot be read: {error}. {_FORM}.") from error
    for name in only:
        if name not in read:
            raise Invalid(f"{path} has no data set {name}: choose from {', '.join(read)}.")
    data = {name: [_conversation(name, number, one) for number, one in enumerate(read[name])] for name in only or read}
    kept = {name: _asked(name, found) for name, found in data.items()}
    if not any(kept.values()):
        raise Invalid(f"{path} has no question whose evidence is among the turns of its conversation. {_FORM}.")
    return {name: found for name, found in kept.items() if found}


def fitting(data: Mapping[str, Sequence[Conversation]]) -> dict[str, Sequence[Conversation]]:
    """Give the data sets on which something may be fitted or chosen."""
    return {name: found for name, found in data.items() if not name.endswith(HELD_OUT)}


def sample() -> bytes:
    """Give a file of this format that may be shown: one invented conversation."""
    return json.dumps(
        {
            "invented": [
                {
                    "conv_id": "c1",
                    "speakers": ["Ana", "Ben"],
                    "turns": [
                        {"id": "1", "session": "s1", "speaker": "Ana", "text": "I moved to Lisbon last week.",
                         "date": "3 May, 2023"},
                        {"id": "2", "session": "s1", "speaker": "Ben", "text": "How is the flat?",
                         "date": "3 May, 2023"},
                        {"id": "3", "session": "s2", "speaker": "Ben", "text": "My dog is called Rex.",
                         "date": "9 June, 2023"},
                    ],
                    "questions": [
                        {"qid": "q1", "q": "Where did Ana move?", "category": "single-hop", "evidence": ["1"]},
                        {"qid": "q2", "q": "What is the name of Ben's dog?", "category": "single-hop",
                         "evidence": ["3"]},
                    ],
                }
            ]
        }
    ).encode()  # fmt: skip


def _conversation(dataset: str, number: int, read: Any) -> Conversation:
    where = f"Data set {dataset}, conversation {number}"
    [whole] = _filled([_plain(read)], {"conv_id": "", "speakers": [], "questions": []})
    if isinstance(whole, dict) and "turns" in whole:
        whole["turns"] = _filled(whole["turns"], {"session": ""})
        whole["questions"] = _filled(whole["questions"], {"qid": "", "category": ""})
    try:
        found = msgspec.convert(whole, Conversation)
    except msgspec.ValidationError as error:
        raise Invalid(f"{where}: {error}. {_FORM}.") from error
    twice = [key for key, count in Counter(turn.id for turn in found.turns).items() if count > 1]
    if twice:
        raise Invalid(f"{where}: two turns have the id {twice[0]}. Give each turn of a conversation an id of its own.")
    if all(turn.speaker.lower() in _CALLED for turn in found.turns):
        turns = [msgspec.structs.replace(turn, speaker=_CALLED[turn.speaker.lower()]) for turn in found.turns]
        return msgspec.structs.replace(found, speakers=sorted(ROLES), turns=turns)
    speakers = found.speakers or list(dict.fromkeys(turn.speaker for turn in found.turns))
    return msgspec.structs.replace(found, speakers=speakers)


def _plain(read: Any) -> Any:
    """Write numbers as text, leave out what is null, and characters that no text holds."""
    match read:
        case dict():
            return {key: _plain(one) for key, one in cast("dict[str, Any]", read).items() if one is not None}
        case list():
            return [_plain(one) for one in cast("list[Any]", read)]
        case int() | float():
            return str(read)
        case str():
            return read.replace("\0", " ")
        case _:
            return read


def _filled(read: Any, missing: dict[str, Any]) -> Any:
    """Give each object of a list what it does not have; what is no list of objects is left for `convert` to refuse."""
    if not isinstance(read, list):
        return read
    return [missing | cast("dict[str, Any]", one) if isinstance(one, dict) else one for one in cast("list[Any]", read)]


def _asked(dataset: str, found: Sequence[Conversation]) -> list[Conversation]:
    """Keep what can be asked, under names that are told apart."""
    kept = [
        msgspec.structs.replace(one, conv_id=name, questions=_answerable(one))
        for name, one in zip(_apart(one.conv_id for one in found), found, strict=True)
    ]
    lost = sum(len(one.questions) for one in found) - sum(len(one.questions) for one in kept)
    if lost:
        sys.stderr.write(f"{dataset}: {lost} questions are left out: no text, or no evidence among the turns.\n")
    if not any(one.questions for one in kept):
        sys.stderr.write(f"{dataset} is left out: nothing can be asked.\n")
    return [one for one in kept if one.questions]


def _answerable(conversation: Conversation) -> list[Asked]:
    there = {turn.id for turn in conversation.turns}
    kept = [one for one in conversation.questions if one.q.strip() and there.intersection(one.evidence)]
    names = _apart(one.qid for one in kept)
    return [
        msgspec.structs.replace(one, qid=name, evidence=[id_ for id_ in dict.fromkeys(one.evidence) if id_ in there])
        for name, one in zip(names, kept, strict=True)
    ]


def _apart(names: Iterable[str]) -> list[str]:
    """Number what has no name, or the name of one before."""
    seen: Counter[str] = Counter()
    found: list[str] = []
    for number, given in enumerate(names, start=1):
        name = given or str(number)
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
