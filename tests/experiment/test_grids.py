"""Grids: every combination once, what cannot be is told, and a link that draws the same grid again."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.experiment.axes import fields
from playground.experiment.grids import Axis, Grid, spread
from playground.experiment.presets import PRESETS, start
from playground.experiment.problems import explain
from playground.experiment.usual import first_grid, usual
from playground.network.standing import problem_of, problem_of_all
from tests.experiment.strategies import experiments


def grid(*axes, base=None, **rest) -> Grid:
    return Grid.model_validate({"v": 1, "base": base or start(), "axes": axes, **rest})


def told(*axes) -> str:
    with pytest.raises(ValidationError) as wrong:
        grid(*axes)
    return explain(wrong.value, Grid)[0].message


def test_a_newcomer_finds_eight_learning_rates_by_eight_seeds():
    found = first_grid(start())
    assert (found.labels, found.shape) == (("Learning rate", "Seed"), (8, 8))
    assert found.texts[0] == ("0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3")
    cells = found.cells(problem_of)
    assert len({cell.experiment for cell in cells}) == 64 and not any(cell.problem for cell in cells)
    assert [cell.place for cell in cells[:9]] == [*((x, 0) for x in range(8)), (0, 1)]  # the first axis runs fastest
    assert cells[9].values == {"training.optimizer.lr": 0.003, "seed": 1}
    assert (cells[9].experiment.training.optimizer.lr, cells[9].experiment.seed) == (0.003, 1)


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_what_is_usually_tried_of_anything_makes_a_grid_that_a_link_brings_back(data):
    experiment = data.draw(st.sampled_from([preset.experiment for preset in PRESETS.values()]) | experiments())
    known = list(fields(experiment).values())
    chosen = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=2, unique_by=lambda field: field.at))
    made = grid(*(usual(experiment, field) for field in chosen), base=experiment)
    assert Grid.from_link(made.to_link()) == made
    cells = made.cells(problem_of)
    assert len(cells) == math.prod(made.shape) and all(cell.experiment or cell.problem for cell in cells)
    assert all(
        1 <= len(values) <= 20 and len(set(texts)) == len(texts)
        for values, texts in zip(made.points, made.texts, strict=True)
    )


@given(st.floats(1e-6, 10), st.floats(1.5, 1e5), st.integers(2, 40))
@settings(max_examples=15)
def test_a_range_goes_from_end_to_end_in_even_steps(low, factor, count):
    high = low * factor
    for log in (False, True):
        values = spread(low, high, count, log=log)
        assert values[0] == low and values[-1] == high and list(values) == sorted(set(values))
        exact = [
            low * factor ** (i / (count - 1)) if log else low + (high - low) * i / (count - 1) for i in range(count)
        ]
        if len(values) == count:
            assert all(math.isclose(a, b, rel_tol=0.061) for a, b in zip(values, exact, strict=True))


def test_ranges_are_numbers_that_can_be_read():
    assert spread(0.001, 3, 8, log=True) == (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    assert spread(0, 0.5, 6) == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    assert spread(1, 4, 8, whole=True) == (1, 2, 3, 4)


def test_kernels_that_cannot_be_are_marked_and_the_others_are_not():
    base = PRESETS["lenet"].experiment
    cells = grid(
        {"at": "network.0.kernel", "values": (3, 15)}, {"at": "network.3.kernel", "values": (5, 9, 13)}, base=base
    ).cells(problem_of)
    assert [cell.problem is None for cell in cells] == [True, True, True, False, True, False]
    assert "The kernel covers" in cells[3].problem and cells[3].problem.startswith("Layer ")


def test_values_that_an_experiment_cannot_have_are_marked():
    cells = grid(
        {"at": "training.optimizer", "values": ("sgd", "adam")}, {"at": "training.optimizer.momentum", "values": (0.5,)}
    ).cells()
    assert [cell.problem for cell in cells] == [None, "Adam has no momentum."]
    assert cells[1].experiment is None


def test_what_is_no_grid_is_said_in_plain_words():
    assert told({"at": "nothing", "values": (1,)}).endswith("could be varied")
    assert "varied twice" in told({"at": "seed", "values": (1,)}, {"at": "seed", "values": (2,)})
    assert "needs values" in told({"at": "seed"})
    assert "goes up" in told({"at": "seed", "low": 3, "high": 1, "count": 3})
    assert "above 0" in told({"at": "training.l2", "low": 0, "high": 1, "count": 3, "log": True})
    assert "not both" in told({"at": "seed", "values": (1,), "low": 0, "high": 1, "count": 3})
    many = ({"at": at, "low": 1, "high": 60, "count": 60} for at in ("seed", "data.seed"))
    assert told(*many) == "3,600 combinations are too many; up to 256 are trained at once"


def test_the_same_value_twice_is_one_and_a_switch_is_no_number():
    assert Axis(at="seed", values=(1, 2, 1, 1.0)).points() == (1, 2)
    assert Axis(at="x", values=(True, 1, False, None)).points() == (True, 1, False, None)


def test_more_than_there_is_room_for_is_told_before_anything_is_made():
    wide = start().replace(network=[{"kind": "linear", "units": 1000}, {"kind": "tanh"}] * 2)
    assert problem_of(wide) is None and problem_of_all([wide] * 30) is None
    assert "parameters; up to 40,000,000 are trained at once" in problem_of_all([wide] * 60)
    base = PRESETS["lenet"].experiment
    cells = grid({"at": "data.seed", "low": 1, "high": 60, "count": 60}, base=base).cells(problem_of)
    assert problem_of_all(cell.experiment for cell in cells[:20]) is None
    assert "there is room for" in problem_of_all(cell.experiment for cell in cells)
