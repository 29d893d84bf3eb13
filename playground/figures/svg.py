"""Small drawings as SVG text: for cards and pickers, sharp at any size, readable by screen readers."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote


def drawing(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """An SVG element of its own; `title` is what a screen reader says and what a pointer at rest shows."""
    name = escape(title, quote=True)
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" '
        f'width="{number(width)}" height="{number(height)}" role="img" aria-label="{name}">'
        f"<title>{name}</title>{body}</svg>"
    )


def data_uri(svg: str) -> str:
    """The drawing as an address for `<img src>`. There `currentColor` is black: for drawings without it."""
    return "data:image/svg+xml," + quote(svg, safe=" =:/',;()")


def number(value: float) -> str:
    """A coordinate as short as a tenth of a pixel allows: "3", "3.5", "-0.2"."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def path(points: Iterable[tuple[float, float] | None]) -> str:
    """The `d` of a line through the points; None lifts the pen."""
    commands, down = [], False
    for point in points:
        if point is None:
            down = False
            continue
        commands.append(f"{'L' if down else 'M'}{number(point[0])} {number(point[1])}")
        down = True
    return "".join(commands)


def dots(points: Iterable[tuple[float, float]]) -> str:
    """The `d` of dots: lines of no length, which a round line cap makes visible."""
    return "".join(f"M{number(x)} {number(y)}h0" for x, y in points)
