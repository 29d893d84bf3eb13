"""A table in a script: the numbers themselves, packed; a large one as a file beside it."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from playground.data import load
from playground.data.dataset import Dataset
from playground.experiment import Head
from playground.export.code.cell import Cell
from playground.export.code.targets import coded
from playground.export.code.writing import block, digits, lines, listed, literal

MOST_VALUES = 40_000
"""Numbers that a script may hold (some 200 kB of text); a larger table comes as a file beside it."""
TABLE_FILE = "table.npz"
MOST_DECIMALS = 8


def too_large(dataset: Dataset) -> bool:
    """Whether the table is a file of its own, see `table_file`."""
    return dataset.x_train.size + dataset.x_test.size > MOST_VALUES


def table_file(dataset: Dataset) -> bytes:
    """The .npz that the script of a large table reads, to be kept beside it as `TABLE_FILE`."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=_inputs(dataset), y=_targets(dataset))
    return buffer.getvalue()


def table_cells(spec: Any, dataset: Dataset, head: Head) -> tuple[Cell, Cell | None]:
    """The cell that defines `load_data` for a data set that no formula gives, and one with its numbers (None where they
    are a file)."""
    if too_large(dataset):
        return _cell(spec, dataset, _from_file(dataset, head), ()), None
    own, text = _packed(spec)
    read = _from_prepared(dataset, head) if own is None else _from_units(dataset, head, own)
    table = Cell("The table", "The same numbers, packed: nothing has to be downloaded.", digits("TABLE", text))
    return _cell(spec, dataset, read, own.names() if own else (), "import base64", "import zlib"), table


@lru_cache(maxsize=8)
def _packed(spec: Any) -> tuple[_Units | None, str]:
    """The numbers in their own units, if they can be told in those, and all numbers as text. Kept: it takes longer than
    all the rest of a script, and an edit of the network does not touch it."""
    dataset = load(spec)
    own = _own_units(dataset)
    numbers = np.ascontiguousarray(_prepared(dataset) if own is None else own.columns)
    return own, base64.b85encode(zlib.compress(numbers.tobytes(), 9)).decode()


def _cell(spec: Any, dataset: Dataset, read: str, names: Sequence[str], *imports: str) -> Cell:
    train, rows = len(dataset.x_train), len(dataset.x_train) + len(dataset.x_test)
    loader = block(
        f'''
        def load_data():
            """{rows} rows, of which the first {train} train and the others test."""
            <read>
            return x[:{train}], y[:{train}], x[{train}:], y[{train}:]
        ''',
        read=read,
    )
    known = lines(
        listed("INPUTS = [", map(literal, dataset.inputs), "]"),
        listed("CLASSES = [", map(literal, dataset.classes), "]") if dataset.classes else "",
        *names,
    )
    text = "The network is fed numbers with mean 0 and standard deviation 1 over the rows that train."
    code = f"{known}\n\n\n{loader}"
    return Cell("Data", f"{spec.about} {text}", code, (*imports, "import numpy as np", "import torch"))


# Numbers in the table's own units ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """columns (d, n) int32: all numbers, a column of the table in each row, without their decimal points; decimals: how
    many digits of each stand after it."""

    columns: np.ndarray
    decimals: list[int]

    def names(self) -> tuple[str, ...]:
        return (listed("DECIMALS = [", map(str, self.decimals), "]"),)


def _own_units(dataset: Dataset) -> _Units | None:
    """The table as it was before it was standardised; None where that would not give the very same inputs again
    (there are words in it, say, or rows of rare classes come more than once)."""
    if dataset.input_scale is None:
        return None
    prepared = list(_inputs(dataset).T)
    scales = list(zip(*dataset.input_scale, strict=True))
    if not dataset.classes:
        prepared.append(_targets(dataset))
        scales.append(dataset.target_scale)
    whole = [_whole(column, *scale) for column, scale in zip(prepared, scales, strict=True)]
    if any(found is None for found in whole):
        return None
    columns, decimals = np.array([found[0] for found in whole], "<i4"), [found[1] for found in whole]
    numbers = columns.T / np.power(10.0, decimals)
    train = numbers[: len(dataset.x_train)]
    with np.errstate(divide="ignore", invalid="ignore"):
        again = ((numbers - train.mean(axis=0)) / train.std(axis=0)).astype(np.float32)
    if not np.array_equal(again, np.column_stack(prepared)):
        return None
    if dataset.classes:
        columns = np.vstack([columns, _targets(dataset)]).astype("<i4")
    return _Units(columns, decimals)


def _whole(column: np.ndarray, mean: float, deviation: float) -> tuple[np.ndarray, int] | None:
    """A standardised column (n,) as it was, without its decimal point, and how many digits stood after that."""
    values = column.astype(np.float64) * deviation + mean
    for decimals in range(MOST_DECIMALS + 1):
        whole = np.rint(values * 10.0**decimals)
        if np.abs(whole).max() >= 2**31:
            return None
        if np.array_equal(((whole / 10.0**decimals - mean) / deviation).astype(np.float32), column):
            return whole, decimals
    return None


def _from_units(dataset: Dataset, head: Head, own: _Units) -> str:
    train, width, (height, rows) = len(dataset.x_train), len(dataset.inputs), own.columns.shape
    if dataset.classes:
        numbers, labels, inputs = f"table[:, :{width}]", f"labels = table[:, {width}].astype(int)", "numbers"
        target = "labels"
    else:
        numbers, labels, inputs, target = "table", "", f"numbers[:, :{width}]", f"numbers[:, {width}]"
    return block(
        f"""
        packed = zlib.decompress(base64.b85decode("".join(TABLE.split())))
        table = np.frombuffer(packed, "<i4").reshape({height}, {rows}).T
        numbers = {numbers} / np.power(10.0, DECIMALS)
        <labels>
        # Mean 0 and standard deviation 1 over the rows that train.
        mean, deviation = numbers[:{train}].mean(axis=0), numbers[:{train}].std(axis=0)
        numbers = (numbers - mean) / deviation
        x = torch.tensor({inputs}, dtype=torch.float32)
        y = {coded(target, head, len(dataset.classes))}
        """,
        labels=labels,
    )


# Numbers as they are fed ---------------------------------------------------------------------------------------------


def _prepared(dataset: Dataset) -> np.ndarray:
    """Column after column, so that like stands beside like and packs well: (d + 1, n) float32."""
    return np.column_stack([_inputs(dataset), _targets(dataset).astype(np.float32)]).T.astype("<f4")


def _from_prepared(dataset: Dataset, head: Head) -> str:
    rows, width = _inputs(dataset).shape
    truth = "labels" if dataset.classes else "values"
    return block(
        f"""
        packed = zlib.decompress(base64.b85decode("".join(TABLE.split())))
        table = np.frombuffer(packed, "<f4").reshape({width + 1}, {rows}).T
        {truth} = table[:, {width}]{".astype(int)" if dataset.classes else ""}
        x = torch.tensor(table[:, :{width}])
        y = {coded(truth, head, len(dataset.classes))}
        """
    )


def _from_file(dataset: Dataset, head: Head) -> str:
    return block(
        f"""
        table = np.load("{TABLE_FILE}")  # keep it beside this file
        x = torch.tensor(table["x"])
        y = {coded('table["y"]', head, len(dataset.classes))}
        """
    )


def _inputs(dataset: Dataset) -> np.ndarray:
    return np.concatenate([dataset.x_train, dataset.x_test])


def _targets(dataset: Dataset) -> np.ndarray:
    return np.concatenate([dataset.y_train, dataset.y_test])
