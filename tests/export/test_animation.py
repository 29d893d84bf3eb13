"""The film: what is packed is what the lens saw, it stays small, and nothing in it can act."""

import base64
import json
import re
import zlib
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import Experiment, Trainer, lenses
from playground.data import store
from playground.export import TAKEAWAYS, animation
from playground.export.moving import packed
from playground.figures.quantised import Quantised

DATA = {
    "circle": "half_mse",
    "blobs": "cross_entropy",
    "plane": "mse",
    "curve": "mse",
    "wine": "cross_entropy",
    "diabetes": "mse",
}


def trained(kind, epochs=6, units=4, **rest):
    loss = {"kind": DATA.get(kind, "cross_entropy")}
    experiment = Experiment.model_validate(
        {
            "v": 1,
            "data": {"kind": kind, **rest},
            "network": [{"kind": "linear", "units": units}, {"kind": "tanh"}],
            "training": {"loss": loss, "optimizer": {"kind": "adam", "lr": 0.02}},
        }
    )
    trainer = Trainer(experiment)
    trainer.advance(epochs=epochs)
    return trainer


def film_of(html):
    """What the player reads out of the page."""
    text = re.search(rb'<script type="application/json" id="film">(.*?)</script>', html, re.DOTALL)[1]
    return json.loads(text)


def unpacked(part, frames):
    """As `player.js` does it, in numpy: (frames, *shape)."""
    raw = zlib.decompress(base64.b64decode(part["data"]))
    if part["kind"] == "map":
        levels = np.cumsum(np.frombuffer(raw, np.uint8).reshape(frames, *part["shape"]), axis=0, dtype=np.uint8)
        return part["lo"] + levels / 255 * (part["hi"] - part["lo"])
    levels = np.frombuffer(raw, "<u2").reshape(frames, -1)
    lo, hi = np.array(part["lo"])[:, None], np.array(part["hi"])[:, None]
    return (lo + levels / 65535 * (hi - lo)).reshape(frames, *part["shape"])


@pytest.fixture(scope="module")
def circle():
    return trained("circle")


def test_every_frame_is_what_the_lens_saw_then(circle):
    film = film_of(TAKEAWAYS["animation"](circle, frames=20, resolution=24))
    (part,) = film["moving"]
    maps = unpacked(part, len(film["moments"]))
    assert [moment["step"] for moment in film["moments"]][:: len(film["moments"]) - 1] == [0, circle.step]
    for moment, shown in zip(film["moments"], maps, strict=True):
        seen = lenses.decision_boundary(circle.at(moment["step"]), resolution=24)["value"]
        assert np.abs(shown - seen).max() <= 1 / 255 + 1e-6


def test_the_numbers_beside_it_are_those_of_the_history(circle):
    film = film_of(animation.write(circle, frames=20))
    for moment in film["moments"][:-1]:
        row = circle.record_at(moment["step"])
        assert moment["train_loss"] == pytest.approx(row["train_loss"])
        assert moment["test_metric"] == pytest.approx(row["test_accuracy"])
    assert film["moments"][-1]["test_loss"] == pytest.approx(circle.measure()["test_loss"])
    assert film["experiment"] == circle.experiment.model_dump(mode="json")


@pytest.mark.parametrize("kind", DATA)
def test_every_kind_of_data_has_a_small_film_that_loads_nothing(kind):
    trainer = trained(kind, epochs=8)
    html = animation.write(trainer)
    assert len(html) < 2_000_000
    film = film_of(html)
    assert len(film["moments"]) <= animation.MOST_FRAMES
    assert all(unpacked(part, len(film["moments"])).shape[0] for part in film["moving"])
    assert not re.search(rb"(src|href)\s*=|https?://|@import|url\(", html)


def test_the_worst_film_is_bounded():
    """Noise that no packing can make smaller, and as many points as are ever drawn."""
    frames = [
        {"traces": {"0": {"z": Quantised(np.random.default_rng(k).uniform(-1, 1, (80, 80)), -1.0, 1.0)}}}
        for k in range(animation.MOST_FRAMES)
    ]
    (part,) = packed(frames)
    assert len(part["data"]) < 1_100_000


