"""The reference engine: PyTorch, one step after another, on any device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from playground.experiment import Experiment
from playground.experiment.freezing import Place
from playground.network.network import Network
from playground.training.knobs import Knobs
from playground.training.optimizers import (
    hold,
    load_optimizer_state,
    make_optimizers,
    optimizer_state,
    set_rate,
    taken_apart,
    takes_parts,
)
from playground.training.order import BatchOrder
from playground.training.tasks.supervised import Supervised


class TorchEngine:
    """Trains anything. Samples stay on the device; an epoch is gathered in its order once and then only sliced."""

    name: ClassVar[str] = "torch"
    chunk: ClassVar[int] = 64

    def __init__(self, experiment: Experiment, network: Network, task: Supervised, order: BatchOrder) -> None:
        self._network, self._task, self._order = network, task, order
        self._flat = network.flat
        self._entry = experiment.training.optimizer
        self._needs_closure = not self._entry.first_order
        self._make_optimizers(apart=takes_parts(self._entry))
        self._epoch = -1
        self._batches: list[tuple[Tensor, Tensor]] = []

    def _make_optimizers(self, apart: bool) -> None:
        """apart: whether they step every parameter by itself, as they do from the first frozen layer on: what they
        remember of it then has a step count of its own, and starts anew or goes on when it thaws."""
        self._apart = apart
        self._optimizers = make_optimizers(self._entry, self._network, apart)
        # PyTorch wraps every step() in a profiler's hook that costs as much as a small step itself.
        self._steps = [(getattr(type(o).step, "__wrapped__", type(o).step), o) for o in self._optimizers]
        self._frozen: tuple[Place, ...] = ()
        self._held: Tensor | None = None  # which elements of the flat gradient are those of frozen layers
        self._penalised = self._flat.weight_mask

    @classmethod
    def refusal(cls, experiment: Experiment, network: Network, task: Supervised) -> str | None:
        """None: it trains everything."""
        return None

    def run(self, start: int, rates: Sequence[float], knobs: Knobs) -> np.ndarray:
        """See `Engine.run`."""
        network = self._network
        if network.depends_on_mode:
            network.train()
        if knobs.frozen != self._frozen:
            self._freeze(knobs.frozen)
        self._stages = network.stages()
        losses = []
        for step, rate in enumerate(rates, start):
            network.set_step(step)
            x, targets = self._batch(step)
            losses.append(self._step(x, targets, float(rate), knobs))
        return torch.stack(losses).cpu().numpy() if losses else np.empty(0, np.float32)

    def state(self) -> dict[str, Any]:
        """See `Engine.state`."""
        return {
            "values": self._flat.values,
            "apart": self._apart,
            "optimizers": optimizer_state(self._optimizers),
        }

    def load(self, state: dict[str, Any]) -> None:
        """See `Engine.load`."""
        self._flat.values.copy_(state["values"])
        if state["apart"] != self._apart:
            self._make_optimizers(state["apart"])
        load_optimizer_state(self._optimizers, state["optimizers"])

    def restart(self) -> None:
        """See `Engine.restart`."""
        self._make_optimizers(apart=takes_parts(self._entry))

    def _freeze(self, frozen: tuple[Place, ...]) -> None:
        """Have exactly the layers `frozen` keep their numbers."""
        if not self._apart:
            remembered = optimizer_state(self._optimizers)
            self._make_optimizers(apart=True)
            if not self._needs_closure:  # what L-BFGS remembers is of one vector, and has been forgotten
                load_optimizer_state(self._optimizers, taken_apart(remembered, self._network))
        fixed = {id(p) for place in frozen for p in self._network.at(place).parameters(recurse=False)}
        parameters = list(self._network.parameters())
        hold(self._optimizers, self._network, {i for i, p in enumerate(parameters) if id(p) in fixed})
        held = [torch.full((p.numel(),), id(p) in fixed) for p in parameters]
        self._held = torch.cat(held).to(self._task.device) if fixed else None
        mask = self._flat.weight_mask
        self._penalised = mask if self._held is None else mask.masked_fill(self._held, 0.0)
        self._frozen = frozen

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
            weights = self._flat.parameters * self._penalised
            if knobs.l2:
                grads.add_(weights, alpha=knobs.l2)
            if knobs.l1:
                grads.add_(weights.sign_(), alpha=knobs.l1)
        if self._held is not None:
            grads.masked_fill_(self._held, 0.0)
        if knobs.clip_norm is not None:
            # As torch.nn.utils.clip_grad_norm_.
            grads.mul_((knobs.clip_norm / (torch.linalg.vector_norm(grads) + 1e-6)).clamp_max(1.0))
        return loss.detach()

    def _penalty(self, knobs: Knobs) -> Tensor:
        weights = self._flat.parameters * self._penalised
        return knobs.l1 * weights.abs().sum() + 0.5 * knobs.l2 * weights.square().sum()

    def _decay(self, rate: float, knobs: Knobs) -> None:
        """Decoupled weight decay (Loshchilov and Hutter 2019), weights only."""
        if knobs.weight_decay:
            values = self._flat.parameters
            values.addcmul_(values, self._penalised, value=-rate * knobs.weight_decay)
