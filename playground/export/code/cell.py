"""One piece of a script: what a notebook shows as a heading, a sentence and a cell of code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """title and text: for the notebook (Markdown, text of ours only); code: Python; imports: what the code needs.

    An import is written as in Python ("import math", "from torch import nn").
    """

    title: str
    text: str
    code: str
    imports: tuple[str, ...] = ()
