"""The Hessian of a network's loss: how the loss bends in every direction of the space of its parameters.

It is never written down, but for small networks: autograd gives its product with any vector at the cost of about two
gradients (Pearlmutter 1994), and from such products come its outermost eigenvalues and its trace.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn

from playground.experiment.freezing import frozen_layers
from playground.lenses.effort import size_of
from playground.lenses.landscape.krylov import Eigen, lanczos, trace, unknown
from playground.lenses.moment import looking
from playground.network.clone import clone

DENSE = 128
"""Up to so many parameters that learn the whole matrix is written down: everything is exact then."""
STEPS, DRAWS = 40, 12
"""Products for the eigenvalues and for the trace of a larger one, at most."""
BASIS_BYTES = 128 << 20
"""Of the vectors that those for the eigenvalues leave behind."""
WORK = 4e8
"""Multiplications that a look may cost, about: 5 to 25 ms of a processor core up to 10,000 parameters (and half a
second of a million)."""
PASSES = 6
"""Forward passes that a product with the Hessian costs, about."""
SMALL = 10_000
"""Up to so many parameters a look takes all its steps and draws."""
MOST_SAMPLES, LEAST_SAMPLES = 2048, 16
LEAST_STEPS, LEAST_DRAWS = 8, 2
WORK_BYTES = 32 << 20
COPIES = 12
"""Of everything that a forward pass computes: about what it takes to differentiate it twice."""


class Trace(NamedTuple):
    """The sum of the Hessian's eigenvalues, and the standard error of that estimate: 0 where it is exact."""

    value: float
    error: float


