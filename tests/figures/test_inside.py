"""The figures of the inside of a network: Plotly takes them, frames fit bases, and sentences say what is so."""

from types import SimpleNamespace

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.figures import findings, still, view_of
from playground.figures.distributions import HALF_WIDTH, outlines
from playground.figures.findings import told
from playground.figures.theme import layer_colour
from playground.figures.weight_history import shades
from playground.lenses.registry import LENSES
from playground.runs.wire import encode
from playground.training import Trainer
from tests.lenses.moments import experiment_of

VIEWS = ["gradients", "units", "weight_history", "activations", "sharpness"]
NETWORKS = {
    "tanh": [{"kind": "linear", "units": 4}, {"kind": "tanh"}],
    "both": [{"kind": "linear", "units": 4}, {"kind": "relu"}, {"kind": "linear", "units": 3}, {"kind": "sigmoid"}],
    "identity": [{"kind": "linear", "units": 4}, {"kind": "identity"}],
    "nothing": [],
    "deep": [layer for _ in range(20) for layer in ({"kind": "linear", "units": 2}, {"kind": "relu"})],
}


@pytest.fixture(scope="module")
def runs():
    """A short run of each network."""
    made = {
        name: Trainer(experiment_of({"kind": "circle", "samples": 60}, net), "cpu", "torch")
        for name, net in NETWORKS.items()
    }
    for trainer in made.values():
        trainer.advance(steps=20)
    return made


def look(trainer, name, **options):
    view = view_of(name, trainer.dataset, options)
    arrays = LENSES[view.lens].with_options(view.lens_options).look(trainer)
    return view.base(arrays, trainer), view.frame(arrays, trainer)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", VIEWS)
def test_plotly_takes_them_and_frames_fit_their_base(runs, name, network):
    base, frame = look(runs[network], name)
    figure = go.Figure(still(base, frame))
    go.Figure(still(base))
    for index, patch in frame["traces"].items():
        assert set(patch) <= set(base["data"][int(index)])
    assert figure.layout.meta["description"]
    assert figure.layout.uirevision
    assert figure.layout.font.color is None
    assert encode({"base": base, "frame": frame})


@pytest.mark.parametrize("name", [*VIEWS, "findings"])
def test_the_base_stays_while_the_run_goes_on(name):
    trainer = Trainer(experiment_of({"kind": "circle", "samples": 60}, NETWORKS["both"]), "cpu", "torch")
    before, first = (encode(part) for part in look(trainer, name))
    trainer.advance(steps=30)
    after, second = (encode(part) for part in look(trainer, name))
    assert after == before
    assert second != first or name == "findings"  # there may be nothing new to say


def test_a_panel_for_what_can_happen_only(runs):
    words = {name: [note["text"] for note in look(runs[name], "units")[1]["layout"]["annotations"]] for name in runs}
    assert [text.split(":")[0] for text in words["both"]] == ["dead units", "saturated units"]
    assert [text.split(":")[0] for text in words["tanh"]] == ["saturated units"]
    assert words["identity"] == ["these activations are flat nowhere:<br>no unit can die or saturate"]
    assert words["nothing"] == ["no hidden units"]
    assert words["deep"][0].endswith("of 40")


def test_a_zero_has_no_logarithm(runs):
    arrays = LENSES["gradients"](kind="gradients").look(runs["both"])
    arrays["gradient"][3] = 0.0
    view = view_of("gradients", runs["both"].dataset)
    line = view.frame(arrays, runs["both"])["traces"]["0"]["y"]
    assert np.isnan(line[3])
    assert np.isfinite(np.delete(line, 3)).all()


def test_an_outline_is_widest_where_values_are_most_frequent():
    share = np.array([[0.1, 0.4, 0.5], [0.0, 0.0, 0.0]], np.float32)
    widths = outlines(share)
    assert widths[0].argmax() == 2
    assert widths[0].max() == pytest.approx(HALF_WIDTH)
    assert widths[0][1] / widths[0][2] == pytest.approx((0.4 / 0.5) ** 0.5)
    assert (widths[1] == 0).all()


