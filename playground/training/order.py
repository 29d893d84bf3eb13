"""Which samples a step sees: a function of (seed, epoch, step) and nothing else.

The order of an epoch is a Fisher-Yates shuffle whose draws are the hash of `network.dropout`, so that compiled code
makes it too, in a microsecond. `mix` and `base` are those given there, the key being `randomness.key(seed, "order")`
and the index the epoch; in unsigned 32-bit arithmetic, i from n - 1 down to 1:

    draw_i = mix(base + i * 0x9e3779b1);   j = draw_i * (i + 1) >> 32;   exchange places i and j
"""

from __future__ import annotations

import math

import numpy as np

from playground.experiment.randomness import hashed, key


def shuffled(number: int, epoch: int, samples: int) -> np.ndarray:
    """The order of `epoch` (0 is the first) under the key `number`: 0 to samples - 1, permuted, int64."""
    places = np.arange(1, samples, dtype=np.uint64)
    chosen = (hashed(number, epoch, places) * (places + np.uint64(1))) >> np.uint64(32)
    order = list(range(samples))
    for i, j in zip(range(samples - 1, 0, -1), chosen[::-1].tolist(), strict=True):
        order[i], order[j] = order[j], order[i]
    return np.array(order, np.int64)


class BatchOrder:
    """Every epoch visits every training sample once, in an order of its own; the last batch may be smaller."""

    def __init__(self, seed: int, samples: int, batch_size: int) -> None:
        self.key = key(seed, "order")
        self.samples = samples
        self.batch_size = min(batch_size, samples)
        self.steps_per_epoch = math.ceil(samples / self.batch_size)

    def epoch(self, epoch: int) -> np.ndarray:
        """The order of `epoch` (0 is the first): a permutation of the samples, (n,) int64."""
        return shuffled(self.key, epoch, self.samples)

    def batch(self, step: int) -> np.ndarray:
        """The samples of training step `step` (0 is the first), (batch_size or less,) int64."""
        epoch, place = divmod(step, self.steps_per_epoch)
        return self.epoch(epoch)[place * self.batch_size : (place + 1) * self.batch_size]
