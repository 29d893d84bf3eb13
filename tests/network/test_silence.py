"""A silenced unit answers nothing, wherever the network is looked at and however it is run."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.network import build, columns
from playground.network.clone import clone
from tests.network.describe import block, experiment, linear, stacks

SHAPES = (2, 2)
NETWORK = [linear(5), {"kind": "batch_norm"}, {"kind": "sigmoid"}, {"kind": "dropout", "p": 0.5},
           block(linear(5), {"kind": "tanh"}, linear(5)),
           {"kind": "softplus"}, linear(3), {"kind": "relu"}]  # fmt: skip
ENDS = {(0,): (3,), (4, 0): (4, 1), (4, 2): (5,), (6,): (7,), "head": "head"}
"""After which layer each column's units are silent."""


def network(stack=NETWORK, **changes):
    return build(experiment(stack, **changes), SHAPES)


def points(rows=20):
    return torch.randn(rows, 2, generator=torch.Generator().manual_seed(1))


def test_the_columns_end_where_these_tests_think():
    diagram = columns(experiment(NETWORK), ("a", "b"), 2)
    assert {column.unit_path: column.end_path for column in diagram.columns[1:]} == ENDS


@pytest.mark.parametrize(("path", "end"), ENDS.items(), ids=str)
@pytest.mark.parametrize("training", [False, True])
def test_its_response_is_zero_and_that_of_its_neighbours_is_not(path, end, training):
    module, x = network().train(training), points()
    before = module.trace(x)[end]
    module.silence({end: [0]})
    seen = module.trace(x)[end]
    assert (seen[:, 0] == 0).all()
    assert before[:, 0].abs().max() > 0
    assert torch.equal(seen[:, 1:], before[:, 1:])


def runs(module, x):
    """The output however it is come by."""
    staged = x
    for stage in module.stages():
        staged = stage(staged)
    return module(x), staged, module.trace(x)["head"]


@settings(max_examples=40, deadline=None)
@given(stacks(), st.data())
def test_all_ways_to_run_a_network_agree_and_taking_it_off_undoes_it(stack, data):
    described = experiment(stack)
    try:
        module = build(described, SHAPES).eval()
    except ValueError:
        return
    x, found = points(), columns(described, ("a", "b"), 2).columns[1:]
    plain = module(x)
    chosen = data.draw(st.dictionaries(st.integers(0, len(found) - 1), st.integers(0, 8), max_size=3))
    quiet = {found[index].end_path: [unit % found[index].units] for index, unit in chosen.items()}
    module.silence(quiet)
    one, two, three = runs(module, x)
    assert torch.equal(one, two)
    assert torch.equal(one, three)
    trace = module.trace(x)
    for path, (unit,) in quiet.items():
        assert (trace[path][:, unit] == 0).all()
    module.silence({})
    for output in runs(module, x):
        assert torch.equal(output, plain)


def test_it_is_as_if_the_weights_that_lead_away_from_it_were_zero():
    module, x = network().eval(), points()
    module.silence({(7,): [1]})
    silent = module(x)
    module.silence({})
    with torch.no_grad():
        module.head.weight[:, 1] = 0
    assert torch.allclose(module(x), silent)


def test_no_gradient_passes_through_it():
    module = network([linear(4), {"kind": "tanh"}])
    module.silence({(1,): [2]})
    module(points()).sum().backward()
    first, head = module.layers[0].weight.grad, module.head.weight.grad
    assert (first[2] == 0).all()
    assert (head[:, 2] == 0).all()
    assert (first[[0, 1, 3]] != 0).all()


def test_a_copy_has_silences_of_its_own():
    module, x = network().eval(), points()
    plain = module(x)
    module.silence({(3,): [0]})
    silent = module(x)
    twin = clone(module, module.flat.values)
    assert torch.equal(twin(x), silent)
    twin.silence({})
    assert torch.equal(twin(x), plain)
    assert torch.equal(module(x), silent)


def test_other_hooks_stay():
    module, seen = network(), []
    module.layers[2].register_forward_hook(lambda layer, inputs, output: seen.append(output))
    module.silence({(2,): [0]})
    module.silence({})
    module(points())
    assert len(seen) == 1


def test_a_held_batch_norm_stands_still_in_whatever_mode():
    module, x = network(), points()
    module.hold([(1,)])
    norm, before = module.layers[1], module.layers[1].running_mean.clone()
    assert (module.training, norm.training) == (True, False)
    module(x)
    assert torch.equal(norm.running_mean, before)
    module.eval().train()
    assert not norm.training
    module.hold([])
    assert norm.training
    module(x)
    assert not torch.equal(norm.running_mean, before)
