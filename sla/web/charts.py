"""The geometry of a bar chart; a template draws it as SVG. Pure: pixels of the chart's own grid, no colours."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, TOP, BOTTOM, LEFT, STEP, BAR = 230, 26, 46, 44, 66, 34


@dataclass(frozen=True)
class Point:
    """What one bar shows: a share from 0 to 1, None where there is no data; `text` is the share in words."""

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
    return BarChart(
        width=LEFT + STEP * max(1, len(points)) + 8,
        height=HEIGHT,
        left=LEFT,
        foot=HEIGHT - BOTTOM,
        bars=tuple(_bar(index, point) for index, point in enumerate(points)),
        lines=tuple(Line(_y(share), f"{share:.0%}") for share in (0, 0.5, 1)),
    )


def _bar(index: int, point: Point) -> Bar:
    left, top = LEFT + STEP * index + (STEP - BAR) / 2, _y(point.share or 0)
    return Bar(point, left, top, BAR, round(HEIGHT - BOTTOM - top, 1), left + BAR / 2)


def _y(share: float) -> float:
    return round(TOP + (HEIGHT - BOTTOM - TOP) * (1 - share), 1)
