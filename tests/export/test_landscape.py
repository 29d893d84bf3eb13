"""What is taken away of a landscape: arrays as the lens gives them, and a film that is what the live views show."""

import base64
import io
import json
import re
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import Experiment, Trainer, lenses
from playground.data import store
from playground.export import TAKEAWAYS, landscape_film
from playground.lenses.hurry import at_most


def trained(data=None, steps=60, lr=0.1, units=3):
    experiment = Experiment.model_validate(
        {
            "v": 1,
            "data": data or {"kind": "circle", "samples": 40},
            "network": [{"kind": "linear", "units": units}, {"kind": "tanh"}],
            "training": {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "sgd", "lr": lr}},
        }
    )
    trainer = Trainer(experiment, device="cpu", engine="torch")
    trainer.advance(steps=steps)
    return trainer


@pytest.fixture(scope="module")
def run():
    return trained()


def film_of(html):
    """What the player reads out of the page."""
    return json.loads(re.search(rb'<script type="application/json" id="film">(.*?)</script>', html, re.DOTALL)[1])


def numbers(value):
    """As plotly.js reads it."""
    found = np.frombuffer(base64.b64decode(value["bdata"]), "<f4")
    return found.reshape([int(side) for side in value["shape"].split(",")]) if "shape" in value else found


def test_the_arrays_are_the_lenss(run):
    data = TAKEAWAYS["landscape"](run, directions="layer", resolution=11, radius=0.5, height="score")
    with np.load(io.BytesIO(data), allow_pickle=False) as read:
        seen = lenses.loss_landscape(run, resolution=11, directions="layer", radius=0.5)
        for name in seen.keys() - {"plane"}:
            np.testing.assert_array_equal(read[name], np.asarray(seen[name]), err_msg=name)
        assert Experiment.model_validate_json(str(read["experiment"])) == run.experiment


@pytest.mark.parametrize("what", ["landscape", "landscape_film"])
def test_what_cannot_be_is_refused_in_words(run, what):
    for wrong in ({"nonsense": 1}, {"resolution": 1000}, {"directions": "line", "landmark": "gone"}):
        with pytest.raises(ValueError):
            TAKEAWAYS[what](run, **wrong)


def test_the_ball_rolls_along_the_path_on_a_surface_that_stands_still(run):
    film = film_of(TAKEAWAYS["landscape_film"](run, resolution=21))
    seen = lenses.loss_landscape(run, resolution=21, directions="pca")
    surface, above = film["figures"]
    assert len(surface["frames"]) == len(above["frames"]) == len(film["moments"]) == len(seen["path_step"])
    shown = numbers(surface["data"][0]["z"])
    below = seen["loss"] < shown.max()
    np.testing.assert_allclose(shown[below], seen["loss"][below], rtol=1e-5)
    for count, (frame, other) in enumerate(zip(surface["frames"], above["frames"], strict=True), 1):
        assert 0 not in frame["traces"] + other["traces"]
        for picture in (frame, other):
            np.testing.assert_allclose(numbers(picture["data"][0]["x"]), seen["path_x"][:count], rtol=1e-6)
            assert numbers(picture["data"][1]["y"])[0] == pytest.approx(seen["path_y"][count - 1])
        assert frame["layout"] == {}
    assert "principal components" in film["about"]


def test_the_readings_are_the_historys(run):
    film = film_of(landscape_film.write(run, frames=9, resolution=11))
    assert len(film["moments"]) == 9
    for moment in film["moments"][:-1]:
        row = run.record_at(moment["step"])
        assert (moment["train_loss"], moment["test_loss"]) == (row["train_loss"], row["test_loss"])
        assert moment["epoch"] == row["epoch"]
    assert film["moments"][-1]["train_loss"] == pytest.approx(run.measure()["train_loss"])
    assert film["experiment"] == run.experiment.model_dump(mode="json")


def test_a_plane_that_follows_the_run_has_a_surface_for_every_moment(run):
    film = film_of(landscape_film.write(run, frames=5, directions="filter", resolution=11, height="score"))
    surface, above = film["figures"]
    for moment, frame, other in zip(film["moments"], surface["frames"], above["frames"], strict=True):
        seen = lenses.loss_landscape(run.at(moment["step"]), resolution=11, directions="filter")
        for picture in (frame, other):
            np.testing.assert_allclose(numbers(picture["data"][0]["z"]), seen["score"], rtol=1e-6)
            ball = [numbers(picture["data"][2][axis])[0] for axis in "xy"]
            np.testing.assert_allclose(ball, [seen["path_x"][-1], seen["path_y"][-1]], atol=1e-6)
        assert "camera" not in frame["layout"]["scene"]
    held = film_of(landscape_film.write(run, frames=5, directions="filter", resolution=11, anchor=0))
    assert 0 not in held["figures"][0]["frames"][0]["traces"]


