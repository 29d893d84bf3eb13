"""A search begins with one press, survives the death of its server, and ends with its best trial in the Playground."""

import optuna
import pytest
from playwright.sync_api import Locator, Page, expect

from playground.settings import Settings
from tests.browser.conftest import FAILURES
from tests.browser.person import Person, described, linear
from tests.browser.room import PATIENCE_MS, report

TRIALS = 30
EXPERIMENT = described(linear(4), {"kind": "tanh"}, data={"kind": "circle", "samples": 100})


def search_of(page: Page) -> Locator:
    return page.get_by_role("group", name="The search and what it has found")


def trials(page: Page, least: int) -> None:
    """Wait until so many trials are in the table, and the figure of them is drawn."""
    page.wait_for_function(
        "least => document.querySelectorAll('.np-search tr[data-trial]:not([data-state=running])').length >= least",
        arg=least,
    )


@pytest.mark.slow
def test_a_search_of_thirty_trials_survives_its_server(frail, visiting):
    person = Person(report(visiting.new_page(), []))
    page = person.page
    page.goto(f"/explore?x={EXPERIMENT.to_link()}")
    page.get_by_role("radio", name="Search").click()
    start = page.get_by_role("button", name="Start search")
    expect(start).to_be_visible()
    page.get_by_role("spinbutton", name="Epochs").fill("12")
    page.get_by_role("spinbutton", name="Epochs").press("Enter")
    expect(page.get_by_text("trained for 12 epochs")).to_be_visible()
    start.click()
    search = search_of(page)
    trials(page, 6)
    name = person._address("study")
    url = Settings(home=frail.home).storage_url
    frail.kill()
    before = {trial.number: trial for trial in optuna.load_study(study_name=name, storage=url).trials}
    frail.start()

    expect(search).to_have_attribute("data-state", "finished", timeout=4 * PATIENCE_MS)  # thirty trainings
    study = optuna.load_study(study_name=name, storage=url)
    states = [trial.state for trial in study.trials]
    ended = optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED
    assert sum(state in ended for state in states) == TRIALS
    assert optuna.trial.TrialState.PRUNED in states
    for number, trial in before.items():
        if trial.state in ended:
            assert study.trials[number] == trial, "nothing of what was found is lost"
    for figure in ("History", "Importances", "Slice"):
        search.get_by_role("button", name=figure).click()
        page.wait_for_function(
            "name => document.querySelector('.np-search-plot').dataset.figure === name", arg=figure.lower()
        )
    best = study.best_trial
    expect(page.get_by_text(f"The best so far: trial {best.number}")).to_be_visible()
    page.wait_for_selector(".st-key-search_boundary .main-svg")
    row = search.locator(f"tr[data-trial='{best.number}']")
    expect(row).to_have_attribute("data-best", "true")
    row.get_by_role("button").press("Enter")
    person.settled()
    assert person.experiment.training.optimizer.lr == best.params["training.optimizer.lr"]
    person.changes_address(page.get_by_role("button", name="Undo").click)
    assert person.experiment == EXPERIMENT
    # Streamlit and the browser say much of a server that is gone; our own files had no error.
    assert not [error for error in page.errors if "/np/static/" in error and "ERR_" not in error]
    assert not any(mark in frail.log() for mark in FAILURES)
    page.close()
