"""What a person does to a run by hand, and that rewinding and resuming stay exact whatever it was."""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from playground.training import Trainer, changes
from playground.training.changes import MOST_LOADED
from playground.training.rules import is_photographed
from tests.network.describe import experiment, linear, tanh_stack
from tests.training.test_trainer import EVERYTHING, busy, same

LINEARS = {(0,): (5, 2), (4, 0): (4, 5), "head": (1, 4)}
"""Paths of the linear layers of `EVERYTHING`, with units and inputs."""
LEARNING = [(0,), (1,), (4, 0), (5,), "head"]
RECIPES = [{"optimizer": {"kind": "adam", "lr": 0.01}}, {"optimizer": {"kind": "sgd", "momentum": 0.9, "lr": 0.05}},
           {"optimizer": {"kind": "lbfgs", "max_iter": 3}, "schedule": {"kind": "constant"}},
           {"optimizer": {"kind": "muon"}}, {"optimizer": {"kind": "rprop"}, "batch_size": 50},
           {"early_stopping": {"patience": 2}, "max_epochs": 20}]  # fmt: skip


def other_weights(trainer, seed):
    """Weights of this network that some other training might have ended with."""
    random = np.random.default_rng(seed)
    return {
        name: np.abs(random.normal(size=old.shape)) if name.endswith("var") else random.normal(size=old.shape)
        for name, old in trainer.weights().items()
    }


@st.composite
def weights(draw):
    path = draw(st.sampled_from(list(LINEARS)))
    units, inputs = LINEARS[path]
    source = draw(st.none() | st.integers(0, inputs - 1))
    return path, draw(st.integers(0, units - 1)), source, draw(st.floats(-3, 3, width=32))


@st.composite
def neurons(draw):
    path = draw(st.sampled_from(list(LINEARS)))
    return path, draw(st.integers(0, LINEARS[path][0] - 1)), draw(st.booleans())


ACTIONS = st.one_of(
    st.tuples(st.just("set_weight"), weights()),
    st.tuples(st.just("silence"), neurons()),
    st.tuples(st.just("freeze"), st.sets(st.sampled_from(LEARNING)).map(lambda places: sorted(places, key=str))),
    st.tuples(st.just("update"), st.sampled_from([{"lr": 0.003}, {"l2": 0.2}, {"clip_norm": 0.1}])),
    st.tuples(st.just("load"), st.integers(0, 3)),
)
END = 90
STEPS = st.integers(0, END - 5) | st.sampled_from([0, 64])
QUICK = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a failing script is short as it is; shrinking takes minutes
)


@pytest.fixture(autouse=True)
def small_tape(monkeypatch):
    """Few snapshots: most rewinding starts long before, and takes up changes on its way."""
    import playground.training.progress as module
    from playground.settings import Settings

    monkeypatch.setattr(module, "settings", Settings(tape_bytes=25_000))


@st.composite
def scripts(draw):
    """(step, action) in order, several at one step among them."""
    made = draw(st.lists(st.tuples(STEPS, ACTIONS), min_size=1, max_size=7))
    return sorted(made, key=lambda entry: entry[0])


def act(trainer, action):
    name, value = action
    if name == "freeze":
        trainer.update({"frozen": value})
    elif name == "update":
        trainer.update(value)
    elif name == "load":
        trainer.load_weights(other_weights(trainer, value))
    else:
        getattr(trainer, name)(*value)


def play(trainer, script, last):
    """Do all of a script up to step `last`; where a run ends before, what was to be done later is left out."""
    for step, action in script:
        if step <= last:
            trainer.advance(step - trainer.step)
            if trainer.step == step:
                act(trainer, action)
    trainer.advance(last - trainer.step)
    return trainer


def alike(one, two):
    same(one, two)
    assert one.silenced == two.silenced
    for step in set(one.tape.steps) & set(two.tape.steps):
        mine, theirs = one.at(step), two.at(step)
        assert torch.equal(mine.module.flat.values, theirs.module.flat.values), step
        assert (mine.silenced, mine.experiment) == (theirs.silenced, theirs.experiment), step
    assert torch.equal(one.at().module(one.task.x), two.at().module(two.task.x))


@QUICK
@given(scripts(), st.sampled_from(RECIPES), st.integers(0, END))
def test_rewinding_is_exact(script, recipe, target):
    run = play(busy(**recipe), script, END)
    run.rewind(min(target, run.step))
    fresh = play(busy(**recipe), script, run.step)
    alike(fresh, run)
    run.advance(12), fresh.advance(12)
    alike(fresh, run)


