"""A grid is set up, trained, told what to do, and its cells go to the Playground, undo and all."""

from __future__ import annotations

import pytest

from playground.experiment.axes import fields
from playground.experiment.grids import Axis, Grid
from playground.experiment.usual import first_grid
from playground.runs import hub
from playground.ui import grid_draft, grid_panel
from playground.ui.grid_draft import NAME, Draft, cells_of

PATIENCE = 60
SMALL = (("data", "samples"), 40)


def drawn(page) -> Draft:
    assert not page.exception
    return page.session_state[grid_draft.Draft.key]


def test_one_press_trains_what_a_newcomer_finds(bench, draw):
    bench.set(*SMALL)
    page = draw(bench, grid_panel.show)
    draft = drawn(page)
    assert page.button(key="grid_go").label == "Train 64 networks"
    draft.axes = [axis.model_copy(update={"values": axis.values[3:5]}) for axis in draft.axes]
    draft.epochs, draft.fast = 2, True
    page.run()
    assert page.button(key="grid_go").label == "Train 4 networks"
    page.button(key="grid_go").click().run()
    job = hub().job(drawn(page).job)
    assert job.what == "grid" and Grid.from_link(bench.carried[NAME], bench.experiment) == draft.begun
    assert page.button(key="grid_go").label == "Train again"
    draft.open(bench, 2)
    cell = cells_of(draft.begun)[2]
    assert bench.experiment == cell.experiment and draft.opened
    assert draft.is_begun(draft.grid(bench.experiment)[0]), "what is varied has no part in what is compared"
    bench.set(("training", "batch_size"), 3)
    assert not draft.is_begun(draft.grid(bench.experiment)[0])
    while job.state == "working":
        job = hub().job(job.id, job.revision, PATIENCE)
    assert job.state == "done" and b"pictures" in job.data
    hub().cancel(job.id)
    again = Draft(draft.begun, person=draft._person)
    again.begun, again.job = draft.begun, "forgotten"
    again.gone("forgotten")
    assert again.job == draft.job, "a tab whose grid was trained again elsewhere follows that"
    with hub().lock:
        hub()._ledger.forget(job.id)
    again.gone(job.id)
    assert again.job is None and "Train it again" in again.problem


def test_what_is_varied_and_its_values_are_chosen(bench, draw):
    page = draw(bench, grid_panel.show)
    page.selectbox(key="grid_at_1").set_value("training.optimizer").run()
    assert drawn(page).axes[1].values[:2] == ("sgd", "adam")
    page.multiselect(key="grid_choices_1_training.optimizer").set_value(["adam", "sgd"]).run()
    assert drawn(page).axes[1].values == ("adam", "sgd")
    page.text_input(key="grid_values_0_training.optimizer.lr").set_value("0.1, 0.3 1").run()
    assert drawn(page).axes[0].values == (0.1, 0.3, 1.0)
    page.text_input(key="grid_values_0_training.optimizer.lr").set_value("0.1, much").run()
    assert drawn(page).axes[0].values == (0.1, 0.3, 1.0) and "“much” is no number" in page.error[0].value
    low = page.number_input(key=f"grid_low_0_training.optimizer.lr_{drawn(page).edits}")
    assert low.value == 0.1
    low.set_value(4.0).run()
    assert drawn(page).axes[0].points() == (1.0, 2.0, 4.0), "from the larger to the smaller is a range, too"
    page.button(key="grid_add").click().run()
    assert [axis.at for axis in drawn(page).axes] == ["training.optimizer.lr", "training.optimizer", "seed"]
    page.button(key="grid_remove_0").click().run()
    assert [axis.at for axis in drawn(page).axes] == ["training.optimizer", "seed"]


def test_cells_that_cannot_be_are_counted_before_the_start(bench, draw):
    page = draw(bench, grid_panel.show)
    draft = drawn(page)
    draft.axes = [Axis(at="training.optimizer.momentum", values=(0.0, 0.5, 2.0))]
    page.run()
    assert page.button(key="grid_go").label == "Train 2 networks"
    assert any("1 of them cannot be built" in caption.value for caption in page.caption)
    draft.axes = [Axis(at="seed", low=0, high=63, count=64), Axis(at="data.seed", low=0, high=63, count=64)]
    page.run()
    assert page.button(key="grid_go").disabled and "4,096 combinations are too many" in page.warning[0].value


def test_a_layer_that_is_gone_is_varied_no_more(bench, draw):
    page = draw(bench, grid_panel.show)
    drawn(page).axes = [Axis(at="network.2.units", values=(1, 2)), Axis(at="seed", values=(1, 2))]
    bench.set(("network",), bench.experiment.network[:2])
    assert [axis.at for axis in drawn(page.run()).axes] == ["seed"]


@pytest.mark.parametrize("link", ["nonsense", "", first_grid.__name__ * 50])
def test_a_grid_that_an_address_does_not_hold_is_told(bench, draw, link):
    bench.carried[NAME] = link
    page = draw(bench, grid_panel.show)
    assert drawn(page).grid(bench.experiment)[0] == first_grid(bench.experiment)
    told = [warning.value for warning in page.warning]
    assert not link or any("could not be opened" in text for text in told)


@pytest.mark.parametrize("index", [-1, 64, 1.0, True, None, "3", [3], {}])
def test_what_is_no_cell_opens_nothing(bench, index):
    draft = Draft(first_grid(bench.experiment))
    draft.begun, before = first_grid(bench.experiment), bench.experiment
    draft.open(bench, index)
    assert not draft.opened and bench.experiment == before


def test_odd_words_of_a_browser_are_passed_over(bench):
    draft = Draft(first_grid(bench.experiment))
    draft.act({"op": "pause"})  # there is no job
    draft.job = "gone"
    for told in ({}, {"op": "pause"}, {"op": 3}, {"op": "fast", "on": "x"}, {"do": "stop"}):
        draft.act(told)
    draft.choose(7, fields(bench.experiment)["seed"], bench.experiment)
    draft.remove(9)
    assert len(draft.axes) == 2
