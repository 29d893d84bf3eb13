"""The arrays of a loss landscape as a NumPy file."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from playground import lenses
from playground.figures import view_of
from playground.lenses.hurry import at_most

SECONDS = 2.0
"""A surface that takes longer ends there; what is not measured is filled in by straight lines, and `share` < 1."""


def write(trainer: Any, **options: Any) -> bytes:
    """What `lenses.loss_landscape` gives of the present moment, as npz that `numpy.load` reads without pickle.

    options: those of the live view "landscape"; how it is drawn makes no difference. Besides the lens's arrays:
    `experiment`, as JSON text. Raises ValueError, in plain words, for options that are unknown, and where there is no
    such plane.
    """
    view = view_of("landscape", trainer.dataset, options)
    with at_most(SECONDS):
        arrays = getattr(lenses, view.lens)(trainer, **view.lens_options)
    arrays["experiment"] = trainer.experiment.model_dump_json()
    written = io.BytesIO()
    np.savez_compressed(written, allow_pickle=False, **{name: np.asarray(value) for name, value in arrays.items()})
    return written.getvalue()
