"""One run in its worker: where commands find it."""

from playground.runs.seat import Seat
from playground.training import Trainer
from tests.runs.viewer import experiment

ORDER = {"generation": 0, "seq": 0, "playing": False, "goal": None, "speed": None}


def seat(step: int = 0, **order) -> Seat:
    """A run at `step`, on its way as `order` says."""
    trainer = Trainer(experiment(3))
    trainer.advance(step)
    return Seat("run", 0, trainer, ORDER | order)


def test_a_command_that_comes_again_finds_the_run_where_it_was_given():
    """As after a worker's death: the checkpoint is of step 20, the weight was set at 30."""
    again, direct = seat(20, goal=30), Trainer(experiment(3))
    again.catch_up(30)
    again.command("weight", {"path": [0], "unit": 1, "input": 0, "value": 2.0})
    direct.advance(30)
    direct.set_weight((0,), 1, 0, 2.0)
    assert again.trainer.step == 30 and again.state == "paused"
    assert again.trainer.module.flat.values.equal(direct.module.flat.values)


def test_a_run_that_rests_goes_nowhere_and_one_with_a_goal_not_beyond_it():
    for resting in (seat(20), seat(30, goal=30)):
        resting.advance(0.001)
        at = resting.trainer.step
        resting.catch_up(at + 50)
        assert resting.trainer.step == at
    on_its_way = seat(20, goal=25)
    on_its_way.catch_up(40)
    assert on_its_way.trainer.step == 25 and not on_its_way.active


def test_a_run_that_plays_slowly_is_not_waited_for():
    slow = seat(20, playing=True, speed=0.01)
    slow.catch_up(60)
    assert slow.trainer.step == 60 and slow.state == "playing"
