"""The arithmetic of a convolution by hand, in the browser that does it, against scipy and PyTorch."""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d

from tests.web.test_modules import run

EASY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SIZES = (1, 2, 3, 5)
PLAIN = "(made => [[...made.values], made.height, made.width])"


@st.composite
def geometries(draw, pools: bool = False):
    """An image's size and channels, and a geometry whose window fits it."""
    kernel = draw(st.integers(1, 7))
    dilation = 1 if pools else draw(st.integers(1, 3))
    padding = draw(st.integers(0, kernel // 2 if pools else 3))
    least = max(1, dilation * (kernel - 1) + 1 - 2 * padding)
    sides = st.integers(least, least + 6)
    geometry = {"kernel": kernel, "stride": draw(st.integers(1, 4)), "padding": padding, "dilation": dilation}
    return draw(st.integers(1, 3)), draw(sides), draw(sides), geometry, draw(st.integers(0, 999))


def image_of(channels: int, height: int, width: int, seed: int) -> tuple[np.ndarray, dict[str, object]]:
    values = np.random.default_rng(seed).normal(size=(channels, height, width))
    return values, {"values": values.ravel().tolist(), "channels": channels, "height": height, "width": width}


def as_array(made: list) -> np.ndarray:
    return np.array(made[0]).reshape(made[1], made[2])


@EASY
@given(geometries())
def test_a_convolution_is_scipys_correlation(shared, case):
    """Holes between the cells of a dilated kernel are zeros; a stride leaves places out."""
    channels, height, width, geometry, seed = case
    values, image = image_of(channels, height, width, seed)
    kernel, dilation, stride = geometry["kernel"], geometry["dilation"], geometry["stride"]
    weights = np.random.default_rng(seed + 1).normal(size=(channels, kernel, kernel))
    pulled = np.zeros((channels, dilation * (kernel - 1) + 1, dilation * (kernel - 1) + 1))
    pulled[:, ::dilation, ::dilation] = weights
    ring = ((0, 0), *[(geometry["padding"],) * 2] * 2)
    parts = [correlate2d(*pair, mode="valid") for pair in zip(np.pad(values, ring), pulled, strict=True)]
    expected = sum(parts)[::stride, ::stride] + 0.25
    made = run(
        shared,
        "hand-math.js",
        f"{PLAIN}(m.convolve(a[0], a[1], 0.25, a[2]))",
        image,
        weights.ravel().tolist(),
        geometry,
    )
    np.testing.assert_allclose(as_array(made), expected, atol=1e-9)
    places = run(shared, "hand-math.js", "[m.places(a[0].height, a[1]), m.places(a[0].width, a[1])]", image, geometry)
    assert places == list(expected.shape)


@EASY
@given(geometries(pools=True), st.sampled_from(["max", "average"]))
def test_pooling_is_pytorchs(shared, case, kind):
    _channels, height, width, geometry, seed = case
    values, image = image_of(1, height, width, seed)
    function = {"max": torch.nn.functional.max_pool2d, "average": torch.nn.functional.avg_pool2d}[kind]
    expected = function(torch.tensor(values), geometry["kernel"], geometry["stride"], geometry["padding"])
    made = run(shared, "hand-math.js", f"{PLAIN}(m.pool(a[0], a[1], a[2]))", image, kind, geometry)
    np.testing.assert_allclose(as_array(made), expected[0].numpy(), atol=1e-9)


@EASY
@given(geometries(), st.integers(0, 99))
def test_the_window_covers_what_the_output_is_made_of(shared, case, place):
    """What lies under it is what the gradient of this output reaches; from its middle one comes back to it."""
    _channels, height, width, geometry, seed = case
    _values, image = image_of(1, height, width, seed)
    x = torch.zeros(1, 1, height, width, dtype=torch.float64, requires_grad=True)
    kernel = torch.arange(1.0, geometry["kernel"] ** 2 + 1, dtype=torch.float64).reshape(
        1, 1, *[geometry["kernel"]] * 2
    )
    options = {name: geometry[name] for name in ("stride", "padding", "dilation")}
    made = torch.nn.functional.conv2d(x, kernel, **options)[0, 0]
    row, column = divmod(place % made.numel(), made.shape[1])
    (reached,) = torch.autograd.grad(made[row, column], x)
    cells = run(shared, "hand-math.js", "m.windowAt(a[0], a[1], a[2], a[3])", image, geometry, row, column)
    found = np.zeros((height, width))
    for at, cell in enumerate(cells):
        if cell["inside"]:
            found[cell["row"], cell["column"]] = at + 1
    np.testing.assert_array_equal(found, reached[0, 0].numpy())
    middle = [(cells[0][axis] + cells[-1][axis]) / 2 for axis in ("row", "column")]
    back = run(shared, "hand-math.js", "m.nearest(a[0], a[1], a[2], a[3])", image, geometry, *middle)
    assert back == {"row": row, "column": column}


@pytest.mark.parametrize(
    ("geometry", "pools", "words"),
    [
        ({"kernel": 3}, False, ""),
        ({"kernel": 7}, False, "covers 7 pixels, the image with its padding has 6"),
        ({"kernel": 3, "dilation": 3}, False, "covers 7"),
        ({"kernel": 7, "padding": 1}, False, ""),
        ({"kernel": 2, "padding": 2}, True, "at most half the window: 1"),
    ],
)
def test_a_window_that_does_not_fit_is_a_sentence(shared, geometry, pools, words):
    said = run(shared, "hand-math.js", "m.problem({height: 6, width: 9}, a[0], {pools: a[1]})", geometry, pools)
    assert said == words if not words else words in said


def test_known_kernels_are_what_the_books_say(shared):
    script = "Object.keys(m.KERNELS).map((name) => [name, a.map((size) => m.kernelOf(name, size))])"
    kernels = dict(run(shared, "hand-kernels.js", script, *SIZES))
    of = {name: np.array(made[2]).reshape(3, 3) for name, made in kernels.items()}
    sobel = np.outer([1, 2, 1], [-1, 0, 1])
    np.testing.assert_array_equal(of["sobel_x"], sobel)
    np.testing.assert_array_equal(of["sobel_y"], sobel.T)
    np.testing.assert_allclose(of["blur"], np.full((3, 3), 1 / 9))
    assert of["identity"].ravel().tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert [of[name].sum() for name in ("sharpen", "outline", "emboss")] == [1, 0, 1]
    np.testing.assert_array_equal(
        np.array(kernels["sobel_x"][3]).reshape(5, 5), np.outer([1, 4, 6, 4, 1], [-1, -2, 0, 2, 1])
    )
    assert all(
        len(made) == size**2 for sizes in kernels.values() for made, size in zip(sizes, (1, 2, 3, 5), strict=True)
    )


def test_stages_follow_one_another(shared):
    """Pooling works on what ReLU made of the convolution, and each names what is wrong before it."""
    script = """(() => {
      const state = new m.HandState();
      state.receive({ pixels: { values: Float64Array.from(a[0]), channels: 1, height: 8, width: 8 }, learnt: null });
      state.setStage("pool");
      const made = [...state.output().values];
      state.setGeometry("kernel", 7);
      return [made, state.problem(), state.problem("relu")];
    })()"""
    values = np.random.default_rng(0).random((8, 8))
    kernel = np.outer([1, 2, 1], [-1, 0, 1])
    expected = np.maximum(correlate2d(values, kernel, mode="valid"), 0).reshape(3, 2, 3, 2).max(axis=(1, 3))
    made, problem, before = run(shared, "hand-state.js", script, values.ravel().tolist())
    np.testing.assert_allclose(made, expected.ravel())
    assert "covers 7 pixels" in problem
    assert before == ""
