"""The draw pad: strokes become the pixels that the network takes, and who looks at the picked image follows them."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from tests.web.stage import Stage
from tests.web.test_hand_math import EASY
from tests.web.test_modules import run
from tests.web.test_views import mount

PIXELS = "[...m.pixelsOf({strokes: a[0]}, a[1], a[2])]"
MNIST = {"box": 20, "pen": 1.25, "mass": True}
DATA = {"height": "420px", "image": [1, 28, 28], "fit": MNIST, "hint": "Draw a digit"}

places = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(list)
drawings = st.lists(st.lists(places, min_size=1, max_size=6), min_size=1, max_size=3)


def pixels(page, strokes, shape, fit=None, colours=None):
    given = [{"points": points, "colour": (colours or {}).get(k, [1, 1, 1])} for k, points in enumerate(strokes)]
    return np.array(run(page, "draw-strokes.js", PIXELS, given, list(shape), fit)).reshape(shape)


def distances(points, side):
    """From the middle of every pixel to the nearest of many points along a stroke, (side, side)."""
    along = np.linspace(0, 1, 400)[:, None]
    corners = np.array(points)
    ends = zip(corners, corners[1:] if len(points) > 1 else corners, strict=False)
    dots = np.concatenate([start + along * (end - start) for start, end in ends]) * side
    y, x = np.mgrid[:side, :side] + 0.5
    return np.sqrt((x[..., None] - dots[:, 0]) ** 2 + (y[..., None] - dots[:, 1]) ** 2).min(-1)


@EASY
@given(drawings)
def test_a_pixel_is_as_full_as_it_is_near_to_a_stroke(shared, strokes):
    """Of a plain drawing; the edge fades over a little more than a pixel, and a stroke lies over those before it."""
    made = pixels(shared, strokes, (1, 16, 16))[0]
    covers = [np.clip((0.042 * 16 - distances(points, 16)) / 1.1 + 0.5, 0, 1) for points in strokes]
    expected = 1 - np.prod([1 - cover for cover in covers], axis=0)
    assert np.abs(made / 255 - expected).max() < 0.06


@EASY
@given(drawings)
def test_a_drawing_is_centred_as_mnists_digits_are(shared, strokes):
    """Its centre of mass is in the middle, it has at most 20 pixels, and where on the pad it was does not count."""
    made = pixels(shared, strokes, (1, 28, 28), fit=MNIST)[0] / 255.0
    rows, columns = np.nonzero(made > 0.5)
    assert np.ptp(rows) < 20.5 and np.ptp(columns) < 20.5
    y, x = np.mgrid[:28, :28] + 0.5
    inside = (made[[0, -1]].max() == 0) and (made[:, [0, -1]].max() == 0)
    if inside:  # what reaches the edge is cut off there, as MNIST's few are
        assert (made * y).sum() / made.sum() == pytest.approx(14, abs=0.12)
        assert (made * x).sum() / made.sum() == pytest.approx(14, abs=0.12)
    moved = [[[x * 0.5 + 0.3, y * 0.5 + 0.1] for x, y in points] for points in strokes]
    span = max(
        np.ptp([x for points in strokes for x, _ in points]), np.ptp([y for points in strokes for _, y in points])
    )
    if span > 0.45:  # a dot stays a dot
        np.testing.assert_allclose(pixels(shared, moved, (1, 28, 28), fit=MNIST)[0], made * 255, atol=2)


def test_colours_lie_over_one_another_channel_first(shared):
    line = [[0.1, 0.5], [0.9, 0.5]]
    across = [[0.5, 0.1], [0.5, 0.9]]
    made = pixels(shared, [line, across], (3, 25, 25), colours={0: [1, 0, 0], 1: [0, 0, 1]})
    assert made[:, 12, 4].tolist() == [255, 0, 0]
    assert made[:, 12, 12].tolist() == [0, 0, 255]
    assert made[:, 2, 2].tolist() == [0, 0, 0]


@pytest.fixture
def pad(page, stage: Stage):
    """A pad and the bars of its run; what the browser asks to see is heard."""
    run_id = stage.name()
    page.evaluate("sessionStorage.clear()")
    mount(page, "pad", "draw", run_id, **DATA)
    mount(page, "bars", "prediction", run_id, height="240px", options={}, follow=True)
    return page.locator(".np-draw-pad canvas"), stage.viewer(run_id)


def asked(viewer, until):
    """The first picked image for which `until` holds, of those that the browser asks a prediction for."""
    while not until(image := viewer.hears("watch")["views"].get("prediction", {}).get("image")):
        pass
    return image


def drawn_bytes(image):
    return np.frombuffer(base64.b64decode(image["pixels"]), np.uint8).reshape(28, 28)


def test_a_stroke_is_the_picked_image_while_it_is_drawn(page, pad):
    surface, viewer = pad
    asked(viewer, lambda image: image is None)
    box = surface.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.8, steps=5)
    upright = drawn_bytes(asked(viewer, lambda image: image and np.ptp(np.nonzero(drawn_bytes(image))[0]) > 17))
    assert np.ptp(np.nonzero(upright)[1]) <= 4, "an upright line, in the middle"
    page.mouse.up()

    page.get_by_role("button", name="Undo").click()
    asked(viewer, lambda image: image is None)
    expect(page.locator(".np-draw-hint")).to_be_visible()


def test_by_keyboard(page, pad):
    """Arrows move the pen, Enter puts it down; the page's own keys stay out of it."""
    surface, viewer = pad
    surface.focus()
    for key in ("ArrowLeft", "Enter", *["ArrowRight"] * 6, "Enter", "ArrowDown"):
        page.keyboard.press(key)
    level = drawn_bytes(asked(viewer, lambda image: image and np.ptp(np.nonzero(drawn_bytes(image))[1]) > 12))
    assert np.ptp(np.nonzero(level)[0]) <= 4
    page.keyboard.press("Control+z")
    asked(viewer, lambda image: image is None)


def test_bars_follow_the_frames(page, pad):
    _surface, viewer = pad
    picture = {"dtype": "u1", "bdata": base64.b64encode(bytes(range(4))).decode(), "shape": "2, 2"}
    base = {"classes": ["cat", "dog", "<b>owl</b>"], "colours": ["#f59322", "#0877bd", "#5b5b5b"]}
    frame = {"probabilities": [0.2, 0.7, 0.1], "label": 0, "picture": picture}
    viewer.send({"prediction": {"rev": 1, "base": base, "frame": frame}})
    said = page.locator(".np-prediction-said")
    expect(said).to_have_text("dog, 70.0 % – it is cat")
    node = page.locator(".np-prediction-bar").nth(1).element_handle()
    viewer.send(
        {"prediction": {"rev": 2, "base": base, "frame": {**frame, "probabilities": [0.0, 0.0, 1.0], "label": None}}}
    )
    expect(said).to_have_text("<b>owl</b>, 100 %")
    assert page.evaluate("node => node.isConnected", node), "nothing is built anew"
