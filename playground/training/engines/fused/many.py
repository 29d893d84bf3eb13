"""The compiled code for many networks of the same shape whose gradients come from elsewhere."""

from __future__ import annotations

import numpy as np

from playground.training.engines.fused.compiling import kernel
from playground.training.engines.fused.kernel import _clip, _decay, _regularise, shuffle
from playground.training.engines.fused.lanes import beyond, start
from playground.training.engines.fused.updates import update

_F = np.float32


@kernel
def step_many(values, grads, count, rates, knobs, penalised, optimizers, options, slots, memory):
    """One step of every network, as `kernel.train` takes it once it has the gradient.

    values, grads (cells, and room): the first `count` of a row are its parameters. rates (cells,); knobs (cells, 4),
    options (cells, 8), optimizers (cells,), slots (cells, 3, and room), memory (cells, 3): of each cell as `train` has
    them.
    """
    mask = start(penalised)
    for c in range(values.shape[0]):
        w, g, s = start(values[c]), start(grads[c]), start(slots[c, 0])
        t, u = beyond(s, slots.shape[2]), beyond(s, 2 * slots.shape[2])
        if knobs[c, 0] != 0 or knobs[c, 1] != 0:
            _regularise(w, g, mask, count, _F(knobs[c, 0]), _F(knobs[c, 1]))
        if knobs[c, 3] > 0:
            _clip(g, count, knobs[c, 3])
        if knobs[c, 2] != 0:
            _decay(w, mask, count, _F(rates[c] * knobs[c, 2]))
        update(optimizers[c], w, g, s, t, u, start(memory[c]), start(options[c]), rates[c], 0, count)


@kernel
def orders(found, samples, keys, epoch):
    """The order of an epoch for every cell: found (cells, samples and room); keys (cells, 2): low and high."""
    for c in range(found.shape[0]):
        shuffle(start(found[c]), samples, keys[c, 0], keys[c, 1], epoch)
