"""Schedules against PyTorch's own at whole epochs, and as functions of any time between."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.experiment.schedules import (
    SCHEDULES,
    ConstantSchedule,
    Cosine,
    Exponential,
    OneCycle,
    Plateau,
    Step,
    WarmRestarts,
    Warmup,
)
from tests.experiment.strategies import entries, least

share = st.floats(0, 1)
some = settings(max_examples=30)


def by_pytorch(name, epochs, **arguments):
    """The learning rates of epochs 0 to `epochs` under PyTorch's scheduler, starting from 1."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = getattr(torch.optim.lr_scheduler, name)(optimizer, **arguments)
    rates = [optimizer.param_groups[0]["lr"]]
    for _ in range(epochs):
        optimizer.step()
        scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def ours(schedule, epochs):
    return pytest.approx([schedule.factor(float(epoch)) for epoch in range(epochs + 1)], rel=1e-9, abs=1e-12)


@some
@given(size=st.integers(1, 40), gamma=st.floats(0.01, 1))
def test_step(size, gamma):
    schedule = Step(kind="step", step_size=size, gamma=gamma)
    assert by_pytorch(schedule.torch_name, 50, step_size=size, gamma=gamma) == ours(schedule, 50)


@some
@given(gamma=st.floats(0.01, 1))
def test_exponential(gamma):
    schedule = Exponential(kind="exponential", gamma=gamma)
    assert by_pytorch(schedule.torch_name, 40, gamma=gamma) == ours(schedule, 40)


@some
@given(epochs=st.integers(1, 60), floor=share)
def test_cosine(epochs, floor):
    schedule = Cosine(kind="cosine", epochs=epochs, floor=floor)
    assert by_pytorch(schedule.torch_name, epochs, T_max=epochs, eta_min=floor) == ours(schedule, epochs)
    # PyTorch's climbs again; ours stays where it arrived.
    assert schedule.factor(epochs * 1.5) == schedule.factor(1e9) == pytest.approx(floor)


@some
@given(first=st.integers(1, 20), longer=st.integers(1, 4), floor=share)
def test_warm_restarts(first, longer, floor):
    schedule = WarmRestarts(kind="warm_restarts", first=first, longer=longer, floor=floor)
    expected = by_pytorch(schedule.torch_name, 70, T_0=first, T_mult=longer, eta_min=floor)
    assert expected == ours(schedule, 70)


@some
@given(epochs=st.integers(2, 60), rise=st.floats(0.05, 0.95), start=st.floats(1, 100), end=st.floats(1, 1e6))
def test_one_cycle(epochs, rise, start, end):
    schedule = OneCycle(kind="one_cycle", epochs=epochs, rise=rise, start_div=start, end_div=end)
    expected = by_pytorch(
        schedule.torch_name,
        epochs,
        max_lr=1.0,
        total_steps=epochs + 1,
        pct_start=(rise * epochs + 1) / (epochs + 1),
        div_factor=start,
        final_div_factor=end,
        cycle_momentum=False,
        anneal_strategy="cos",
    )
    assert expected == ours(schedule, epochs)
    assert schedule.factor(rise * epochs) == pytest.approx(1)
    assert schedule.factor(epochs + 7.0) == schedule.factor(float(epochs))


@some
@given(epochs=st.integers(1, 40), start=st.floats(0.001, 1))
def test_warmup(epochs, start):
    schedule = Warmup(kind="warmup", epochs=epochs, start=start)
    expected = by_pytorch(schedule.torch_name, 45, start_factor=start, end_factor=1.0, total_iters=epochs)
    assert expected == ours(schedule, 45)


def test_constant_and_plateau_leave_the_rate_alone():
    for schedule in (ConstantSchedule(kind="constant"), Plateau(kind="plateau")):
        assert {schedule.factor(epoch) for epoch in (0.0, 0.5, 1e9)} == {1.0}
    assert [entry for entry in SCHEDULES if entry.metric_driven] == [Plateau]


def test_every_schedule_but_constant_names_pytorchs():
    for entry in SCHEDULES:
        assert entry is ConstantSchedule or hasattr(torch.optim.lr_scheduler, entry.torch_name)


@pytest.mark.parametrize("entry", SCHEDULES, ids=lambda entry: entry.__name__)
@settings(max_examples=50)
@given(data=st.data())
def test_no_schedule_leaves_the_range_from_0_to_1(entry, data):
    schedule = data.draw(entries(entry))
    epoch = data.draw(
        st.floats(0, 1e7) | st.floats(0, 1e300) | st.integers(0, 10**15).map(float) | st.just(1e300) | st.just(0.0)
    )
    factor = schedule.factor(epoch)
    assert isinstance(factor, float) and math.isfinite(factor)
    assert 0 <= factor <= 1
    assert schedule.factor(epoch) == factor


@pytest.mark.parametrize("entry", [Step, Exponential, Cosine, Warmup])
@some
@given(data=st.data(), times=st.lists(st.floats(0, 1e4), min_size=2, max_size=30))
def test_the_simple_ones_go_one_way_only(entry, data, times):
    schedule = data.draw(entries(entry))
    factors = [schedule.factor(epoch) for epoch in sorted(times)]
    way = 1 if entry is Warmup else -1
    assert all(way * (after - before) >= -1e-15 for before, after in pairwise(factors))


@pytest.mark.parametrize("entry", [Exponential, Cosine, OneCycle, Warmup])
def test_the_smooth_ones_do_not_jump(entry):
    schedule = least(entry)
    factors = [schedule.factor(epoch / 100) for epoch in range(25_000)]
    assert max(abs(after - before) for before, after in pairwise(factors)) < 0.01


@some
@given(first=st.floats(0.5, 500), longer=st.integers(1, 10), floor=st.floats(0, 0.9), cycles=st.integers(0, 12))
def test_a_restart_happens_at_its_border_and_nowhere_else(first, longer, floor, cycles):
    schedule = WarmRestarts(kind="warm_restarts", first=first, longer=longer, floor=floor)
    border = first * sum(longer**cycle for cycle in range(cycles + 1))
    length = first * longer**cycles
    # A millionth of the cycle to either side: at the bottom before it, at the top after it.
    assert schedule.factor(border - 1e-6 * length) == pytest.approx(floor, abs=1e-9)
    assert schedule.factor(border + 1e-6 * length) == pytest.approx(1.0, abs=1e-9)
    assert schedule.factor(border - length / 2) == pytest.approx((1 + floor) / 2, abs=1e-6)


def test_a_restart_long_after_the_start_is_not_a_step_early():
    """With 2,000 steps an epoch, the last step before a late restart still belongs to the old cycle."""
    schedule = WarmRestarts(kind="warm_restarts", first=50.0, longer=2)
    border = 50.0 * (2**14 - 1)
    assert schedule.factor(border) == 1.0
    assert schedule.factor(math.nextafter(border, 0)) < 1e-6
    assert schedule.factor(border - 1 / 2000) < 1e-6


def test_steps_of_whole_epochs_drop_at_their_epoch():
    schedule = Step(kind="step", step_size=10, gamma=0.5)
    assert schedule.factor(math.nextafter(10, 0)) == 1.0
    assert schedule.factor(10.0) == 0.5
    assert schedule.factor(1e6) == 0.0 or schedule.factor(1e6) < 1e-300
