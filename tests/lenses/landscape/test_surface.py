"""Surfaces of the loss around a run: against a loop of forward passes, and against what is known of them."""

import copy

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from playground import lenses
from playground.lenses.landscape.entries import DIRECTIONS, LossLandscape
from playground.lenses.landscape.laying import lay
from playground.training import Trainer
from tests.lenses.moments import experiment_of

STACK = [
    {"kind": "linear", "units": 5},
    {"kind": "batch_norm"},
    {"kind": "tanh"},
    {"kind": "dropout", "p": 0.2},
    {"kind": "residual", "layers": [{"kind": "linear", "units": 5}, {"kind": "relu"}]},
]


def trained(stack=None, steps=60, data=None, **more) -> Trainer:
    described = experiment_of(data or {"kind": "moons", "samples": 80, "test_fraction": 0.4}, stack, **more)
    trainer = Trainer(described, device="cpu", engine="torch")
    trainer.advance(steps=steps)
    return trainer


def naive(trainer, plane, x, y, part="train"):
    """The loss at every point, by a forward pass of a copy of the network at each."""
    module = copy.deepcopy(trainer.module).eval()
    task = trainer.task
    inputs, targets = (task.x_train, task.train_targets) if part == "train" else (task.x_test, task.test_targets)
    found = np.empty((len(y), len(x)))
    for row, b in enumerate(y):
        for column, a in enumerate(x):
            values = plane.point(float(a), float(b))
            torch.nn.utils.vector_to_parameters(values[: len(plane.centre)], module.parameters())
            with torch.no_grad():
                found[row, column] = task.loss(module(inputs), targets)
    return found


@pytest.mark.parametrize("directions", DIRECTIONS)
def test_every_plane_against_a_loop_of_forward_passes(directions):
    trainer = trained(STACK)
    numbers = trainer.module.flat.values.clone()
    plane = lay(trainer, LossLandscape(kind="loss_landscape", directions=directions))
    for part in ("train", "test"):
        found = lenses.loss_landscape(trainer, resolution=11, directions=directions, part=part)
        reference = naive(trainer, plane, found["x"], found["y"], part)
        assert np.allclose(found["loss"], reference, rtol=1e-5, atol=1e-6)
    assert torch.equal(trainer.module.flat.values, numbers)
    assert len(found["names"]) == 2


@pytest.mark.parametrize("directions", DIRECTIONS)
def test_the_run_stands_where_its_loss_is(directions):
    trainer = trained(STACK)
    for part in ("train", "test"):
        found = lenses.loss_landscape(trainer, resolution=21, directions=directions, part=part)
        x, y = found["path_x"][-1], found["path_y"][-1]
        column, row = (int(np.abs(axis - place).argmin()) for axis, place in ((found["x"], x), (found["y"], y)))
        assert abs(found["x"][column] - x) < 1e-5, "the run stands on a point of the grid"
        assert abs(found["y"][row] - y) < 1e-5
        measured = trainer.measure()
        assert abs(found["loss"][row, column] - measured[f"{part}_loss"]) < 1e-6
        assert abs(found["score"][row, column] - measured[f"{part}_accuracy"]) < 1e-6
    if directions != "line":
        assert abs(found["centre_loss"] - measured["test_loss"]) < 1e-6


@pytest.mark.parametrize(("directions", "same"), [("filter", True), ("layer", False), ("raw", False)])
def test_scaling_a_relu_layer_up_and_the_next_one_down(directions, same):
    """Li et al. 2018, section 4: the network is the same function, and only filter normalisation knows it."""
    trainer = trained(
        [{"kind": "linear", "units": 6}, {"kind": "relu"}, {"kind": "linear", "units": 4}, {"kind": "tanh"}]
    )
    before = lenses.loss_landscape(trainer, resolution=11, directions=directions)
    weights = trainer.weights()
    for name, factor in (("layers.0.weight", 8.0), ("layers.0.bias", 8.0), ("layers.2.weight", 1 / 8)):
        weights[name] = weights[name] * factor
    trainer.load_weights(weights)
    after = lenses.loss_landscape(trainer, resolution=11, directions=directions)
    assert abs(after["centre_loss"] - before["centre_loss"]) < 1e-5
    # Layers as a whole keep their share of the scale, too: only rows of unlike lengths would tell the two apart.
    assert np.allclose(after["loss"], before["loss"], atol=1e-4) == (same or directions == "layer")


