"""Surfaces as they are drawn: heights, scales, lines, and the ball on the ground."""

import numpy as np
import pytest

from playground import lenses
from playground.figures import still, view_of
from playground.figures.heights import LandscapeOptions, height_at, heights_of, lines_of, round_up, said_of
from playground.training import Trainer
from tests.lenses.moments import experiment_of

VIEWS = ("landscape", "contour")


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    trainer = Trainer(experiment_of({"kind": "moons", "samples": 80}), device="cpu", engine="torch")
    trainer.advance(steps=60)
    return trainer


def arrays_of(loss, **more):
    side = len(loss)
    axis = np.linspace(-1, 1, side).astype(np.float32)
    path = {f"path_{name}": np.zeros(1) for name in ("x", "y", "loss")}
    return {"x": axis, "y": axis, "loss": np.asarray(loss, float), "score": np.zeros((side, side)),
            "score_name": "accuracy", **path, **more}  # fmt: skip


@pytest.mark.parametrize("height", ["loss", "score"])
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("name", VIEWS)
def test_a_whole_figure(trainer, name, height, log):
    view = view_of(name, trainer.dataset, {"resolution": 21, "height": height, "log": log, "directions": "pca"})
    arrays = lenses.loss_landscape(trainer, **view.lens_options)
    figure = still(view.base(arrays, trainer), view.frame(arrays, trainer))
    surface = figure["data"][0]
    assert np.shape(surface["z"]) == (21, 21)
    assert np.isfinite(surface["z"]).all()
    assert figure["layout"]["meta"]["plane"] == arrays["plane"]
    x, y = (np.asarray(figure["data"][2][axis]) for axis in "xy")
    assert (x[-1], y[-1]) == pytest.approx((0, 0), abs=1e-5)
    base = view.base(arrays, trainer)
    trainer.at(0)
    other = lenses.loss_landscape(trainer.at(0), **view.lens_options)
    assert repr(base) == repr(view.base(other, trainer.at(0))), "what does not move is the same at every step"


def test_the_ball_lies_on_the_ground_at_every_grid_point_and_between():
    arrays = arrays_of([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0]])
    heights = heights_of(arrays, LandscapeOptions())
    z = height_at(arrays, heights, np.array([-1.0, 0.0, 0.5, 2.0]), np.array([-1.0, 0.0, -0.5, 0.0]))
    assert z[:3] == pytest.approx([0.0, 4.0, 3.0])
    assert np.isnan(z[3]), "outside of the picture there is no ground"


@pytest.mark.parametrize("scale", [1e-6, 0.03, 1.0, 40.0, 1e9])
@pytest.mark.parametrize("log", [False, True])
def test_scales_end_at_round_numbers_around_everything(scale, log):
    loss = scale * np.linspace(0.2, 1.0, 121).reshape(11, 11)
    heights = heights_of(arrays_of(loss), LandscapeOptions(log=log))
    assert heights.low <= loss.min()
    assert heights.high >= np.quantile(loss, 0.95) * (1 - 1e-6)
    assert heights.high <= 4 * loss.max()
    lines = lines_of(heights)
    assert 3 <= (lines["end"] - lines["start"]) / lines["size"] <= 17


def test_cliffs_are_cut_off_but_never_where_the_path_has_been():
    loss = np.ones((11, 11))
    loss[0, :3] = 1e6
    cut = heights_of(arrays_of(loss), LandscapeOptions())
    assert cut.high < 10
    path = {"path_x": np.zeros(2), "path_y": np.zeros(2), "path_loss": np.array([50.0, 1.0])}
    assert heights_of(arrays_of(loss, **path), LandscapeOptions()).high >= 50
    beside = {**path, "path_x": np.array([9.0, 0.0])}
    assert heights_of(arrays_of(loss, **beside), LandscapeOptions()).high < 10


def test_where_nothing_is_a_number_it_says_so_and_no_score_is_perfect():
    nothing = arrays_of(np.full((5, 5), np.nan))
    assert "not a finite number" in said_of(nothing["loss"])
    assert not said_of(nothing["loss"], np.diag(np.full(5, np.nan))), "a part of it can be seen"
    for name, worst in (("accuracy", 0.0), ("r2", -1.0)):
        scores = heights_of({**nothing, "score": nothing["loss"], "score_name": name}, LandscapeOptions(height="score"))
        assert (scores.z == worst).all()


@pytest.mark.parametrize("loss", [0.0, np.nan, np.inf, -1.0, 1e-300])
@pytest.mark.parametrize("log", [False, True])
def test_strange_surfaces_are_drawn_too(loss, log):
    heights = heights_of(arrays_of(np.full((5, 5), loss)), LandscapeOptions(log=log))
    assert np.isfinite(heights.z).all()
    assert heights.low < heights.high
    assert np.isfinite(heights.ends).all()


def test_round_up():
    assert [round_up(value) for value in (0.0, 1.0, 1.01, 6.5, 9.9, 0.0123)] == pytest.approx([0, 1, 1.5, 8, 10, 0.015])
