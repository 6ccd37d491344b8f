"""One picture, as SVG without any library: recall@10 of each system, a panel for each data set, with intervals."""

from collections.abc import Sequence
from html import escape
from statistics import fmean

from benchmarks.retrieval.measures import interval
from benchmarks.retrieval.report import by_dataset
from benchmarks.retrieval.run import Run

_ROW, _BAR, _LABEL, _PANEL, _SCALE = 22, 14, 100, 205, 150
_ACROSS = 3
"""Panels beside each other at most."""
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1f2937}.set{font-weight:600}.ours{fill:#0f766e}"
    ".other{fill:#94a3b8}.ci{stroke:#1f2937}.axis{stroke:#cbd5e1}.back{fill:#fff}.small{font-size:11px;fill:#475569}"
)


def plot(runs: Sequence[Run]) -> str:
    """Draw horizontal bars, the system that is best over all data sets first."""
    found = {run.system: scores for run in runs if (scores := by_dataset(run.scores))}
    datasets = list(dict.fromkeys(name for scores in found.values() for name in scores))
    order = sorted(found, key=lambda name: -fmean(fmean(values) for values in found[name].values()))
    body: list[str] = []
    height = 62 + _ROW * len(order)
    for start in range(0, len(datasets), _ACROSS):
        top = 30 + start // _ACROSS * height
        body += [_text(0, top + 40 + _ROW * place + 11, name) for place, name in enumerate(order)]
        for column, dataset in enumerate(datasets[start : start + _ACROSS]):
            body += _panel(dataset, [(name, found[name].get(dataset, [])) for name in order], column, top)
    wide = _LABEL + _PANEL * min(len(datasets), _ACROSS)
    high = 30 + height * -(-len(datasets) // _ACROSS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 {wide + 20} {high}" role="img">'
        f"<title>Recall at 10 turns, with 95 % intervals</title><style>{_STYLE}</style>"
        f'<rect class="back" x="-10" width="100%" height="100%"/>'
        f"{_text(0, 18, 'Recall at 10 turns (line: 95 % interval); ours is ContextFS, pure its ranking in memory')}"
        f"{''.join(body)}</svg>\n"
    )


def _panel(dataset: str, rows: Sequence[tuple[str, Sequence[float]]], column: int, top: int) -> list[str]:
    left = _LABEL + column * _PANEL
    asked = max(len(values) for _, values in rows)
    foot = top + 40 + _ROW * len(rows)
    return [
        _text(left, top + 14, dataset, "set"),
        _text(left, top + 30, f"{asked} questions", "small"),
        f'<line class="axis" x1="{left}" x2="{left}" y1="{top + 36}" y2="{foot}"/>',
        *(
            part
            for place, (name, values) in enumerate(rows)
            for part in _bar(name, values, left, top + 40 + _ROW * place)
        ),
    ]


def _bar(name: str, values: Sequence[float], left: int, top: int) -> list[str]:
    if not values:
        return []
    mean, middle = fmean(values), top + _BAR / 2
    low, high = (left + value * _SCALE for value in interval(values))
    kind = "ours" if name in {"ours", "pure"} else "other"
    return [
        f'<rect class="{kind}" x="{left}" y="{top}" width="{mean * _SCALE:.1f}" height="{_BAR}"/>',
        f'<line class="ci" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>',
        _text(round(max(high, left + mean * _SCALE)) + 5, top + 11, f"{mean:.3f}"),
    ]


def _text(x: int, y: int, said: str, kind: str = "") -> str:
    shown = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}"{shown}>{escape(said)}</text>'
