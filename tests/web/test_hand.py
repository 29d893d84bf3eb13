"""A convolution by hand in a real Chromium: window, sums, kernels of one's own and of a network."""

import re

import numpy as np
import orjson
import pytest
from playwright.sync_api import expect

from playground.runs.wire import encode
from tests.web.stage import Stage
from tests.web.test_hand_math import run
from tests.web.test_views import drawn, mount

DATA = {"height": "520px", "options": {}, "lesson": {"First": "Look at the window."}, "follow": True}


@pytest.fixture
def hand(page, stage: Stage):
    """The component of a run, before anything has come of it: it shows a small picture of its own."""
    run_id = stage.name()
    page.evaluate("sessionStorage.clear()")
    mount(page, "hand", "hand", run_id, **DATA)
    expect(page.locator(".np-hand-formula")).not_to_be_empty()
    return page.locator(".np-hand"), stage.viewer(run_id)


def frame(pixels: np.ndarray, learnt: dict | None = None, layers: tuple[int, ...] = ()) -> dict:
    """The view as the server sends it."""
    sent = {
        "pixels": pixels.astype(np.float32),
        "layers": [{"filters": count, "large": count > 99} for count in layers],
        "learnt": learnt,
    }
    return {"hand": orjson.loads(encode({"rev": 1, "base": {}, "frame": sent}))}


def at(hand) -> str:
    """Where the window is, as a screen reader hears it."""
    label = hand.locator(".np-hand-map canvas").last.get_attribute("aria-label")
    return re.search(r"row (\d+), column (\d+)", label).group(0)


def result(hand) -> float:
    return float(hand.locator(".np-hand-formula").inner_text().split("=")[-1].replace("−", "-"))


def test_the_window_goes_where_it_is_sent(page, hand):
    """By buttons, arrow keys and pointer; what it has not come to yet is faint, and the lesson is at hand."""
    hand, _viewer = hand
    page.get_by_role("button", name="Back to the first place").click()
    expect(hand.locator("canvas").last).to_have_attribute("aria-label", re.compile("output 6 × 6.*row 1, column 1"))
    page.get_by_role("button", name="One place on").click()
    output = hand.locator(".np-hand-map canvas").last
    expect(output).to_have_attribute("aria-label", re.compile("row 1, column 2"))
    output.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(output).to_have_attribute("aria-label", re.compile("row 3, column 3"))
    box = output.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + 4)
    expect(output).to_have_attribute("aria-label", re.compile("row 1, column 6"))
    page.get_by_role("button", name="How it works").click()
    expect(page.get_by_text("Look at the window.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Look at the window.")).to_be_hidden()


def test_it_slides_to_the_end_by_itself(page, hand):
    hand, _viewer = hand
    page.get_by_label("How quickly the window slides").fill("100")
    page.get_by_role("button", name="Let the window slide").click()
    expect(page.get_by_role("button", name="Stop the window")).to_be_visible()
    expect(page.get_by_role("button", name="Let the window slide")).to_be_visible()
    assert at(hand) == "row 6, column 6"


def test_every_product_is_written_out_and_weights_are_ones_own(page, hand):
    hand, viewer = hand
    pixels = np.zeros((9, 9))
    pixels[4, 4:6] = 1.0, 0.5
    drawn(page, viewer, viewer.send(frame(pixels)))
    page.get_by_label("Kernel", exact=True).select_option("identity")
    output = hand.locator(".np-hand-map canvas").last
    expect(output).to_have_attribute("aria-label", re.compile("output 7 × 7.*row 4, column 4"))
    expect(hand.locator(".np-hand-formula")).to_have_text("1·1 = 1")
    page.get_by_label("Weight of the kernel, row 2, column 3").fill("-2")
    expect(hand.locator(".np-hand-formula")).to_have_text("1·1 + 0.5·(−2) = 0")
    expect(page.get_by_label("Kernel", exact=True)).to_have_value("own")
    page.get_by_label("Bias").fill("0.25")
    expect(hand.locator(".np-hand-formula")).to_have_text("1·1 + 0.5·(−2) + 0.25 = 0.25")
    page.get_by_role("button", name="ReLU").click()
    expect(hand.locator(".np-hand-formula")).to_contain_text("max(0, ")
    page.get_by_role("button", name="Pooling").click()
    expect(output).to_have_attribute("aria-label", re.compile("output 3 × 3"))
    page.get_by_label("Size", exact=True).fill("9")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Size", exact=True)).to_have_value("7")


