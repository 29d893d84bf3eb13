"""A small plot of an activation and its derivative, as SVG, for cards and pages.

Axes and labels take the text's colour (`currentColor`), so it must stand inline in the page, not in an `<img>`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import svg, theme

REACH = 4.0
"""Drawn from -REACH to +REACH."""
LOW, HIGH = -1.4, 2.4
"""The same height for every activation, so that cards can be compared."""
SAMPLES = 321
WIDTH, HEIGHT = 132.0, 76.0


def activation_svg(entry: Any, width: float = WIDTH, height: float = HEIGHT) -> str:
    """The plot of an activation entry: f(x) drawn through, f'(x) dashed.

    entry: of REGISTRIES["activation"], with `value` and `derivative`. Sizes in CSS pixels.
    """
    x = np.linspace(-REACH, REACH, SAMPLES)
    across, up = width / (2 * REACH), height / (HIGH - LOW)

    def line(y: np.ndarray) -> str:
        places = zip((x + REACH) * across, (HIGH - y) * up, _drawn(y), strict=True)
        return svg.path(_straightened([(px, py) if drawn else None for px, py, drawn in places]))

    slope = _line(line(_broken(entry.derivative(x))), theme.NEGATIVE, 1.6, "3 2.4")
    curve = _line(line(_broken(entry.value(x))), theme.LINE_POSITIVE, 2.2)
    title = f"{entry.label}: the function (blue) and its derivative (orange, dashed)"
    return svg.drawing(width, height, title, [_axes(width, height, across, up), slope, curve])


def _axes(width: float, height: float, across: float, up: float) -> str:
    n = svg.number
    zero_x, zero_y = REACH * across, HIGH * up
    one = (HIGH - 1) * up
    main = f'<path d="M0 {n(zero_y)}H{n(width)}M{n(zero_x)} 0V{n(height)}" stroke-opacity=".45"/>'
    ones = f'<path d="M0 {n(one)}H{n(width)}" stroke-opacity=".3" stroke-dasharray="1 3"/>'
    label = f'<text x="2" y="{n(one - 2)}" font-size="8" fill="currentColor" fill-opacity=".65" stroke="none">1</text>'
    return f'<g fill="none" stroke="currentColor" stroke-width=".8">{main}{ones}{label}</g>'


def _line(d: str, colour: str, width: float, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"{dashed}/>'


def _broken(y: np.ndarray) -> np.ndarray:
    """The values, NaN after a jump: a step is no slope."""
    y = np.asarray(y, float).copy()
    steps = np.abs(np.diff(y))
    around = np.maximum(np.r_[0, steps[:-1]], np.r_[steps[1:], 0])
    y[1:][(steps > 0.2) & (steps > 4 * around + 0.1)] = np.nan
    return y


def _drawn(y: np.ndarray) -> np.ndarray:
    """What lies in the picture, and one point beyond on either side, so that lines reach its edge."""
    inside = (y >= LOW) & (y <= HIGH)
    near = inside.copy()
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    return near & np.isfinite(y)


def _straightened(points: list[tuple[float, float] | None]) -> list[tuple[float, float] | None]:
    """The points without those that lie on the line from the last kept one: half the text, the same picture."""
    kept: list[tuple[float, float] | None] = []
    for index, point in enumerate(points):
        following = points[index + 1] if index + 1 < len(points) else None
        last = kept[-1] if kept else None
        if point is None or last is None or following is None or not _on_line(last, point, following, points, index):
            kept.append(point)
    return kept


def _on_line(
    last: tuple[float, float],
    point: tuple[float, float],
    following: tuple[float, float],
    points: list[tuple[float, float] | None],
    index: int,
) -> bool:
    """Whether every point since the last kept one is within a twentieth of a pixel of the line to the next."""
    run = following[0] - last[0]
    for earlier in range(index, -1, -1):
        middle = points[earlier]
        if middle is None or middle[0] <= last[0]:
            break
        expected = last[1] + (following[1] - last[1]) * (middle[0] - last[0]) / run
        if abs(expected - middle[1]) > 0.05:
            return False
    return True
