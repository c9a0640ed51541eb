"""The geometry of bar charts; a template draws them as SVG. Pure: pixels of the chart's own grid, no colours."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, TOP, BOTTOM, LEFT, STEP, BAR = 230, 26, 46, 44, 66, 34
NARROW, NARROW_BAR = 40, 24


@dataclass(frozen=True)
class Point:
    """What one bar shows: a share of the whole height from 0 to 1, None where there is no data; `text` says it."""

    label: str
    under: str
    share: float | None
    text: str


@dataclass(frozen=True)
class Bar:
    """One bar with the places of its texts: the value above it, the labels below it in the middle."""

    point: Point
    x: float
    y: float
    width: float
    height: float
    middle: float


@dataclass(frozen=True)
class Line:
    """A line of the grid with its label."""

    y: float
    label: str


@dataclass(frozen=True)
class BarChart:
    width: int
    height: int
    left: int
    foot: float
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]


def bar_chart(points: Sequence[Point]) -> BarChart:
    """Bars from 0 to 100 %, one a point, from left to right."""
    return _chart(points, STEP, BAR, tuple(Line(_y(share), f"{share:.0%}") for share in (0, 0.5, 1)))


def histogram(points: Sequence[Point], most: int) -> BarChart:
    """Narrow bars from none to `most`, one a point, from left to right."""
    return _chart(points, NARROW, NARROW_BAR, (Line(_y(0), "0"), Line(_y(1), str(most))))


def _chart(points: Sequence[Point], step: int, bar: int, lines: tuple[Line, ...]) -> BarChart:
    return BarChart(
        width=LEFT + step * max(1, len(points)) + 8,
        height=HEIGHT,
        left=LEFT,
        foot=HEIGHT - BOTTOM,
        bars=tuple(_bar(LEFT + step * index + (step - bar) / 2, bar, point) for index, point in enumerate(points)),
        lines=lines,
    )


def _bar(left: float, width: int, point: Point) -> Bar:
    top = _y(point.share or 0)
    return Bar(point, left, top, width, round(HEIGHT - BOTTOM - top, 1), left + width / 2)


def _y(share: float) -> float:
    return round(TOP + (HEIGHT - BOTTOM - TOP) * (1 - share), 1)