def test_a_run_that_has_not_begun_is_one_frame():
    film = film_of(animation.write(trained("circle", epochs=0)))
    assert [moment["step"] for moment in film["moments"]] == [0]


def test_a_large_network_gets_fewer_and_coarser_frames_not_more_work():
    assert animation.plan(25) == (animation.MOST_FRAMES, animation.FINEST)
    assert animation.plan(2_000_000) == (animation.LEAST_FRAMES, animation.COARSEST)
    for parameters in (10**k for k in range(1, 8)):
        frames, resolution = animation.plan(parameters)
        least = animation.LEAST_FRAMES * animation.COARSEST**2 * parameters
        assert frames * resolution**2 * parameters <= max(animation.WORK, least)
        assert resolution % 4 == 0


def test_a_table_is_filmed_in_the_plane_that_is_looked_at():
    film = film_of(animation.write(trained("diabetes"), frames=4, plane={"kind": "features", "x": 2, "y": 8, "row": 3}))
    assert [axis["title"] for axis in film["axes"]] == ["body mass index", "log triglycerides"]
    assert [part["kind"] for part in film["moving"]] == ["map"]


def test_it_shows_what_the_page_shows(circle):
    film = film_of(animation.write(circle, frames=5, discrete=True, show_test=False))
    assert film["traces"][2]["visible"] is False
    with pytest.raises(ValueError, match="nonsense"):
        animation.write(circle, nonsense=1)


HOSTILE = "</script><script>alert(1)</script><!--{{film}} & \"'"


def test_names_of_strangers_stay_names():
    rows = "".join(f"{x},{y},{HOSTILE if x > y else 'b'}\n".replace('"', "") for x in range(8) for y in range(8))
    name = HOSTILE.replace('"', "").replace(",", "")
    table = store.put(f"a,b,{name}\n{rows}".encode())
    trainer = trained(
        "csv", epochs=2, table=table, name=HOSTILE, target=name, as_task="classification", columns=["a", "b"]
    )
    html = animation.write(trainer)
    assert b"<script>alert" not in html and html.count(b"</script>") == 2
    film = film_of(html)
    assert film["title"].startswith(HOSTILE)
    assert any("</script>" in meaning for _sign, _colour, meaning in film["keys"])


def test_the_policy_allows_this_script_and_no_other(circle):
    html = animation.write(circle, frames=2).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}(?: type=\"module\")?>(.*?)</{tag}>", html, re.DOTALL)
        assert f"{tag}-src 'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


wild = st.floats(width=32, allow_nan=True, allow_infinity=True)


@given(st.lists(st.lists(wild, min_size=3, max_size=3), min_size=1, max_size=6))
def test_lines_come_back_whatever_the_numbers(values):
    frames = [{"traces": {"2": {"y": np.array(row, np.float32)}}} for row in values]
    (part,) = packed(frames)
    found = unpacked(part, len(values))
    plain = np.clip(np.nan_to_num(np.array(values), nan=0.0, posinf=1e30, neginf=-1e30), -1e30, 1e30)
    span = plain.max(axis=1, keepdims=True) - plain.min(axis=1, keepdims=True)
    assert (np.abs(found - plain) <= span / 65535 + np.abs(plain) * 1e-6 + 1e-30).all()


@given(st.lists(st.lists(wild, min_size=4, max_size=4), min_size=1, max_size=6))
def test_maps_come_back_whatever_the_numbers(values):
    frames = [{"traces": {"0": {"z": Quantised(np.array(row, np.float32).reshape(2, 2), -2.0, 2.0)}}} for row in values]
    (part,) = packed(frames)
    plain = np.clip(np.nan_to_num(np.array(values), nan=0.0), -2, 2).reshape(-1, 2, 2)
    assert np.abs(unpacked(part, len(values)) - plain).max() <= 2 / 255 + 1e-6


def test_colours_that_change_their_meaning_are_refused():
    maps = [{"traces": {"0": {"z": Quantised(np.zeros((2, 2)), -1.0, hi)}}} for hi in (1.0, 2.0)]
    with pytest.raises(ValueError, match="same in every frame"):
        packed(maps)
