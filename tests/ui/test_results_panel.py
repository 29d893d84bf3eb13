"""Results: what is shown follows what is trained, and a pressed cell is what the boundary is asked to mark."""

import pytest
import streamlit as st

from playground.experiment import edits
from playground.experiment.registry import REGISTRIES
from playground.runs.views import keys_of
from playground.ui import results_panel
from playground.ui.results_panel import MARK, PART


def put(bench, kind):
    bench.change(lambda experiment: edits.with_data(experiment, REGISTRIES["data"][kind](kind=kind)))
    assert bench.in_step


def panel(bench):
    results_panel.show(bench)
    st.session_state["marked_now"] = results_panel.marked(bench)


def marked(page):
    assert not page.exception
    mark = page.session_state["marked_now"]
    keys_of({"boundary": {"mark": mark}}, None)  # what the server takes
    return mark


def press(page, classes, **cell):
    """What the component tells: before the page runs again."""
    page.session_state["pressed"] = (classes, {"on": True, **cell})

    def pressing(bench):
        if "pressed" in st.session_state:
            results_panel.pressed(*st.session_state["pressed"])
            del st.session_state["pressed"]
        panel(bench)

    page.session_state["drawn"] = pressing
    return page.run()


@pytest.mark.parametrize(("kind", "switches"), [("circle", 1), ("wine", 1), ("plane", 0), ("diabetes", 0)])
def test_every_task_has_results(shared, draw, kind, switches):
    put(shared, kind)
    page = draw(shared, panel)
    assert marked(page) is None
    assert len(page.button_group) == switches


def test_a_pressed_cell_is_marked_until_it_is_pressed_again(shared, draw):
    put(shared, "iris")
    classes = ("setosa", "versicolor", "virginica")
    page = press(draw(shared, panel), classes, actual=1, predicted=2)
    assert marked(page) == {"part": "test", "actual": 1, "predicted": 2}
    page.button_group(key=PART).set_value("train").run()
    assert marked(page) == {"part": "train", "actual": 1, "predicted": 2}, "the same cell of the other part"
    assert marked(press(page, classes, actual=0, predicted=0))["actual"] == 0
    assert marked(press(page, classes, actual=0, predicted=0, on=False)) is None


def test_other_classes_have_no_cell_pressed(shared, draw):
    put(shared, "iris")
    page = press(draw(shared, panel), ("setosa", "versicolor", "virginica"), actual=1, predicted=2)
    put(shared, "wine")
    assert marked(page.run()) is None


@pytest.mark.parametrize(
    "event",
    [
        {"actual": 3, "predicted": 0},
        {"actual": -1, "predicted": 0},
        {"actual": True, "predicted": 0},
        {"actual": "1", "predicted": 0},
        {"actual": 1.0, "predicted": 0},
        {"predicted": 0},
        {"actual": 1, "predicted": 1, "on": "yes"},
    ],
)
def test_what_no_page_of_ours_says_marks_nothing(shared, draw, event):
    put(shared, "iris")
    page = press(draw(shared, panel), ("setosa", "versicolor", "virginica"), **event)
    assert marked(page) is None
    assert page.session_state[MARK][1] is None


def test_without_a_run_there_are_no_results(draw):
    from playground.experiment.presets import start
    from playground.ui.workbench import Workbench

    page = draw(Workbench(start()), panel)
    assert "nothing has been trained" in page.info[0].value
