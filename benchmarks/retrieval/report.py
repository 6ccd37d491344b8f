"""One table: how much of the evidence each system finds, with what certainty, at what cost."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import Literal

from benchmarks.retrieval.data import ADVERSARIAL
from benchmarks.retrieval.measures import BUDGETS, DEPTHS, PACKS, Score, difference, interval, percentile
from benchmarks.retrieval.run import Run


def summary(runs: Sequence[Run]) -> str:
    """Write recall@10 and its interval, a column for each data set: every category but the adversarial one."""
    found = {run.system: by_dataset(run.scores) for run in runs}
    datasets = list(dict.fromkeys(name for scores in found.values() for name in scores))
    sizes = {name: max(len(scores.get(name, [])) for scores in found.values()) for name in datasets}
    rows = [[system, *(_with_interval(scores.get(name, [])) for name in datasets)] for system, scores in found.items()]
    return table(
        ["recall@10", *(f"{name} ({sizes[name]})" for name in datasets)], [row for row in rows if any(row[1:])]
    )


def headline(runs: Sequence[Run], dataset: str) -> str:
    """Write the table of one data set: every category but the adversarial one."""
    head = [
        "system",
        "questions",
        *(f"R@{k}" for k in DEPTHS),
        "95 % of R@10",
        "nDCG@10",
        "MRR",
        *(f"session R@{k}" for k in DEPTHS),
        *(f"held in {budget}" for budget in BUDGETS),
        *(f"{what} {budget}" for budget in PACKS for what in ("pack", "answer in")),
        "p50 ms",
        "p95 ms",
    ]
    rows = [_row(run, [one for one in answerable(run.scores) if one.dataset == dataset]) for run in runs]
    return table(head, [row for row in rows if row])


def categories(runs: Sequence[Run], dataset: str, measure: str, value: Callable[[Score], float]) -> str:
    """Write a measure by category, the adversarial one too."""
    names = sorted({one.category for run in runs for one in run.scores if one.dataset == dataset})
    rows: list[list[str]] = []
    for run in runs:
        by = {name: [value(s) for s in run.scores if (s.dataset, s.category) == (dataset, name)] for name in names}
        if any(by.values()):
            rows.append([run.system, *(f"{fmean(values):.3f}" if values else "" for values in by.values())])
    asked = {(s.category, s.conversation, s.qid) for run in runs for s in run.scores if s.dataset == dataset}
    sizes = Counter(category for category, _, _ in asked)
    return table([measure, *(f"{name} ({sizes[name]})" for name in names)], rows)


def differences(runs: Sequence[Run], dataset: str) -> str:
    """Write how far each system's recall@10 is from the first one's, paired, whole conversations drawn anew."""
    first, *others = [[one for one in answerable(run.scores) if one.dataset == dataset] for run in runs]
    rows: list[list[str]] = []
    for run, scores in zip(runs[1:], others, strict=True):
        if scores and first:
            mean, low, high = difference(scores, first)
            several = len({one.conversation for one in first}) > 1
            between = f"{low:+.3f} to {high:+.3f}" if several else "one conversation: no interval"
            rows.append([run.system, f"{mean:+.3f}", between])
    return table([f"R@10 beside {runs[0].system}", "difference", "95 %, by conversations"], rows) if rows else ""


def absences(runs: Iterable[Run]) -> str:
    """Say which systems did not take part, and why."""
    return "".join(f"- {run.system}: {run.absent}\n" for run in runs if run.absent)


def answerable(scores: Iterable[Score]) -> list[Score]:
    """Leave out questions whose answer is that nothing was said."""
    return [one for one in scores if one.category != ADVERSARIAL]


def by_dataset(scores: Iterable[Score]) -> dict[str, list[float]]:
    """Give recall@10 of each question by data set, without those whose answer is that nothing was said."""
    found: dict[str, list[float]] = {}
    for one in answerable(scores):
        found.setdefault(one.dataset, []).append(one.recall[10])
    return found


def report(runs: Sequence[Run]) -> str:
    """Write all tables as Markdown."""
    datasets = list(dict.fromkeys(one.dataset for run in runs for one in run.scores))
    parts = [
        "\n".join(
            [
                f"## {name}\n\n{headline(runs, name)}",
                categories(runs, name, "recall@10", lambda one: one.recall[10]),
                categories(runs, name, "MRR", lambda one: one.mrr),
                differences(runs, name),
            ]
        )
        for name in datasets
    ]
    absent = absences(runs)
    return "\n".join([summary(runs), *parts, *([f"Did not run, or not to the end:\n\n{absent}"] if absent else [])])


def _row(run: Run, scores: Sequence[Score]) -> list[str]:
    if not scores:
        return []
    mean: Callable[[Callable[[Score], float]], str] = lambda value: f"{fmean(map(value, scores)):.3f}"  # noqa: E731
    low, high = interval([one.recall[10] for one in scores])
    times = [one.milliseconds for one in scores]
    return [
        run.system,
        str(len(scores)),
        *(mean(lambda one, k=k: one.recall[k]) for k in DEPTHS),
        f"{low:.3f} to {high:.3f}",
        mean(lambda one: one.ndcg),
        mean(lambda one: one.mrr),
        *(mean(lambda one, k=k: one.session_recall[k]) for k in DEPTHS),
        *(mean(lambda one, budget=budget: one.held[budget]) for budget in BUDGETS),
        *(_pack_mean(scores, budget, of) for budget in PACKS for of in ("packed", "answered")),
        f"{percentile(times, 0.5):.1f}",
        f"{percentile(times, 0.95):.1f}",
    ]


def _with_interval(values: Sequence[float]) -> str:
    low, high = interval(values)
    return f"{fmean(values):.3f} ({low:.3f} to {high:.3f})" if values else ""


def _pack_mean(scores: Sequence[Score], budget: int, of: Literal["packed", "answered"]) -> str:
    values = [value[budget] for one in scores if budget in (value := one.packed if of == "packed" else one.answered)]
    return f"{fmean(values):.3f}" if values else ""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(one) for one in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
