"""Training as a textbook writes it: nn.Sequential by hand, autograd for every penalty, torch.optim on the parts.

It shares with the trainer only what defines a run: the data, the start and the order of the samples.
"""

from __future__ import annotations

import copy
import math

import torch
import torch.nn.functional as F
from torch import nn

from playground.data import load
from playground.training.order import BatchOrder


def sequential(trainer) -> nn.Sequential:
    """The trainer's network as a plain Sequential with parameters of its own (no blocks, no dropout)."""
    layers = []
    for layer in [*trainer.module.layers, trainer.module.head, trainer.module.head_activation]:
        twin = _twin(layer)
        with torch.no_grad():
            for mine, theirs in zip(twin.parameters(), layer.parameters(), strict=True):
                mine.copy_(theirs)
        layers.append(twin)
    return nn.Sequential(*layers)


def _twin(layer: nn.Module) -> nn.Module:
    if isinstance(layer, nn.Linear):
        return nn.Linear(layer.in_features, layer.out_features, bias=layer.bias is not None)
    if isinstance(layer, nn.BatchNorm1d):
        return nn.BatchNorm1d(layer.num_features, layer.eps, layer.momentum, layer.affine)
    if isinstance(layer, nn.LayerNorm):
        return nn.LayerNorm(layer.normalized_shape, layer.eps, layer.elementwise_affine)
    return copy.deepcopy(layer)  # an activation: nothing of the trainer's is in it but its settings


def targets(experiment, labels, classes, head):
    """Targets as the loss wants them."""
    if head.coding == "index":
        return labels
    if head.coding == "value":
        return labels.reshape(-1, 1)
    zero_one = labels.reshape(-1, 1).float() if head.outputs == 1 else torch.eye(classes)[labels]
    return 2 * zero_one - 1 if head.coding == "signed" else zero_one


def loss_of(spec, outputs, t):
    """The loss as its formula says, or as torch.nn.functional has it."""
    match spec.kind:
        case "cross_entropy":
            return F.cross_entropy(outputs, t, label_smoothing=spec.label_smoothing)
        case "bce":
            return F.binary_cross_entropy(torch.sigmoid(outputs.double()), t.double()).float()
        case "hinge":
            return F.relu(spec.margin - t * outputs).mean()
        case "focal":
            p = F.softmax(outputs.double(), 1)[torch.arange(len(t)), t]
            return (-((1 - p) ** spec.gamma) * p.log()).mean().float()
        case "mse":
            return F.mse_loss(outputs, t)
        case "half_mse":
            return ((outputs - t) ** 2).mean() / 2
        case "mae":
            return F.l1_loss(outputs, t)
        case "huber":
            return F.huber_loss(outputs, t, delta=spec.delta)
        case "log_cosh":
            return torch.log(torch.cosh((outputs - t).double())).mean().float()
    raise KeyError(spec.kind)


def penalty(model, training):
    """L1 and L2 over the weights of linear layers, as part of the loss."""
    weights = [layer.weight for layer in model if isinstance(layer, nn.Linear)]
    return sum(training.l1 * w.abs().sum() + training.l2 / 2 * (w**2).sum() for w in weights)


def optimizers_for(entry, model):
    """torch.optim on the parts of the model."""
    if entry.kind == "muon":
        matrices = [p for p in model.parameters() if p.dim() == 2]
        others = [p for p in model.parameters() if p.dim() != 2]
        return [
            torch.optim.Muon(matrices, **entry.arguments()),
            torch.optim.AdamW(others, lr=entry.lr, weight_decay=0.0),
        ]
    return [getattr(torch.optim, entry.torch_name)(model.parameters(), **entry.arguments())]


def train(trainer, steps, schedule=None) -> nn.Sequential:
    """`steps` steps from where the trainer starts. schedule: makes a torch scheduler, stepped once an epoch."""
    experiment, model = trainer.experiment, sequential(trainer)
    training, data = experiment.training, load(experiment.data)
    x, labels = torch.tensor(data.x_train), torch.tensor(data.y_train)
    t = targets(experiment, labels, len(data.classes), trainer.task.head)
    optimizers = optimizers_for(training.optimizer, model)
    scheduler = schedule(optimizers[0]) if schedule else None
    size = min(training.batch_size, len(x))
    per_epoch = math.ceil(len(x) / size)
    weights = [layer.weight for layer in model if isinstance(layer, nn.Linear)]
    for step in range(steps):
        epoch, place = divmod(step, per_epoch)
        if scheduler and place == 0 and epoch > 0:
            scheduler.step()
        chosen = torch.tensor(BatchOrder(experiment.seed, len(x), size).epoch(epoch))
        batch = chosen[place * size : (place + 1) * size]

        def closure(batch=batch):
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss = loss_of(training.loss, model(x[batch]), t[batch])
            total = loss + penalty(model, training)
            total.backward()
            if training.clip_norm is not None:
                nn.utils.clip_grad_norm_(model.parameters(), training.clip_norm)
            return total

        if training.optimizer.first_order:
            closure()
        rate = optimizers[0].param_groups[0]["lr"]
        with torch.no_grad():
            for w in weights:
                w.mul_(1 - rate * training.weight_decay)
        for optimizer in optimizers:
            optimizer.step(closure) if not training.optimizer.first_order else optimizer.step()
    return model


def values(model) -> torch.Tensor:
    """All parameters as one vector."""
    return torch.cat([p.detach().reshape(-1) for p in model.parameters()])
