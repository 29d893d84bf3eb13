"""How a run goes: records, slices, live changes, rewinding, looking back."""

import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.training import Trainer
from playground.training.rules import is_recorded
from tests.network.describe import block, experiment, linear

EVERYTHING = [linear(5), {"kind": "batch_norm"}, {"kind": "relu"}, {"kind": "dropout", "p": 0.3},
              block(linear(4), {"kind": "tanh"}, shortcut="projection"), {"kind": "prelu"}]  # fmt: skip


def same(one: Trainer, two: Trainer):
    assert one.step == two.step
    assert torch.equal(one.module.flat.values, two.module.flat.values)
    assert one.experiment == two.experiment
    assert one.status == two.status
    for name, column in one.recorded().items():
        np.testing.assert_array_equal(column, two.recorded()[name], err_msg=name)


def busy(**changes) -> Trainer:
    """A run with everything that could go wrong: dropout, running statistics, momentum, uneven batches."""
    given = {"optimizer": {"kind": "adam", "lr": 0.01}, "batch_size": 16, "l2": 0.01,
             "schedule": {"kind": "cosine", "epochs": 50}, **changes}  # fmt: skip
    return Trainer(experiment(EVERYTHING, **given), device="cpu")


def test_a_new_run():
    trainer = busy()
    assert (trainer.status, trainer.step, trainer.epoch, trainer.steps_per_epoch) == ("ready", 0, 0.0, 4)
    assert trainer.history.step.tolist() == [0]
    assert list(trainer.history) == [
        "step", "epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "lr"
    ]  # fmt: skip
    assert trainer.engine_name == "fused"
    assert trainer.engine_reason.endswith("You chose the CPU.")
    assert trainer.device == torch.device("cpu")
    assert trainer.tape.steps == [0]


def test_ways_to_advance():
    trainer = busy()
    assert trainer.advance(3) == 3
    assert trainer.advance(epochs=2) == 8
    assert trainer.epoch == 2.75
    assert trainer.status == "running"
    assert trainer.advance(0) == 0
    for wrong in ({}, {"steps": 1, "seconds": 1}):
        with pytest.raises(ValueError, match="only one"):
            trainer.advance(**wrong)


def test_seconds_are_kept():
    trainer = busy()
    trainer.advance(300)
    start = time.perf_counter()
    taken = trainer.advance(seconds=0.1)
    assert time.perf_counter() - start >= 0.1
    assert taken > 5


def test_records_come_at_fixed_steps():
    trainer = busy()
    trainer.advance(700)
    assert trainer.history.step.tolist() == [step for step in range(701) if is_recorded(step)]
    assert trainer.history_since(300)["step"][0] == trainer.history.step[300]
    assert trainer.record_at(699)["step"] == 696


def test_losses_are_of_the_whole_part_in_evaluation_mode():
    trainer = busy(batch_size=7)
    trainer.advance(20)
    task, moment = trainer.task, trainer.at()
    with torch.no_grad():
        row = trainer.history.iloc[-1]
        assert row.train_loss == pytest.approx(task.loss(moment.module(task.x_train), task.train_targets).item())
        assert row.test_loss == pytest.approx(task.loss(moment.module(task.x_test), task.test_targets).item())
    assert trainer.measure() == row.to_dict()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 90), min_size=1, max_size=8), st.booleans())
def test_slices_make_no_difference(slices, measured):
    whole, sliced = busy(), busy()
    whole.advance(sum(slices))
    for count in slices:
        sliced.advance(count)
        if measured:  # looking makes none either
            sliced.measure()
            sliced.at()
            sliced.at(3)
    same(whole, sliced)
    assert whole.tape.steps == sliced.tape.steps


def test_runs_side_by_side_do_not_disturb_one_another():
    alone, one, other = busy(), busy(), busy(batch_size=10)
    alone.advance(60)
    for _ in range(60):
        torch.manual_seed(0)
        one.advance(1)
        other.advance(1)
    same(alone, one)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 330), st.integers(0, 40))
def test_rewinding_is_exact(target, ahead):
    run = busy()
    run.advance(330)
    run.rewind(target)
    fresh = busy()
    fresh.advance(target)
    same(fresh, run)
    run.advance(ahead)
    fresh.advance(ahead)
    same(fresh, run)


CHANGES = [{"lr": 0.1}, {"optimizer": {"lr": 0.003}}, {"l1": 0.01}, {"l2": 0.2}, {"weight_decay": 0.1},
           {"clip_norm": 0.05}, {"clip_norm": None, "l1": 0.0}]  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.sampled_from(CHANGES)), min_size=1, max_size=4), st.integers(0, 180))
