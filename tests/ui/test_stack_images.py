"""The cards of a stack that works on images: shapes, what a value sees, and layers that fit where they are added."""

import pytest

from playground.experiment import Experiment, edits, layer_kinds
from playground.ui import network_panel, stack, stack_cards

CONV = {"kind": "conv2d", "channels": 6, "kernel": 3, "padding": 1}
LENET = [
    CONV, {"kind": "relu"}, {"kind": "max_pool2d"},
    {"kind": "residual", "layers": [CONV, {"kind": "batch_norm"}]},
    {"kind": "conv2d", "channels": 4, "kernel": 3, "stride": 2, "bias": False},
    {"kind": "flatten"}, {"kind": "linear", "units": 5},
]  # fmt: skip


def on(bench, network: list[dict], data: str = "digits"):
    """The workbench on a stack over images."""
    training = {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "sgd", "lr": 0.1}, "batch_size": 32}
    experiment = Experiment.model_validate({"v": 1, "data": {"kind": data}, "network": network, "training": training})
    assert bench.change(lambda _: experiment), bench.errors
    return bench


def test_the_shape_after_every_card(bench):
    on(bench, LENET)
    cards = stack_cards.cards(bench, bench.summary)
    assert [card["shape"] for card in cards] == [
        "1 × 8 × 8", "6 × 8 × 8", "6 × 8 × 8", "6 × 4 × 4", "6 × 4 × 4", "6 × 4 × 4", "6 × 4 × 4", "4 × 1 × 1",
        "4 × 1 × 1 → 4", "4 → 5", "5 → 10",
    ]  # fmt: skip
    assert cards[0]["title"] == "Images" and cards[0]["detail"] == "8 × 8 pixels"
    assert cards[1]["main"]["name"] == "channels" and cards[1]["main"]["value"] == 6
    assert cards[1]["detail"] == "3 × 3 · padding: 1"
    assert cards[3]["main"]["name"] == "kernel"
    assert cards[7]["detail"] == "3 × 3 · stride: 2 · bias: off"


def test_what_a_value_sees(bench):
    on(bench, LENET)
    sees = [card.get("sees") for card in stack_cards.cards(bench, bench.summary)[1:-1]]
    assert sees == [
        "A value here sees 3 × 3 pixels of the image.",
        "A value here sees 3 × 3 pixels of the image.",
        "A value here sees 4 × 4 pixels of the image, its neighbour's 2 further.",
        "A value here sees 8 × 8 pixels of the image, its neighbour's 2 further.",
        "A value here sees 8 × 8 pixels of the image, its neighbour's 2 further.",
        "A value here sees 8 × 8 pixels of the image, its neighbour's 2 further.",
        "A value here sees 12 × 12 pixels of the image.",
        "",
        "",
    ]


def test_a_dense_stack_sees_a_list_of_pixels(bench):
    on(bench, [{"kind": "linear", "units": 5}])
    cards = stack_cards.cards(bench, bench.summary)
    assert [card["shape"] for card in cards] == ["64 values", "64 → 5", "5 → 10"]
    assert cards[0]["title"] == "Inputs" and cards[0]["detail"] == "8 × 8 pixels"


def test_what_it_costs_is_told(bench):
    on(bench, [CONV])
    # 6 maps of 64 places, 9 weights each; then 384 values to 10 classes.
    assert network_panel._in_all(bench.summary) == (
        "3,910 parameters in all, and 0.0073 million multiplications for each image"
    )


@pytest.mark.parametrize("kind", layer_kinds())
@pytest.mark.parametrize("path", [(0,), (3,), (3, 1)], ids=["first", "on small maps", "in a block"])
def test_every_layer_that_is_added_fits(shared, kind, path):
    """Where it is added; what comes after it may have to be changed, and says so at its own card."""
    on(shared, LENET)
    stack.apply(shared, {"op": "insert", "path": list(path), "kind": kind})
    assert not shared.errors
    assert edits.layer_at(shared.experiment.network, path).kind == kind
    problems = dict(shared.summary.problems)
    assert path not in problems
    if len(path) == 2 and kind not in ("upsample", "global_avg_pool", "flatten", "linear"):
        assert not problems  # inside a block it keeps the shape


@pytest.mark.parametrize("data", ["digits", "shapes"])
def test_a_block_on_pixels_fits_whatever_they_are(bench, data):
    for network in ([], [{"kind": "linear", "units": 3}]):
        on(bench, network, data)
        stack.apply(bench, {"op": "insert", "path": [0], "kind": "residual"})
        assert bench.summary.problems == ()


def test_what_does_not_fit_is_told_at_its_card(bench):
    on(bench, [{"kind": "conv2d", "channels": 3, "kernel": 9}, {"kind": "linear", "units": 4}, CONV])
    told = {card["title"]: card["problem"] for card in stack_cards.cards(bench, bench.summary)[1:-1] if card["problem"]}
    assert list(told) == ["Convolution"]
    first, last = [card["problem"] for card in stack_cards.cards(bench, bench.summary)[1:-1] if card["problem"]]
    assert "9 × 9" in first and "8 × 8" in first
    assert "needs an image" in last
    assert not bench.in_step