@pytest.mark.parametrize("directions", ["hessian", "gradient", "line", "weights"])
def test_every_other_plane_has_a_film(run, directions):
    film = film_of(landscape_film.write(run, frames=3, directions=directions, resolution=11, log=True))
    assert len(film["figures"][0]["frames"]) == 3


@pytest.mark.parametrize("steps", [0, 1])
def test_a_run_that_has_hardly_begun(steps):
    film = film_of(landscape_film.write(trained(steps=steps), resolution=11))
    assert [moment["step"] for moment in film["moments"]] == list(range(steps + 1))


def test_it_is_bounded(run):
    largest = landscape_film.write(run, directions="filter", resolution=101)
    assert len(film_of(largest)["moments"]) == landscape_film.MOVING_FRAMES
    assert len(largest) - len(landscape_film.plotly()) < 3_000_000
    assert len(landscape_film.write(run, resolution=101)) - len(landscape_film.plotly()) < 3_000_000


@given(cost=st.floats(0, 1e11), moves=st.booleans(), frames=st.integers(-3, 10_000), resolution=st.integers(11, 101))
def test_a_large_network_gets_fewer_and_coarser_surfaces_not_more_work(cost, moves, frames, resolution):
    count, across = landscape_film.plan(cost, moves, frames, resolution)
    assert 2 <= count <= landscape_film.MOST_FRAMES
    assert 11 <= across <= resolution
    assert across % 10 == 1
    least = landscape_film.COARSEST**2 * (landscape_film.LEAST_FRAMES if moves else 1)
    assert cost * across**2 * (count if moves else 1) <= max(landscape_film.WORK, least * cost) * (1 + 1e-9)


def test_what_takes_too_long_ends_and_says_so(run, monkeypatch):
    with at_most(0.0):
        arrays = lenses.loss_landscape(run)
    assert arrays["share"] < 1
    assert np.isfinite(arrays["loss"]).all()
    assert lenses.loss_landscape(run)["share"] == 1
    monkeypatch.setattr(landscape_film, "SECONDS", 0.0)
    assert "of the surface is measured" in film_of(landscape_film.write(run))["about"]


def test_plotly_is_in_it_and_only_that_and_the_player_may_run(run):
    html = landscape_film.write(run, frames=2, resolution=11).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    scripts = re.findall(r"<script(?: type=\"module\")?>(.*?)</script>", html, re.DOTALL)
    assert scripts[0] == landscape_film.plotly()
    hashes = [f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts]
    assert f"script-src {' '.join(hashes)};" in policy
    assert policy.startswith("default-src 'none'")
    assert html.count("</script>") == 3
    assert "</script" not in landscape_film.plotly()


HOSTILE = "</script><img src=x onerror=alert(1)>{{film}}<a href='javascript:alert(1)'>b</a>"


def test_names_of_strangers_stay_names():
    rows = "".join(f"{x},{y},{'yes' if x > y else 'no'}\n" for x in range(6) for y in range(6))
    column = "<img src=x onerror=alert(1)>{{film}}</script>"
    table = store.put(f"{column},b,kind\n{rows}".encode())
    data = {"kind": "csv", "table": table, "name": HOSTILE, "target": "kind", "as_task": "classification"}
    trainer = trained({**data, "columns": [column, "b"]}, steps=4, units=2)
    html = landscape_film.write(
        trainer,
        frames=3,
        resolution=11,
        directions="weights",
        first_weight={"path": [0], "unit": 0, "input": 0},
        second_weight={"path": [0], "unit": 0, "input": 1},
    )
    assert b"<img src=x" not in html
    assert html.count(b"</script>") == 3
    film = film_of(html)
    assert film["title"].startswith(HOSTILE)
    for name in ("xaxis", "yaxis"):
        for layout in (film["figures"][1]["layout"], film["figures"][1]["frames"][0]["layout"]):
            assert "<" not in layout[name]["title"]["text"]
