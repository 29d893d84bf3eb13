"""A table in a script: the numbers themselves, packed; a large one as a file beside it."""

from __future__ import annotations

import base64
import io
import zlib
from typing import Any

import numpy as np

from playground.data.dataset import Dataset
from playground.experiment import Head
from playground.export.code.cell import Cell
from playground.export.code.targets import coded
from playground.export.code.writing import block, digits, lines, listed, literal

MOST_VALUES = 100_000
"""Numbers that a script may hold (some 500 kB of text); a larger table comes as a file beside it."""
TABLE_FILE = "table.npz"


def too_large(dataset: Dataset) -> bool:
    """Whether the table is a file of its own, see `table_file`."""
    return dataset.x_train.size + dataset.x_test.size > MOST_VALUES


def table_file(dataset: Dataset) -> bytes:
    """The .npz that the script of a large table reads, to be kept beside it as `TABLE_FILE`."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=_inputs(dataset), y=_targets(dataset))
    return buffer.getvalue()


def prepared_cell(spec: Any, dataset: Dataset, head: Head) -> Cell:
    """The cell that defines `load_data` for a data set that no formula gives."""
    train, (rows, width) = len(dataset.x_train), _inputs(dataset).shape
    truth = "labels" if dataset.classes else "values"
    if too_large(dataset):
        source = block(
            f"""
            table = np.load("{TABLE_FILE}")  # keep it beside this file
            inputs, {truth} = table["x"], table["y"]
            """
        )
    else:
        source = block(
            f"""
            packed = zlib.decompress(base64.b85decode("".join(TABLE.split())))
            table = np.frombuffer(packed, "<f4").reshape({width + 1}, {rows}).T
            inputs, {truth} = table[:, :{width}], table[:, {width}]{".astype(int)" if dataset.classes else ""}
            """
        )
    loader = block(
        f'''
        def load_data():
            """{rows} rows, of which the first {train} train and the others test."""
            <source>
            x = torch.tensor(inputs)
            y = {coded(truth, head, len(dataset.classes))}
            return x[:{train}], y[:{train}], x[{train}:], y[{train}:]
        ''',
        source=source,
    )
    names = [listed("INPUTS = [", map(literal, dataset.inputs), "]")]
    if dataset.classes:
        names.append(listed("CLASSES = [", map(literal, dataset.classes), "]"))
    packed = () if too_large(dataset) else ("import base64", "import zlib")
    return Cell(
        "Data",
        f"{spec.about} The numbers are those that the network is fed: gaps filled, words as zeros and ones, and "
        "every number with mean 0 and standard deviation 1 over the training part."
        if spec.family == "table"
        else spec.about,
        f"{lines(*names)}\n\n\n{loader}",
        (*packed, "import numpy as np", "import torch"),
    )


def table_cell(dataset: Dataset) -> Cell:
    """The cell with the numbers: column after column, so that like stands beside like and packs well."""
    columns = np.column_stack([_inputs(dataset), _targets(dataset).astype(np.float32)]).T
    text = base64.b85encode(zlib.compress(np.ascontiguousarray(columns, "<f4").tobytes(), 9)).decode()
    return Cell("The table", "The same numbers, packed: nothing has to be downloaded.", digits("TABLE", text))


def _inputs(dataset: Dataset) -> np.ndarray:
    return np.concatenate([dataset.x_train, dataset.x_test])


def _targets(dataset: Dataset) -> np.ndarray:
    return np.concatenate([dataset.y_train, dataset.y_test])
