"""Looking at a run never changes it: trained on, it is bit for bit the run that nobody looked at."""

import contextlib

import pytest
import torch

from playground import lenses
from playground.lenses.lens import Unsuited
from playground.lenses.registry import LENSES
from playground.training import Trainer
from tests.lenses.moments import experiment_of

STACK = [
    {"kind": "linear", "units": 6},
    {"kind": "batch_norm"},
    {"kind": "tanh"},
    {"kind": "dropout", "p": 0.3},
    {"kind": "residual", "layers": [{"kind": "linear", "units": 6}, {"kind": "prelu"}]},
]
SEEING = [
    {"kind": "conv2d", "channels": 3, "kernel": 3},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "max_pool2d"},
    {"kind": "dropout2d", "p": 0.3},
]
DATA = [
    {"kind": "spiral", "samples": 60},
    {"kind": "blobs", "samples": 60, "classes": 3},
    {"kind": "curve", "samples": 60},
    {"kind": "multi_gaussian", "samples": 60},
    {"kind": "diabetes"},
    {"kind": "digits", "test_fraction": 0.9},
]


def stack_for(data):
    return SEEING if data["kind"] == "digits" else STACK


def looks(trainer):
    return [lens for lens in LENSES.values() if lens.supports(trainer.dataset)]


def shown(lens, run):
    """What a lens shows; nothing where a network of this kind has nothing of the kind to show."""
    with contextlib.suppress(Unsuited):
        return lens.with_options({"resolution": 12}).look(run)
    return {}


@pytest.mark.parametrize("data", DATA, ids=lambda data: data["kind"])
def test_a_run_that_is_looked_at_goes_the_same_way(data):
    experiment = experiment_of(data, stack_for(data))
    alone, watched = (Trainer(experiment, device="cpu", engine="torch") for _ in range(2))
    alone.advance(steps=40)
    for _ in range(2 if data["kind"] == "digits" else 10):
        modes = [part.training for part in watched.module.modules()]
        for lens in looks(watched):
            shown(lens, watched)
        assert [part.training for part in watched.module.modules()] == modes
        watched.advance(steps=4)
    watched.advance(steps=40 - watched.step)
    assert torch.equal(alone.module.flat.values, watched.module.flat.values)
    assert torch.equal(alone.module.flat.grads, watched.module.flat.grads)


@pytest.mark.parametrize("data", DATA, ids=lambda data: data["kind"])
def test_a_trainer_and_its_moment_show_the_same(data):
    trainer = Trainer(experiment_of(data, stack_for(data)), device="cpu", engine="torch")
    trainer.advance(steps=10)
    moment = trainer.at(None)
    for lens in looks(trainer):
        if lens.live_only:
            continue
        by_moment = shown(lens, moment)
        for name, value in shown(lens, trainer).items():
            other = by_moment[name]
            assert equal(value, other), name


def equal(one, two):
    """Bit for bit, through lists and dicts of arrays."""
    if hasattr(one, "dtype"):
        return one.shape == two.shape and one.tobytes() == two.tobytes()
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(equal(one[name], two[name]) for name in one)
    if isinstance(one, list | tuple) and type(one) is type(two) and len(one) == len(two):
        return all(map(equal, one, two))
    return one == two


def test_the_past_is_looked_at_without_the_present():
    trainer = Trainer(experiment_of({"kind": "circle", "samples": 60}), device="cpu", engine="torch")
    start = lenses.decision_boundary(trainer, resolution=8)["value"]
    trainer.advance(epochs=5)
    assert (lenses.decision_boundary(trainer.at(0), resolution=8)["value"] == start).all()
    assert (lenses.decision_boundary(trainer, resolution=8)["value"] != start).any()
