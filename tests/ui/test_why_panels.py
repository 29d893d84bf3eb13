"""Why, fool it, dream: what can be chosen is what the run has, and what a browser says is checked."""

import pytest

from playground.experiment import Experiment
from playground.ui import dream_panel, fool_panel, why_panel
from playground.ui.image_layers import layers_of
from playground.ui.workbench import Workbench
from tests.lenses.moments import experiment_of
from tests.lenses.seeing import DENSE, DIGITS, STACK

CLASSES = tuple(str(k) for k in range(10))


def bench_of(network=STACK) -> Workbench:
    """On the bench of somebody who looks at digits; nothing has to train for what can be chosen."""
    experiment = experiment_of(DIGITS, network)
    return Workbench(experiment, trained=experiment)


def test_the_layers_that_are_offered():
    found = layers_of(experiment_of(DIGITS, STACK), ("conv2d", "linear"))
    assert {path: tuple(layer) for path, layer in found.items()} == {
        (0,): ("1: Convolution, 4 × 8 × 8", 4),
        (3, 0): ("2: Convolution, 4 × 8 × 8", 4),
        (5,): ("3: Convolution, 6 × 3 × 3", 6),
        (9,): ("4: Linear, 8 units", 8),
    }
    assert layers_of(experiment_of({"kind": "circle"})) == layers_of(None) == {}
    gone = {"data": {"kind": "images", "images": "0" * 64}}  # the panel is drawn until other data are chosen
    assert len(layers_of(Experiment.model_validate(experiment_of(DIGITS, STACK).model_dump() | gone))) == 3


def test_any_class_can_be_asked_for(draw):
    page = draw(bench_of(), why_panel.show)
    assert not page.exception
    asked = page.selectbox(key=why_panel.TARGET)
    assert asked.options == [*why_panel.ASKED.values(), *(f"Why “{k}”?" for k in range(10))]
    asked.set_value(7).run()
    assert page.selectbox(key=why_panel.TARGET).value == 7
    assert page.selectbox(key=why_panel.LAYER).options[0] == "Last convolution"
    assert page.number_input(key="why_window").value is None  # the lens takes what suits the image


def test_a_class_and_a_layer_that_are_gone_are_asked_for_no_more(draw):
    page = draw(bench_of(), why_panel.show)
    page.selectbox(key=why_panel.TARGET).set_value(9).run()
    page.selectbox(key=why_panel.LAYER).set_value((5,)).run()
    page.session_state["workbench"] = bench_of(DENSE)
    page.run()
    assert not page.exception
    assert page.selectbox(key=why_panel.TARGET).value == 9
    assert not [box for box in page.selectbox if box.key == why_panel.LAYER]


@pytest.mark.parametrize(
    ("event", "chosen"),
    [
        ({"row": 2, "tile": 4}, 4),
        ({"row": 0, "tile": 4}, None),
        ({"row": 2, "tile": 10}, None),
        ({"row": 2, "tile": "4"}, None),
        ({"row": 2, "tile": True}, None),
        ({}, None),
    ],
)
def test_a_press_on_a_class_asks_for_it(draw, event, chosen):
    def press(bench):
        why_panel._pressed(CLASSES, event)
        why_panel.show(bench)

    page = draw(bench_of(), press)
    assert page.selectbox(key=why_panel.TARGET).value == ("predicted" if chosen is None else chosen)


def test_an_attack_has_a_method_an_epsilon_and_an_aim(draw):
    page = draw(bench_of(), fool_panel.show)
    assert not page.exception
    assert page.slider(key=fool_panel.EPSILON).value == 0.15
    page.selectbox(key=fool_panel.TOWARDS).set_value(3).run()
    assert page.selectbox(key=fool_panel.TOWARDS).options[4] == "Make it “3”"
    assert page.selectbox(key=fool_panel.TOWARDS).value == 3
    assert not page.exception


def test_a_layer_s_units_are_dreamt_of_twelve_at_a_time(draw):
    wide = [{"kind": "conv2d", "channels": 30, "kernel": 3}]
    page = draw(bench_of(wide), dream_panel.show)
    assert not any(box.key == dream_panel.FIRST for box in page.selectbox)  # ten classes are shown at once
    assert page.selectbox(key=dream_panel.LAYER).options == ["The classes", "1: Convolution, 30 × 6 × 6"]
    page.selectbox(key=dream_panel.LAYER).set_value((0,)).run()
    assert page.selectbox(key=dream_panel.FIRST).options == ["1 to 12", "13 to 24", "25 to 30"]
    page.selectbox(key=dream_panel.FIRST).set_value(24).run()
    page.session_state["workbench"] = bench_of()
    page.run()
    page.selectbox(key=dream_panel.LAYER).set_value((5,)).run()  # of 6 filters all are shown
    assert not page.exception
    page.button[0].click().run()
    assert page.session_state[dream_panel.SEED] == 1


def test_of_many_classes_twelve_are_dreamt_of_at_a_time(draw, monkeypatch):
    monkeypatch.setattr(dream_panel, "classes_of", lambda bench: tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    page = draw(bench_of([]), dream_panel.show)
    assert page.selectbox(key=dream_panel.FIRST).options == ["1 to 12", "13 to 24", "25 to 26"]