class Hessian:
    """The second derivatives of a loss by the parameters of a module, as the module is now.

    module: nothing of it is changed, and its numbers must stay as they are while the Hessian is in use.
    inputs (n, ...), targets (n, ...): the samples; loss: (outputs, targets) to the mean over samples.
    frozen: parameters of the module that do not learn: their rows are zero. In evaluation mode: dropout is off and
    batch norm the fixed map of its running statistics. Where an activation has no second derivative (at the kink of a
    ReLU), autograd's.
    """

    def __init__(
        self,
        module: nn.Module,
        inputs: Tensor,
        targets: Tensor,
        loss: Callable[[Tensor, Tensor], Tensor],
        frozen: tuple[nn.Parameter, ...] = (),
    ) -> None:
        self._module, self._inputs, self._targets, self._loss = module, inputs, targets, loss
        fixed = {id(p) for p in frozen}
        everything = list(module.parameters())
        self._parameters = [p for p in everything if id(p) not in fixed]
        learns = [torch.full((p.numel(),), id(p) not in fixed) for p in everything]
        self._learns = torch.cat(learns).to(inputs.device) if learns else torch.empty(0, dtype=torch.bool)
        self.size = int(self._learns.sum())
        """How many parameters learn."""
        self._rows = max(1, WORK_BYTES // (4 * COPIES * self._held))
        self._kept: list[tuple[float, list[Tensor]]] | None = None

    @classmethod
    def of(cls, moment: Any, part: str = "train", most: int | None = None) -> Self:
        """That of a moment's (or a trainer's) training loss, or of the loss over its "test" part, without penalties.

        Works on a copy of the network, with what is silenced silent and what is frozen fixed. most: evenly spaced
        samples, always the same, where there are more; None takes all. Raises ValueError for a part without samples.
        """
        module = clone(moment.module, moment.module.flat.values)
        task = moment.task
        inputs, targets = (task.x_train, task.train_targets) if part == "train" else (task.x_test, task.test_targets)
        if not len(inputs):
            raise ValueError(f"the {part} part has no samples")
        if most is not None and len(inputs) > most:
            chosen = torch.linspace(0, len(inputs) - 1, most, device=inputs.device).round().long()
            inputs, targets = inputs[chosen], targets[chosen]
        places = frozen_layers(moment.experiment)
        frozen = tuple(p for place in places for p in module.at(place).parameters())
        return cls(module, inputs, targets, task.loss, frozen)

    def gradient(self) -> Tensor:
        """The first derivatives, (P,) float32; zero for what is frozen."""
        total = torch.zeros(self.size, device=self._inputs.device)
        for share, slopes in self._slopes():
            total += share * torch.cat([slope.detach().reshape(-1) for slope in slopes])
        return self._spread(total)

    def product(self, vectors: Tensor) -> Tensor:
        """The Hessian times a vector (P,), or times every row of a matrix (k, P); the same shape, float32."""
        rows = torch.atleast_2d(vectors).to(self._learns.device)[:, self._learns]
        return self._spread(self._times(rows)).reshape(vectors.shape)

    def top(self, count: int = 2, steps: int = STEPS, seed: int = 0) -> Eigen:
        """The `count` largest eigenvalues and the smallest, with their vectors (.., P); see `krylov.lanczos`.

        Exact up to `DENSE` parameters that learn, otherwise from at most `steps` products (fewer where so many vectors
        would not fit into `BASIS_BYTES`). The rows of frozen parameters are left out: they have no eigenvalue.
        """
        if not self.size:
            found = unknown(count, 0)
        elif self.size <= DENSE:
            found = Eigen.of_matrix(self.dense, count)
        else:
            steps = min(steps, max(LEAST_STEPS, BASIS_BYTES // (8 * self.size)))
            found = lanczos(self._times, self.size, count, steps, seed)
        return found._replace(vectors=self._spread(found.vectors), hollow=self._spread(found.hollow))

    def trace(self, draws: int = DRAWS, seed: int = 0, known: Eigen | None = None) -> Trace:
        """The sum of all eigenvalues; see `krylov.trace`. Exact up to `DENSE` parameters that learn.

        known: what `top` gave, which makes the estimate better.
        """
        if self.size <= DENSE:
            return Trace(float(self.dense.trace()) if self.size else 0.0, 0.0)
        vectors = None if known is None else torch.cat([known.vectors, known.hollow[None]])[:, self._learns]
        return Trace(*trace(self._times, self.size, draws, seed, vectors))

    @cached_property
    def dense(self) -> np.ndarray:
        """The whole matrix over the parameters that learn: (size, size) float64."""
        matrix = self._times(torch.eye(self.size, device=self._inputs.device)).double().cpu().numpy()
        return (matrix + matrix.T) / 2

    def _times(self, rows: Tensor) -> Tensor:
        """Every row (k, size) times the Hessian over the parameters that learn."""
        rows = rows.to(self._inputs.device, torch.float32)
        total = torch.zeros_like(rows)
        at_once = max(1, WORK_BYTES // (4 * COPIES * self._held * min(self._rows, len(self._inputs))))
        for share, slopes in self._slopes():
            for chosen in torch.arange(len(rows)).split(at_once):
                total[chosen] += share * self._bent(slopes, rows[chosen])
        return total

    def _bent(self, slopes: list[Tensor], rows: Tensor) -> Tensor:
        """How the gradient `slopes` changes along each row: (k, size)."""
        shapes = [p.shape for p in self._parameters]
        along = [piece.reshape(-1, *shape) for piece, shape in zip(rows.split(self._sizes, 1), shapes, strict=True)]
        moving = [(slope, way) for slope, way in zip(slopes, along, strict=True) if slope.requires_grad]
        if not moving:  # a loss of straight lines
            return torch.zeros_like(rows)
        slopes, along = zip(*moving, strict=True)
        if len(rows) > 1:
            found = _batched(slopes, self._parameters, along)
        else:
            found = _pulled(slopes, self._parameters, [way[0] for way in along])
        flat = [
            torch.zeros(len(rows), size, device=rows.device) if change is None else change.reshape(len(rows), size)
            for change, size in zip(found, self._sizes, strict=True)
        ]
        return torch.cat(flat, 1)

    def _slopes(self) -> Iterator[tuple[float, list[Tensor]]]:
        """(share of the samples, gradient that can be differentiated again) of each chunk of samples.

        Where one chunk holds them all it is kept: every product then costs one way back only.
        """
        if not self.size or self._kept is not None:
            yield from self._kept or ()
            return
        inputs, targets = self._inputs.split(self._rows), self._targets.split(self._rows)
        for x, y in zip(inputs, targets, strict=True):
            with looking(self._module), torch.enable_grad():
                loss = self._loss(self._module(x), y)
                slopes = torch.autograd.grad(loss, self._parameters, create_graph=True, materialize_grads=True)
            if len(inputs) == 1:
                self._kept = [(1.0, list(slopes))]
            yield len(x) / len(self._inputs), list(slopes)

    @cached_property
    def _sizes(self) -> list[int]:
        return [p.numel() for p in self._parameters]

    @cached_property
    def _held(self) -> int:
        """How many numbers the layers compute for one sample."""
        counted: list[int] = [1]
        parts = [part for part in self._module.modules() if not any(part.children())]
        hooks = [part.register_forward_hook(lambda _part, _given, out: counted.append(out.numel())) for part in parts]
        try:
            with looking(self._module) as module:
                module(self._inputs[:1])
        finally:
            for hook in hooks:
                hook.remove()
        return sum(counted)

    def _spread(self, rows: Tensor) -> Tensor:
        """(..., size) to (..., P), zeros for what is frozen."""
        rows = rows.to(self._learns.device, torch.float32)
        if self.size == len(self._learns):
            return rows
        whole = rows.new_zeros(*rows.shape[:-1], len(self._learns))
        whole[..., self._learns] = rows
        return whole


def steepest(moment: Any, count: int = 2, seed: int = 0) -> tuple[np.ndarray, Tensor]:
    """(values (count,) float64, directions (count, P) float32): where the training loss of a moment bends most.

    Directions are unit vectors, whose largest number is positive. As `plan` has it: soon done, and of a large network
    only near.
    """
    samples, steps, _ = plan(size_of(moment))
    found = Hessian.of(moment, most=samples).top(count, steps, seed)
    return found.values, found.vectors


def plan(size: int) -> tuple[int, int, int]:
    """(samples, products for the eigenvalues, products for the trace) that a network of so many parameters gets, where
    somebody waits: the larger it is, the fewer."""
    effort = min(1.0, SMALL / max(size, 1))
    steps, draws = max(LEAST_STEPS, round(STEPS * effort)), max(LEAST_DRAWS, round(DRAWS * effort))
    samples = int(WORK / (PASSES * max(size, 1) * (steps + draws)))
    return min(max(samples, LEAST_SAMPLES), MOST_SAMPLES), steps, draws


def _pulled(slopes: Any, parameters: list[Tensor], along: Any, batched: bool = False) -> tuple[Tensor | None, ...]:
    return torch.autograd.grad(
        slopes, parameters, along, retain_graph=True, allow_unused=True, is_grads_batched=batched
    )


def _batched(slopes: Any, parameters: list[Tensor], along: tuple[Tensor, ...]) -> list[Tensor | None]:
    """`_pulled` for many vectors in one go; one by one where a layer cannot."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="There is a performance drop")
        try:
            return list(_pulled(slopes, parameters, along, batched=True))
        except RuntimeError:
            pass
    each = [_pulled(slopes, parameters, [way[index] for way in along]) for index in range(len(along[0]))]
    return [None if found[0] is None else torch.stack(found) for found in zip(*each, strict=True)]
