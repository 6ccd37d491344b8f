"""Fit the weights of the ranking's terms, and say what each is worth, in five folds of whole conversations.

`python -m benchmarks.retrieval.weights --data FILE.json`: for each kind of conversation the recall@10 of the shipped
weights, of weights fitted without the fold that is asked about, and of these without one term each. Listwise
softmax over each question's candidates, second-order steps, a small ridge. Never run it on what decides.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.retrieval.data import ADVERSARIAL, Conversation, fitting, load
from benchmarks.retrieval.report import table
from benchmarks.retrieval.systems.pure import Pure
from benchmarks.retrieval.vectors import Vectors
from contextfs.domain.search.fusion import DEFAULT
from contextfs.domain.search.signals import Kind

Floats = npt.NDArray[np.float64]
RIDGE = 1.0
_STEPS = 30
_FOLDS = 5


class Case(msgspec.Struct, frozen=True):
    """A question's candidates: their terms (candidates, terms), and which of them are evidence."""

    dataset: str
    fold: int
    terms: Floats
    right: list[int]
    evidence: int


def cases(dataset: str, conversations: Sequence[Conversation], vectors: Vectors, kind: Kind) -> list[Case]:
    """Read the terms of every candidate of every question."""
    names = list(DEFAULT.said[kind])
    found: list[Case] = []
    for number, conversation in enumerate(conversations):
        ours = Pure(vectors)
        ours.load(conversation)
        for asked in conversation.questions:
            if asked.category == ADVERSARIAL:
                continue
            ranked = ours.ranked(asked.q)
            rows = [[one.explanation.terms.get(name, 0.0) for name in names] for one in ranked]
            keys = [one.hit.key.rpartition("#")[0] for one in ranked]
            right = [place for place, key in enumerate(keys) if key in set(asked.evidence)]
            found.append(Case(dataset, number % _FOLDS, np.array(rows), right, len(asked.evidence)))
    return found


def fit(training: Sequence[Case]) -> Floats:
    """Give the weights under which the evidence is likeliest; every data set counts the same."""
    kept = [one for one in training if one.right]
    sizes = Counter(one.dataset for one in kept)
    shares = np.array([1000 / sizes[one.dataset] / len(sizes) for one in kept])
    rows = np.concatenate([one.terms for one in kept])
    lengths = [len(one.terms) for one in kept]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(int)
    owner = np.repeat(np.arange(len(kept)), lengths)
    wanted = np.zeros(len(rows))
    for one, start in zip(kept, starts, strict=True):
        wanted[start + np.array(one.right)] = 1 / len(one.right)
    target = (wanted * shares[owner]) @ rows
    weights = np.zeros(rows.shape[1])
    loss, chances = _likelihood(weights, rows, starts, owner, shares, target)
    for _ in range(_STEPS):
        heavy = chances * shares[owner]
        means = np.add.reduceat(rows * chances[:, None], starts, axis=0)
        slope = target - heavy @ rows - RIDGE * weights
        curve = (rows.T * heavy) @ rows - (means.T * shares) @ means + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        size = 1.0
        while size > 1e-4:
            tried = _likelihood(weights + size * step, rows, starts, owner, shares, target)
            if tried[0] < loss:
                break
            size /= 2
        else:
            break
        weights, done = weights + size * step, loss - tried[0] < 1e-4
        loss, chances = tried
        if done:
            break
    return weights


def _likelihood(
    weights: Floats,
    rows: Floats,
    starts: npt.NDArray[np.int_],
    owner: npt.NDArray[np.int_],
    shares: Floats,
    target: Floats,
) -> tuple[float, Floats]:
    """Give the ridged loss, and each candidate's chance among those of its question."""
    scores = rows @ weights
    tops = np.maximum.reduceat(scores, starts)
    powers = np.exp(scores - tops[owner])
    totals = np.add.reduceat(powers, starts)
    loss = (shares * (np.log(totals) + tops)).sum() - target @ weights + RIDGE / 2 * weights @ weights
    return float(loss), powers / totals[owner]


def recall(one: Case, weights: Floats) -> float:
    """Give recall@10 under these weights."""
    best = np.argsort(-(one.terms @ weights), kind="stable")[:10]
    return len(set(best.tolist()).intersection(one.right)) / one.evidence


def crossed(found: Sequence[Case], columns: Sequence[int]) -> dict[str, float]:
    """Fit on all folds but one, ask that one; of the terms only these columns."""
    narrow = [msgspec.structs.replace(one, terms=one.terms[:, list(columns)]) for one in found]
    scores: dict[str, list[float]] = {}
    for fold in range(_FOLDS):
        others = [one for one in narrow if one.fold != fold]
        weights = fit(others) if any(one.right for one in others) else np.zeros(len(columns))
        for one in narrow:
            if one.fold == fold:
                scores.setdefault(one.dataset, []).append(recall(one, weights))
    return {name: float(np.mean(values)) for name, values in scores.items()}


def main(arguments: list[str]) -> int:
    """Print one table for each kind of conversation."""
    home = Path(os.environ.get("CONTEXTFS_HOME", Path.home() / ".contextfs"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval.weights", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--datasets", default="")
    parser.add_argument("--model", type=Path, default=home / "models" / "all-MiniLM-L6-v2.int8.bin")
    parser.add_argument("--cache", type=Path, default=home / "cache" / "benchmark-vectors.db")
    asked = parser.parse_args(arguments)
    data = load(asked.data, [name for name in asked.datasets.split(",") if name])
    print("\n".join(worths(fitting(data), Vectors(asked.model, asked.cache))))
    return 0


def worths(data: Mapping[str, Sequence[Conversation]], vectors: Vectors) -> list[str]:
    """Write one table of Markdown for each kind of conversation of which there are two at the least."""
    kinds: list[tuple[Kind, bool]] = [("dialogue", True), ("assistance", False)]
    found: dict[Kind, list[Case]] = {
        kind: [
            case
            for name, conversations in data.items()
            if bool(conversations[0].names) is people
            for case in cases(name, conversations, vectors, kind)
        ]
        for kind, people in kinds
    }
    return [
        _table(kind, cases_) for kind, cases_ in found.items() if len({one.fold for one in cases_ if one.right}) > 1
    ]


def _table(kind: Kind, found: Sequence[Case]) -> str:
    names = list(DEFAULT.said[kind])
    shipped = np.array([DEFAULT.said[kind][name] for name in names])
    every = range(len(names))
    sets = list(dict.fromkeys(one.dataset for one in found))
    whole = crossed(found, every)
    fitted = fit(found)
    straight = {name: np.mean([recall(one, shipped) for one in found if one.dataset == name]) for name in sets}
    rows = [
        ["shipped weights", "", "", *(f"{straight[name]:.3f}" for name in sets)],
        ["fitted, left out", "", "", *(f"{whole[name]:.3f}" for name in sets)],
    ]
    for place, name in enumerate(names):
        without = crossed(found, [other for other in every if other != place])
        changes = [f"{without[one] - whole[one]:+.3f}" for one in sets]
        rows.append([f"without {name}", f"{shipped[place]:.2f}", f"{fitted[place]:.2f}", *changes])
    return table([kind, "weight", "fitted", *sets], rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
