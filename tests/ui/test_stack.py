"""The cards of the layer stack, what an edit of them does, and how wide the stack is at each place."""

import pytest

from playground.experiment import REGISTRIES, Experiment, edits, layer_kinds, walk
from playground.experiment.presets import tensorflow_playground
from playground.network.shapes import infer
from playground.ui import stack, stack_cards

NESTED = [
    {"kind": "linear", "units": 6},
    {"kind": "tanh"},
    {
        "kind": "residual",
        "layers": [
            {"kind": "linear", "units": 6},
            {"kind": "residual", "layers": [{"kind": "relu"}]},
            {"kind": "sigmoid"},
        ],
    },
    {"kind": "dropout", "p": 0.5},
]


def on(bench, network: list[dict]):
    """The workbench on another stack."""
    experiment = tensorflow_playground(network=network)
    assert bench.change(lambda _: experiment), bench.errors
    return bench


def kinds(bench) -> list[tuple[tuple, str]]:
    return [(path, layer.kind) for path, layer in walk(bench.experiment.network)]


def told(bench) -> list[str]:
    return list(bench.errors.values())


def test_a_card_for_everything_from_input_to_head(bench):
    on(bench, NESTED)
    cards = stack_cards.cards(bench, bench.summary)
    assert [card["title"] for card in cards] == [
        "Inputs", "Linear", "Tanh", "Residual block", "Linear", "Residual block", "ReLU", "Sigmoid", "Dropout", "Head",
    ]  # fmt: skip
    assert [card.get("depth", 0) for card in cards] == [0, 0, 0, 0, 1, 1, 2, 1, 0, 0]
    assert cards[0]["shape"] == "2 values"
    assert cards[1]["shape"] == "2 → 6"
    assert cards[1]["parameters"] == "18 parameters"
    assert cards[-1]["detail"] == "Linear 1 · tanh"
    assert cards[-1]["parameters"] == "7 parameters"
    assert [card["kind"] for card in cards if card.get("locked")] == ["inputs", "head"]


def test_one_of_a_thing_is_singular(bench):
    bench.set(("data", "features"), ("x1_x2",))
    on(bench, [])
    bench.set(("data", "features"), ("x1_x2",))
    assert stack_cards.cards(bench, bench.summary)[0]["shape"] == "1 value"
    assert stack_cards.count(1, "parameter") == "1 parameter"
    assert stack_cards.count(1234, "parameter") == "1,234 parameters"


def test_the_ways_up_and_down_stay_in_their_stack(bench):
    on(bench, NESTED)
    cards = {tuple(card["path"]): card for card in stack_cards.cards(bench, bench.summary)[1:-1]}
    ways = {path: (card["up"], card["down"]) for path, card in cards.items()}
    assert ways[(0,)] == (None, [2])
    assert ways[(3,)] == ([2], None)
    assert ways[(2, 0)] == (None, [2, 2])
    assert ways[(2, 1, 0)] == (None, None)
    assert cards[(2,)]["add"] == [2, 3]
    assert cards[(2, 1)]["add"] == [2, 1, 1]


@pytest.mark.parametrize("way", ["up", "down"])
def test_every_way_leads_where_it_says(bench, way):
    on(bench, NESTED)
    for card in stack_cards.cards(bench, bench.summary)[1:-1]:
        if card[way] is None:
            continue
        on(bench, NESTED)
        path = tuple(card["path"])
        layer = edits.layer_at(bench.experiment.network, path)
        stack.apply(bench, {"op": "move", "path": card["path"], "to": card[way]})
        there = (*path[:-1], path[-1] + (1 if way == "down" else -1))
        assert edits.layer_at(bench.experiment.network, there) == layer


def test_a_card_tells_what_is_not_as_usual(bench):
    on(bench, [{"kind": "linear", "units": 3, "bias": False, "weights": {"kind": "zeros"}}, {"kind": "batch_norm"}])
    cards = stack_cards.cards(bench, bench.summary)
    assert cards[1]["detail"] == "bias: off · weights start: Zeros"
    assert cards[2]["detail"] == ""


