"""What pages ask about an experiment with images."""

from __future__ import annotations

from playground.data import input_shape
from playground.experiment import Experiment, walk

CONVOLUTIONS = ("conv2d", "conv_transpose2d", "separable_conv2d")


def of_images(experiment: Experiment | None) -> bool:
    """Whether an experiment's data are images."""
    return experiment is not None and getattr(experiment.data, "family", "") == "image"


def image_of(experiment: Experiment | None) -> tuple[int, int, int] | None:
    """Channels, height and width of its images; None where it has none."""
    return input_shape(experiment.data) if of_images(experiment) else None


def convolutions(experiment: Experiment | None) -> list[str]:
    """Names of its convolutions, in order: "1: Convolution, 6 × 5 × 5"."""
    layers = [layer for _, layer in walk(experiment.network)] if experiment else []
    found = [layer for layer in layers if layer.kind in CONVOLUTIONS]
    return [
        f"{place}: {layer.label}, {layer.channels} × {layer.kernel} × {layer.kernel}"
        for place, layer in enumerate(found, 1)
    ]