@QUICK
@given(scripts(), st.sampled_from(RECIPES), st.integers(0, END), st.integers(0, 60))
def test_resuming_is_exact(script, recipe, saved, back):
    whole = play(busy(**recipe), script, END)
    early = [entry for entry in script if entry[0] <= saved]
    resumed = Trainer.loads(play(busy(**recipe), early, saved).dumps())
    play(resumed, script[len(early) :], END)
    alike(whole, resumed)
    assert whole.tape.steps == resumed.tape.steps
    target = max(0, whole.step - back)
    whole.rewind(target), resumed.rewind(target)
    alike(whole, resumed)


@QUICK
@given(scripts(), st.sampled_from(RECIPES), st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_slices_and_looking_make_no_difference(script, recipe, slices):
    whole, sliced = play(busy(**recipe), script, END), busy(**recipe)
    for step in sorted({*np.cumsum(slices).tolist(), *(at for at, _ in script), END}):
        if step <= END:
            sliced.advance(step - sliced.step)
            sliced.measure(), sliced.at(), sliced.at(30)
            for at, action in script:
                if at == step == sliced.step:
                    act(sliced, action)
    alike(whole, sliced)


def test_a_weight_is_set_and_nothing_else():
    for path, (units, inputs) in LINEARS.items():
        for source in (None, inputs - 1):
            trainer = busy()
            trainer.advance(5)
            before = trainer.weights()
            trainer.set_weight(path, units - 1, source, 0.123)
            after = trainer.weights()
            key = "head" if path == "head" else "layers." + ".layers.".join(map(str, path))
            key += ".bias" if source is None else ".weight"
            changed = {name: np.argwhere(before[name] != after[name]).tolist() for name in before}
            place = [units - 1] if source is None else [units - 1, source]
            assert {name: found for name, found in changed.items() if found} == {key: [place]}
            assert after[key][tuple(place)] == np.float32(0.123)
            assert trainer.measure()["train_loss"] != trainer.history.train_loss.iloc[-2]


def test_what_is_measured_and_remembered_of_the_step_is_what_was_done_there():
    trainer = busy()
    trainer.advance(64)
    assert is_photographed(64)
    before = trainer.history.train_loss.iloc[-1]
    trainer.set_weight((0,), 0, 0, 3.0)
    trainer.silence("head", 0)
    assert trainer.history.step.is_unique
    assert trainer.history.train_loss.iloc[-1] == trainer.measure()["train_loss"] != before
    trainer.advance(10)
    then = trainer.at(64)
    assert then.module.at((0,)).weight[0, 0] == 3.0
    assert then.silenced == (("head", 0),)
    assert (then.module(trainer.task.x) == 0).all()
    assert trainer.at(63).silenced == ()


def test_a_silenced_neuron_answers_nothing_while_it_trains():
    trainer = Trainer(experiment(tanh_stack(4, 3)), device="cpu")
    trainer.silence((0,), 2)
    before = trainer.weights()
    trainer.advance(20)
    after = trainer.weights()
    assert (before["layers.0.weight"][2] == after["layers.0.weight"][2]).all()
    assert (before["layers.2.weight"][:, 2] == after["layers.2.weight"][:, 2]).all()
    assert (before["layers.0.weight"][1] != after["layers.0.weight"][1]).any()
    assert (trainer.module.trace(trainer.task.x)[1,][:, 2] == 0).all()
    trainer.silence((0,), 2, on=False)
    assert trainer.silenced == ()
    assert (trainer.module.trace(trainer.task.x)[1,][:, 2] != 0).any()


def test_a_dragged_weight_is_one_change():
    trainer = busy()
    trainer.advance(3)
    for value in np.linspace(-1, 1, 200):
        trainer.set_weight((0,), 1, 1, float(value))
    trainer.silence((0,), 1)
    trainer.silence((0,), 1)
    trainer.set_weight((0,), 1, None, 0.5)
    assert [change.kind for change in trainer._changes] == ["weight", "silence", "weight"]


def test_reset_forgets_what_was_done_by_hand_and_keeps_the_recipe():
    trainer, fresh = busy(), busy()
    trainer.set_weight((0,), 0, 0, 2.0)
    trainer.silence((0,), 1)
    trainer.load_weights(other_weights(trainer, 1))
    trainer.update({"frozen": [(0,)], "l1": 0.1})
    trainer.advance(5)
    trainer.reset()
    assert torch.equal(trainer.module.flat.values, fresh.module.flat.values)
    assert trainer.silenced == ()
    assert trainer.experiment.network[0].frozen
    assert trainer.experiment.training.l1 == 0.1


def diverged():
    trainer = Trainer(experiment([], data={"kind": "plane"}, optimizer={"kind": "sgd", "lr": 90.0},
                                 loss={"kind": "mse"}), device="cpu")  # fmt: skip
    trainer.advance(1000)
    assert trainer.status == "diverged"
    return trainer


@pytest.mark.parametrize("way", ["weight", "load"])
def test_a_diverged_run_goes_on_with_other_weights(way):
    trainer, again = diverged(), diverged()
    start = other_weights(trainer, 2)
    trainer.update({"lr": 0.01}), again.update({"lr": 0.01})
    for run in (trainer, again):
        if way == "load":
            run.load_weights(start)
        else:
            for unit in range(2):
                run.set_weight("head", 0, unit, 0.0)
            run.set_weight("head", 0, None, 0.0)
    assert trainer.status == "running"
    assert trainer.divergence is None
    assert trainer.advance(50) == 50
    step = trainer.step - 20
    trainer.rewind(step)
    again.advance(step - again.step)
    alike(trainer, again)


def test_a_run_that_was_stopped_early_goes_on():
    trainer = busy(early_stopping={"patience": 1, "restore_best": True}, optimizer={"kind": "sgd", "lr": 0.9})
    trainer.advance(5000)
    assert trainer.status == "finished"
    trainer.set_weight((0,), 0, 0, 0.1)
    assert trainer.status == "running"
    assert trainer.advance(4) == 4
    trainer.load_weights(other_weights(trainer, 3))
    assert trainer.status == "running"


def test_a_run_at_its_last_epoch_stays_finished():
    trainer = busy(max_epochs=2)
    trainer.advance(100)
    trainer.load_weights(other_weights(trainer, 3))
    assert trainer.status == "finished"
    assert trainer.advance(5) == 0


def test_a_new_run_goes_on_with_the_numbers_of_another():
    old = busy()
    old.advance(40)
    old.silence((4, 0), 1)
    new = Trainer(experiment(EVERYTHING, data={"kind": "spiral", "samples": 80}), device="cpu")
    assert new.inherit(old)
    assert (new.step, new.silenced) == (0, (((4, 0), 1),))
    assert all((new.weights()[name] == numbers).all() for name, numbers in old.weights().items())
    assert new.history.train_loss.tolist() == [new.measure()["train_loss"]]
    new.advance(10)
    new.rewind(0)
    assert all((new.weights()[name] == numbers).all() for name, numbers in old.weights().items())


def test_where_shapes_differ_or_the_other_diverged_a_new_run_starts_as_it_is():
    for other in (Trainer(experiment([linear(5)]), device="cpu"), diverged()):
        new, plain = busy(), busy()
        assert not new.inherit(other)
        same(new, plain)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (((1,), 0, 0, 1.0), "no linear layer"),
        (((9,), 0, 0, 1.0), "no linear layer"),
        (((), 0, 0, 1.0), "A path is"),
        (("tail", 0, 0, 1.0), "A path is"),
        (((0,), 5, 0, 1.0), "has 5 units"),
        (((0,), -1, 0, 1.0), "has 5 units"),
        (((0,), 0, 2, 1.0), "takes 2 values"),
        (((0,), 0, 0, float("nan")), "A weight is a number"),
        (((0,), 0, 0, 1e7), "A weight is a number"),
    ],
)
def test_weights_that_are_not_there_are_refused(arguments, told):
    trainer, plain = busy(), busy()
    with pytest.raises(ValueError, match=told):
        trainer.set_weight(*arguments)
    same(trainer, plain)
    if "number between" not in told:
        path, unit, *_ = arguments
        if told in ("no linear layer", "A path is", "has 5 units"):
            with pytest.raises(ValueError, match=told):
                trainer.silence(path, unit)


def test_a_layer_without_biases_has_none_to_set():
    trainer = Trainer(experiment([linear(3, bias=False)]), device="cpu")
    with pytest.raises(ValueError, match="no biases"):
        trainer.set_weight((0,), 0, None, 1.0)


def test_only_so_many_loaded_weights_are_remembered(monkeypatch):
    monkeypatch.setattr(changes, "MOST_NUMBERS", 0)
    trainer = busy()
    for count in range(MOST_LOADED):
        trainer.load_weights(other_weights(trainer, count))
        trainer.load_weights(other_weights(trainer, 0))  # at one step the last one counts
        trainer.advance(1)
    with pytest.raises(ValueError, match="Reset"):
        trainer.load_weights(other_weights(trainer, 0))
    trainer.reset()
    trainer.load_weights(other_weights(trainer, 0))
