"""Weights are fitted to what tells evidence from the rest."""

import numpy as np
import pytest

from benchmarks.retrieval.weights import Case, crossed, fit, recall


@pytest.fixture(scope="module")
def found() -> list[Case]:
    rng = np.random.default_rng(7)
    made: list[Case] = []
    for number in range(60):
        terms = rng.random((30, 2))
        made.append(Case("set", number % 5, terms, [int(np.argmax(terms[:, 0]))], 1))
    return made


def test_what_tells_counts_and_what_does_not_counts_little(found: list[Case]) -> None:
    telling, silent = fit(found)

    assert telling > 5 * abs(silent)


def test_without_what_tells_less_is_found(found: list[Case]) -> None:
    assert crossed(found, [0, 1])["set"] > crossed(found, [1])["set"] + 0.3


def test_evidence_that_is_no_candidate_is_missed(found: list[Case]) -> None:
    lost = Case("set", 0, found[0].terms, [], 2)

    assert recall(lost, np.ones(2)) == 0.0
