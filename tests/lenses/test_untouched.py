"""Looking at a run never changes it: trained on, it is bit for bit the run that nobody looked at."""

import pytest
import torch

from playground import lenses
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
DATA = [
    {"kind": "spiral", "samples": 60},
    {"kind": "blobs", "samples": 60, "classes": 3},
    {"kind": "curve", "samples": 60},
    {"kind": "multi_gaussian", "samples": 60},
    {"kind": "diabetes"},
]


def looks(trainer):
    return [lens for lens in LENSES.values() if lens.supports(trainer.dataset)]


@pytest.mark.parametrize("data", DATA, ids=lambda data: data["kind"])
def test_a_run_that_is_looked_at_goes_the_same_way(data):
    experiment = experiment_of(data, STACK)
    alone, watched = (Trainer(experiment, device="cpu", engine="torch") for _ in range(2))
    alone.advance(steps=40)
    for _ in range(40):
        modes = [part.training for part in watched.module.modules()]
        for lens in looks(watched):
            lens.with_options({"resolution": 12}).look(watched)
        assert [part.training for part in watched.module.modules()] == modes
        watched.advance(steps=1)
    assert torch.equal(alone.module.flat.values, watched.module.flat.values)
    assert torch.equal(alone.module.flat.grads, watched.module.flat.grads)


@pytest.mark.parametrize("data", DATA, ids=lambda data: data["kind"])
def test_a_trainer_and_its_moment_show_the_same(data):
    trainer = Trainer(experiment_of(data, STACK), device="cpu", engine="torch")
    trainer.advance(steps=10)
    moment = trainer.at(None)
    for lens in looks(trainer):
        if lens.live_only:
            continue
        entry = lens.with_options({"resolution": 12})
        for name, value in entry.look(trainer).items():
            other = entry.look(moment)[name]
            for one, two in zip(value, other, strict=True) if isinstance(value, list) else [(value, other)]:
                assert one is None if two is None else (one == two if isinstance(one, tuple | str) else equal(one, two))


def equal(one, two):
    if hasattr(one, "dtype"):
        return one.shape == two.shape and one.tobytes() == two.tobytes()
    return one == two


def test_the_past_is_looked_at_without_the_present():
    trainer = Trainer(experiment_of({"kind": "circle", "samples": 60}), device="cpu", engine="torch")
    start = lenses.decision_boundary(trainer, resolution=8)["value"]
    trainer.advance(epochs=5)
    assert (lenses.decision_boundary(trainer.at(0), resolution=8)["value"] == start).all()
    assert (lenses.decision_boundary(trainer, resolution=8)["value"] != start).any()
