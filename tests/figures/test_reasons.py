"""What is drawn of attributions, attacks and dreams means what it says."""

import numpy as np
import pytest

from playground import lenses
from playground.figures import draw, theme, view_of
from playground.figures.vision.overlay import overlaid, reach_of, signed
from playground.lenses.hurry import a_little_at_a_time
from playground.runs.wire import encode
from tests.lenses.seeing import DENSE, trainer

VIEWS = ("why", "fool", "fool_shares", "robustness", "dream")


@pytest.fixture(scope="module")
def run():
    run = trainer()
    run.advance(epochs=2)
    return run


def drawn(run, name, **options):
    """(arrays, base, frame) of a view."""
    view = view_of(name, run.dataset, options)
    arrays = getattr(lenses, view.lens)(run, **view.lens_options)
    return arrays, view.base(arrays, run), view.frame(arrays, run)


def test_colours_lie_over_the_picture_as_strongly_as_the_map_is_large():
    picture = np.array([[0, 255], [100, 100]], np.uint8)
    maps = np.array([[[0.0, 0.0], [2.0, -2.0]], [[np.nan, 0.0], [0.0, 1.0]]])
    found = overlaid(picture, maps, reach_of(maps))
    assert (found[0, 1, 0] == theme.channels(theme.POSITIVE)).all()
    assert (found[0, 1, 1] == theme.channels(theme.NEGATIVE)).all()
    assert (found[0, 0] == found[1, 0]).all()  # where there is nothing to say, the picture, in grey
    assert found[0, 0, 0, 0] < found[1, 1, 0, 0] < found[0, 0, 1, 0]
    alone = signed(maps, 2.0)
    assert (alone[0, 0] == 255).all()
    assert (alone[0, 1, 0] == theme.channels(theme.POSITIVE)).all()


def test_maps_alone_are_the_numbers(run):
    arrays, _, frame = drawn(run, "why", over=False, target=3)
    for name, map_ in zip(("gradient", "smooth_grad", "integrated"), frame["rows"][0]["tiles"].array, strict=True):
        np.testing.assert_array_equal(map_, arrays["maps"][name])
    assert frame["rows"][0]["title"].startswith("Why “3”?")
    assert frame["rows"][2]["tones"].index("good") == 3
    assert frame["rows"][0]["captions"] == ["gradient", "SmoothGrad", "integrated gradients"]


def test_what_is_not_worked_out_yet_is_said_to_come(run):
    view = view_of("why", run.dataset, {"steps": 128, "samples": 64, "window": 1})
    arrays = lenses.explanation(run, **view.lens_options)
    arrays |= {"maps": arrays["maps"] | {"occlusion": None}, "evidence": None, "found": np.nan}
    frame = view.frame(arrays, run)
    assert frame["rows"][1]["captions"][-1] == "occlusion …"
    assert "Integrated" not in frame["note"]


def test_without_convolutions_it_says_so():
    _, _, frame = drawn(trainer(DENSE), "why")
    assert frame["rows"][1]["captions"][1] == "no convolution"
    assert "gradient" in frame["rows"][2]["sub"]


@pytest.mark.parametrize("towards", [None, 1])
def test_an_attack_tells_what_was_seen_and_what_is(run, towards):
    arrays, _, frame = drawn(run, "fool", epsilon=0.3, towards=towards)
    before, after = arrays["before"].argmax(), arrays["after"].argmax()
    row, ladder = frame["rows"]
    assert row["captions"][0].startswith(f"seen as {before} ")
    assert row["captions"][2].startswith(f"seen as {after} ")
    won = after != arrays["label"] if towards is None else after == towards
    assert row["tones"][2] == ("bad" if won else "good")
    assert ladder["captions"][0].endswith(f": {arrays['seen'][0]}")
    _, _, bars = drawn(run, "fool_shares", epsilon=0.3, towards=towards)
    assert bars["traces"]["0"]["x"] == [str(k) for k in range(10)]
    np.testing.assert_allclose(bars["traces"]["1"]["y"], arrays["after"], atol=1e-6)


def test_an_image_that_is_wrong_as_it_is_needs_no_attack(run):
    arrays, _, _ = drawn(run, "fool")
    right = int(arrays["before"].argmax())
    view = view_of("fool", run.dataset, {})
    wrong = view.frame(arrays | {"label": (right + 1) % 10, "away": (right + 1) % 10}, run)
    assert wrong["note"].startswith("There is nothing to attack")
    assert wrong["rows"][0]["title"] == f"Seen as “{right}” before anything is changed"
    there = view.frame(arrays | {"away": -1, "towards": right}, run)
    assert there["note"] == ""


def test_the_change_is_shown_as_much_larger_as_it_says(run):
    arrays, _, frame = drawn(run, "fool", epsilon=0.05)
    assert frame["rows"][0]["captions"][1] == "+ the change, × 20"
    tile = frame["rows"][0]["tiles"][1]
    blue, orange = (np.all(tile == theme.channels(c), axis=-1) for c in (theme.POSITIVE, theme.NEGATIVE))
    np.testing.assert_array_equal(blue, np.isclose(arrays["delta"][0], 0.05, atol=1e-6))
    np.testing.assert_array_equal(orange, np.isclose(arrays["delta"][0], -0.05, atol=1e-6))


def test_robust_accuracy_is_a_figure_of_its_own(run):
    figure = draw("robustness", run, samples=8, mark=0.1)
    assert [trace["name"] for trace in figure["data"]] == ["FGSM, one step", "PGD, many steps"]
    assert "still right, of 8 images" in figure["layout"]["annotations"][0]["text"]
    assert [shape["y0"] for shape in figure["layout"]["shapes"]] == [0.1, 0]  # a guess among ten, and the mark


def test_a_dream_names_its_unit(run):
    _, base, frame = drawn(run, "dream", path=[0], steps=2, shown=2)
    assert base["rows"][0]["names"] == ["filter 1", "filter 2"]
    assert "1 to 2 of 4" in base["rows"][0]["title"]
    assert [caption.split(":")[0] for caption in frame["rows"][0]["captions"]] == ["1", "2"]
    _, base, _ = drawn(run, "dream", steps=2)
    assert base["rows"][0]["names"] == [str(k) for k in range(10)]


@pytest.mark.parametrize("name", VIEWS)
def test_weights_that_are_no_numbers_are_drawn_all_the_same(name):
    run = trainer()
    run.module.at((0,)).weight.data.fill_(float("nan"))
    run.advance(steps=1)
    view = view_of(name, run.dataset, {})
    with a_little_at_a_time():
        arrays = getattr(lenses, view.lens)(run, **view.lens_options)
    assert encode(view.base(arrays, run))
    assert b"bdata" in encode(view.frame(arrays, run))
