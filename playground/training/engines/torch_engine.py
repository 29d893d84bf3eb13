"""The reference engine: PyTorch, one step after another, on any device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from playground.experiment import Experiment
from playground.network.network import Network
from playground.training.knobs import Knobs
from playground.training.optimizers import load_optimizer_state, make_optimizers, optimizer_state, set_rate
from playground.training.order import BatchOrder
from playground.training.tasks.supervised import Supervised


class TorchEngine:
    """Trains anything. Samples stay on the device; an epoch is gathered in its order once and then only sliced."""

    name: ClassVar[str] = "torch"
    chunk: ClassVar[int] = 64

    def __init__(self, experiment: Experiment, network: Network, task: Supervised, order: BatchOrder) -> None:
        self._network, self._task, self._order = network, task, order
        self._flat = network.flat
        self._optimizers = make_optimizers(experiment.training.optimizer, network)
        self._stages = network.stages()
        self._needs_closure = not experiment.training.optimizer.first_order
        # PyTorch wraps every step() in a profiler's hook that costs as much as a small step itself.
        self._steps = [(getattr(type(o).step, "__wrapped__", type(o).step), o) for o in self._optimizers]
        self._epoch = -1
        self._batches: list[tuple[Tensor, Tensor]] = []

    @classmethod
    def refusal(cls, experiment: Experiment, network: Network, task: Supervised) -> str | None:
        """None: it trains everything."""
        return None

    def run(self, start: int, rates: Sequence[float], knobs: Knobs) -> np.ndarray:
        """See `Engine.run`."""
        network = self._network
        if network.depends_on_mode:
            network.train()
        losses = []
        for step, rate in enumerate(rates, start):
            network.set_step(step)
            x, targets = self._batch(step)
            losses.append(self._step(x, targets, float(rate), knobs))
        return torch.stack(losses).cpu().numpy() if losses else np.empty(0, np.float32)

    def state(self) -> dict[str, Any]:
        """See `Engine.state`."""
        return {"values": self._flat.values, "optimizers": optimizer_state(self._optimizers)}

    def load(self, state: dict[str, Any]) -> None:
        """See `Engine.load`."""
        self._flat.values.copy_(state["values"])
        load_optimizer_state(self._optimizers, state["optimizers"])

    def _batch(self, step: int) -> tuple[Tensor, Tensor]:
        epoch, place = divmod(step, self._order.steps_per_epoch)
        if epoch != self._epoch:
            order = torch.tensor(self._order.epoch(epoch), device=self._task.device)
            x = self._task.x_train.index_select(0, order).split(self._order.batch_size)
            targets = self._task.train_targets.index_select(0, order).split(self._order.batch_size)
            self._batches, self._epoch = list(zip(x, targets, strict=True)), epoch
        return self._batches[place]

    def _step(self, x: Tensor, targets: Tensor, rate: float, knobs: Knobs) -> Tensor:
        set_rate(self._optimizers, rate)
        if self._needs_closure:
            return self._closure_step(x, targets, rate, knobs)
        loss = self._gradient(x, targets, knobs)
        self._decay(rate, knobs)
        for step, optimizer in self._steps:
            step(optimizer)
        return loss

    def _closure_step(self, x: Tensor, targets: Tensor, rate: float, knobs: Knobs) -> Tensor:
        """A step that may look at the loss more than once; what it makes small includes the penalties."""
        self._decay(rate, knobs)

        def closure() -> Tensor:
            return self._gradient(x, targets, knobs) + self._penalty(knobs)

        with torch.no_grad():
            before = self._penalty(knobs)
        for step, optimizer in self._steps:
            loss = step(optimizer, closure)
        return loss.detach() - before

    def _gradient(self, x: Tensor, targets: Tensor, knobs: Knobs) -> Tensor:
        """Fill the flat gradient: the loss's, the penalties', clipped. Returns the batch's loss."""
        grads = self._flat.grads
        grads.zero_()
        for stage in self._stages:
            x = stage(x)
        loss = self._task.loss(x, targets)
        loss.backward()
        if knobs.l1 or knobs.l2:
            weights = self._flat.parameters * self._flat.weight_mask
            if knobs.l2:
                grads.add_(weights, alpha=knobs.l2)
            if knobs.l1:
                grads.add_(weights.sign_(), alpha=knobs.l1)
        if knobs.clip_norm is not None:
            # As torch.nn.utils.clip_grad_norm_.
            grads.mul_((knobs.clip_norm / (torch.linalg.vector_norm(grads) + 1e-6)).clamp_max(1.0))
        return loss.detach()

    def _penalty(self, knobs: Knobs) -> Tensor:
        weights = self._flat.parameters * self._flat.weight_mask
        return knobs.l1 * weights.abs().sum() + 0.5 * knobs.l2 * weights.square().sum()

    def _decay(self, rate: float, knobs: Knobs) -> None:
        """Decoupled weight decay (Loshchilov and Hutter 2019), weights only."""
        if knobs.weight_decay:
            values = self._flat.parameters
            values.addcmul_(values, self._flat.weight_mask, value=-rate * knobs.weight_decay)
