"""The plane of a table: what is chosen is what the views are asked for."""

import pytest
import streamlit as st

from playground.data import load
from playground.experiment import edits
from playground.experiment.registry import REGISTRIES
from playground.ui import plane_panel
from playground.ui.plane_panel import _key, _row_name


def put(bench, kind):
    """The workbench on this data; gives the data set."""
    bench.change(lambda experiment: edits.with_data(experiment, REGISTRIES["data"][kind](kind=kind)))
    assert bench.in_step
    return load(bench.experiment.data)


def panel(bench):
    st.session_state["plane_before"] = plane_panel.chosen(bench)  # the diagram is drawn before the popover
    plane_panel.show(bench)


@pytest.fixture
def choose(shared, draw):
    """``choose(kind)``: (the panel's page, its data set, name -> key)."""

    def choose_(kind):
        dataset = put(shared, kind)
        return draw(shared, panel), dataset, lambda name: _key(dataset, name)

    return choose_


def asked(page):
    assert not page.exception
    return page.session_state["plane_before"]


@pytest.mark.parametrize("kind", ["circle", "plane", "curve"])
def test_data_that_is_flat_has_one_plane(choose, kind):
    page, *_ = choose(kind)
    assert asked(page) is None
    assert not page.button_group


def test_two_inputs_and_a_row(choose):
    page, dataset, key = choose("iris")
    assert asked(page) is None
    page.button_group(key=key("kind")).set_value("features").run()
    assert asked(page) == {"kind": "features", "x": 0, "y": 1, "row": None}
    page.selectbox(key=key("x")).set_value(3).run()
    page.button_group(key=key("others")).set_value("row").run()
    assert asked(page) == {"kind": "features", "x": 3, "y": 1, "row": 0}
    page.number_input(key=key(_row_name(dataset))).set_value(12).run()
    assert asked(page) == {"kind": "features", "x": 3, "y": 1, "row": 11}
    assert page.text[0].value == f"Species of this row: {dataset.classes[dataset.y_train[11]]}"
    assert page.number_input[0].max == len(dataset.x_train)


def test_an_input_against_itself_is_refused_and_drawn_as_before(choose):
    page, _, key = choose("wine")
    page.button_group(key=key("kind")).set_value("features").run()
    page.selectbox(key=key("y")).set_value(0).run()
    assert asked(page) is None
    assert "different" in page.warning[0].value


def test_every_table_keeps_its_own_plane(choose, shared):
    page, _, key = choose("wine")
    page.button_group(key=key("kind")).set_value("features").run()
    page.selectbox(key=key("x")).set_value(12).run()
    put(shared, "iris")
    assert asked(page.run()) is None
    put(shared, "wine")
    assert asked(page.run()) == {"kind": "features", "x": 12, "y": 1, "row": None}


def test_a_regression_has_its_predictions_first(choose):
    page, _, key = choose("diabetes")
    assert asked(page) is None
    assert page.button_group(key=key("kind")).options == ["Predictions", "Components", "Two inputs"]
    page.button_group(key=key("kind")).set_value("pca").run()
    assert asked(page) == {"kind": "pca"}
    page.button_group(key=key("kind")).set_value("features").run()
    assert asked(page) == {"kind": "features", "x": 0, "y": 2, "row": None}  # the sex lies in two rows
