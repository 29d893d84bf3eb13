"""A search is set up in a form, whatever the experiment; what begins is what stood there, and stays to come back to."""

import pytest
from optuna.distributions import FloatDistribution

from playground.experiment.axes import fields
from playground.experiment.presets import PRESETS, start
from playground.runs import hub
from playground.runs.searches import close_searches, searches
from playground.studies.spec import StudySpec
from playground.studies.suggesting import usual
from playground.ui import search_draft, search_panel, search_shown, search_watch
from playground.ui.search_draft import Draft
from tests.studies.made import experiment, spec

LR = "training.optimizer.lr"


@pytest.fixture(scope="module", autouse=True)
def _searches_end():
    yield
    close_searches()


@pytest.fixture
def form(shared, draw):
    shared.carry("study", None)
    return draw(shared, search_panel.show)


def drawn(page) -> Draft:
    assert not page.exception
    return page.session_state[search_draft._KEY]


def test_what_stands_in_the_form_is_what_is_searched(shared, form):
    form.number_input(key=f"search:{LR}:low").set_value(0.01).run()
    form.toggle(key=f"search:{LR}:log").set_value(False).run()
    form.multiselect(key="search:training.optimizer:values").set_value([0, 2]).run()
    form.button(key="search_remove_depth").click().run()
    form.selectbox(key="search_add").set_value("training.batch_size").run()
    form.selectbox(key="search_sampler").set_value("random").run()
    form.selectbox(key="search_second").set_value("parameters").run()
    form.number_input(key="search_epochs").set_value(7).run()
    form.selectbox(key="search_budget").set_value("minutes").run()
    form.number_input(key="search_minutes").set_value(2.5).run()
    spec, problems = drawn(form).spec(shared.experiment)
    assert not problems
    found = {dimension.at: dimension for dimension in spec.dimensions}
    assert list(found) == [LR, "width", "training.optimizer", "activation", "training.batch_size"]
    assert (found[LR].low, found[LR].high, found[LR].log) == (0.01, 1.0, False)
    kinds = [value for value, _ in fields(shared.experiment)["training.optimizer"].choices]
    assert found["training.optimizer"].values == (kinds[0], kinds[2])
    assert (spec.sampler, spec.objectives, spec.epochs) == ("random", ("loss", "parameters"), 7)
    assert (spec.trials, spec.minutes) == (None, 2.5)
    assert any("no trial is given up early" in caption.value for caption in form.caption)


def test_what_is_wrong_is_told_in_its_row_and_nothing_begins(form):
    form.number_input(key=f"search:{LR}:low").set_value(2.0).run()
    assert [error.value for error in form.error] == ["Learning rate must end above 2."]
    assert form.button(key="search_go").disabled
    form.number_input(key=f"search:{LR}:low").set_value(0.1).run()
    assert not form.error and not form.button(key="search_go").disabled


@pytest.mark.parametrize("kind", ["one-convolution", "tensorflow-playground"])
def test_the_form_fits_whatever_is_on_the_bench(kind, shared, draw):
    before = shared.experiment
    try:
        shared.change(lambda _: PRESETS[kind].experiment)
        page = draw(shared, search_panel.show)
        assert drawn(page).dimensions == {one.at: one for one in usual(PRESETS[kind].experiment)}
        shared.change(lambda experiment: experiment.replace(network=()))
        page.run()
        assert set(drawn(page).dimensions) == {LR, "training.optimizer"}, "no layers: no width, depth, activation"
    finally:
        shared.change(lambda _: before)


