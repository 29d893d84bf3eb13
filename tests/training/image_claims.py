"""What the presets of images promise, as `test_preset_claims` has it of all."""

from collections.abc import Callable

import pytest

from playground import lenses
from playground.data import input_shape
from playground.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.network.shapes import Summary, infer
from tests.training.claims import changed, column, last, trained

IMAGE_CLAIMS: dict[str, Callable[[Experiment], None]] = {}


def claim(kind: str) -> Callable:
    """The function below tests what the preset `kind` says."""
    return lambda test: IMAGE_CLAIMS.setdefault(kind, test)


def shapes(preset: Experiment) -> Summary:
    return infer(preset, input_shape(preset.data), 10)


def in_convolutions(preset: Experiment) -> float:
    """Of all that the network learns, the share that is in convolutions."""
    summary = shapes(preset)
    return sum(card.parameters for card in summary.cards if card.kind == "conv2d") / summary.parameters


@claim("one-convolution")
def _(preset):
    (run,) = trained(preset, epochs=1, seeds=1)
    assert shapes(preset).parameters == 2_326
    bare = changed(preset, network=[])
    assert shapes(bare).parameters == 7_850
    assert run.measure()["test_accuracy"] > max(0.92, last(trained(bare, epochs=2, seeds=1), "test_accuracy") + 0.02)


@claim("lenet")
def _(preset):
    (run,) = trained(preset, epochs=3, seeds=1)
    assert column(run, "test_accuracy").max() > 0.95
    assert 1 - in_convolutions(preset) == pytest.approx(0.96, abs=0.005)


@claim("small-vgg")
def _(preset):
    second = shapes(preset).cards[2]
    assert second.kind == "conv2d" and second.field == (5, 5)
    assert last(trained(preset, steps=60, seeds=1), "test_accuracy") > 0.8


@claim("small-resnet")
def _(preset):
    (run,) = trained(preset, epochs=1, seeds=1)
    assert run.measure()["test_accuracy"] > 0.9
    norms = lenses.findings(run)["gradient"]
    assert 0.2 < norms[0] / norms[-1] < 5


@claim("all-convolutional")
def _(preset):
    (run,) = trained(preset, epochs=2, seeds=1)
    assert run.measure()["test_accuracy"] > 0.9
    assert in_convolutions(preset) == pytest.approx(0.96, abs=0.005)
    assert in_convolutions(PRESETS["lenet"].experiment) == pytest.approx(0.04, abs=0.005)
