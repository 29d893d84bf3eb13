"""Work over several looks: all of it where nobody waits, a little where somebody does, and never a mixed picture."""

import gc
import weakref

import pytest

from playground.lenses import gradual
from playground.lenses.gradual import gradually
from playground.lenses.hurry import a_little_at_a_time
from playground.training import Trainer
from tests.lenses.moments import experiment_of

STAGES = 5


def made():
    return Trainer(experiment_of({"kind": "circle", "samples": 40}), device="cpu", engine="torch")


@pytest.fixture
def run():
    return made()


def stages(moment):
    """Five stages of the step of the moment, after a rest."""
    yield None
    for stage in range(1, STAGES + 1):
        yield (moment.step, stage)


@pytest.fixture
def hasty(monkeypatch):
    """One stage at each look."""
    for name in ("SLICE", "RESTING_SLICE", "FIRST_SLICE"):
        monkeypatch.setattr(gradual, name, 0.0)


def look(run, resting=False, wish="wish"):
    with a_little_at_a_time(resting):
        return gradually(run, wish, stages)


def test_where_nobody_waits_all_is_done_at_once(run):
    assert gradually(run, "wish", stages) == ((0, STAGES), False)
    assert gradually(run.at(), "wish", stages) == ((0, STAGES), False)


def test_with_time_enough_one_look_is_enough(run, monkeypatch):
    monkeypatch.setattr(gradual, "FIRST_SLICE", 60.0)
    assert look(run) == ((0, STAGES), False)


def test_every_look_goes_on(run, hasty):
    found = [look(run) for _ in range(STAGES + 1)]
    assert [stage for (_, stage), _ in found] == sorted(stage for (_, stage), _ in found)
    assert (found[0], found[-1]) == (((0, 1), True), ((0, STAGES), False))


def test_while_the_run_goes_on_the_last_whole_picture_is_shown_until_the_next_is_whole(run, hasty):
    while look(run)[1]:
        pass
    run.advance(steps=3)
    shown = [look(run)[0]]
    run.advance(steps=4)  # meanwhile that of step 3 is finished first
    while shown[-1][0] == 0:
        shown.append(look(run)[0])
    assert set(shown) == {(0, STAGES), (3, STAGES)}
    while shown[-1][0] == 3:
        shown.append(look(run)[0])
    assert shown[-1] == (7, STAGES)


def test_at_rest_what_there_is_of_now_is_shown_at_once(run, hasty):
    while look(run)[1]:
        pass
    run.advance(steps=3)
    look(run)
    run.advance(steps=4)
    assert look(run, resting=True) == ((7, 1), True)


def test_after_a_rewind_and_after_a_reset_nothing_of_before_is_gone_on_with(run, hasty):
    run.advance(steps=9)
    while look(run)[1]:
        pass
    look(run)
    run.rewind(0)
    found = look(run)
    assert found[0] == (9, STAGES)  # of the same run, until there is a whole picture of now
    run.advance(steps=2)
    run.reset()
    assert look(run) == ((0, 1), True)


def test_the_past_and_the_present_have_work_of_their_own(run, hasty):
    look(run), look(run)
    assert look(run.at(0))[0] == (0, 1)


def test_different_wishes_are_worked_on_apart_and_the_longest_unseen_is_dropped(run, hasty):
    assert [look(run, wish=wish)[0][1] for wish in "aab"] == [1, 2, 1]
    for wish in range(gradual.VIEWS):
        look(run, wish=wish)
    assert look(run, wish="a")[0][1] == 1


def test_what_is_kept_of_a_run_goes_with_it():
    run = made()
    look(run)
    gone = weakref.ref(run)
    del run
    gc.collect()
    assert gone() is None


def test_a_problem_is_told_at_every_look(run):
    def fails(moment):
        raise ValueError("there is nothing of the kind")
        yield

    for _ in range(2):
        with a_little_at_a_time(), pytest.raises(ValueError, match="nothing of the kind"):
            gradually(run, "wish", fails)