def test_the_path_is_where_the_snapshots_lie():
    trainer = trained(steps=150)
    found = lenses.loss_landscape(trainer, resolution=11, directions="pca")
    plane = lay(trainer, LossLandscape(kind="loss_landscape", directions="pca"))
    history = trainer.history
    for x, y, off, step, loss in zip(
        *(found[f"path_{name}"] for name in ("x", "y", "off", "step", "loss")), strict=True
    ):
        there = trainer.parameters_at([step])[0] if step < trainer.step else trainer.module.flat.parameters
        nearest = plane.point(float(x), float(y))[: len(there)]
        assert abs(torch.dist(there, nearest).item() - off) < 1e-4
        assert loss == history[history["step"] <= step]["train_loss"].iloc[-1]
    assert found["path_step"][-1] == 150
    assert found["seen"] > 0.9
    points = trainer.parameters_at(found["path_step"][:-1].tolist())
    points = torch.cat([points, trainer.module.flat.parameters.detach()[None]]).double().numpy()
    assert np.allclose(found["explained"], PCA(2).fit(points).explained_variance_ratio_, atol=1e-5)


def test_a_path_that_has_not_begun_has_random_components():
    trainer = trained(steps=0)
    found = lenses.loss_landscape(trainer, resolution=11, directions="pca")
    assert found["names"] == ("random direction", "random direction")
    assert np.isfinite(found["loss"]).all()
    trainer.advance(steps=1)
    assert "principal component 1" in lenses.loss_landscape(trainer, resolution=11, directions="pca")["names"][0]


def test_a_plane_that_is_held_stays_while_the_run_moves_through_it():
    trainer = trained(steps=50)
    before = lenses.loss_landscape(trainer, resolution=11, anchor=50)
    trainer.advance(steps=100)
    after = lenses.loss_landscape(trainer, resolution=11, anchor=50)
    assert (after["loss"] == before["loss"]).all()
    assert after["step"] == 50
    assert (before["path_x"][-1], before["path_y"][-1]) == (0, 0)
    assert (after["path_x"][-1], after["path_y"][-1]) != (0, 0)
    assert len(after["path_x"]) > len(before["path_x"])
    past = lenses.loss_landscape(trainer.at(100), resolution=11, anchor=50)
    assert (past["loss"] == before["loss"]).all()
    assert past["path_step"][-1] == 100


def test_a_straight_line_begins_and_ends_where_it_says():
    trainer = trained(steps=80)
    far = Trainer(trainer.experiment.replace(seed=9), "cpu", "torch")
    far.advance(steps=40)
    trainer.keep_landmark("far", far.weights())
    for options, start in (
        ({"start": 0}, trainer.history["train_loss"][0]),
        ({"landmark": "far"}, far.measure()["train_loss"]),
    ):
        found = lenses.loss_slice(trainer, points=41, directions="line", **options)
        at = {place: found["train_loss"][np.abs(found["along"] - place).argmin()] for place in (0, 1)}
        assert abs(at[0] - start) < 1e-6
        assert abs(at[1] - trainer.measure()["train_loss"]) < 1e-6
    assert "same point" in lenses.loss_slice(trainer, points=11, directions="line", start=80)["name"]
    with pytest.raises(ValueError, match="kept point is gone"):
        lenses.loss_slice(trainer, directions="line", landmark="nowhere")


def test_slices_are_rows_and_columns_of_the_surface():
    trainer = trained(STACK)
    surface = lenses.loss_landscape(trainer, resolution=21)
    centre = 10
    for axis, line in (("x", surface["loss"][centre]), ("y", surface["loss"][:, centre])):
        found = lenses.loss_slice(trainer, points=21, axis=axis)
        assert np.allclose(found["train_loss"], line, atol=1e-6)
        assert np.isfinite(found["test_score"]).all()


def test_two_single_weights_are_on_the_axes():
    trainer = trained(steps=10)
    weights = {
        "first_weight": {"path": [0], "unit": 2, "input": 1},
        "second_weight": {"path": "head", "unit": 0, "input": None},
    }
    found = lenses.loss_landscape(trainer, resolution=11, directions="weights", **weights)
    assert found["origin"] == pytest.approx(
        (trainer.module.at((0,)).weight[2, 1].item(), trainer.module.head.bias[0].item())
    )
    trainer.set_weight((0,), 2, 1, found["origin"][0] + float(found["x"][8]))
    assert abs(trainer.measure()["train_loss"] - found["loss"][5, 8]) < 1e-5