def test_the_palette_holds_every_layer_and_activation():
    for images, missing in ((True, set()), (False, set(stack_cards.OF_IMAGES))):
        offered = [item["kind"] for group in stack_cards.palette(images) for item in group["items"]]
        assert len(offered) == len(set(offered))
        assert set(offered) == set(layer_kinds()) - missing
    for group in stack_cards.palette(images=True):
        for item in group["items"]:
            assert item["label"] and item["about"].endswith(".")
            assert (item["plot"] is not None) == (item["kind"] in REGISTRIES["activation"])


@pytest.mark.parametrize("kind", [kind for kind in layer_kinds() if kind not in stack_cards.OF_IMAGES])
@pytest.mark.parametrize("path", [(0,), (2,), (2, 0), (2, 1, 1), (4,)])
def test_every_layer_can_be_added_everywhere_and_trains(shared, kind, path):
    on(shared, NESTED)
    stack.apply(shared, {"op": "insert", "path": list(path), "kind": kind})
    assert told(shared) == []
    assert edits.layer_at(shared.experiment.network, path).kind == kind
    # Eight new units right before a block that makes six are a draft until it fits; all else trains at once.
    assert shared.in_step == (kind != "linear" or path != (2,))


def test_blocks_too_deep_are_refused_at_the_stack(bench):
    on(bench, NESTED)
    stack.apply(bench, {"op": "insert", "path": [2, 1, 0], "kind": "residual"})
    before = bench.experiment
    stack.apply(bench, {"op": "insert", "path": [2, 1, 0, 0], "kind": "residual"})
    assert bench.experiment == before
    assert list(bench.errors) == [stack_cards.STACK]
    assert "nested" in told(bench)[0]


def test_removing_and_doubling(bench):
    on(bench, NESTED)
    stack.apply(bench, {"op": "duplicate", "path": [2, 1]})
    assert [kind for path, kind in kinds(bench) if path[:1] == (2,) and len(path) == 2] == [
        "linear", "residual", "residual", "sigmoid",
    ]  # fmt: skip
    stack.apply(bench, {"op": "remove", "path": [2]})
    assert [kind for _, kind in kinds(bench)] == ["linear", "tanh", "dropout"]


def test_a_number_on_a_card(bench):
    on(bench, NESTED)
    stack.apply(bench, {"op": "set", "path": [0], "name": "units", "value": 7})
    stack.apply(bench, {"op": "units", "path": [2, 0], "delta": 1, "units": 7})
    assert bench.experiment.network[0].units == bench.experiment.network[2].layers[0].units == 7
    assert bench.in_step


def test_a_refused_number_is_told_on_its_card(bench):
    on(bench, NESTED)
    before = bench.experiment
    stack.apply(bench, {"op": "set", "path": [3], "name": "p", "value": 7})
    assert bench.experiment == before
    problems = {card["title"]: card.get("problem") for card in stack_cards.cards(bench, bench.summary)}
    assert problems["Dropout"] == "p must be at least 0 and at most 0.95, but is 7."
    assert [title for title, problem in problems.items() if problem] == ["Dropout"]
    assert bench.untold() == []


