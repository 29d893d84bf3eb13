"""How many steps are due, told by given times: no clock is waited for."""

import pytest

from playground.runs.pacing import Meter, Pace


def steps_without_a_limit(seconds, step, slice_seconds=0.002):
    """After `step` steps, how many there are after so many seconds more of a worker that has nothing else to do."""
    pace, now = Pace(None), 10.0
    pace.start(now)
    assert pace.next_time(step) == now
    while now < 10.0 + seconds:
        due = pace.due(now, step)
        if due:
            step += due
            pace.took(due, now)
        now = max(now + slice_seconds, pace.next_time(step))
    return step


def test_without_a_limit_a_run_gathers_speed():
    assert 40 < steps_without_a_limit(0.2, 0) < 90
    assert 1_000 < steps_without_a_limit(1.0, 0) < 2_100
    assert 20_000 < steps_without_a_limit(2.0, 0) < 42_000


def test_without_a_limit_what_has_gone_far_is_not_held_back():
    assert steps_without_a_limit(0.1, 10_000_000) > 13_000_000
    assert steps_without_a_limit(1.0, 1_000_000, slice_seconds=0.1) > 10_000_000


def test_without_a_limit_no_time_is_made_up_for():
    pace = Pace(None)
    pace.start(0.0)
    pace.took(pace.due(0.0, 0), 0.0)
    assert pace.due(60.0, 1000) < 1500


def test_the_first_step_is_due_at_once_and_then_one_a_second():
    pace = Pace(1.0)
    pace.start(100.0)
    taken = []
    for tenth in range(31):  # three seconds
        now = 100.0 + tenth / 10
        due = pace.due(now, 0)
        if due:
            taken.append(now)
            pace.took(due, now)
    assert taken == pytest.approx([100, 101, 102, 103])


@pytest.mark.parametrize("speed", [0.5, 5.0, 25.0, 400.0])
def test_the_pace_is_exact_over_a_long_time(speed):
    pace, steps, now = Pace(speed), 0, 0.0
    pace.start(now)
    while now < 20:
        due = pace.due(now, 0)
        pace.took(due, now)
        steps += due
        now += 0.0137
    assert abs(steps - 1 - speed * 20) <= max(1, speed * 0.02)


def test_steps_missed_while_the_worker_was_busy_are_not_made_up_in_a_race():
    pace = Pace(10.0)
    pace.start(0.0)
    pace.took(pace.due(0.0, 0), 0.0)
    assert pace.due(60.0, 0) == 1


def test_a_new_speed_counts_from_the_last_step():
    pace = Pace(1.0)
    pace.start(0.0)
    pace.took(pace.due(0.0, 0), 0.0)
    pace.change(4.0, 0.1)
    assert pace.due(0.2, 0) == 0
    assert pace.next_time(0) == pytest.approx(0.25)


def test_a_meter_measures_steps_per_second(monkeypatch):
    now = 50.0
    monkeypatch.setattr("playground.runs.pacing.time.monotonic", lambda: now)
    meter = Meter()
    meter.restart(1000)
    assert meter.rate == 0.0
    for _ in range(400):
        now += 0.01
        meter.note(round(1000 + (now - 50.0) * 300))
    assert meter.rate == pytest.approx(300, rel=0.01)