def test_a_kernel_that_does_not_fit_is_told_and_comes_back(page, hand):
    hand, _viewer = hand
    page.get_by_label("Size", exact=True).fill("7")
    page.get_by_label("Dilation").fill("2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("covers 13 pixels, the image with its padding has 8")
    page.get_by_label("Dilation").fill("1")
    page.keyboard.press("Enter")
    expect(hand.locator(".np-hand-lack")).to_be_empty()
    expect(hand.locator("canvas").last).to_have_attribute("aria-label", re.compile("output 2 × 2"))


def test_a_learnt_filter_is_followed_while_it_learns(page, hand):
    """It is asked for, its sums run over all channels, and another frame brings other weights to the same place."""
    hand, viewer = hand
    pixels = np.random.default_rng(0).random((8, 8))
    drawn(page, viewer, viewer.send(frame(pixels, layers=(4, 6))))
    page.get_by_label("Kernel", exact=True).select_option("learnt 1")
    while (watch := viewer.hears("watch"))["views"]["hand"].get("layer") is None:
        pass
    assert watch["views"]["hand"] == {"image": None, "layer": 1, "filter": 0}
    inputs, weights = np.ones((2, 6, 6)), np.stack([np.full((3, 3), 0.1), np.full((3, 3), -0.2)])
    geometry = {"kernel": 3, "stride": 2, "padding": 1, "dilation": 1}
    learnt = {"layer": 1, "filter": 0, "inputs": inputs, "weights": weights, "bias": 0.5, "geometry": geometry}
    drawn(page, viewer, viewer.send(frame(pixels, learnt, (4, 6))))
    output = hand.locator(".np-hand-map canvas").last
    expect(output).to_have_attribute("aria-label", re.compile("output 3 × 3"))
    expect(page.get_by_label("Stride")).to_have_value("2")
    output.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(hand.locator(".np-hand-formula")).to_have_text("channel 1 0.9 + channel 2 −1.8 + 0.5 (bias) = −0.4")
    drawn(page, viewer, viewer.send(frame(pixels, learnt | {"weights": weights * 2}, (4, 6))))
    expect(hand.locator(".np-hand-formula")).to_have_text("channel 1 1.8 + channel 2 −3.6 + 0.5 (bias) = −1.3")
    assert result(hand) == -1.3
    page.get_by_label("Shown channel").select_option("1")
    expect(page.get_by_label("Weight of the kernel, row 1, column 1")).to_have_value("−0.4")
    # A network with fewer filters, then one with more than can be looked at.
    page.get_by_label("Filter", exact=True).fill("6")
    page.keyboard.press("Tab")
    drawn(page, viewer, viewer.send(frame(pixels, None, (4, 3))))
    expect(page.get_by_label("Filter", exact=True)).to_have_value("3")
    drawn(page, viewer, viewer.send(frame(pixels, None, (4, 512))))
    kernel = page.get_by_label("Kernel", exact=True)
    expect(kernel).to_have_value("sobel_x")
    expect(kernel.locator("option", has_text="Learnt")).to_have_text("Learnt: convolution 1")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"kind": "relu", "seen": [-0.31], "result": 0}, "max(0, −0.31) = 0"),
        ({"kind": "max", "seen": [0.5, -1, 2], "result": 2}, "max(0.5, −1, 2) = 2"),
        ({"kind": "average", "seen": [1, -2, 3, 0], "result": 0.5}, "(1 − 2 + 3 + 0) / 4 = 0.5"),
        ({"kind": "convolution", "seen": [0, 0], "weights": [1, 1], "result": 0}, "0 = 0"),
    ],
)
def test_sums_read_well(shared, state, text):
    whole = {"bias": 0, "totals": [0], "names": [""], **state}
    assert run(shared, "hand-sums.js", "m.spelled(a[0])", whole) == text