@pytest.mark.parametrize(
    "event",
    [
        {"op": "remove", "path": [9]},
        {"op": "remove", "path": []},
        {"op": "remove"},
        {"op": "duplicate", "path": [0, 0]},
        {"op": "move", "path": [2], "to": [2, 0]},
        {"op": "move", "path": [2]},
        {"op": "insert", "path": [9], "kind": "tanh"},
        {"op": "insert", "path": [0], "kind": "nonsense"},
        {"op": "insert", "path": [0]},
        {"op": "insert", "path": ["a"], "kind": "tanh"},
        {"op": "set", "path": [9], "name": "units", "value": 3},
        {"op": "set", "path": [0], "name": "nonsense", "value": 3},
        {"op": "set", "path": [0], "name": "units", "value": "many"},
        {"op": "units", "path": [1], "units": 3},
        {"op": "units", "path": [0]},
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(bench, event):
    """It comes from another tab's older stack, or from somebody who writes his own messages."""
    on(bench, NESTED)
    before = bench.experiment
    stack.apply(bench, event)
    assert bench.experiment == before
    assert len(bench.errors) == 1
    stack_cards.cards(bench, bench.summary)


def test_unknown_events_are_nothing(bench):
    before = bench.experiment
    for event in ({}, {"op": "explode"}, {"op": None, "path": None}):
        stack.apply(bench, event)
    assert bench.experiment == before
    assert bench.errors == {}


def test_choosing_a_layer_opens_and_closes_its_settings(bench):
    on(bench, NESTED)
    for path in ([2, 0], ["head"]):
        stack.apply(bench, {"op": "select", "path": path})
        assert bench.selected == tuple(path)
        stack.apply(bench, {"op": "select", "path": path})
        assert bench.selected is None


@pytest.mark.parametrize(
    ("selected", "event", "after"),
    [
        ((3,), {"op": "insert", "path": [0], "kind": "tanh"}, (4,)),
        ((1,), {"op": "insert", "path": [3], "kind": "tanh"}, (1,)),
        ((2, 1), {"op": "insert", "path": [2, 0], "kind": "tanh"}, (2, 2)),
        ((2,), {"op": "insert", "path": [2, 0], "kind": "tanh"}, (2,)),
        ((3,), {"op": "remove", "path": [0]}, (2,)),
        ((3,), {"op": "remove", "path": [3]}, None),
        ((2, 0), {"op": "remove", "path": [2]}, None),
        ((2,), {"op": "remove", "path": [2]}, None),
        ((1,), {"op": "move", "path": [1], "to": [0]}, (0,)),
        ((0,), {"op": "move", "path": [1], "to": [0]}, (1,)),
        ((1,), {"op": "move", "path": [1], "to": [2, 0]}, (1, 0)),
        ((1,), {"op": "duplicate", "path": [1]}, (1,)),
        (("head",), {"op": "remove", "path": [0]}, ("head",)),
    ],
)
def test_open_settings_stay_with_their_layer(bench, selected, event, after):
    on(bench, NESTED)
    bench.selected = selected
    stack.apply(bench, event)
    assert bench.errors == {}
    assert bench.selected == after


def test_the_width_at_every_place():
    network = [
        {"kind": "linear", "units": 5},
        {"kind": "residual", "layers": [], "shortcut": "projection"},
        {"kind": "residual", "layers": [{"kind": "linear", "units": 3}], "shortcut": "projection"},
    ]
    summary = infer(tensorflow_playground(network=network), 2, 2)
    widths = {
        (0,): 2, (1,): 5, (1, 0): 5, (2,): 5, (2, 0): 5, (2, 1): 3, (3,): 3,
    }  # fmt: skip
    assert {path: stack.shape_at(summary, path) for path in widths} == {path: (n,) for path, n in widths.items()}
    assert stack.shape_at(infer(tensorflow_playground(network=[]), 4, 2), (0,)) == (4,)
    for nowhere in ((), (5,), (0, 0, 0), (1, 1), (7, 0), (-1,)):
        with pytest.raises(IndexError):
            stack.shape_at(summary, nowhere)


def test_a_place_in_the_stack_is_a_place_in_the_experiment():
    assert stack_cards.place((2,)) == ("network", 2)
    assert stack_cards.place((2, 0, 1)) == ("network", 2, "layers", 0, "layers", 1)


def test_a_stack_that_does_not_fit_marks_its_card(bench):
    trained = bench.experiment
    draft = {"kind": "residual", "layers": [{"kind": "linear", "units": 5}]}
    bench.change(lambda experiment: Experiment.replace(experiment, network=(draft,)))
    assert not bench.in_step and bench.trained == trained
    (block,) = [card for card in stack_cards.cards(bench, bench.summary) if card["title"] == "Residual block"]
    assert "must be equal" in block["problem"]
