"""A network as a program: a table of operations over rows of one array, which the compiled code follows.

A row is one feature of a whole batch. Row 0 says which samples are real. Every layer has rows of its own for what it
gives (so that its derivative can be taken) and for the derivative of the loss by that. Where a layer's parameters are
in the flat array is known from where their memory lies.

The columns of an operation: 0 its kind, 1 and 2 the rows it reads and writes, 3 and 4 those of the derivatives by them
(3: -1 where nobody wants it), 5 whether 3 is added to, 6 and 7 how many rows it reads and writes, 8 and 9 where its
weights and biases lie (-1: none), 10 whether it is frozen, 11 to 13 what the kind needs besides (see `_Writer`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from playground.network.dropout import Dropout
from playground.network.network import Network
from playground.network.residual import Residual
from playground.network.silence import silence_of
from playground.training.engines.fused import kinds
from playground.training.engines.fused.kinds import (
    ACTIVATION,
    ADD,
    BATCH_NORM,
    COLUMNS,
    DROPOUT,
    LAYER_NORM,
    LINEAR,
    SILENCE,
)

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Program:
    """ops (k, 14) int64 and reals (k, 2) float32: the operations. x, y, targets, slope: the first rows of inputs,
    outputs, targets, the derivative by the outputs, and of the inputs sample by sample. outputs: how many outputs there
    are. rows: how many rows there are in all."""

    ops: np.ndarray
    reals: np.ndarray
    x: int
    y: int
    targets: int
    slope: int
    turned: int
    outputs: int
    rows: int


def program_of(network: Network, inputs: int, target_rows: int, frozen: set[int]) -> Program:
    """The program of `network`. frozen: the ids of the modules that keep their numbers."""
    return _Writer(network, frozen).program(inputs, target_rows)


@dataclass(slots=True)
class _Value:
    """What a layer gives: its rows, and those of the derivative by it (from the first one that is asked for)."""

    row: int
    width: int
    slope: int = NOBODY


class _Writer:
    """Walks the network once, in the order in which it computes."""

    def __init__(self, network: Network, frozen: set[int]) -> None:
        self.network, self.frozen = network, frozen
        self.start = network.flat.values.data_ptr()
        self.ops: list[list[int]] = []
        self.reals: list[list[float]] = []
        self.between: list[tuple[_Value, ...]] = []  # what each operation reads, for the way back
        self.rows = 1

    def program(self, inputs: int, target_rows: int) -> Program:
        x = _Value(self.take(whole(inputs)), inputs)  # inputs are written by whole squares
        self.turned = {x.row: self.take(whole(inputs))}
        targets, value = self.take(target_rows), x
        for layer in (*self.network.layers, self.network.head, self.network.head_activation):
            value = self.layer(layer, value)
        self.way_back(x, value)
        ops = np.array(self.ops, np.int64).reshape(-1, COLUMNS)
        reals = np.array(self.reals, np.float32).reshape(-1, 2)
        # A square of sixteen rows is read where fewer may be left.
        return Program(
            ops, reals, x.row, value.row, targets, value.slope, self.turned[x.row], value.width, self.rows + 16
        )

    # Rows --------------------------------------------------------------------------------------------------------

    def take(self, count: int) -> int:
        row, self.rows = self.rows, self.rows + count
        return row

    def value(self, width: int) -> _Value:
        return _Value(self.take(width), width)

    def place(self, tensor: Tensor | None) -> int:
        """Where a parameter or buffer lies in the flat array."""
        return NOBODY if tensor is None else (tensor.data_ptr() - self.start) // 4

    def add(self, kind: int, read: tuple[_Value, ...], written: _Value, owner: nn.Module, **more: float) -> None:
        op = [0] * COLUMNS
        op[0], op[1], op[2] = kind, read[0].row, written.row
        op[6], op[7] = read[0].width, written.width
        op[8] = int(more.get("weight", NOBODY))
        op[9] = int(more.get("bias", NOBODY))
        op[10] = int(id(owner) in self.frozen)
        op[11], op[12], op[13] = (int(more.get(name, 0)) for name in ("first", "second", "third"))
        self.ops.append(op)
        self.reals.append([float(more.get("real", 0.0)), float(more.get("other", 0.0))])
        self.between.append((*read, written))

    # Layers ------------------------------------------------------------------------------------------------------

    def layer(self, layer: nn.Module, x: _Value) -> _Value:
        y = self.written(layer, x)
        if (silence := silence_of(layer)) is not None:
            for unit in silence.units.tolist():
                self.add(SILENCE, (y,), y, layer, first=unit)
        return y

    def written(self, layer: nn.Module, x: _Value) -> _Value:
        if isinstance(layer, Residual):
            return self.residual(layer, x)
        if isinstance(layer, nn.Linear):
            return self.linear(layer, x)
        y = self.value(x.width)
        if isinstance(layer, nn.BatchNorm1d):
            self.add(
                BATCH_NORM, (x,), y, layer,
                weight=self.place(layer.weight), bias=self.place(layer.bias),
                first=self.place(layer.running_mean), second=self.place(layer.running_var),
                third=self.take(x.width), real=layer.eps, other=layer.momentum,
            )  # fmt: skip
        elif isinstance(layer, nn.LayerNorm):
            self.add(
                LAYER_NORM, (x,), y, layer, weight=self.place(layer.weight), bias=self.place(layer.bias),
                third=self.take(2), real=layer.eps,
            )  # fmt: skip
        elif isinstance(layer, Dropout):
            threshold, scale = int(layer.p * 2**32), 1.0 / (1.0 - layer.p)
            low, high = layer.key & 0xFFFFFFFF, layer.key >> 32
            self.add(DROPOUT, (x,), y, layer, first=low, second=high, third=threshold, real=scale)
        else:
            kind, real = kinds.activation_of(layer)
            slope = self.place(layer.weight) if isinstance(layer, nn.PReLU) else NOBODY
            self.add(ACTIVATION, (x,), y, layer, weight=slope, first=kind, real=real)
        return y

    def linear(self, layer: nn.Linear, x: _Value) -> _Value:
        y = self.value(layer.out_features)
        known = x.row in self.turned
        turned = self.turned[x.row] if known else self.take(whole(x.width))
        self.add(
            LINEAR, (x,), y, layer, weight=self.place(layer.weight), bias=self.place(layer.bias),
            second=known, third=turned,
        )  # fmt: skip
        return y

    def residual(self, block: Residual, x: _Value) -> _Value:
        inner = x
        for layer in block.layers:
            inner = self.layer(layer, inner)
        shortcut = self.linear(block.shortcut, x) if isinstance(block.shortcut, nn.Linear) else x
        y = self.value(inner.width)
        self.add(ADD, (shortcut, inner), y, block, first=inner.row)
        return y

    # Back --------------------------------------------------------------------------------------------------------

    def way_back(self, x: _Value, y: _Value) -> None:
        """Give every value the rows of its derivative, and every operation what it does to them."""
        y.slope = self.take(y.width)
        for op, between in zip(reversed(self.ops), reversed(self.between), strict=True):
            *read, written = between
            if op[0] == SILENCE:
                op[4] = written.slope
                continue
            op[4] = written.slope
            op[3], op[5] = self.wanted(read[0], x)
            if op[0] == ADD:
                op[12], op[13] = self.wanted(read[1], x)

    def wanted(self, value: _Value, x: _Value) -> tuple[int, int]:
        """Where the derivative by `value` goes, and whether something is there already."""
        if value is x:
            return NOBODY, 0
        if value.slope != NOBODY:
            return value.slope, 1
        value.slope = self.take(value.width)
        return value.slope, 0


def whole(count: int) -> int:
    """`count` rounded up to whole Lanes."""
    return (count + 15) // 16 * 16
