"""Draws the results of benchmarks.learning: calibration on the left, regret in each world on the right."""

from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.confidence_scenarios import Chances
from benchmarks.confidence_thresholds import Results
from benchmarks.learning_estimators import LAPLACE, OURS

COLORS: Final = {OURS: "#0b6e4f", LAPLACE: "#c1666b", "raw mean": "#d4a017", "Wilson": "#5b7db1"}
"""The rivals that are drawn; the others are in the table."""
SIDE: Final = 300
"""Pixels of the calibration's square."""
LEFT: Final = 50
TOP: Final = 40
ROWS: Final = 560
"""Where the right half's lines begin, after the names of the worlds."""
FEWEST: Final = 40
"""Estimates a bin must hold to be drawn: fewer say nothing of calibration."""
WIDEST: Final = 0.25
"""Regret at the right edge."""


def draw(bins: Mapping[str, Chances], results: Results) -> str:
    """The picture as SVG."""
    inside = [*_frame(), *_calibration(bins), *_regret(results), *_legend()]
    style = "font-family:sans-serif;font-size:12px;fill:#333"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 920 400" style="{style}">',
            '<rect width="920" height="400" fill="#fff"/>',
            *inside,
            "</svg>\n",
        ]
    )


def _frame() -> Iterator[str]:
    yield _text(LEFT, 24, "Shown against true chance, default world")
    yield _line((_x(0), _y(0)), (_x(1), _y(1)), "#bbb")
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield _line((_x(tick), _y(0)), (_x(tick), _y(1)))
        yield _line((_x(0), _y(tick)), (_x(1), _y(tick)))
        yield _text(_x(tick), _y(0) + 18, f"{tick:g}", "middle")
        yield _text(LEFT - 8, _y(tick) + 4, f"{tick:g}", "end")


def _calibration(bins: Mapping[str, Chances]) -> Iterator[str]:
    for name, color in COLORS.items():
        points = [
            (_x(said / count), _y(real / count)) for count, said, real in bins[name].T if count >= FEWEST
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>'
        yield from (_dot(x, y, color) for x, y in points)


def _regret(results: Results) -> Iterator[str]:
    yield _text(ROWS, 24, "Regret of the first suggestion, by world")
    for tick in (0.0, 0.05, 0.1, 0.15, 0.2, 0.25):
        x = _across(tick)
        yield _line((x, TOP), (x, TOP + SIDE))
        yield _text(x, TOP + SIDE + 18, f"{tick:g}", "middle")
    step = SIDE / len(results.scores)
    for row, (world, found) in enumerate(results.scores.items()):
        y = TOP + (row + 0.5) * step
        yield _text(ROWS - 12, y + 4, world, "end")
        yield _line((ROWS, y), (_across(WIDEST), y))
        yield from (_dot(_across(found[name].regret), y, color) for name, color in COLORS.items())


def _legend() -> Iterator[str]:
    for place, (name, color) in enumerate(COLORS.items()):
        x = LEFT + 120 * place
        yield _dot(x, 384, color)
        yield _text(x + 10, 388, name)


def _x(share: float) -> float:
    return LEFT + SIDE * share


def _y(share: float) -> float:
    return TOP + SIDE * (1.0 - share)


def _across(regret: float) -> float:
    return ROWS + 340 * min(regret, WIDEST) / WIDEST


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(start: tuple[float, float], end: tuple[float, float], color: str = "#eee") -> str:
    ends = f'x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
    return f'<line {ends} stroke="{color}"/>'


def _dot(x: float, y: float, color: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{color}"/>'
