"""The inside of training: the weights of one layer can be picked, and the pick is one that the run has."""

import pytest

from playground.experiment import edits
from playground.experiment.registry import REGISTRIES
from playground.ui import inside_panel
from playground.ui.inside_panel import LAYER


def options(page) -> list[str]:
    assert not page.exception
    return list(page.selectbox(key=LAYER).options)


def test_every_layer_with_weights_can_be_picked(bench, draw):
    page = draw(bench, inside_panel.show)
    assert options(page) == ["All weights", "Layer 1: Linear 4 · Tanh", "Layer 2: Linear 2 · Tanh", "Output · tanh"]
    page.selectbox(key=LAYER).set_value(1).run()
    assert page.selectbox(key=LAYER).value == 1


def test_a_layer_that_is_gone_is_picked_no_more(bench, draw):
    page = draw(bench, inside_panel.show)
    page.selectbox(key=LAYER).set_value(2).run()
    bench.set(("network",), [layer.model_dump() for layer in bench.experiment.network[:2]])
    page.run()
    assert options(page) == ["All weights", "Layer 1: Linear 4 · Tanh", "Output · tanh"]
    assert page.selectbox(key=LAYER).value is None


@pytest.mark.parametrize("kind", ["iris", "curve", "diabetes"])
def test_every_kind_of_data_has_an_inside(bench, draw, kind):
    bench.change(lambda experiment: edits.with_data(experiment, REGISTRIES["data"][kind](kind=kind)))
    assert len(options(draw(bench, inside_panel.show))) == 4
