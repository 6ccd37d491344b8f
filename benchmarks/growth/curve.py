"""The curve as SVG, without any library: the median time of a search over the number of passages, on log scales."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log10

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 300, 60, 40, 50
_COLOURS = {"exact": "#0f766e", "graph": "#7c3aed", "many small": "#b45309", "pgvector": "#94a3b8"}

Place = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Point:
    """A size, how it was searched (`exact`, `graph`, `many small`), and both medians in milliseconds."""

    size: int
    series: str
    ours: float
    plain: float


def curve(points: Sequence[Point]) -> str:
    """Draw a line for each way of ours, and one for plain pgvector that compares all."""
    series = {name: [(one.size, one.ours) for one in points if one.series == name] for name in _COLOURS}
    series["pgvector"] = [(one.size, one.plain) for one in points if one.series == "exact"]
    drawn = [pair for pairs in series.values() for pair in pairs]
    sizes, times = [log10(size) for size, _ in drawn], [log10(time) for _, time in drawn]
    low, high = min(sizes), max(*sizes, min(sizes) + 1)
    least, most = int(min(times) // 1), int(max(times) // 1) + 1

    def place(size: float, time: float) -> tuple[float, float]:
        return (
            _LEFT + (log10(size) - low) / (high - low) * (_WIDTH - _LEFT - 120),
            _TOP + (most - log10(time)) / (most - least) * (_HEIGHT - _TOP - _BOTTOM),
        )

    body = [_axis(place, sorted({size for size, _ in drawn}), range(least, most + 1), low)]
    body += [_line(name, [place(*pair) for pair in sorted(pairs)]) for name, pairs in series.items() if pairs]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">'
        "<title>Median time of a hybrid search over the number of passages</title>"
        "<style>text{font:12px system-ui,sans-serif;fill:#1f2937}line{stroke:#e5e7eb}</style>"
        f'<rect width="100%" height="100%" fill="#fff"/><text x="10" y="20">Hybrid search: median, ms</text>'
        f"{''.join(body)}</svg>\n"
    )


def _axis(place: Place, sizes: Sequence[int], powers: range, low: float) -> str:
    lines: list[str] = []
    for power in powers:
        _, y = place(10**low, 10**power)
        lines.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 110}" y1="{y:.0f}" y2="{y:.0f}"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{10**power:g}</text>')
    for size in sizes:
        x, _ = place(size, 1)
        lines.append(f'<text x="{x:.0f}" y="{_HEIGHT - 20}" text-anchor="middle">{size:,}</text>')
    return "".join(lines)


def _line(name: str, places: Sequence[tuple[float, float]]) -> str:
    colour = _COLOURS[name]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
    return (
        f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
        f'<text x="{x + 8:.0f}" y="{y + 4:.0f}" style="fill:{colour}">{name}</text>'
    )
