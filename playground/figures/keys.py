"""What the colours of a figure mean, in one row above it; and texts of strangers made safe for Plotly.

Plotly's own legend needs 40 pixels an entry besides the text, breaks into rows, and so moves the plot.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import Any

from playground.figures import theme

DOT, RING, LINE, DASHES = "●", "○", "━", "┅"

Key = tuple[str, str, str]
"""A sign, its colour, and what it means (plain text)."""

MOST_LETTERS = 62
"""In a row: about what fits over a plot of 300 pixels."""
LONGEST_NAME = 16
HOVER_LETTERS = 44
"""In a line of what is told under the pointer: Plotly breaks none by itself."""


def plain(text: str) -> str:
    """Any text, to be shown as it is: Plotly reads HTML tags in texts, and %{...} in what it shows under a pointer."""
    return escape(str(text), quote=False).replace("%{", "% {")


def cut(text: str, length: int) -> str:
    """At most `length` letters, the last an ellipsis where more were."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def key_row(entries: Sequence[Key], *, right: bool = False) -> dict[str, Any]:
    """The annotation that holds the row, above the plot at its left end, or its right one."""
    return {
        "text": "  ".join(
            f'<span style="color:{colour}">{sign}</span> {plain(text)}' for sign, colour, text in entries
        ),
        "x": 1 if right else 0,
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "right" if right else "left",
        "yanchor": "bottom",
        "showarrow": False,
        "yshift": 1,
    }


def heading(text: str, y: float, about: str = "") -> dict[str, Any]:
    """The name of a panel that ends at height `y`, above its left end: no room is lost to a turned axis title.

    about: what it shows, in a sentence or two of ours, for whoever points at the name.
    """
    return {
        **({"hovertext": "<br>".join(wrap(plain(about), HOVER_LETTERS))} if about else {}),
        "text": plain(text),
        "x": 0,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
    }


def fitting(entries: Sequence[Key], reserved: int = 0) -> list[Key]:
    """As many of the entries as fit in a row beside `reserved` letters, then an ellipsis; long names are cut."""
    room, kept = MOST_LETTERS - reserved, []
    for sign, colour, text in entries:
        short = cut(text, LONGEST_NAME)
        room -= len(short) + 3
        if room < 0:
            break
        kept.append((sign, colour, short))
    if kept and len(kept) < len(entries):
        sign, colour, text = kept[-1]
        kept[-1] = (sign, colour, f"{text} …")
    return kept


def _sign(sign: str, colour: str) -> str:
    return f'<span style="color:{colour};font-size:{theme.KEY_SIZE}px">{sign}</span>'
