"""Precision and recall of what tells who somebody is: on our corpus, and on one in the format of Presidio Research.

`python -m benchmarks.redaction [FILE.json …]`; a file is a list of `{"full_text": …, "spans": [{"entity_type": …,
"start_position": …, "end_position": …}]}`, places in characters, as `presidio_evaluator` writes them.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from contextfs.domain.redaction.personal import personal
from contextfs.kit.personal import PERSONAL, Personal
from tests.contextfs.domain.redaction import people

_NAMED: Final[dict[str, Personal]] = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "card",
    "US_SSN": "ssn",
}


class Place(NamedTuple):
    """A stretch of characters, and its class."""

    start: int
    end: int
    kind: str


class Labelled(NamedTuple):
    """A text, and what stands in it."""

    text: str
    places: list[Place]


class Figures:
    """What was meant and found, by class: a place counts as found when all of it would have been replaced."""

    def __init__(self, texts: Iterable[Labelled]) -> None:
        self.meant, self.found, self.wrong = Counter[str](), Counter[str](), Counter[str]()
        for one in texts:
            self._judge(one, list(_found(one.text)))

    def rows(self) -> Iterator[tuple[str, int, float, float]]:
        """Give each class with how many were meant, recall and precision."""
        for kind in PERSONAL:
            meant, found, wrong = self.meant[kind], self.found[kind], self.wrong[kind]
            yield kind, meant, found / meant if meant else 1.0, found / (found + wrong) if found + wrong else 1.0

    def _judge(self, one: Labelled, found: list[Place]) -> None:
        for place in one.places:
            self.meant[place.kind] += 1
            self.found[place.kind] += any(
                each.kind == place.kind and each.start <= place.start and place.end <= each.end for each in found
            )
        for each in found:
            touches = any(
                each.kind == place.kind and each.start < place.end and place.start < each.end for place in one.places
            )
            self.wrong[each.kind] += not touches


def ours() -> Iterator[Labelled]:
    """Give our corpus."""
    for one in people.positives():
        at = one.text.index(one.secret)
        yield Labelled(one.text, [Place(at, at + len(one.secret), one.kind)])
    yield from (Labelled(one.text, []) for one in people.negatives())


def theirs(file: Path) -> Iterator[Labelled]:
    """Read a corpus of others; classes that we do not look for are left out."""
    rows: list[dict[str, Any]] = json.loads(file.read_text())
    for row in rows:
        spans = [one for one in row["spans"] if one["entity_type"] in _NAMED]
        places = [Place(one["start_position"], one["end_position"], _NAMED[one["entity_type"]]) for one in spans]
        yield Labelled(row["full_text"], places)


def main(files: list[str]) -> int:
    """Print a table for each corpus."""
    corpora = {"ours": ours()} | {Path(one).name: theirs(Path(one)) for one in files}
    print("| corpus | class | places | recall | precision |\n|---|---|---|---|---|")
    for name, texts in corpora.items():
        for kind, meant, recall, precision in Figures(texts).rows():
            print(f"| {name} | {kind} | {meant} | {recall:.3f} | {precision:.3f} |")
    return 0


def _found(text: str) -> Iterator[Place]:
    data = text.encode()
    for span in personal(data, data.lower(), PERSONAL):
        yield Place(len(data[: span.start].decode()), len(data[: span.end].decode()), span.kind)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
