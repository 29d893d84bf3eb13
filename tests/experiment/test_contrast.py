"""A table of what differs: everything that does, nothing that does not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from playground.experiment import REGISTRIES, edits
from playground.experiment.contrast import contrast
from playground.experiment.presets import start
from tests.experiment.strategies import experiments

FIRST = start()


def table(*others) -> dict[str, tuple[str, ...]]:
    rows = contrast([FIRST, *others])
    assert len({row.label for row in rows}) == len(rows), "every row has a name of its own"
    return {row.label: row.values for row in rows}


def trained(**changes):
    return FIRST.replace(training={**dict(FIRST.training), **changes})


def stack(*layers):
    return FIRST.replace(network=layers)


def test_numbers_of_the_recipe_stand_side_by_side():
    quick = trained(optimizer={"kind": "sgd", "lr": 0.3}, l2=0.01)
    assert table(FIRST.replace(seed=7), quick) == {
        "Seed": ("0", "7", "0"),
        "Learning rate": ("0.03", "0.03", "0.3"),
        "L2": ("0", "0", "0.01"),
    }


def test_what_only_one_kind_has_is_told_where_it_is_unusual():
    pushed = trained(optimizer={"kind": "sgd", "lr": 0.03, "momentum": 0.9})
    adam = trained(optimizer={"kind": "adam", "lr": 0.03})
    assert table(adam) == {"Optimizer": ("SGD", "Adam")}
    assert table(adam, pushed) == {"Optimizer": ("SGD", "Adam", "SGD"), "Momentum": ("0", "", "0.9")}
    assert table(trained(early_stopping={"patience": 9})) == {
        "Early stopping": ("off", "on"),
        "Early stopping: patience": ("", "9"),
    }


def test_layers_are_told_together_where_they_change_together():
    tanh, relu = {"kind": "tanh"}, {"kind": "relu"}
    four, two = {"kind": "linear", "units": 4}, {"kind": "linear", "units": 2}
    assert table(stack(four, relu, two, relu)) == {"Layers 2, 4": ("Tanh", "ReLU")}
    assert table(stack({**four, "units": 9}, tanh, {**two, "units": 9}, relu)) == {
        "Layer 1: units": ("4", "9"),
        "Layer 3: units": ("2", "9"),
        "Layer 4": ("Tanh", "ReLU"),
    }


def test_stacks_that_are_built_differently_are_told_as_wholes():
    deep = stack(*[{"kind": "linear", "units": 4}, {"kind": "tanh"}] * 5)
    assert table(deep, stack()) == {"Layers": ("4 tanh, 2 tanh", "5 × (4 tanh)", "none")}


def test_data_have_their_own_names():
    kinds = REGISTRIES["data"]
    moons = FIRST.replace(data=kinds["moons"](kind="moons", seed=3))
    assert table(moons) == {"Data": ("Circle", "Moons"), "Data seed": ("1", "3")}
    digits = FIRST.replace(
        data=kinds["mnist"](kind="mnist"), training={**dict(FIRST.training), "loss": {"kind": "cross_entropy"}}
    )
    assert table(digits)["Samples"] == ("500", "10000"), "neither points nor images"


def test_what_nobody_can_read_is_told_apart_by_letters():
    csv = REGISTRIES["data"]["csv"]
    same = {"kind": "csv", "name": "a.csv", "target": "y", "columns": ("x",), "as_task": "classification"}
    tables = [csv(**same, table=letter * 64) for letter in "ab"]
    one, other = (edits.with_data(FIRST, one) for one in tables)
    assert [(row.label, row.values) for row in contrast([one, other, one])] == [("Table", ("A", "B", "A"))]


@settings(max_examples=10)
@given(st.lists(experiments(), min_size=1, max_size=3))
def test_there_are_rows_exactly_where_something_differs(chosen):
    rows = contrast(chosen)
    assert bool(rows) == (len(set(chosen)) > 1)
    for row in rows:
        assert row.label and len(row.values) == len(chosen) and len(set(row.values)) > 1
