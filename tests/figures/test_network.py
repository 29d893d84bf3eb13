"""The network diagram's base and frame: the wire form that the browser draws."""

import numpy as np
import orjson
import pytest

from playground import lenses
from playground.experiment.registry import REGISTRIES
from playground.figures import Quantised, view_of
from playground.runs.wire import encode
from tests.figures.looks import look
from tests.lenses.moments import moment_of


def drawn(moment, **options):
    view = view_of("network", moment.dataset, options)
    arrays = getattr(lenses, view.lens)(moment, **view.lens_options)
    return view.base(arrays, moment), view.frame(arrays, moment), arrays


def test_base_and_frame_fit_together():
    stack = [{"kind": "linear", "units": 20}, {"kind": "relu"}, {"kind": "linear", "units": 3, "bias": False}]
    base, frame, _ = drawn(moment_of({"kind": "circle"}, stack), resolution=10, shown=8)
    assert [(c["kind"], c["units"], c["shown"]) for c in base["columns"]] == [
        ("inputs", 2, 2), ("hidden", 20, 8), ("hidden", 3, 3), ("head", 2, 2)
    ]  # fmt: skip
    assert [c["path"] for c in base["columns"]] == [[], [0], [2], "head"]
    assert [c["editable"] for c in base["columns"]] == [False, True, True, False]
    assert base["links"] == [[0, 1], [1, 2], [2, 3]]
    assert base["plane"] == {"kind": "xy"}
    assert [w.shape for w in frame["weights"]] == [(8, 2), (3, 8), (2, 3)]
    assert [None if b is None else b.shape for b in frame["biases"]] == [(8,), None, (2,)]
    assert frame["tiles"][0] is None
    assert [tiles.array.shape for tiles in frame["tiles"][1:]] == [(8, 10, 10), (3, 10, 10), (2, 10, 10)]
    for column, tiles in zip(base["columns"], frame["tiles"], strict=True):
        assert len(column["names"]) == column["shown"]
        assert tiles is None or len(tiles.array) == column["shown"]
    assert base["columns"][3]["names"] == ["class A", "class B"]


def test_the_strongest_of_all_weights_are_told_where_not_all_are_shown():
    stack = [{"kind": "linear", "units": 40}, {"kind": "relu"}, {"kind": "linear", "units": 3}]
    base, frame, arrays = drawn(moment_of({"kind": "circle"}, stack), resolution=6, shown=5)
    assert [one is None for one in frame["strongest"]] == [True, False, True]
    units, weights = frame["strongest"][1]["units"], frame["strongest"][1]["weights"]
    assert units.shape == weights.shape == (3, 8)
    for row, whole in enumerate(arrays["weights"][1]):
        assert sorted(units[row]) == sorted(np.argsort(-np.abs(whole))[:8])
        assert np.array_equal(weights[row], whole[units[row]])
    assert base["columns"][1]["functions"] == ["ReLU"]
    sent = orjson.loads(encode({"frame": frame}))["frame"]["strongest"][1]
    assert (sent["units"]["dtype"], sent["weights"]["dtype"]) == ("i4", "f4")


@pytest.mark.parametrize("kind", sorted(REGISTRIES["activation"]))
def test_the_formula_with_its_numbers_gives_the_response(kind):
    """What the page writes out, open(sum of weights times what comes before + bias), is what the tile shows."""
    block = {"kind": "residual", "layers": [{"kind": "linear", "units": 5}, {"kind": kind}]}
    stack = [{"kind": "linear", "units": 5}, {"kind": kind}, block, {"kind": "dropout"}]
    base, frame, arrays = drawn(moment_of({"kind": "circle"}, stack, loss="mse"), resolution=6)
    spelled = {kind.replace("_", ""): REGISTRIES["activation"][kind](kind=kind).value, "tanh": np.tanh}
    values = arrays["features"][:2]
    for link, (_, to) in enumerate(base["links"]):
        weights, bias = frame["weights"][link], frame["biases"][link]
        before, values = values, np.einsum("oi,iyx->oyx", weights, values) + bias[:, None, None]
        for function in base["columns"][to]["functions"]:
            values = values + before if function == "+" else spelled[function.lower()](values)
        np.testing.assert_allclose(values, arrays["tiles"][to], atol=1e-4)


