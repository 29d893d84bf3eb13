"""Directions through the weights, as Li et al. (2018) scale them."""

import numpy as np
import pytest
import torch

from playground.lenses.landscape.directions import as_long_as, pieces, random_direction, single
from playground.lenses.landscape.plane import axis
from playground.network.network import Network
from tests.lenses.moments import moment_of

DEEP = [
    {"kind": "linear", "units": 6},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "residual", "layers": [{"kind": "linear", "units": 5}, {"kind": "prelu"}], "shortcut": "projection"},
    {"kind": "layer_norm"},
]


def network(layers=None) -> Network:
    return moment_of({"kind": "moons", "samples": 40}, layers).module


def direction(module, scale, seed=1, index=0):
    centre = module.flat.parameters.detach()
    found = random_direction(module, centre, scale, seed, index)
    return [(centre[piece].view(shape), found[piece].view(shape)) for piece, shape in pieces(module)]


def test_every_row_is_as_long_as_the_weights_of_its_neuron():
    for weights, drawn in direction(network(DEEP), "filter"):
        if weights.ndim > 1:
            assert torch.allclose(drawn.norm(dim=1), weights.norm(dim=1), rtol=1e-5)
        else:
            assert not drawn.any(), "biases, norms and slopes stand still"


def test_every_matrix_is_as_long_as_the_weights_of_its_layer():
    for weights, drawn in direction(network(DEEP), "layer"):
        assert torch.allclose(drawn.norm(), weights.norm() if weights.ndim > 1 else torch.zeros(()), rtol=1e-5)


def test_raw_directions_are_gaussian():
    drawn = torch.cat(
        [d.flatten() for w, d in direction(network([{"kind": "linear", "units": 300}]), "raw") if w.ndim > 1]
    )
    assert drawn.mean().abs() < 0.1
    assert abs(drawn.std() - 1) < 0.1


@pytest.mark.parametrize("scale", ["filter", "layer", "raw"])
def test_the_same_seed_gives_the_same_directions_and_no_other_does(scale):
    module = network(DEEP)
    state = torch.random.get_rng_state()
    flat = [
        torch.cat([d.flatten() for _, d in direction(module, scale, *draw)])
        for draw in [(1, 0), (1, 0), (1, 1), (2, 0)]
    ]
    assert torch.equal(flat[0], flat[1])
    assert not any(torch.equal(flat[0], other) for other in flat[2:])
    assert torch.equal(state, torch.random.get_rng_state()), "nobody else's random numbers are used up"


def test_a_single_weight_is_found_wherever_it_lies():
    moment = moment_of({"kind": "moons", "samples": 40}, DEEP)
    for path, unit, source in [((0,), 2, 1), ((0,), 5, None), ((3, 0), 4, 3), ("head", 0, None), ("head", 0, 4)]:
        layer = moment.module.at(path)
        number = layer.bias if source is None else layer.weight
        place = unit if source is None else (unit, source)
        before = number[place].item()
        along, _name = single(moment, path, unit, source)
        assert along.sum() == 1
        moment.module.flat.parameters.data.add_(0.5 * along)
        assert number[place].item() == pytest.approx(before + 0.5)
    with pytest.raises(ValueError, match="no number 9"):
        single(moment, (0,), 9, 0)


def test_a_direction_that_is_nothing_stays_nothing():
    assert not as_long_as(torch.zeros(4), torch.ones(4)).any()
    assert torch.allclose(as_long_as(torch.tensor([3.0, 4.0]), torch.tensor([10.0])), torch.tensor([6.0, 8.0]))


@pytest.mark.parametrize("ends", [(-1.0, 1.0), (-0.5, 1.5), (-0.3, 2.7), (0.0, 4.0)])
@pytest.mark.parametrize("count", [11, 12, 51, 101])
def test_every_axis_has_an_exact_zero_and_reaches_about_as_far_as_asked(ends, count):
    for radius in (0.2, 1.0, 3.0):
        found = axis(*ends, count, radius)
        gap = found[1] - found[0]
        assert len(found) == count
        assert 0.0 in found
        assert np.allclose(np.diff(found), gap)
        middle, half = sum(ends) / 2, (ends[1] - ends[0]) / 2 * radius
        assert abs(found[0] - min(middle - half, 0)) <= gap
        assert abs(found[-1] - max(middle + half, 0)) <= gap
