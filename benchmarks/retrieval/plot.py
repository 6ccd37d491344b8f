"""One picture, as SVG without any library: recall@10 of each system on each data set, with its interval."""

from collections.abc import Sequence
from html import escape
from statistics import fmean

from benchmarks.retrieval.measures import interval
from benchmarks.retrieval.report import answerable
from benchmarks.retrieval.run import Run

_BAR, _GAP, _LABEL, _WIDTH = 18, 22, 110, 640


def plot(runs: Sequence[Run]) -> str:
    """Draw horizontal bars, grouped by data set, best system first."""
    datasets = list(dict.fromkeys(one.dataset for run in runs for one in run.scores))
    body: list[str] = []
    top = 40
    for dataset in datasets:
        body.append(f'<text x="0" y="{top}" class="set">{escape(dataset)}</text>')
        top += 8
        for name, values in _ranked(runs, dataset):
            body += _bar(name, values, top)
            top += _BAR + 4
        top += _GAP + 8
    style = (
        "text{font:13px system-ui,sans-serif;fill:#1f2937}.set{font-weight:600}.ours{fill:#0f766e}"
        ".other{fill:#94a3b8}.ci{stroke:#1f2937}.back{fill:#fff}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 {_LABEL + _WIDTH + 80} {top}" role="img">'
        f"<title>Recall at 10 turns, with 95 % intervals</title><style>{style}</style>"
        f'<rect class="back" x="-10" width="100%" height="100%"/>'
        f'<text x="0" y="18">Recall at 10 turns (95 % interval)</text>{"".join(body)}</svg>\n'
    )


def _ranked(runs: Sequence[Run], dataset: str) -> list[tuple[str, list[float]]]:
    found = [(run.system, [one.recall[10] for one in answerable(run.scores) if one.dataset == dataset]) for run in runs]
    return sorted(((name, values) for name, values in found if values), key=lambda one: -fmean(one[1]))


def _bar(name: str, values: Sequence[float], top: int) -> list[str]:
    low, high = (_LABEL + value * _WIDTH for value in interval(values))
    mean, middle = fmean(values), top + _BAR / 2
    kind = "ours" if name in {"ours", "pure"} else "other"
    return [
        f'<text x="0" y="{top + 13}">{escape(name)}</text>',
        f'<rect class="{kind}" x="{_LABEL}" y="{top}" width="{mean * _WIDTH:.1f}" height="{_BAR}"/>',
        f'<line class="ci" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>',
        f'<text x="{max(high, _LABEL + mean * _WIDTH) + 6:.1f}" y="{top + 13}">{mean:.3f}</text>',
    ]
