"""Recall and precision on a labelled corpus of invented secrets and their look-alikes."""

from collections import Counter

from contextfs.domain.redaction import redact
from tests.contextfs.domain.redaction.corpus import PER_KIND, negatives, positives

KEY = b"k"


def test_the_corpus_is_large_enough_to_judge_by() -> None:
    kinds = Counter(p.kind for p in positives())

    assert (True, {PER_KIND}, True) == (len(kinds) >= 15, set(kinds.values()), len(list(negatives())) >= 300)


def test_no_secret_of_any_kind_survives() -> None:
    survived = [p for p in positives() if p.secret in redact(p.text, key=KEY).text]

    assert [] == survived


def test_no_look_alike_is_touched() -> None:
    touched = [n for n in negatives() if redact(n.text, key=KEY).text != n.text]

    assert [] == touched


def test_recall_holds_on_a_draw_that_nobody_has_seen() -> None:
    drawn = list(positives(seed=99))
    found = sum(p.secret not in redact(p.text, key=KEY).text for p in drawn)

    assert found / len(drawn) >= 0.98
