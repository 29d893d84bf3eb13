"""Patches that excite a filter are those that a loop over all images finds, and show all that it sees."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground import lenses
from playground.lenses.hurry import a_little_at_a_time
from playground.lenses.lens import Unsuited
from playground.lenses.picked import pictures
from playground.lenses.vision.exciting import field_of
from playground.lenses.vision.stack import places_of, until
from tests.lenses.moments import moment_of
from tests.lenses.seeing import DIGITS, LAST, digits, trainer
from tests.lenses.vision.stacks import stacks


def by_loop(moment, path, unit, shown, rows):
    """(row, value, place) of the strongest answers, one image at a time."""
    found = []
    with torch.no_grad():
        for row in rows:
            answer = until(moment.module.eval(), path, torch.tensor(moment.dataset.x_train[row : row + 1]))[0, unit]
            found.append((row, answer.max().item(), divmod(int(answer.argmax()), answer.shape[-1])))
    return sorted(found, key=lambda one: -one[1])[:shown]


def test_the_strongest_of_all_images():
    moment = digits()
    found = lenses.patches(moment, LAST, 2, shown=6)
    rows = np.unique(np.linspace(0, len(moment.dataset.x_train) - 1, found["looked"]).round().astype(int))
    expected = by_loop(moment, LAST, 2, 6, rows)
    np.testing.assert_allclose(found["values"], [value for _, value, _ in expected], rtol=1e-5)
    assert found["rows"].tolist() == [row for row, _, _ in expected]
    np.testing.assert_array_equal(found["labels"], moment.dataset.y_train[found["rows"]])
    assert not found["unfinished"]
    whole = pictures(moment.dataset, moment.dataset.x_train[found["rows"]])
    for picture, patch, (top, left) in zip(whole, found["pictures"], found["corners"], strict=True):
        padded = np.pad(picture, 8, constant_values=128)
        size = patch.shape
        np.testing.assert_array_equal(patch, padded[8 + top : 8 + top + size[0], 8 + left : 8 + left + size[1]])


@settings(max_examples=15, deadline=None)
@given(stacks(), st.data())
def test_nothing_outside_a_patch_changes_the_answer(stack, data):
    """The gradient by the pixels is zero beyond the receptive field, wherever that begins."""
    moment = moment_of(DIGITS, stack)
    place = data.draw(st.sampled_from([place for place in places_of(moment)[:-1] if place.card.field]))
    x = torch.tensor(moment.dataset.x_test[:1], requires_grad=True)
    answer = until(moment.module.eval(), place.path, x)[0, 0]
    row, column = (data.draw(st.integers(0, side - 1)) for side in answer.shape)
    (slopes,) = torch.autograd.grad(answer[row, column], x)
    size, ((top, left),) = field_of(moment, place, np.array([[row, column]]))
    slopes = slopes.reshape(8, 8).clone()
    slopes[max(top, 0) : max(top + size[0], 0), max(left, 0) : max(left + size[1], 0)] = 0
    assert not slopes.any()


def test_a_unit_that_sees_everything_shows_whole_images():
    moment = digits()
    found = lenses.patches(moment, (9,), 3, shown=4)
    assert found["pictures"].shape == (4, 8, 8)
    np.testing.assert_array_equal(found["pictures"], pictures(moment.dataset, moment.dataset.x_train[found["rows"]]))
    assert lenses.patches(moment, (), 1)["label"] == "Output"


def test_while_the_run_goes_on_they_are_found_a_little_at_a_time():
    run = trainer()
    with a_little_at_a_time():
        looks = [lenses.patches(run, LAST, 0, shown=5)]
        assert len(looks[0]["rows"]) == 5, "something is shown at once"
        while looks[-1]["unfinished"]:
            looks.append(lenses.patches(run, LAST, 0, shown=5))
            assert len(looks) < 2000
    whole = lenses.patches(run, LAST, 0, shown=5)
    np.testing.assert_array_equal(looks[-1]["rows"], whole["rows"])
    np.testing.assert_array_equal(looks[-1]["pictures"], whole["pictures"])


def test_a_layer_or_unit_that_is_gone():
    for path, unit in [((40,), 0), (LAST, 99)]:
        with pytest.raises(Unsuited):
            lenses.patches(digits(), path, unit)
