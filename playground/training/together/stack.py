"""Cells that fit together, one step of all of them at a time: what compiled code does not know, convolutions say.

Every network's numbers are a row of one array, so that a layer of all of them is one operation (`layers`), and the
gradients of all come from one way back. An optimizer's step is the compiled code's, cell by cell, with every cell's own
rate, recipe and optimizer.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.network.flat import ROOM, FlatParameters, place_on
from playground.network.network import Network
from playground.training.core import Core
from playground.training.engines.fused.memory import Memory
from playground.training.tasks.supervised import IMAGES_AT_ONCE
from playground.training.together.layers import Layers


class Rows:
    """The numbers of networks that are built alike, as the rows of one array; the networks' own are views of them.

    values, grads (cells, P + B or P, and room): numpy's view of them.
    """

    def __init__(self, networks: list[Network]) -> None:
        flat = networks[0].flat
        self.count = flat.parameters.numel()
        self._values = torch.zeros(len(networks), flat.values.numel() + ROOM)
        self._grads = torch.zeros(len(networks), self.count + ROOM)
        self.mask = np.pad(flat.weight_mask.numpy(), (0, ROOM))[: self.count]
        for network, values, grads in zip(networks, self._values, self._grads, strict=True):
            _move(network, values[:-ROOM], grads[:-ROOM])
        self.values, self.grads = self._values.numpy(), self._grads.numpy()
        self._start, self._parameters = networks[0].flat.values.data_ptr(), list(networks[0].parameters())
        self._leaves: dict[int, Tensor] = {}
        for parameter in self._parameters:
            self._leaves[parameter.data_ptr()] = self._part(self._values, parameter).requires_grad_()

    def place(self, tensor: Tensor) -> Tensor:
        """A parameter or buffer of the first network in all of them, (cells, *shape); for a parameter always the same
        tensor, with a gradient."""
        known = self._leaves.get(tensor.data_ptr()) if isinstance(tensor, torch.nn.Parameter) else None
        return self._part(self._values, tensor) if known is None else known

    def gradient(self, of: Tensor) -> None:
        """Have `grads` be the gradient of a number that comes from all of them."""
        found = torch.autograd.grad(of, list(self._leaves.values()), materialize_grads=True)
        for parameter, value in zip(self._parameters, found, strict=True):
            self._part(self._grads, parameter).copy_(value)

    def copy(self) -> Tensor:
        """All values, as they are now."""
        return self._values.clone()

    def finite(self) -> Tensor:
        """Of each cell, whether all its numbers are: (cells,) bool."""
        return self._values.isfinite().all(1)

    def _part(self, rows: Tensor, tensor: Tensor) -> Tensor:
        first = (tensor.data_ptr() - self._start) // 4
        # As `data`: what is written elsewhere in the array is no change of this part.
        return rows.data[:, first : first + tensor.numel()].view(len(rows), *tensor.shape)


def _move(network: Network, values: Tensor, grads: Tensor) -> None:
    """Have a network's numbers lie in `values`, and their gradients in `grads`; there is room behind both."""
    old = network.flat
    values.copy_(old.values)
    place_on(network, values, keep=False)
    start = 0
    for parameter in network.parameters():
        parameter.grad = grads[start : start + parameter.numel()].view(parameter.shape)
        start += parameter.numel()
    network.flat = FlatParameters(values, values[: len(grads)], grads, old.weight_mask)


def with_room(numbers: Tensor) -> Tensor:
    """Memory for as many numbers, with room behind them."""
    return torch.zeros(len(numbers) + ROOM)[: len(numbers)]