def test_a_search_is_begun_looked_at_and_come_back_to(shared, form):
    for at in ("width", "depth", "training.optimizer", "activation"):
        form.button(key=f"search_remove_{at.replace('.', '_')}").click().run()
    form.number_input(key="search_epochs").set_value(1).run()
    form.number_input(key="search_seed").set_value(7).run()
    expected, _ = drawn(form).spec(shared.experiment)
    form.button(key="search_go").click().run()
    name = shared.carried["study"]
    assert not form.exception and searches().studies.open(name) == expected and expected.seed == 7
    assert any(name in code.value for code in form.code), "how other machines join is told"
    shown = form.session_state[search_shown._KEY]
    assert hub().job(shown.job).what == "study"

    searches().studies.study(name).ask({LR: FloatDistribution(1e-4, 1.0, log=True)})
    shown.train(0)
    assert shown.best == 0 and hub().get(shown.run).experiment == shown.experiment
    rate = searches().studies.study(name).trials[0].params[LR]
    assert shown.experiment.training.optimizer.lr == rate and shown.experiment.training.max_epochs == 1
    form.run()
    assert not form.exception and any("trial 0" in text.value for text in form.markdown)

    form.button(key="search_new").click().run()
    assert "study" not in shared.carried
    form.button(key=f"search_open_{name}").click().run()
    assert shared.carried["study"] == name
    form.button(key="search_delete").click().run()
    assert "study" not in shared.carried and not form.exception
    with pytest.raises(ValueError, match="not there any more"):
        searches().studies.open(name)
    form.button(key="search_undelete").click().run()
    assert not form.exception and shared.carried["study"] == name and searches().studies.open(name) == expected
    assert form.session_state[search_shown._KEY] is not shown, "its job had come to an end"


@pytest.mark.parametrize("number", [None, -1, 10**12, "0", True, 99])
def test_a_trial_that_is_not_there_is_told_and_changes_nothing(number, shared, form):
    name = searches().create(StudySpec(v=1, base=start(), dimensions=usual(start()), trials=1, epochs=1))
    shown = search_shown.Shown(name, searches().studies.open(name))
    assert shown.trial(number) is None
    shown.train(number)
    assert shown.best is None and shown.run is None
    searches().delete(name)


@pytest.mark.parametrize("name", ["np-nothing", "x" * 5000, "'; drop table studies; --", "\x00"])
def test_an_address_that_names_no_search_leads_to_the_form(name, shared, draw):
    shared.carry("study", name)
    page = draw(shared, search_panel.show)
    assert not page.exception
    assert len(page.warning) == 1 and page.button(key="search_go")
    assert "study" not in shared.carried


MADE_UP = [None, 7, "curves", [1], {}, {"figure": "curves"}, {"figure": 3, "objective": 0, "params": []}]
MADE_UP += [{"figure": "x" * 10**5, "objective": 10**30, "params": [["deep"], None, "x" * 10**5]}]


def test_what_a_made_up_page_reports_changes_nothing():
    name = searches().create(StudySpec(v=1, base=start(), dimensions=usual(start()), trials=1, epochs=1))
    shown = search_shown.Shown(name, searches().studies.open(name))
    for look in (given for given in MADE_UP if isinstance(given, dict)):
        shown.see(look)
        assert len(str(shown.look)) < 600
    for op in [*MADE_UP, "delete", "create", "_begin", "pause "]:
        search_watch._act(shown, op)
        assert searches().studies.state(name) in ("running", "finished")
    shown.gone("another job")
    searches().delete(name)
    search_watch._act(shown, "stop")
    assert "not there any more" in shown.problem


def test_who_brought_their_own_data_is_told_that_other_machines_lack_them(shared, draw):
    table = {"kind": "csv", "table": "0" * 64, "target": "y", "as_task": "classification", "columns": ["x"]}
    name = searches().studies.create(spec(base=experiment().replace(data=table)))
    shared.carry("study", name)
    page = draw(shared, search_panel.show)
    assert any("only on this server" in caption.value for caption in page.caption)
    searches().delete(name)


def test_only_whose_search_it_is_can_delete_it(shared, draw):
    name = searches().create(StudySpec(v=1, base=start(), dimensions=usual(start()), trials=1, epochs=1), "somebody")
    shared.carry("study", name)
    page = draw(shared, search_panel.show)
    assert not page.exception
    assert "search_delete" not in [button.key for button in page.button]
    page.button(key="search_base").click().run()
    assert shared.experiment == start()
    searches().delete(name)