def test_inputs_that_are_not_shown_still_have_names():
    base, *_ = drawn(moment_of({"kind": "breast_cancer"}), resolution=6, shown=10)
    inputs = base["columns"][0]
    assert (len(inputs["names"]), len(inputs["others"]), inputs["units"]) == (10, 20, 30)
    assert "others" not in base["columns"][1]


def test_white_is_zero():
    """The middle byte of a column without a fixed range stands for 0."""
    stack = [{"kind": "linear", "units": 4}, {"kind": "relu"}]
    base, frame, arrays = drawn(moment_of({"kind": "circle"}, stack), resolution=6)
    tiles = frame["tiles"][1]
    assert "range" not in base["columns"][1]
    assert tiles.lo == -tiles.hi
    assert tiles.hi == pytest.approx(np.abs(arrays["tiles"][1]).max())


def test_bounded_activations_have_a_fixed_range():
    base, frame, _ = drawn(moment_of({"kind": "circle"}, loss="mse"))
    assert [c.get("range") for c in base["columns"]] == [None, [-1, 1], [-1, 1], [-1, 1]]
    assert (frame["tiles"][1].lo, frame["tiles"][1].hi) == (-1, 1)


def test_features_on_and_off():
    base, *_ = drawn(moment_of({"kind": "xor", "features": ["x2", "x1_x2"]}), resolution=6)
    features = base["columns"][0]["features"]
    assert [f["name"] for f in features if f["on"]] == ["x2", "x1_x2"]
    assert len(features) == 9
    assert features[0]["title"] == "x₁"
    assert all(f["tile"].array.shape == (6, 6) for f in features)
    assert base["columns"][0]["names"] == ["x₂", "x₁x₂"]


def test_inputs_that_pass_a_layer_first_move():
    stack = [{"kind": "tanh"}, {"kind": "linear", "units": 3}]
    base, frame, _ = drawn(moment_of({"kind": "circle"}, stack), resolution=6)
    assert frame["tiles"][0].array.shape == (2, 6, 6)
    features = base["columns"][0]["features"]
    assert [("tile" in f) for f in features] == [not f["on"] for f in features]


def test_a_table_has_names_and_a_scale_for_each_input():
    base, frame, _ = drawn(moment_of({"kind": "breast_cancer"}), resolution=6)
    assert "features" not in base["columns"][0]
    assert base["columns"][0]["shown"] == 12
    assert base["columns"][0]["names"][0] == "mean radius"
    assert len(frame["tiles"][0].lo) == len(frame["tiles"][0].hi) == 12


def test_a_curve_has_lines():
    base, frame, _ = drawn(moment_of({"kind": "curve"}), resolution=30)
    assert base["plane"] == {"kind": "line"}
    assert frame["tiles"][1].array.shape == (8, 30)
    assert base["columns"][-1]["names"] == ["output"]


def test_skips_and_the_wire():
    block = {"kind": "residual", "layers": [{"kind": "linear", "units": 4}, {"kind": "tanh"}]}
    stack = [{"kind": "linear", "units": 4}, block]
    base, frame, _ = drawn(moment_of({"kind": "circle"}, stack), resolution=6)
    assert base["skips"] == [[1, 2]]
    sent = orjson.loads(encode({"base": base, "frame": frame}))
    assert sent["base"]["columns"][2]["path"] == [1, 0]
    tile = sent["frame"]["tiles"][1]
    assert tile["q"] == "u1"
    assert tile["shape"] == [4, 6, 6]
    assert sent["frame"]["weights"][0]["shape"] == "4, 2"


def test_a_dead_column_is_white_not_noise():
    moment = moment_of({"kind": "circle"}, [{"kind": "linear", "units": 4}, {"kind": "relu"}])
    moment.module.flat.values.zero_()
    _, frame, _ = drawn(moment, resolution=6)
    assert isinstance(frame["tiles"][1], Quantised)
    assert frame["tiles"][1].hi > 0
    moment.module.flat.values.fill_(float("nan"))
    _, frame, _ = drawn(moment, resolution=6)
    assert np.isfinite(frame["tiles"][1].hi)


def test_the_diagram_is_drawn_for_every_kind_of_data():
    for kind in ("circle", "curve", "iris", "diabetes", "multi_gaussian"):
        view, arrays, moment = look(kind, "network", resolution=8)
        assert encode(view.base(arrays, moment))
        assert encode(view.frame(arrays, moment))
