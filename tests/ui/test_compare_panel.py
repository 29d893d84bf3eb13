"""What is compared is what was chosen: a fact at once, one's own experiment when asked."""

import pytest

from playground.experiment.comparisons import FACTS
from playground.runs import hub
from playground.ui import compare_draft, compare_panel
from playground.ui.compare_draft import LINK, MINE, Draft
from playground.ui.plain import plain

PATIENCE = 60


def drawn(page) -> Draft:
    assert not page.exception
    return page.session_state[compare_draft.Draft.key]


def test_a_newcomer_sees_a_fact_at_once_and_another_when_chosen(shared, draw):
    page = draw(shared, compare_panel.show)
    first = drawn(page).job
    assert hub().job(first).what == "compare" and drawn(page).names == ("Plain", "Residual")
    assert page.toggle(key="compare_log").value
    page.selectbox(key="compare_what").set_value("width").run()
    draft = drawn(page)
    assert draft.job != first and draft.names == FACTS["width"].names and not draft.log
    assert plain(FACTS["width"].claim) in [text.value for text in page.markdown]
    again = draft.job
    assert drawn(page.run()).job == again, "nothing has changed"
    page.number_input(key="field:compare/epochs").set_value(1).run()
    page.number_input(key="field:compare/resolution").set_value(11).run()
    job = hub().job(drawn(page).job)
    while job.state == "working":
        job = hub().job(job.id, job.revision, PATIENCE)
    assert job.state == "done" and job.data


def test_ones_own_experiment_waits_for_the_button(shared, draw):
    page = draw(shared, compare_panel.show)
    before = drawn(page).job
    page.selectbox(key="compare_what").set_value(MINE).run()
    page.number_input(key="field:compare/epochs").set_value(1).run()
    assert drawn(page).job == before
    page.selectbox(key="compare_with").set_value("activation").run()
    page.button(key="compare_go").click().run()
    draft = drawn(page)
    assert draft.job != before and draft.names == ("This experiment", "ReLU")
    page.selectbox(key="compare_with").set_value(LINK).run()
    page.button(key="compare_go").click().run()
    assert "Paste the link" in page.warning[0].value
    page.text_input(key="compare_link").set_value("https://example.org/?x=nonsense&run=1").run()
    page.button(key="compare_go").click().run()
    assert "no link of an experiment" in page.warning[0].value
    link = FACTS["width"].comparison.first.to_link()
    page.text_input(key="compare_link").set_value(f"http://localhost:8501/landscape?x={link}&run=abc").run()
    page.button(key="compare_go").click().run()
    assert not page.warning and drawn(page).names == ("This experiment", "The other")


@pytest.mark.parametrize("epochs", [0, 5000])
def test_what_cannot_be_is_refused_where_it_is_set(epochs):
    draft = Draft()
    assert not draft.set(("compare", "epochs"), epochs)
    assert "Epochs must be" in draft.error(("compare", "epochs"))
