"""What changed between two experiments: nothing is missed, nothing is made up, and it reads well."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.data.features import labels
from playground.experiment import Experiment, edits, painting
from playground.experiment.data import FEATURES
from playground.experiment.differences import differences, input_name, summary
from playground.experiment.presets import start
from playground.experiment.stack_differences import stack_changes
from tests.experiment.strategies import experiments, stacks

BASE = start()  # circle; Linear 4, Tanh, Linear 2, Tanh; SGD 0.03


def training(**changes) -> Experiment:
    return BASE.replace(training={**dict(BASE.training), **changes})


def network(*layers: dict) -> Experiment:
    return BASE.replace(network=layers)


def linear(units: int, **more) -> dict:
    return {"kind": "linear", "units": units, **more}


TANH, RELU = {"kind": "tanh"}, {"kind": "relu"}
FIRST = (linear(4), TANH, linear(2), TANH)
BLOCK = {"kind": "residual", "layers": (linear(4), TANH)}


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (BASE, []),
        (training(optimizer={"kind": "sgd", "lr": 0.1}), ["Learning rate 0.03 → 0.1"]),
        (training(optimizer={"kind": "adam", "lr": 0.03}), ["Optimizer: SGD → Adam"]),
        (training(optimizer={"kind": "adam", "lr": 0.01}), ["Optimizer: SGD → Adam", "Learning rate 0.03 → 0.01"]),
        (training(schedule={"kind": "cosine"}), ["Schedule: Constant → Cosine"]),
        (training(clip_norm=1.0), ["Clip gradients off → 1"]),
        (training(max_epochs=300), ["Stop after never → 300"]),
        (training(early_stopping={}), ["Early stopping on"]),
        (training(l2=1e-7), ["L2 0 → 1e-07"]),
        (training(optimizer={"kind": "sgd", "lr": 0.03000001}), ["Learning rate 0.03 → 0.03000001"]),
        (BASE.replace(seed=7), ["Seed 0 → 7"]),
        (BASE.replace(data={**dict(BASE.data), "seed": 2}), ["Data seed 1 → 2"]),
        (BASE.replace(data={**dict(BASE.data), "kind": "spiral"}), ["Data: Circle → Spiral"]),
        (
            BASE.replace(data={**dict(BASE.data), "features": ("x1", "x1_squared", "sin_x2")}),
            ["Inputs added: x₁², sin x₂", "Inputs removed: x₂"],
        ),
        (
            BASE.replace(init={"weights": {"kind": "zeros"}, "biases": BASE.init.biases}),
            ["Weights start: Uniform → Zeros"],
        ),
        (BASE.replace(init={"weights": BASE.init.weights}), ["Biases start: Constant → PyTorch default"]),
        (BASE.replace(head={"activation": "sigmoid"}), ["Output activation automatic → sigmoid"]),
        (BASE.replace(head={"weights": {"kind": "zeros"}}), ["Head's weights start the network's → Zeros"]),
        (BASE.replace(head={"frozen": True}), ["Head: frozen"]),
        (network(linear(4, frozen=True), *FIRST[1:]), ["Layer 1, Linear: frozen"]),
        (network(*FIRST, linear(3)), ["Layer 5 added: Linear 3"]),
        (network(*FIRST[1:]), ["Layer 1 removed: Linear 4"]),
        (network(linear(4), TANH, linear(8), TANH), ["Layer 3, Linear: units 2 → 8"]),
        (network(linear(4, bias=False), TANH, linear(2), TANH), ["Layer 1, Linear: bias off"]),
        (network(linear(4), RELU, linear(2), TANH), ["Layer 2: Tanh → ReLU"]),
        (network(TANH, linear(2), TANH, linear(4)), ["Layer 1 moved to 4: Linear 4"]),
        (network(*FIRST, BLOCK), ["Layer 5 added: Residual block of 2 layers"]),
    ],
)
def test_one_change_is_told_in_one_phrase(new, told):
    assert differences(BASE, new) == told


def test_changes_inside_a_block_name_their_place():
    old = network(BLOCK)
    new = network({**BLOCK, "shortcut": "projection", "layers": (linear(6), TANH, RELU)})
    assert differences(old, new) == [
        "Layer 1, Residual block: shortcut identity → projection",
        "Layer 1.1, Linear: units 4 → 6",
        "Layer 1.3 added: ReLU",
    ]


def test_a_table_is_told_by_its_name():
    pets = {"kind": "images", "name": "pets.zip", "images": "0" * 64}
    mine = BASE.replace(data=pets)
    assert differences(BASE, mine)[0] == "Data: Circle → pets.zip"
    assert differences(mine, BASE.replace(data={**pets, "images": "1" * 64})) == ["Images pets.zip replaced"]
    more = BASE.replace(data={**pets, "images": "1" * 64, "name": "more.zip", "augment": {"flip": True}})
    assert differences(mine, more) == ["Images: pets.zip → more.zip", "Augmentation: flip on"]
    table = {"kind": "csv", "name": "a.csv", "table": "0" * 64, "target": "y", "as_task": "classification"}
    columns = tuple(f"c{i}" for i in range(9))
    old = BASE.replace(data={**table, "columns": columns})
    assert differences(BASE, old)[0] == "Data: Circle → a.csv"
    again = BASE.replace(data={**table, "table": "1" * 64, "columns": columns})
    assert differences(old, again) == ["Table a.csv replaced"]
    other = BASE.replace(data={**table, "table": "1" * 64, "name": "b.csv", "columns": columns[:1]})
    assert differences(old, other) == ["Table: a.csv → b.csv", "Inputs removed: c1, c2, c3 and 5 more"]


def test_painted_points_are_counted():
    def painted(points: list) -> Experiment:
        text = painting.encode(np.array(points, dtype=float), np.arange(len(points)) % 2)
        return BASE.replace(data={"kind": "painted", "points": text})

    square = [(1, 1), (-1, -1), (1, -1), (-1, 1)] * 4 + [(2, 2)]
    old = painted([(x + i / 9, y) for i, (x, y) in enumerate(square)])
    assert differences(old, painted([(x + i / 9, y) for i, (x, y) in enumerate(square[:-2])])) == [
        "Painted points 17 → 15"
    ]
    assert differences(old, painted([(x - i / 9, y) for i, (x, y) in enumerate(square)])) == ["Painted points changed"]
    assert "Data: Circle → Painted" in differences(BASE, old)


def test_thawing_is_told():
    frozen = network(linear(4, frozen=True), *FIRST[1:])
    assert differences(frozen, BASE) == ["Layer 1, Linear: no longer frozen"]


def test_layers_of_images_are_told():
    conv = {"kind": "conv2d", "channels": 6, "kernel": 5}
    pooled = network(conv, {"kind": "max_pool2d"}, *FIRST)
    assert differences(BASE, pooled) == ["Layer 1 added: Convolution 6, 5 × 5", "Layer 2 added: Max pooling 2 × 2"]
    wider = network({**conv, "channels": 8, "padding": 2}, {"kind": "max_pool2d"}, *FIRST)
    assert differences(pooled, wider) == [
        "Layer 1, Convolution: channels 6 → 8", "Layer 1, Convolution: padding 0 → 2",
    ]  # fmt: skip


def test_images_that_vary_are_told():
    old = BASE.replace(data={"kind": "digits"}, training=BASE.training)
    new = BASE.replace(data={"kind": "digits", "augment": {"shift": 0.1, "flip": True}}, training=BASE.training)
    assert differences(old, new) == ["Augmentation: shift 0 → 0.1", "Augmentation: flip on"]


def test_a_long_text_is_not_told():
    table = {"kind": "csv", "table": "0" * 64, "as_task": "classification", "columns": ("a",)}
    old, new = (BASE.replace(data={**table, "target": letter * 60}) for letter in "xy")
    assert differences(old, new) == ["Target changed"]


def test_inputs_are_written_as_in_the_diagram():
    assert tuple(map(input_name, FEATURES)) == labels(FEATURES)
    assert input_name("sin_of_the_times") == "sin_of_the_times"


@given(experiments(), experiments())
@settings(max_examples=30, deadline=None)
def test_nothing_is_told_only_where_nothing_changed(old, new):
    assert differences(old, old) == []
    assert bool(differences(old, new)) == (old != new)


@given(stacks(), stacks())
@settings(max_examples=40, deadline=None)
def test_the_changes_of_a_stack_make_the_new_one(old, new):
    changes = stack_changes(old, new)
    made = dict.fromkeys(range(len(new)))
    for change in changes:
        if change.after is not None:
            made[change.place] = change.after
    taken = [change.before for change in changes if change.before is not None]
    kept = iter([layer for layer in old if not any(layer is other for other in taken)])
    assert [made[place] or next(kept) for place in made] == list(new)
    assert next(kept, None) is None


@given(stacks().filter(bool), st.data())
@settings(max_examples=30, deadline=None)
def test_one_edit_of_a_stack_is_one_change(stack, data):
    place = data.draw(st.integers(0, len(stack) - 1))
    assert len(stack_changes(stack, edits.remove(stack, (place,)))) == 1
    assert len(stack_changes(stack, edits.duplicate(stack, (place,)))) == 1
    assert stack_changes(stack, stack) == []


def test_a_summary_counts_what_it_does_not_tell():
    assert summary([]) == ""
    assert summary(["A"]) == "A"
    assert summary(["A", "B"]) == "A; B"
    assert summary(["A", "B", "C", "D"]) == "A; B; 2 more"
