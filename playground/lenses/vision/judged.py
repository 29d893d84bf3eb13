"""Images with what the network says of them: those of the data set to pick from, and the mistakes it is surest of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from playground.lenses.cells import Cell, Part
from playground.lenses.gradual import gradually
from playground.lenses.moment import device_of, looking, moment_of
from playground.lenses.picked import pictures
from playground.lenses.vision.maps import shares_of

AT_ONCE = 128
MOST_JUDGED = 5000
"""Images of one part whose mistakes are looked for, evenly spaced, always the same ones."""


def samples(
    run: Any, part: Part = "test", label_of: int | None = None, wrong: bool = False, first: int = 0, shown: int = 24
) -> dict[str, Any]:
    """Images of a part, of one class or of all, from the `first` on, in the order of the data.

    wrong: only those that the network takes for another class now (of `MOST_JUDGED` that are looked at).

    pictures: uint8 (n, h, w) or (n, h, w, 3), n <= shown; rows (n,) int64: their rows in the part; labels (n,) int64;
    count: how many there are in all; first: which is the first one (the last page's, where `first` is beyond it); part;
    wrong; unfinished: whether the network has changed since it was asked.

    Raises ValueError for data that are no images.
    """
    dataset = moment_of(run).dataset
    if dataset.image is None:
        raise ValueError("these data are no images")
    labels, unfinished = getattr(dataset, f"y_{part}"), False
    rows = np.arange(len(labels))
    if wrong and len(rows):
        (rows, shares), unfinished = gradually(run, ("judged", part), lambda now: _judge(now, part))
        rows = rows[shares.argmax(axis=1) != labels[rows]]
    rows = rows if label_of is None else rows[labels[rows] == label_of]
    # Another filter may leave fewer: then the last ones are shown.
    first = min(first, max(0, (len(rows) - 1) // shown * shown))
    chosen = rows[first : first + shown]
    return {
        "pictures": pictures(dataset, getattr(dataset, f"x_{part}")[chosen]),
        "rows": chosen,
        "labels": labels[chosen],
        "count": len(rows),
        "first": first,
        "part": part,
        "wrong": wrong,
        "unfinished": unfinished,
    }


def mistakes(
    run: Any, part: Part = "test", mark: Cell | dict[str, Any] | None = None, shown: int = 24
) -> dict[str, Any]:
    """The images of a part that the network takes for a class they are not of, those it is surest of first.

    mark: only those of one cell of the confusion matrix (on its diagonal: the right ones), and of the part it names.

    - pictures: uint8 (n, h, w) or (n, h, w, 3), n <= shown; rows, labels, predicted (n,) int64: row in the part, class,
      and what it is taken for; sureness (n,) float64, falling: how likely that is to the network;
    - count: how many there are in all; looked: of how many images; part; cell: (actual, predicted)
      of `mark`, () without;
    - right, total (classes,) int64: how many of each class it gets right, of how many that were looked at;
    - unfinished: whether the network has changed since, or there are more to look at.

    At most `MOST_JUDGED` images are looked at. Raises ValueError for data that are no images, or no such classes.
    """
    moment_of(run)
    if run.dataset.image is None:
        raise ValueError("these data are no images")
    cell = None if mark is None else Cell.model_validate(mark)
    part = part if cell is None else cell.part
    (rows, shares), unfinished = gradually(run, ("judged", part), lambda now: _judge(now, part))
    labels = getattr(run.dataset, f"y_{part}")[rows]
    taken = shares.argmax(axis=1) if len(rows) else np.zeros(0, np.int64)
    wanted = taken != labels if cell is None else (labels == cell.actual) & (taken == cell.predicted)
    surest = np.flatnonzero(wanted)
    surest = surest[np.argsort(-shares[surest, taken[surest]], kind="stable")]
    best, classes = surest[:shown], len(run.dataset.classes)
    return {
        "pictures": pictures(run.dataset, getattr(run.dataset, f"x_{part}")[rows[best]]),
        "rows": rows[best],
        "labels": labels[best],
        "predicted": taken[best],
        "sureness": shares[best, taken[best]],
        "count": len(surest),
        "looked": len(rows),
        "part": part,
        "cell": () if cell is None else (cell.actual, cell.predicted),
        "right": np.bincount(labels[taken == labels], minlength=classes),
        "total": np.bincount(labels, minlength=classes),
        "unfinished": unfinished,
    }


def _judge(moment: Any, part: Part) -> Iterator[tuple[np.ndarray, np.ndarray] | None]:
    """(rows, shares (n, classes)) of the images of a part, found some at a time."""
    x = getattr(moment.dataset, f"x_{part}")
    rows = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_JUDGED)).round().astype(np.int64))
    found = [np.zeros((0, len(moment.dataset.classes)))]
    for start in range(0, len(rows), AT_ONCE):
        with looking(moment.module) as module:
            some = torch.tensor(x[rows[start : start + AT_ONCE]], device=device_of(module))
            found.append(shares_of(moment, module(some)))
        if start + AT_ONCE < len(rows):
            yield (rows[: start + AT_ONCE], found[-1]) if not start else None
    yield rows, np.concatenate(found)