def test_live_changes_are_taken_again_when_rewound(changes, target):
    changes.sort(key=lambda change: change[0])

    def play(trainer, last):
        for step, patch in changes:
            if step <= last:
                trainer.advance(step - trainer.step)
                trainer.update(patch)
        trainer.advance(last - trainer.step)
        return trainer

    run = play(busy(), 180)
    run.rewind(target)
    same(play(busy(), target), run)
    run.advance(30)
    again = play(busy(), target)
    again.advance(30)
    same(again, run)


def test_changes_take_hold():
    changed, plain = busy(), busy()
    for trainer in (changed, plain):
        trainer.advance(10)
    changed.update({"lr": 0.5, "l1": 0.1})
    assert changed.experiment.training.optimizer.lr == 0.5
    assert changed.experiment.training.l1 == 0.1
    assert changed.lr == pytest.approx(plain.lr * 50)
    changed.advance(1), plain.advance(1)
    assert not torch.equal(changed.module.flat.values, plain.module.flat.values)


@pytest.mark.parametrize(
    "patch",
    [{"batch_size": 5}, {"optimizer": {"beta1": 0.5}}, {"loss": "mse"}, {"nonsense": 1}, {"l1": -1.0}, {"lr": 0}],
)
def test_other_changes_are_refused(patch):
    trainer = busy()
    before = trainer.experiment
    with pytest.raises(ValueError):
        trainer.update(patch)
    assert trainer.experiment == before


def test_rewinding_outside_the_run_is_refused():
    trainer = busy()
    trainer.advance(5)
    for step in (-1, 6):
        with pytest.raises(ValueError, match="0 to 5"):
            trainer.rewind(step)


def test_reset_goes_back_to_the_same_weights_and_keeps_changes():
    trainer, fresh = busy(), busy()
    trainer.advance(30)
    trainer.update({"lr": 0.05})
    trainer.reset()
    assert torch.equal(trainer.module.flat.values, fresh.module.flat.values)
    assert trainer.status == "ready"
    assert trainer.lr == 0.05
    assert len(trainer.history) == 1


def test_a_moment_is_a_copy_that_stays():
    trainer = busy()
    trainer.advance(200)
    now, past = trainer.at(), trainer.at(50)
    assert (now.step, past.step) == (200, 50)
    assert past.epoch == 12.5
    assert not past.module.training
    kept = past.module.flat.values.clone(), now.module.flat.values.clone()
    trainer.advance(100)
    assert torch.equal(past.module.flat.values, kept[0])
    assert torch.equal(now.module.flat.values, kept[1])
    assert trainer.at(50) is past
    fresh = busy()
    fresh.advance(50)
    assert torch.equal(fresh.module.flat.values, past.module.flat.values)
    now.module.flat.values.zero_()  # nor does what happens to a moment reach the run
    fresh.advance(250)
    same(fresh, trainer)


def test_the_nearest_snapshot_is_shown():
    trainer = busy()
    trainer.advance(1001)
    assert trainer.at(996).step == 992  # snapshots come every 16 steps there
    assert trainer.at(1000).step == 1001
    assert trainer.at(10_000).step == 1001
    assert trainer.at(-5).step == 0
    assert trainer.at() is trainer.at(1001)
    trainer.advance(1)
    assert trainer.at().step == 1002


def test_a_small_tape_still_rewinds_exactly(monkeypatch):
    import playground.training.progress as module
    from playground.settings import Settings

    monkeypatch.setattr(module, "settings", Settings(tape_bytes=20_000))
    run = busy()
    run.advance(500)
    assert run.tape.nbytes <= 20_000
    assert len(run.tape) < 30
    run.rewind(311)
    fresh = busy()
    fresh.advance(311)
    same(fresh, run)


@pytest.mark.parametrize("batch_size", [1, 7])
def test_batch_norm_takes_a_last_batch_of_one(batch_size):
    trainer = Trainer(experiment([linear(4), {"kind": "batch_norm"}, {"kind": "tanh"}], batch_size=batch_size))
    assert 50 % 7 == 1
    trainer.advance(epochs=2)
    assert trainer.status == "running"


def test_max_epochs_finish_the_run():
    trainer = busy(max_epochs=5)
    assert trainer.advance(1000) == 20
    assert trainer.status == "finished"
    assert trainer.advance(seconds=0.01) == 0
    trainer.rewind(19)
    assert trainer.status == "running"
    assert trainer.advance(epochs=10) == 1


def test_engines_that_are_not_there():
    with pytest.raises(ValueError, match="no engine 'warp'"):
        Trainer(experiment(), engine="warp")
