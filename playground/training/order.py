"""Which samples a step sees: a function of (seed, epoch, step) and nothing else."""

from __future__ import annotations

import math

import numpy as np

from playground.experiment.randomness import generator


class BatchOrder:
    """Every epoch visits every training sample once, in an order of its own; the last batch may be smaller."""

    def __init__(self, seed: int, samples: int, batch_size: int) -> None:
        self.seed = seed
        self.samples = samples
        self.batch_size = min(batch_size, samples)
        self.steps_per_epoch = math.ceil(samples / self.batch_size)

    def epoch(self, epoch: int) -> np.ndarray:
        """The order of `epoch` (0 is the first): a permutation of the samples, (n,) int64."""
        return generator(self.seed, "order", epoch).permutation(self.samples)

    def batch(self, step: int) -> np.ndarray:
        """The samples of training step `step` (0 is the first), (batch_size or less,) int64."""
        epoch, place = divmod(step, self.steps_per_epoch)
        return self.epoch(epoch)[place * self.batch_size : (place + 1) * self.batch_size]
