"""Training presets with several seeds, and what one reads off the runs."""

from statistics import median
from typing import Any

import numpy as np
import torch

from playground import lenses
from playground.experiment import Experiment
from playground.figures.findings import told
from playground.training import Trainer


def changed(experiment: Experiment, **parts: Any) -> Experiment:
    """Another network or init, or only some fields of the data or the training."""
    for name in ("data", "training"):
        if name in parts:
            parts[name] = {**dict(getattr(experiment, name)), **parts[name]}
    return experiment.replace(**parts)


def trained(experiment: Experiment, epochs: float = 0, steps: int = 0, seeds: int = 3) -> list[Trainer]:
    """One run for each of `seeds` seeds, the preset's own first; the others have other data and other weights."""
    runs = []
    for shift in range(seeds):
        data = {**dict(experiment.data), "seed": experiment.data.seed + shift}
        runs.append(Trainer(experiment.replace(seed=experiment.seed + shift, data=data), device="cpu"))
        if epochs:
            runs[-1].advance(epochs=epochs)
        else:
            runs[-1].advance(steps=steps)
    return runs


def column(trainer: Trainer, name: str) -> np.ndarray:
    """(records,) of the history, from the first to the last."""
    return trainer.recorded()[name]


def last(runs: list[Trainer], name: str) -> float:
    """The median over the runs of what is measured at their end."""
    return median(run.measure()[name] for run in runs)


def gradient_norms(trainer: Trainer) -> np.ndarray:
    """(linear layers,) from the first to the head: Euclidean norm of the gradient of the training loss, by autograd."""
    module, data = trainer.at(None).module, trainer.dataset
    x = torch.as_tensor(np.array(data.x_train))
    logits = module(x).squeeze(1)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.as_tensor(data.y_train.astype("float32")))
    weights = [layer.weight for layer in module.modules() if isinstance(layer, torch.nn.Linear)]
    return np.array([gradient.norm().item() for gradient in torch.autograd.grad(loss, weights)])


def inside(trainer: Trainer) -> list[str]:
    """The titles of what the page says under Inside now."""
    return [finding["title"] for finding in told(lenses.findings(trainer))]


def accuracy_of_class(runs: list[Trainer], classes: int) -> list[float]:
    """For each class the share of its test rows that are recognised (its recall), as the median of the runs."""
    recalls = []
    for run in runs:
        with torch.no_grad():
            outputs = run.at(None).module(torch.as_tensor(np.array(run.dataset.x_test)))
        right = run.task.predicted(outputs).numpy() == run.dataset.y_test
        recalls.append([right[run.dataset.y_test == label].mean() for label in range(classes)])
    return list(np.median(recalls, axis=0))
