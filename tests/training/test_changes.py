"""What is remembered of the changes of a run."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from playground.training import changes as module
from playground.training.changes import Changes, Told
from tests.network.describe import experiment, tanh_stack

ORIGIN = experiment(tanh_stack(4))


def weight(unit=0, value=1.0, path=(0,)):
    return {"path": path, "unit": unit, "input": None, "value": value}


def silence(unit=0, on=True):
    return {"path": (0,), "unit": unit, "on": on}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.booleans() | st.floats(0.01, 1.0)), max_size=20))
def test_what_is_told_of_a_step_is_what_was_done_up_to_it(made):
    made.sort(key=lambda entry: entry[0])
    kept = Changes(ORIGIN)
    for step, unit, what in made:
        if isinstance(what, bool):
            kept.add(step, "silence", silence(unit, what))
        else:
            kept.add(step, "recipe", {"lr": what})
    for step in range(11):
        silent, lr = set(), ORIGIN.training.optimizer.lr
        for at, unit, what in made:
            if at > step:
                break
            if isinstance(what, bool):
                (silent.add if what else silent.discard)(((0,), unit))
            else:
                lr = what
        told = kept.told(step)
        assert set(told.silenced) == silent
        assert told.experiment.training.optimizer.lr == lr
        later = list(kept.since(step))
        assert [change for change, _ in later] == [change for change in kept if change.step > step]
        assert all(so == kept.told(change.step) for change, so in later[-1:])
    again = Changes(ORIGIN)
    again.load(kept.state())
    assert list(again) == list(kept)
    assert again.told(10) == kept.told(10)
    again.truncate(4)
    assert list(again) == [change for change in kept if change.step <= 4]
    assert again.told(10) == kept.told(4)


def test_only_the_last_of_one_thing_at_one_step_counts():
    kept = Changes(ORIGIN)
    for value in (1.0, 2.0, 3.0):
        kept.add(5, "weight", weight(value=value))
    kept.add(5, "weight", weight(1))
    kept.add(5, "weight", weight(path="head"))
    kept.add(6, "weight", weight(path="head"))
    for on in (True, False):
        kept.add(6, "silence", silence(on=on))
    for value in (1.0, 2.0):
        kept.add(6, "load", None, torch.full((3,), value))
    found = [(change.step, change.kind, change.value) for change in kept]
    assert [(step, kind) for step, kind, _ in found] == [
        (5, "weight"), (5, "weight"), (5, "weight"), (6, "weight"), (6, "silence"), (6, "load")
    ]  # fmt: skip
    assert found[0][2]["value"] == 3.0
    assert [numbers.tolist() for numbers in kept.loaded] == [[2.0] * 3]
    assert kept.told(6) == Told(ORIGIN)


def test_loaded_numbers_are_copies_and_go_with_their_change():
    kept, numbers = Changes(ORIGIN), torch.ones(3)
    for step in range(3):
        change, _ = kept.add(step, "load", None, numbers * step)
        assert kept.loaded[change.value].tolist() == [step] * 3
    numbers.zero_()
    kept.truncate(1)
    assert [stored.tolist() for stored in kept.loaded] == [[0.0] * 3, [1.0] * 3]
    again = Changes(ORIGIN)
    again.load(kept.state())
    kept.loaded[1].zero_()
    assert again.loaded[1].tolist() == [1.0] * 3


def test_what_is_too_much_is_refused_and_what_is_wrong_changes_nothing(monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    kept = Changes(ORIGIN)
    for step in range(3):
        kept.add(step, "weight", weight())
    for kind, value in (("weight", weight(1)), ("silence", silence())):
        with pytest.raises(ValueError, match="Reset"):
            kept.add(9, kind, value)
    kept.add(2, "weight", weight(value=9.0))  # in place of the last one
    kept.add(9, "recipe", {"lr": 0.5})  # never refused: the page shows it as the experiment
    for wrong in ({"batch_size": 3}, {"lr": -1.0}, {"frozen": [[1]]}):
        with pytest.raises(ValueError):
            kept.add(9, "recipe", wrong)
    assert len(list(kept)) == 4
    assert kept.told(9).experiment.training.optimizer.lr == 0.5
