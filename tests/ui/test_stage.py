"""What the stage asks of the views, and what an edit in the diagram does."""

import pytest

from playground.experiment.presets import PRESETS
from playground.ui import stack_cards, stage
from playground.ui.data_panel import INPUTS


def test_the_views_options_outlast_a_look_at_the_catalogue(open_page):
    page = open_page()
    page.button_group(key=stage.CHOSEN).set_value(["log"]).run()
    page.switch_page("../../pages/catalogue.py").run()
    page.switch_page("../../pages/playground.py").run()
    assert not page.exception
    assert page.button_group(key=stage.CHOSEN).value == ["log"]


def test_inputs_and_units_in_the_diagram(bench):
    stage.edited(bench, {"op": "feature", "name": "x1_x2", "on": True, "features": ["x1", "x2", "x1_x2"]})
    stage.edited(bench, {"op": "units", "path": [0], "delta": 2, "units": 6})
    assert bench.experiment.data.features == ("x1", "x2", "x1_x2")
    assert bench.experiment.network[0].units == 6
    assert bench.in_step


def test_layers_are_frozen_in_the_diagram(bench):
    run = bench.run
    stage.edited(bench, {"op": "frozen", "path": [2], "on": True})
    stage.edited(bench, {"op": "frozen", "path": "head", "on": True})
    assert [layer.frozen for layer in bench.experiment.network if layer.kind == "linear"] == [False, True]
    assert bench.experiment.head.frozen
    assert bench.in_step and bench.run == run
    stage.edited(bench, {"op": "frozen", "path": [2], "on": False})
    assert not bench.experiment.network[2].frozen


def test_a_layer_that_is_gone_cannot_be_frozen(bench):
    before = bench.experiment
    stage.edited(bench, {"op": "frozen", "path": [9], "on": True})
    assert bench.experiment == before
    assert list(bench.errors) == [stack_cards.STACK]


@pytest.mark.parametrize("event", [{"op": "feature", "features": []}, {"op": "feature"}])
def test_the_last_input_stays(bench, event):
    before = bench.experiment
    stage.edited(bench, event)
    assert bench.experiment == before
    assert list(bench.errors) == [INPUTS]


def test_a_table_has_no_inputs_to_switch(bench):
    bench.change(lambda _: PRESETS["iris"].experiment)
    stage.edited(bench, {"op": "feature", "name": "x1", "on": True, "features": ["x1"]})
    assert bench.experiment == PRESETS["iris"].experiment


def test_new_weights_are_another_seed_and_nothing_else(bench):
    before = bench.experiment
    stage._new_weights(bench)
    assert bench.experiment.seed != before.seed
    assert bench.experiment.replace(seed=before.seed) == before
