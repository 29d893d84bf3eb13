"""A race is set up in forms, and whatever is set up is what the studio works out."""

import io

import numpy as np
import pytest

from playground.experiment.races import MOST_RACERS, NetworkRace, line_up
from playground.experiment.terrains import TERRAINS
from playground.runs import hub
from playground.ui import race_draft, race_panel, studio_files
from playground.ui.race_draft import NETWORK, VARIANTS, Draft, variant_of

PATIENCE = 60


def ended(draft: Draft):
    job = hub().job(draft.job)
    while job.state == "working":
        job = hub().job(draft.job, job.revision, PATIENCE)
    return job


def drawn(page) -> Draft:
    assert not page.exception
    return page.session_state[race_draft.Draft.key]


def test_a_newcomer_sees_a_race_at_once(shared, draw):
    draft = drawn(draw(shared, race_panel.show))
    assert draft.race.racers == line_up("beale")
    job = ended(draft)
    assert (job.what, job.state) == ("terrain_race", "done")
    files = studio_files.Race(draft)
    with np.load(io.BytesIO(files.arrays()), allow_pickle=False) as taken:
        assert list(taken["names"]) == [racer.title for racer in draft.race.racers]
    assert b"<title>Race on Beale</title>" in files.page()


def test_every_change_on_a_terrain_is_raced_at_once(shared, draw):
    page = draw(shared, race_panel.show)
    first = drawn(page).job
    page.number_input(key="field:beale/racers/0/optimizer/lr").set_value(0.004).run()
    second = drawn(page).job
    assert second != first
    assert drawn(page).race.racers[0].optimizer.lr == 0.004
    page.run()
    assert drawn(page).job == second, "nothing has changed"
    page.select_slider(key="field:beale/noise").set_value(0.5).run()
    assert drawn(page).race.noise == 0.5
    assert drawn(page).job != second
    page.selectbox(key="race_terrain").set_value("saddle").run()
    draft = drawn(page)
    assert draft.race.start == TERRAINS["saddle"].start
    assert draft.job not in (first, second)
    page.selectbox(key="race_terrain").set_value("beale").run()
    assert drawn(page).race.racers[0].optimizer.lr == 0.004, "what was set up is still there"
    page.button(key="race_usual").click().run()
    assert drawn(page).race.racers == line_up("beale")
    with pytest.raises(KeyError):
        hub().job(first)


def test_racers_come_and_go(shared, draw):
    page = draw(shared, race_panel.show)
    assert page.button(key="race_add").disabled
    page.button(key="racer_remove_1").click().run()
    assert [racer.title for racer in drawn(page).race.racers] == ["SGD", "Nesterov", "RMSprop", "Adagrad", "Adam"]
    page.button(key="race_add").click().run()
    assert drawn(page).race.racers[-1].title == "Momentum"
    page.selectbox(key="field:beale/racers/5/variant").set_value("nadam").run()
    nadam = drawn(page).race.racers[5].optimizer
    assert (nadam.kind, nadam.lr) == ("nadam", TERRAINS["beale"].rates[5]), "as quick as Adam goes well here"
    drawn(page).set(("beale", "racers", 5, "name"), "Mine")
    assert drawn(page).race.racers[5].title == "Mine"
    for _ in range(MOST_RACERS):
        drawn(page).remove(0)
    assert len(drawn(page).race.racers) == 1
    assert page.run().button(key="racer_remove_0").disabled


def test_the_race_on_the_network_waits_for_the_button(shared, draw):
    page = draw(shared, race_panel.show)
    page.segmented_control(key="race_on").set_value(NETWORK).run()
    draft = drawn(page)
    assert draft.job is None
    assert isinstance(draft.race, NetworkRace)
    page.number_input(key="field:network/epochs").set_value(2).run()
    page.button(key="race_go").click().run()
    job = ended(drawn(page))
    assert (job.what, job.state) == ("network_race", "done"), job.text


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_racer_can_be_any_optimizer_anywhere(variant):
    draft = Draft()
    for chosen in ("rosenbrock", NETWORK):
        draft.choose(chosen)
        draft.vary(0, variant)
        assert variant_of(draft.race.racers[0]) == variant


@pytest.mark.parametrize("place", [(None, 1.0), ("1", 1.0), (float("nan"), 0.0), (1e300, 0.0), (True, [])])
def test_a_start_that_a_browser_makes_up_changes_nothing(place):
    draft = Draft()
    before = draft.race
    draft.start_at(*place)
    assert draft.race == before


def test_a_start_on_the_map_is_the_next_race():
    draft = Draft()
    draft.begin()
    assert not draft.is_stale
    draft.start_at(-2.0, 1.5)
    assert draft.race.start == (-2.0, 1.5)
    assert draft.is_stale


def test_a_job_that_is_gone_or_cancelled_is_only_ones_own():
    draft = Draft()
    draft.begin()
    job = draft.job
    for act in (draft.cancel, draft.gone):
        act("another")
    assert draft.job == job
    draft.cancel(job)
    assert hub().job(job).state in ("cancelled", "done")
    draft.gone(job)
    assert draft.job is None


def test_nobody_works_at_a_race_that_was_left():
    draft = Draft()
    draft.choose(NETWORK)
    draft.set((NETWORK, "epochs"), 500)
    draft.begin(trained=draft.race.experiment)
    job = draft.job
    draft.choose("bowl")
    assert draft.job is None
    assert hub().job(job).state == "cancelled"


def test_what_is_out_of_range_is_refused_and_told_at_its_field():
    draft = Draft()
    assert not draft.set(("beale", "steps"), 10**6)
    assert "at most 2,000" in draft.error(("beale", "steps"))
    assert draft.race.steps == TERRAINS["beale"].steps


def test_noise_is_drawn_anew_for_another_race():
    draft = Draft()
    draft.again()
    assert draft.race.seed == 0
    draft.set(("beale", "noise"), 0.5)
    draft.again()
    assert draft.race.seed == 1
