import pytest
import torch
from hypothesis import given, settings

from playground.experiment.registry import REGISTRIES
from playground.network import build, columns, infer
from playground.network.diagram import SKIP
from tests.network.describe import block, experiment, linear, stacks


def labels(diagram):
    return [column.label for column in diagram.columns]


def test_a_plain_stack():
    found = columns(experiment([linear(4), {"kind": "tanh"}, linear(2), {"kind": "tanh"}]), ("x₁", "x₂"), 2)
    assert labels(found) == ["Inputs", "Linear 4 · Tanh", "Linear 2 · Tanh", "Output · tanh"]
    assert [c.kind for c in found.columns] == ["inputs", "hidden", "hidden", "head"]
    assert [c.units for c in found.columns] == [2, 4, 2, 1]
    assert [c.unit_path for c in found.columns] == [(), (0,), (2,), "head"]
    assert [c.end_path for c in found.columns] == [(), (1,), (3,), "head"]
    assert found.links == ((0, 1), (1, 2), (2, 3))
    assert found.skips == ()
    assert found.columns[0].names == ("x₁", "x₂")


def test_an_empty_network_is_inputs_and_head():
    found = columns(experiment(), ("a", "b"), 2)
    assert labels(found) == ["Inputs", "Output · tanh"]
    assert found.links == ((0, 1),)


def test_what_comes_before_the_first_linear_layer_belongs_to_the_inputs():
    found = columns(experiment([{"kind": "layer_norm"}, {"kind": "sine"}, linear(3)]), ("a", "b"), 2)
    assert labels(found)[0] == "Inputs · Layer norm · Sine"
    assert found.columns[0].end_path == (1,)
    assert found.columns[1].end_path == (2,)


def test_norm_and_dropout_belong_to_the_column_before():
    found = columns(experiment([linear(3), {"kind": "batch_norm"}, {"kind": "relu"}, {"kind": "dropout"}]), ("a",), 2)
    assert labels(found)[1] == "Linear 3 · Batch norm · ReLU · Dropout"
    assert found.columns[1].end_path == (3,)


def test_residual_blocks_are_arcs():
    exp = experiment([linear(4), block(linear(6), {"kind": "relu"}, block(linear(6)), linear(4)), {"kind": "tanh"}])
    found = columns(exp, ("a", "b"), 2)
    assert [c.unit_path for c in found.columns] == [(), (0,), (1, 0), (1, 2, 0), (1, 3), "head"]
    # A block's last column ends at the sum, or at what follows it.
    assert [c.end_path for c in found.columns] == [(), (0,), (1, 1), (1, 2), (2,), "head"]
    assert found.skips == ((2, 3), (1, 4))


def test_a_block_without_linear_layers_has_no_arc():
    found = columns(experiment([linear(4), block({"kind": "relu"})]), ("a", "b"), 2)
    assert found.skips == ()
    assert found.columns[1].end_path == (1,)


def test_outputs_carry_the_names_of_their_classes():
    exp = experiment(data={"kind": "rings", "classes": 3}, loss={"kind": "cross_entropy"})
    assert columns(exp, ("a", "b"), ("in", "mid", "out")).columns[-1].names == ("in", "mid", "out")
    assert columns(experiment(), ("a", "b"), ("no", "yes")).columns[-1].names == ()


@settings(max_examples=100, deadline=None)
@given(stacks())
def test_every_column_shows_what_the_next_linear_layer_multiplies(network):
    exp = experiment(network)
    if infer(exp, 3, 2).problems:
        return
    found = columns(exp, ("a", "b", "c"), 2)
    module = build(exp, (3, 2)).eval()
    seen = {}
    for column in found.columns[1:]:
        module.at(column.unit_path).register_forward_hook(
            lambda _layer, args, _out, path=column.unit_path: seen.__setitem__(path, args[0])
        )
    x = torch.randn(4, 3)
    traced = module.trace(x)
    for start, end in found.links:
        before = found.columns[start]
        shown = x if before.end_path == () else traced[before.end_path]
        into = seen[found.columns[end].unit_path]
        assert shown.shape == (4, before.units)
        # An inner layer before a block's first linear layer moves on from what the column of its input showed.
        assert torch.equal(shown, into)


@pytest.mark.parametrize("units", [1, 1024])
def test_units_are_the_layers(units):
    assert columns(experiment([linear(units)]), ("a",), 2).columns[1].units == units


def test_a_column_says_what_becomes_of_the_sum():
    exp = experiment([linear(4), {"kind": "batch_norm"}, {"kind": "leaky_relu"}, {"kind": "dropout"}, linear(2)])
    assert [c.functions for c in columns(exp, ("a",), 2).columns] == [(), ("BatchNorm", "LeakyReLU"), (), ("tanh",)]
    inner = block({"kind": "relu"}, linear(4), {"kind": "tanh"})
    exp = experiment([linear(4), inner, {"kind": "sigmoid"}])
    assert [c.functions for c in columns(exp, ("a",), 2).columns][1:3] == [("ReLU",), ("tanh", SKIP, "sigmoid")]


@pytest.mark.parametrize("kind", sorted(REGISTRIES["activation"]))
def test_every_activation_has_a_name_in_formulas(kind):
    (functions,) = [c.functions for c in columns(experiment([linear(2), {"kind": kind}]), ("a",), 2).columns][1:2]
    assert [name.lower() for name in functions] == ([] if kind == "identity" else [kind.replace("_", "")])