class Stack:
    """Takes the steps of cells whose networks are built alike, on the same data, in batches of the same size.

    cores: what each would do alone; all stand at the same step. While they are here only their networks' numbers
    change, and their engines stand still (`let_go`). Raises KeyError, with the class, for a layer that is not known.
    """

    def __init__(self, cores: list[Core]) -> None:
        from playground.training.engines.fused import many  # brings in numba

        self._many, self.cores = many, cores
        networks = [core.module for core in cores]
        self.rows = Rows(networks)
        self._layers = Layers(networks, self.rows.place)
        self._image = networks[0].image
        self._task, self._order = cores[0].task, cores[0].order
        self._remember()
        self._keys = np.array([[core.order.key & 0xFFFFFFFF, core.order.key >> 32] for core in cores])
        self._orders = np.zeros((len(cores), self._order.samples + ROOM), np.int64)
        self._epoch = -1
        self._still: list[int] = []

    def _remember(self) -> None:
        """What the optimizers remember, in one array; it goes on from what the cores' engines do."""
        entries = [core.experiment.training.optimizer for core in self.cores]
        memories = [Memory(entry, core.module) for entry, core in zip(entries, self.cores, strict=True)]
        for memory, core in zip(memories, self.cores, strict=True):
            state = core.engine.state()
            memory.load({name: state[name] for name in ("apart", "optimizers")})
        self._kinds = np.array([memory.kind for memory in memories])
        self._options = np.stack([memory.options for memory in memories])
        self._slots = np.stack([memory.slots for memory in memories])
        self._numbers = np.concatenate([memory.numbers for memory in memories])
        for row, memory in enumerate(memories):
            memory.slots, memory.numbers = self._slots[row], self._numbers[row : row + 1]
        self._memories = memories

    def let_go(self, cell: int, snapshot: Any = None) -> None:
        """Have a cell's own engine go on from here, or from where a snapshot was taken: in memory of its own, with what
        the optimizer remembers of it. Nothing that is done here reaches it any more."""
        core = self.cores[cell]
        if snapshot is not None:
            core.module.flat.values.copy_(snapshot[0][cell][:-ROOM])
            self._slots[cell], self._numbers[cell] = snapshot[1][cell], snapshot[2][cell]
        flat = core.module.flat
        _move(core.module, with_room(flat.values), with_room(flat.grads))
        state = self._memories[cell].state()
        copied = [entry and {name: of.clone() for name, of in entry.items()} for entry in state["optimizers"][0]]
        core.renew({**state, "optimizers": [copied]})
        self._still.append(cell)
        self.rows.values[cell] = 0.0  # it is reckoned with all the same; nothing it could come to is in anybody's way

    def snapshot(self) -> Any:
        """Everything the next step depends on."""
        return self.rows.copy(), self._slots.copy(), self._numbers.copy()

    def run(self, step: int, count: int) -> np.ndarray:
        """Take `count` steps from `step` on. Of each cell, whether all its losses and numbers are finite: (cells,)."""
        rates = np.stack([core.rates(count) for core in self.cores])
        self.rows.values[self._still] = 0.0
        knobs = [core.knobs for core in self.cores]
        acting = np.array([[k.l1, k.l2, k.weight_decay, k.clip_norm or 0.0] for k in knobs])
        rates[self._still] = 0.0
        finite = torch.ones(len(self.cores), dtype=torch.bool)
        for k in range(count):
            x, targets = self._batch(step + k)
            outputs = self._layers(x, len(self.cores), True, step + k)
            # The mean over all cells, times the cells: every cell's gradient is that of its own mean.
            loss = self._task.loss(outputs.flatten(0, 1), targets.flatten(0, 1)) * len(self.cores)
            self.rows.gradient(loss)
            if not math.isfinite(loss.item()):
                finite &= self._losses(outputs.detach(), targets).isfinite()
            self._many.step_many(
                self.rows.values, self.rows.grads, self.rows.count, rates[:, k].copy(), acting, self.rows.mask,
                self._kinds, self._options, self._slots, self._numbers,
            )  # fmt: skip
        return (finite & self.rows.finite()).numpy()

    def _losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Of each cell by itself, (cells,)."""
        return torch.stack([self._task.loss(*of_cell) for of_cell in zip(outputs, targets, strict=True)])

    def _batch(self, step: int) -> tuple[Tensor, Tensor]:
        """What every cell sees at a step, each in its own order: inputs as the layers take them, targets (cells, n,
        ...)."""
        epoch, place = divmod(step, self._order.steps_per_epoch)
        if epoch != self._epoch:
            self._many.orders(self._orders, self._order.samples, self._keys, epoch)
            self._epoch = epoch
        size = self._order.batch_size
        rows = torch.from_numpy(self._orders[:, : self._order.samples][:, place * size : (place + 1) * size])
        targets = self._task.train_targets[rows]
        if self._image is None:
            return self._task.x_train[rows], targets
        return self._maps(self._task.x_train[rows.t()]), targets

    def _maps(self, x: Tensor) -> Tensor:
        """Pixels (n, cells, C * H * W) as maps."""
        n, cells, _ = x.shape
        channels, height, width = self._image
        return x.view(n, cells * channels, height, width).contiguous(memory_format=torch.channels_last)

    # Looking -----------------------------------------------------------------------------------------------------

    @torch.no_grad()
    def answer(self, x: Tensor) -> Tensor:
        """What every cell answers to the same samples, in evaluation mode: x (n, inputs) -> (cells, n, K)."""
        if self._image is None:
            return self._layers(x[None], 1, False)
        return torch.cat([self._layers(self._maps(few[:, None]), 1, False) for few in x.split(IMAGES_AT_ONCE)], 1)

    @torch.no_grad()
    def measure(self) -> np.ndarray:
        """As `Supervised.measure` of each cell: (cells, 4) float64."""
        task, found = self._task, np.full((len(self.cores), 4), np.nan)
        for part, (start, count) in enumerate(zip((0, task.samples), task.measured, strict=True)):
            if count:
                samples = slice(start, start + count)
                outputs, targets = self.answer(task.x[samples]), task.targets[samples]
                found[:, part] = self._losses(outputs, targets.expand(len(outputs), *targets.shape)).numpy()
                found[:, 2 + part] = task.scores(outputs, task.labels[samples]).numpy()
        return found
