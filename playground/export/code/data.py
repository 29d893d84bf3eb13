"""The data of a script: formulas for synthetic points, painted points and tables as the numbers themselves."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.data import load
from playground.data.painted import painted
from playground.data.split import ranked, train_count
from playground.experiment import Head, painting
from playground.export.code.cell import Cell
from playground.export.code.images import IMAGES_FILE, image_cells, images_file, many
from playground.export.code.points import FORMULAS
from playground.export.code.table import TABLE_FILE, table_cells, table_file, too_large
from playground.export.code.targets import coded
from playground.export.code.writing import block, digits, lines, listed

FEATURES = {
    "x1": "x1",
    "x2": "x2",
    "x1_squared": "x1**2",
    "x2_squared": "x2**2",
    "x1_x2": "x1 * x2",
    "sin_x1": "np.sin(x1)",
    "sin_x2": "np.sin(x2)",
    "cos_x1": "np.cos(x1)",
    "cos_x2": "np.cos(x2)",
}
"""Inputs of points of the plane, in numpy."""


def data_cells(spec: Any, head: Head, classes: int, as_images: bool = False) -> tuple[Cell, Cell | None]:
    """The cell that defines `load_data`, and one with the numbers it reads, where there are any.

    head: how targets are written; classes: how many there are, 0 for regression; as_images: whether the network takes
    images as such.
    """
    if spec.family == "image":
        return image_cells(spec, head, as_images)
    if spec.kind in FORMULAS:
        return _drawn(spec, head, classes), None
    if spec.kind == "painted":
        return _painted(spec, head, classes)
    return table_cells(spec, load(spec), head)


def samples(spec: Any) -> tuple[int, int]:
    """How many samples train, and how many test; a tiny table may have none of these."""
    if spec.kind in FORMULAS:
        train = max(1, train_count(spec.samples, spec.test_fraction))
        return train, spec.samples - train
    dataset = load(spec)
    return len(dataset.x_train), len(dataset.x_test)


def has_file_beside(spec: Any) -> bool:
    """Whether the script reads its numbers from a file beside it, called `file_name`."""
    if spec.family == "image":
        return many(load(spec))
    return spec.family == "table" and too_large(load(spec))


def file_name(spec: Any) -> str:
    """What that file must be called."""
    return IMAGES_FILE if spec.family == "image" else TABLE_FILE


def file_beside(spec: Any) -> bytes:
    """That file, an .npz."""
    return images_file(load(spec)) if spec.family == "image" else table_file(load(spec))


def _drawn(spec: Any, head: Head, classes: int) -> Cell:
    train, _ = samples(spec)
    loader = block(
        f'''
        def load_data():
            """{spec.samples} points: inputs and targets to train on, and those to test on."""
            points, {_truth(classes)} = {spec.kind}(numpy_rng({spec.seed}, "data", "points"), {spec.samples})
            order = numpy_rng({spec.seed}, "data", "split").permutation({spec.samples})
            train, test = order[:{train}], order[{train}:]
            <noise>
            <inputs>
            <targets>
            return x[train], y[train], x[test], y[test]
        ''',
        noise=_label_noise(spec, train, classes, "train[{}]"),
        inputs=_features(spec.features, spec.family),
        targets=f"y = {coded(_truth(classes), head, classes)}",
    )
    return Cell(
        "Data",
        f"{spec.about} A part of the points is kept back: what the network makes of those shows whether it has "
        "learnt the pattern or only the points.",
        f"{FORMULAS[spec.kind](spec)}\n\n\n{loader}",
        ("import numpy as np", "import torch"),
    )


def _truth(classes: int) -> str:
    return "labels" if classes else "values"


def _label_noise(spec: Any, train: int, classes: int, rows: str) -> str:
    """Source that makes labels wrong. rows: the rows of so many of the first `train` ones."""
    count = round(spec.label_noise * train) if classes else 0
    if not count:
        return ""
    other = f"labels[wrong] + rng.integers(1, {classes}, size={count})"
    return block(
        f"""
        # Some labels are made wrong on purpose, but only of points to train on.
        rng = numpy_rng({spec.seed}, "data", "label noise")
        wrong = {rows.format(f"rng.permutation({train})[:{count}]")}
        labels[wrong] = ({other}) % {classes}
        """
    )


def _features(chosen: Sequence[str], family: str) -> str:
    """`x`, the inputs, from `points`."""
    if tuple(chosen) == (("x1",) if family == "curve" else ("x1", "x2")):
        return "x = torch.tensor(points, dtype=torch.float32)"
    names, part = ("x1", "[:, 0]") if family == "curve" else ("x1, x2", ".T")
    return lines(
        "# Computed from the points as they are seen: rounded to float32.",
        f"{names} = points.astype(np.float32).astype(float){part}",
        listed("inputs = np.stack([", [FEATURES[name] for name in chosen], "], axis=1)"),
        "x = torch.tensor(inputs, dtype=torch.float32)",
    )


def _painted(spec: Any, head: Head, classes: int) -> tuple[Cell, Cell]:
    places, targets, draws = painted(spec)
    order = np.concatenate(ranked(draws, targets if classes else None, len(places), spec.test_fraction))
    records = painting.unpack(spec.points)[order]
    train, _ = samples(spec)
    truth = "labels = records & 0xFF" if classes else "values = ((records & 0xFF) - 127) / 127"
    loader = block(
        f'''
        def load_data():
            """{len(places)} painted points, of which the first {train} train and the others test."""
            # A point is 32 bits: x1 and x2 on a grid over [-6, 6]², and its {"class" if classes else "value"}.
            records = np.frombuffer(base64.b64decode(POINTS), ">u4").astype(int)
            points = np.stack([records >> 20, records >> 8 & 0xFFF], axis=1) * (12 / 4095) - 6
            {truth}
            <noise>
            <inputs>
            <targets>
            return x[:{train}], y[:{train}], x[{train}:], y[{train}:]
        ''',
        noise=_label_noise(spec, train, classes, "{}"),
        inputs=_features(spec.features, spec.family),
        targets=f"y = {coded(_truth(classes), head, classes)}",
    )
    packed = base64.b64encode(records.astype(">u4").tobytes()).decode()
    return (
        Cell("Data", "Points painted by hand.", loader, ("import base64", "import numpy as np", "import torch")),
        Cell("The points", "The painted points, four bytes each.", digits("POINTS", packed)),
    )
