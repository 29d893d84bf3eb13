"""The reference engine: PyTorch, one step after another, on any device."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from playground.experiment import Experiment
from playground.experiment.freezing import Place
from playground.network.network import Network
from playground.training.engines.pairs import Chain, loss_pair, low_precision, network_pairs, silences
from playground.training.knobs import Knobs
from playground.training.optimizers import (
    hold,
    load_optimizer_state,
    make_optimizers,
    optimizer_state,
    taken_apart,
    takes_parts,
)
from playground.training.order import BatchOrder
from playground.training.stepping import Stepper
from playground.training.tasks.supervised import Supervised


class TorchEngine:
    """Trains anything. Samples stay on the device; an epoch is gathered in its order once and then only sliced.

    Gradients come from `pairs`, not from autograd, and no step of a first-order optimizer waits for the device.
    """

    name: ClassVar[str] = "torch"
    chunk: ClassVar[int] = 64
    reason: ClassVar[str] = ""

    def __init__(self, experiment: Experiment, network: Network, task: Supervised, order: BatchOrder) -> None:
        self._network, self._task, self._order = network, task, order
        self._flat = network.flat
        self._entry = experiment.training.optimizer
        self._needs_closure = not self._entry.first_order
        self._loss = loss_pair(experiment.training.loss, task.loss, task.device)
        if task.device.type == "cuda":
            # Rewinding takes steps again: cuDNN may not choose sums whose order is left to chance.
            torch.backends.cudnn.deterministic = True
        self._low = low_precision(experiment.training.precision, task.device)
        self._chain: Chain | None = None
        self._exact: Chain | None = None  # the chain in float32: losses are measured as the network is looked at
        self._chain_of: Any = None  # what the chain depends on, as it was when it was made
        self._make_optimizers(apart=takes_parts(self._entry))
        self._epoch = -1
        self._batches: list[tuple[Tensor, Tensor]] = []
        self._rows = np.empty(0, np.int64)

    def _make_optimizers(self, apart: bool) -> None:
        """apart: whether they step every parameter by itself, as they do from the first frozen layer on: what they
        remember of it then has a step count of its own, and starts anew or goes on when it thaws."""
        self._apart = apart
        self._optimizers = make_optimizers(self._entry, self._network, apart)
        self._steppers = [Stepper(optimizer) for optimizer in self._optimizers]
        self._frozen: tuple[Place, ...] = ()
        self._penalised = self._flat.weight_mask

    @classmethod
    def refusal(cls, experiment: Experiment, network: Network, task: Supervised) -> str | None:
        """None: it trains everything."""
        return None

    @classmethod
    def reluctance(cls, experiment: Experiment, network: Network, task: Supervised) -> str | None:
        """None: it is there for whatever no other engine wants."""
        return None

    @torch.no_grad()
    def run(self, start: int, rates: np.ndarray, knobs: Knobs) -> np.ndarray:
        """See `Engine.run`."""
        network = self._network
        if network.depends_on_mode:
            network.train()
        if knobs.frozen != self._frozen:
            self._freeze(knobs.frozen)
        self._look_at_layers()
        losses = []
        for step, rate in enumerate(rates, start):
            network.set_step(step)
            x, targets = self._batch(step)
            losses.append(self._step(x, targets, float(rate), knobs))
        return torch.stack(losses).cpu().numpy() if losses else np.empty(0, np.float32)

    def measure(self) -> tuple[float, float, float, float]:
        """See `Engine.measure`."""
        if self._network.image is None:
            return self._task.measure(self._network)
        self._look_at_layers()
        return self._task.measure(self._network, self._exact.forward)

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
        for stepper in self._steppers:
            stepper.forget()

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
        fixed = {id(p) for place in frozen for p in self._network.at(place).parameters()}
        parameters = list(self._network.parameters())
        hold(self._optimizers, self._network, {i for i, p in enumerate(parameters) if id(p) in fixed})
        for stepper in self._steppers:
            stepper.forget()
        held = torch.cat([torch.full((p.numel(),), id(p) in fixed) for p in parameters]).to(self._task.device)
        self._penalised = self._flat.weight_mask.masked_fill(held, 0.0)
        self._frozen = frozen

    def _look_at_layers(self) -> None:
        """Have the gradients be those of the network as it is now."""
        now = self._frozen, silences(self._network)
        if self._chain is None or now != self._chain_of:
            self._exact, self._chain_of = network_pairs(self._network, self._frozen), now
            low = self._low
            self._chain = self._exact if low is None else network_pairs(self._network, self._frozen, low)
            self._flat.grads.zero_()  # those of frozen layers stay so: nothing writes them

    def _batch(self, step: int) -> tuple[Tensor, Tensor]:
        epoch, place = divmod(step, self._order.steps_per_epoch)
        if self._task.image is not None:
            return self._images(epoch, place)
        if epoch != self._epoch:
            order = torch.tensor(self._order.epoch(epoch), device=self._task.device)
            x = self._task.x_train.index_select(0, order).split(self._order.batch_size)
            targets = self._task.train_targets.index_select(0, order).split(self._order.batch_size)
            self._batches, self._epoch = list(zip(x, targets, strict=True)), epoch
        return self._batches[place]

    def _images(self, epoch: int, place: int) -> tuple[Tensor, Tensor]:
        """A batch gathered by itself: a whole epoch of images would take as much memory again."""
        if epoch != self._epoch:
            self._rows, self._epoch = self._order.epoch(epoch), epoch
        size = self._order.batch_size
        rows = self._rows[place * size : (place + 1) * size]
        targets = self._task.train_targets.index_select(0, torch.as_tensor(rows, device=self._task.device))
        return self._task.inputs(rows, epoch), targets

    def _step(self, x: Tensor, targets: Tensor, rate: float, knobs: Knobs) -> Tensor:
        if self._needs_closure:
            return self._closure_step(x, targets, rate, knobs)
        loss = self._gradient(x, targets, knobs)
        self._decay(rate, knobs)
        for step in self._steppers:
            step(rate)
        return loss

    def _closure_step(self, x: Tensor, targets: Tensor, rate: float, knobs: Knobs) -> Tensor:
        """A step that may look at the loss more than once; what it makes small includes the penalties."""
        self._decay(rate, knobs)

        @torch.no_grad()
        def closure() -> Tensor:
            return self._gradient(x, targets, knobs) + self._penalty(knobs)

        before = self._penalty(knobs)
        for stepper in self._steppers:
            loss = stepper.minimise(rate, closure)
        return loss - before

    def _gradient(self, x: Tensor, targets: Tensor, knobs: Knobs) -> Tensor:
        """Fill the flat gradient: the loss's, the penalties', clipped. Returns the batch's loss."""
        grads, chain = self._flat.grads, self._chain
        loss, slope = self._loss(chain.forward(x).float(), targets)
        chain.backward(slope)
        if knobs.l1 or knobs.l2:
            weights = self._flat.parameters * self._penalised
            if knobs.l2:
                grads.add_(weights, alpha=knobs.l2)
            if knobs.l1:
                grads.add_(weights.sign_(), alpha=knobs.l1)
        if knobs.clip_norm is not None:
            # As torch.nn.utils.clip_grad_norm_.
            grads.mul_((knobs.clip_norm / (torch.linalg.vector_norm(grads) + 1e-6)).clamp_max(1.0))
        return loss

    def _penalty(self, knobs: Knobs) -> Tensor:
        weights = self._flat.parameters * self._penalised
        return knobs.l1 * weights.abs().sum() + 0.5 * knobs.l2 * weights.square().sum()

    def _decay(self, rate: float, knobs: Knobs) -> None:
        """Decoupled weight decay (Loshchilov and Hutter 2019), weights only."""
        if knobs.weight_decay:
            values = self._flat.parameters
            values.addcmul_(values, self._penalised, value=-rate * knobs.weight_decay)