def test_weights_have_the_colour_of_their_sign():
    shade = shades(np.array([[0.25], [0.75]], np.float32), np.array([-1.0, 1.0]))
    np.testing.assert_allclose(shade[:, 0], [-((1 / 3) ** 0.5), 1.0], rtol=1e-6)


def test_layers_have_colours_of_their_own_from_first_to_last():
    assert len({layer_colour(k, 20) for k in range(20)}) == 20
    assert layer_colour(0, 3) == layer_colour(0, 30)
    assert layer_colour(2, 3) == layer_colour(29, 30)
    assert layer_colour(0, 1)


def seen(gradient, dead=None, saturated=None, sizes=None):
    hidden = len(gradient) - 1
    none = np.zeros(hidden, np.int64)
    return {
        "layers": (*map(str, range(1, hidden + 1)), "out"),
        "gradient": np.array(gradient, float),
        "dead": none if dead is None else np.array(dead),
        "saturated": none if saturated is None else np.array(saturated),
        "sizes": np.full(hidden, 8) if sizes is None else np.array(sizes),
    }


@pytest.mark.parametrize(
    ("arrays", "titles", "words"),
    [
        (seen([0.1, 0.2, 0.3]), ["The gradient reaches every layer"], "Hidden layer 1 gets 3 times less than"),
        (seen([0.3, 0.3, 0.31]), ["The gradient reaches every layer"], "about as much"),
        (seen([2e-3, 0.02, 0.3]), ["Vanishing gradients"], "Hidden layer 1 gets 200 times less than the output and"),
        (seen([3.1e-3, 0.02, 0.3]), ["The gradient reaches every layer"], "100 times"),
        (seen([1e-9, 0.02, 0.3]), ["Vanishing gradients"], "300 million times"),
        (seen([0.0, 0.0, 0.3]), ["No gradient"], "None reaches hidden layers 1 to 2: their weights stand still."),
        (seen([0.0, 0.2, 0.3], dead=[0, 8]), ["No gradient", "Dead units"], "hidden layer 1: all of layer 2 is dead."),
        (seen([40.0, 3.0, 0.3]), ["Exploding gradients"], "On the way back to hidden layer 1 they grow 100 times."),
        (seen([1.0, 52_000.0, 1.0]), ["Exploding gradients", "Vanishing gradients"], "The norm reaches 50,000 at"),
        (seen([1.0, np.inf, 1.0]), ["Exploding gradients"], "too large for a number"),
        (seen([1.0, np.nan, 1.0]), ["Exploding gradients"], "too large for a number"),
        (seen([0.0, 0.0, 0.0]), ["Nothing left to learn"], "zero in every layer"),
        (seen([0.2]), ["No hidden layers"], "only weights"),
        (seen([0.2, 0.2], dead=[4]), ["Dead units"], "4 of 8 in hidden layer 1 let no gradient"),
        (seen([0.2, 0.2], dead=[3]), ["The gradient reaches every layer"], "about as much"),
        (seen([0.2, 0.2, 0.2], saturated=[5, 6]), ["Saturated units"], "6 of 8 in hidden layer 2 (and in 1 more) sit"),
    ],
)  # fmt: skip
def test_a_sentence_for_what_is_so_and_none_for_what_is_not(arrays, titles, words):
    sentences = told(arrays)
    assert [sentence["title"] for sentence in sentences] == titles
    assert words in sentences[0]["text"]
    for sentence in sentences:
        assert sentence["text"].endswith(".")
        assert sentence["why"].endswith(".")
        assert sentence["level"] in ("warning", "fine")


def test_two_sentences_at_most():
    arrays = seen([0.0, 0.2, 5e4], dead=[8, 8], saturated=[8, 8])
    assert len(told(arrays)) > 2
    assert len(findings.frame(arrays, SimpleNamespace())["findings"]) == 2
