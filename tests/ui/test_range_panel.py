"""The range test is of what is on the bench, and its rate is taken by the bench, undo and all."""

import math

import pytest

from playground.runs import hub
from playground.ui import range_draft, range_panel
from playground.ui.range_draft import RATE, Draft

PATIENCE = 60


def drawn(page) -> Draft:
    assert not page.exception
    return page.session_state[range_draft.Draft.key]


def test_it_begins_by_itself_and_again_where_it_would_be_another_test(bench, draw):
    page = draw(bench, range_panel.show)
    first = drawn(page).job
    assert hub().job(first).what == "range_test"
    assert drawn(page.run()).job == first, "nothing has changed"
    bench.set(RATE, 0.2)
    assert drawn(page.run()).job == first, "the own learning rate has no part in it"
    bench.set(("training", "batch_size"), 20)
    second = drawn(page.run()).job
    page.number_input(key="field:range/steps").set_value(20).run()
    job = hub().job(drawn(page).job)
    assert len({first, second, job.id}) == 3
    while job.state == "working":
        job = hub().job(job.id, job.revision, PATIENCE)
    assert job.state == "done" and b"suggestion" in job.data


def test_a_press_uses_the_rate_and_it_can_be_undone(bench):
    draft = Draft()
    before = bench.experiment
    draft.use(bench, 0.0123)
    assert bench.experiment.training.optimizer.lr == 0.012 == hub().get(bench.run).experiment.training.optimizer.lr
    draft.use(bench, 1e9)
    assert bench.experiment.training.optimizer.lr == 100.0
    bench.travel(0)
    assert bench.experiment == before
    for odd in (None, "0.1", [0.1], True, math.nan, math.inf, -1, 0, {}):
        draft.use(bench, odd)
    assert bench.experiment == before


@pytest.mark.parametrize(("name", "value"), [("steps", 5), ("high", 1e-4), ("seeds", 99)])
def test_what_cannot_be_is_refused_where_it_is_set(name, value):
    draft = Draft()
    assert not draft.set(("range", name), value)
    assert draft.error(("range", name))


def test_a_server_without_room_says_so(bench, draw, monkeypatch):
    def full(*_args, **_more):
        raise TimeoutError("Somebody is at work. Try again <soon>.")

    monkeypatch.setattr(hub(), "begin", full)
    page = draw(bench, range_panel.show)
    assert "Try again" in page.warning[0].value


def test_the_way_from_the_learning_rate(open_page, bench):
    page = open_page("Training", bench)
    page.button(key="range_invitation").click().run()
    assert not page.exception
    assert page.session_state["explore_view"] == range_panel.NAME
    assert page.button(key="range_go").label == "Test again", "it is the page with the test"
