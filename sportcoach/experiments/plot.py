"""Plots as SVG, drawn from plain numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 60, 52
"""Margins [px]."""

COLOURS: Final = ("#1668b8", "#c7431f", "#2c8a4b", "#7b4fa3", "#8a6d1f", "#4a5560")


@dataclass(frozen=True, slots=True)
class Line:
    """One curve; points with NaN are left out.

    spread: half the length of each point's error bar; none without.
    joined: whether a line joins the points.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    spread: Sequence[float] = ()
    joined: bool = True

    def ends(self) -> tuple[list[float], list[float]]:
        """Where the error bars begin and end."""
        pairs = list(zip(self.y, self.spread or [0.0] * len(self.y), strict=True))
        return [y - spread for y, spread in pairs], [y + spread for y, spread in pairs]


@dataclass(frozen=True, slots=True)
class LinePlot:
    """Curves over one axis.

    bottom, top: range of y; None takes that of the numbers.
    ticks: labels of whole x, 0, 1, ..., for what has names instead of numbers.
    """

    title: str
    x_label: str
    y_label: str
    lines: Sequence[Line]
    bottom: float | None = 0.0
    top: float | None = None
    ticks: Sequence[str] = field(default=())

    def svg(self) -> str:
        """The drawing."""
        xs = [x for line in self.lines for x in line.x] or [0.0]
        ys = [y for line in self.lines for end in line.ends() for y in end if math.isfinite(y)] or [0.0]
        x_range = (min(xs), max(xs) if max(xs) > min(xs) else min(xs) + 1.0)
        if self.ticks:  # room for the first and the last name
            x_range = (-0.5, len(self.ticks) - 0.5)
        low = min(ys) if self.bottom is None else self.bottom
        high = max(*ys, low + 1e-9) if self.top is None else self.top
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            'font-size="12" fill="#222">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">{escape(self.title)}</text>',
            self._legend(),
            *self._grid(x_range, (low, high)),
            *(_curve(line, colour, x_range, (low, high)) for line, colour in self._coloured()),
        ]
        return "\n".join([*parts, "</svg>"]) + "\n"

    def _coloured(self) -> list[tuple[Line, str]]:
        return [(line, COLOURS[number % len(COLOURS)]) for number, line in enumerate(self.lines)]

    def _legend(self) -> str:
        """The names of the curves in one row under the title, clear of the points."""
        names = (f'<tspan dx="{16 * (n > 0)}" fill="{colour}">{escape(line.label)}</tspan>'
                 for n, (line, colour) in enumerate(self._coloured()))  # fmt: skip
        return f'<text x="{LEFT}" y="42">{"".join(names)}</text>'

    def _grid(self, x_range: tuple[float, float], y_range: tuple[float, float]) -> list[str]:
        parts = []
        for value in _steps(*y_range):
            y = _place(value, y_range, HEIGHT - BOTTOM, TOP)
            parts.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>')
            parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{value:g}</text>')
        names = list(enumerate(self.ticks)) if self.ticks else [(x, f"{x:g}") for x in _steps(*x_range)]
        for value, name in names:
            x = _place(value, x_range, LEFT, WIDTH - RIGHT)
            parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{escape(name)}</text>')
        middle = (TOP + HEIGHT - BOTTOM) / 2
        parts.append(
            f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(self.x_label)}</text>'
        )
        parts.append(
            f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">{escape(self.y_label)}</text>'
        )
        return parts


def _curve(line: Line, colour: str, x_range: tuple[float, float], y_range: tuple[float, float]) -> str:
    def height(value: float) -> float:
        return _place(value, y_range, HEIGHT - BOTTOM, TOP)

    bars = zip(line.x, line.y, *line.ends(), strict=True)
    points = [
        (_place(x, x_range, LEFT, WIDTH - RIGHT), height(y), height(low), height(high))
        for x, y, low, high in bars
        if math.isfinite(y)
    ]
    path = " ".join(f"{x},{y}" for x, y, _, _ in points)
    parts = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'] if line.joined else []
    parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y, _, _ in points]
    parts += [f'<path d="M{x} {low}V{high}" stroke="{colour}"/>' for x, _, low, high in points if low != high]
    return "".join(parts)


def _place(value: float, span: tuple[float, float], first: float, last: float) -> float:
    return round(first + (value - span[0]) / (span[1] - span[0]) * (last - first), 1)


def _steps(low: float, high: float) -> list[float]:
    """About five round numbers from `low` to `high`."""
    rough = (high - low) / 5.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough)
    return [round(n * step, 10) for n in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
