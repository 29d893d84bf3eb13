"""Responses of neurons against a plain walk through the module, and the parameters as they are."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground import lenses
from playground.data.features import compute
from tests.lenses.moments import moment_of

RESIDUAL = [
    {"kind": "linear", "units": 5},
    {"kind": "relu"},
    {"kind": "residual", "layers": [{"kind": "linear", "units": 5}, {"kind": "tanh"}, {"kind": "linear", "units": 5}]},
    {"kind": "layer_norm"},
    {"kind": "sigmoid"},
]


def places_of(moment, resolution):
    (x_low, x_high), (y_low, y_high) = moment.dataset.plane.domain
    x = x_low + (np.arange(resolution) + 0.5) * (x_high - x_low) / resolution
    y = y_low + (np.arange(resolution) + 0.5) * (y_high - y_low) / resolution
    return np.array([[a, b] for b in y for a in x])


def test_columns_and_tiles_agree_with_the_module_place_by_place(make):
    moment = make({"kind": "circle"}, RESIDUAL, loss="mse")
    arrays = lenses.neurons(moment, resolution=6)
    layers = moment.module.eval().layers
    for index, place in enumerate(places_of(moment, 6)):
        row, column = divmod(index, 6)
        with torch.no_grad():
            x = torch.tensor(place[None], dtype=torch.float32)
            first = layers[1](layers[0](x))
            inner = layers[2].layers[1](layers[2].layers[0](first))
            last = layers[4](layers[3](first + layers[2].layers[2](inner)))
            output = moment.module(x)
        for tiles, expected in zip(arrays["tiles"], (x, first, inner, last, output), strict=True):
            np.testing.assert_allclose(tiles[:, row, column], expected[0].numpy(), atol=1e-5)


def test_only_so_many_units_are_shown(make):
    moment = make({"kind": "circle"}, [{"kind": "linear", "units": 30}, {"kind": "tanh"}])
    arrays = lenses.neurons(moment, resolution=8, shown=12)
    assert [len(tiles) for tiles in arrays["tiles"]] == [2, 12, 2]
    assert arrays["left_out"].tolist() == [0, 18, 0]


def test_fixed_ranges_where_values_are_bounded(make):
    arrays = lenses.neurons(make({"kind": "circle"}, RESIDUAL, loss="mse"), resolution=5)
    fixed = [bool(np.isfinite(bounds).all()) for bounds in arrays["ranges"]]
    assert fixed == [False, False, True, True, True]
    assert arrays["ranges"][-1].tolist() == [-1, 1]
    sigmoid = make({"kind": "circle"}, [], loss="mse", head={"activation": "sigmoid"})
    assert lenses.neurons(sigmoid, resolution=5)["ranges"][-1].tolist() == [0, 1]


def test_features_that_are_off_are_shown_too(make):
    moment = make({"kind": "xor", "features": ["x2", "x1_x2"]})
    arrays = lenses.neurons(moment, resolution=7)
    assert len(arrays["feature_names"]) == len(arrays["feature_titles"]) == len(arrays["features"]) == 9
    expected = compute(arrays["feature_names"], places_of(moment, 7)).T.reshape(9, 7, 7)
    np.testing.assert_allclose(arrays["features"], expected, rtol=1e-6, atol=1e-6)
    assert arrays["diagram"].columns[0].names == ("x₂", "x₁x₂")
    np.testing.assert_allclose(arrays["tiles"][0][1], arrays["features"][4], rtol=1e-6)


def test_a_curve_has_lines_and_a_table_no_features(make):
    curve = lenses.neurons(make({"kind": "curve"}), resolution=20)
    assert [tiles.shape for tiles in curve["tiles"]] == [(1, 20), (8, 20), (8, 20), (1, 20)]
    assert curve["feature_titles"] == ("x", "x²", "sin x", "cos x")
    assert curve["features"].shape == (4, 20)
    table = lenses.neurons(make({"kind": "iris"}), resolution=5)
    assert "features" not in table
    assert [len(tiles) for tiles in table["tiles"]] == [4, 8, 8, 3]


def test_weights_are_copies_in_the_order_of_the_diagram(make):
    moment = make({"kind": "circle"}, RESIDUAL)
    arrays = lenses.weights(moment)
    assert arrays["paths"] == [(0,), (2, 0), (2, 2), "head"]
    assert [w.shape for w in arrays["weights"]] == [(5, 2), (5, 5), (5, 5), (2, 5)]
    before = arrays["weights"][0].copy()
    with torch.no_grad():
        moment.module.layers[0].weight.add_(1)
    np.testing.assert_array_equal(arrays["weights"][0], before)
    np.testing.assert_array_equal(lenses.weights(moment)["weights"][0], before + 1)


def test_a_layer_without_bias(make):
    arrays = lenses.weights(make({"kind": "circle"}, [{"kind": "linear", "units": 3, "bias": False}]))
    assert arrays["biases"][0] is None
    assert arrays["biases"][1].shape == (2,)


layer = st.one_of(
    st.builds(lambda units: {"kind": "linear", "units": units}, st.integers(1, 6)),
    st.sampled_from([{"kind": kind} for kind in ("tanh", "relu", "prelu", "batch_norm", "layer_norm", "dropout")]),
)
stack = st.lists(
    st.one_of(
        layer,
        st.builds(
            lambda layers: {"kind": "residual", "shortcut": "projection", "layers": layers}, st.lists(layer, max_size=3)
        ),
    ),
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(network=stack, kind=st.sampled_from(["circle", "rings", "curve", "multi_gaussian"]))
def test_any_stack_can_be_looked_at_and_is_left_as_it_was(network, kind):
    moment = moment_of({"kind": kind, "samples": 40}, network)
    module = moment.module.train()
    values, grads = module.flat.values.clone(), module.flat.grads.fill_(0.5).clone()
    arrays = lenses.network(moment, resolution=5, shown=4)
    for column, tiles in zip(arrays["diagram"].columns, arrays["tiles"], strict=True):
        assert tiles.shape[0] == min(column.units, 4)
        assert tiles.shape[1:] == ((5,) if kind == "curve" else (5, 5))
        assert np.isfinite(tiles).all()
    for weight, (start, to) in zip(arrays["weights"], arrays["diagram"].links, strict=True):
        assert weight.shape == (arrays["diagram"].columns[to].units, arrays["diagram"].columns[start].units)
    (lenses.fitted_curve if kind == "curve" else lenses.decision_boundary)(moment, 6)
    assert all(part.training for part in module.modules())
    assert torch.equal(module.flat.values, values)
    assert torch.equal(module.flat.grads, grads)
