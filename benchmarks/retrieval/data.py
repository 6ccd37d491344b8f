"""Labelled conversations: turns by session, and questions with the ids of the turns that answer them."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

ROLES = frozenset({"user", "assistant"})
ADVERSARIAL = "adversarial"
"""The category whose answer is "not mentioned": shown apart, for there is nothing to find."""

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - a row of words
_DATES = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -](?P<name>[A-Za-z]{3,9})\.?,?[ -](?P<year>\d{4})"),
    re.compile(r"(?P<name>[A-Za-z]{3,9})\.?[ -](?P<day>\d{1,2})(?:st|nd|rd|th)?,?[ -](?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})"),
)
_CLOCK = re.compile(r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?\s*(?P<half>[ap]m)?", re.IGNORECASE)


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


def load(path: Path) -> dict[str, list[Conversation]]:
    """Read a file `{dataset: [conversation]}`; questions without evidence among the turns are left out."""
    read = msgspec.json.decode(path.read_bytes(), type=dict[str, list[Conversation]])
    return {name: [_answerable(one) for one in conversations] for name, conversations in read.items()}


def day(text: str | None) -> datetime | None:
    """Read a date as people write it: `4:04 pm on 20 January, 2023`, `March-15-2024`, `29.12.2023, 10:13`, ISO 8601."""
    found = next((match for form in _DATES if (match := form.search(text or ""))), None)
    if found is None:
        return None
    parts = found.groupdict()
    name = (parts.get("name") or "").lower()[:3]
    month = int(parts.get("month") or 0) or (_MONTHS.index(name) + 1 if name in _MONTHS else 0)
    clock = _CLOCK.search((text or "").replace(found.group(), " "))
    try:
        return datetime(
            int(parts["year"]), month, int(parts["day"]), _hour(clock), int(clock["minute"]) if clock else 0, tzinfo=UTC
        )
    except ValueError:
        return None


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


def _hour(clock: re.Match[str] | None) -> int:
    if clock is None:
        return 0
    hour = int(clock["hour"])
    if not clock["half"]:
        return hour
    return hour % 12 + (12 if clock["half"].lower() == "pm" else 0)


def _answerable(conversation: Conversation) -> Conversation:
    there = {turn.id for turn in conversation.turns}
    kept = [
        msgspec.structs.replace(asked, evidence=list(dict.fromkeys(asked.evidence)))
        for asked in conversation.questions
        if there.intersection(asked.evidence)
    ]
    return msgspec.structs.replace(conversation, questions=kept)
