"""A fused engine on an experiment, and its gradient beside autograd's."""

import copy

import numpy as np
import torch

from playground.data import load
from playground.network import build
from playground.training.engines.fused.engine import FusedEngine
from playground.training.knobs import Knobs
from playground.training.order import BatchOrder
from playground.training.tasks.supervised import Supervised

NONE = Knobs()


class Bench:
    """An engine, and what it works on."""

    def __init__(self, experiment):
        data = load(experiment.data)
        self.network = build(experiment, data)
        self.task = Supervised(experiment, data)
        self.order = BatchOrder(experiment.seed, self.task.samples, experiment.training.batch_size)
        self.engine = FusedEngine(experiment, self.network, self.task, self.order)

    def by_autograd(self, step: int, knobs: Knobs, precision: torch.dtype):
        """Loss, gradient and buffers of a step, from a copy of the network."""
        network = copy.deepcopy(self.network).to(precision)
        network.hold(knobs.frozen)
        network.silence(self.network.silenced)
        network.train()
        network.set_step(step)
        for parameter in network.parameters():
            parameter.grad = None
        batch = torch.tensor(self.order.batch(step))
        targets = self.task.train_targets[batch]
        targets = targets.to(precision) if targets.is_floating_point() else targets
        loss = self.task.loss(network(self.task.x_train[batch].to(precision)), targets)
        loss.backward()
        still = {id(p) for place in knobs.frozen for p in network.at(place).parameters(recurse=False)}
        grads = [torch.zeros_like(p) if p.grad is None or id(p) in still else p.grad for p in network.parameters()]
        return loss.item(), grads, list(network.buffers())

    def by_engine(self, step: int, knobs: Knobs = NONE):
        """The same of the engine, whose step is of length zero."""
        self.network.hold(knobs.frozen)
        loss = self.engine.run(step, np.zeros(1), knobs)
        return loss[0], [p.grad.clone() for p in self.network.parameters()], list(self.network.buffers())


def agree(bench: Bench, step: int = 0, knobs: Knobs = NONE, tolerance: float = 1e-5, cancelling: bool = False):
    """That loss, gradients and buffers are those of autograd in double precision, to `tolerance` relative; where
    autograd's own in single precision are further away than that, to a few times their distance.

    cancelling: some gradients may be next to nothing, the difference of large numbers (as behind batch norm over two
    samples): then the tolerance is relative to all gradients together.
    """
    exact, rounded = (bench.by_autograd(step, knobs, precision) for precision in (torch.float64, torch.float32))
    found = bench.by_engine(step, knobs)
    close(torch.tensor(found[0]), torch.tensor(exact[0]), torch.tensor(rounded[0]), tolerance)
    spare = torch.stack([true.norm() for true in exact[1]]).norm().item() if cancelling else 0.0
    for mine, true, theirs in zip(found[1] + found[2], exact[1] + exact[2], rounded[1] + rounded[2], strict=True):
        close(mine, true, theirs, tolerance, spare)


def close(mine: torch.Tensor, true: torch.Tensor, theirs: torch.Tensor, tolerance: float, spare: float = 0.0):
    """See `agree`; 1e-8 is nothing beside numbers of the size of 1. spare: of what size nothing matters here."""
    off, their = ((found.double() - true).norm().item() for found in (mine, theirs))
    allowed = tolerance * (true.norm().item() + spare) + 8 * their + 1e-8
    assert off <= allowed, f"off by {off:.2e}, PyTorch by {their:.2e}, of {true.norm().item():.2e}"
