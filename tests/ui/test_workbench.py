"""A person's place: how an address becomes an experiment and a run, what an edit does, and how nothing is lost."""

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from playground.archive import Shelf
from playground.data import loading, store
from playground.experiment import REGISTRIES, edits
from playground.experiment.data import CSV
from playground.experiment.presets import PRESETS, start
from playground.runs import Hub, archivist, hub, singleton
from playground.settings import settings
from playground.ui.workbench import TABLE, Workbench
from tests.archive.entries import entry

SPIRAL = PRESETS["spiral"].experiment
BROKEN = {"kind": "residual", "layers": [{"kind": "linear", "units": 5}]}
"""A block that does not fit after anything but five values."""
DRAFT = start().replace(network=(BROKEN,))


def opened(link: str | None = None, run: str | None = None) -> Workbench:
    """What a browser finds that opens an address."""
    bench = Workbench.at_address(link, run)
    bench.follow_run()
    return bench


@pytest.fixture
def small_hub(monkeypatch):
    """``small_hub(**settings)``: this process's hub with other settings; a real one that needs no worker to answer."""
    made = []

    def make(**changes) -> Hub:
        made.append(Hub(dataclasses.replace(settings, workers=1, **changes)))
        monkeypatch.setattr(singleton, "_hub", made[-1])
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def table():
    """A table in the store; ``table.leave()`` takes it away, as the store does when it needs room."""

    class Stored:
        content = b"a,b,kind\n" + b"".join(b"%d,%d,%d\n" % (i % 7, i % 11, i % 2) for i in range(40))
        digest = store.put(content)
        data = CSV(
            kind="csv", table=digest, name="mine.csv", target="kind", as_task="classification", columns=("a", "b")
        )

        def leave(self):
            (settings.home / "tables" / f"{self.digest}.csv").unlink()
            loading.forget()

    return Stored()


# --- what an address opens -------------------------------------------------------------------------------------------


def test_a_newcomer_finds_the_start(info):
    bench = opened()
    assert bench.experiment == bench.trained == info(bench).experiment == start()
    assert bench.notice == ""


def test_a_link_opens_its_experiment_with_a_run_of_its_own(info):
    first, second = opened(SPIRAL.to_link()), opened(SPIRAL.to_link())
    assert first.experiment == info(first).experiment == SPIRAL
    assert first.run != second.run


def test_a_run_is_joined_and_its_experiment_counts():
    first = opened(SPIRAL.to_link())
    second = opened(start().to_link(), first.run)
    assert second.run == first.run
    assert second.experiment == second.trained == SPIRAL


@pytest.mark.parametrize("link", ["damaged", "%%%", SPIRAL.to_link()[:-4], "A" * 200_000, ""])
def test_a_damaged_link_says_so_and_opens_the_start(link):
    bench = opened(link)
    assert bench.experiment == start()
    assert bench.run
    if link:
        assert bench.notice.startswith("The link could not be opened.")
        assert bench.notice.endswith("This is the experiment to start from instead.")


def test_a_link_that_holds_no_experiment_says_what_is_wrong():
    from playground.experiment.link import encode

    content = start().model_dump(mode="json", exclude_defaults=True)
    content["training"]["optimizer"]["lr"] = -1
    bench = opened(encode(content))
    assert "Learning rate must be" in bench.notice


def test_an_unknown_run_is_made_anew_from_the_link(info):
    bench = opened(SPIRAL.to_link(), "nobody-knows-this-run")
    assert bench.run != "nobody-knows-this-run"
    assert info(bench).experiment == SPIRAL
    assert bench.notice == ""


def test_a_draft_comes_back_with_its_run_when_the_page_is_loaded_again():
    first = opened(start().to_link())
    assert first.change(lambda _: DRAFT)
    again = opened(first.experiment.to_link(), first.run)
    assert again.experiment == DRAFT
    assert again.trained == start()
    assert again.run == first.run


def test_a_draft_alone_waits_for_its_run(info):
    bench = opened(DRAFT.to_link())
    assert (bench.experiment, bench.run, bench.trained) == (DRAFT, None, None)
    bench.change(lambda experiment: experiment.replace(network=()))
    bench.follow_run()
    assert info(bench).experiment == bench.experiment == bench.trained


def test_a_link_to_a_table_that_is_not_here_keeps_everything_else(table):
    experiment = edits.fit_loss(SPIRAL, table.data)
    table.leave()
    bench = opened(experiment.to_link())
    assert bench.experiment == experiment
    assert bench.run is None
    assert bench.summary is None
    assert "upload it again" in bench.error(TABLE)
    assert bench.set(("training", "batch_size"), 20), "what is not about the table can still be changed"
    assert bench.change(lambda e: edits.with_data(e, REGISTRIES["data"]["circle"](kind="circle")))
    bench.follow_run()
    assert bench.run and bench.in_step
    assert bench.experiment.network == SPIRAL.network


# --- edits -----------------------------------------------------------------------------------------------------------


def test_a_change_keeps_the_run_and_reaches_it(bench, info):
    run = bench.run
    assert bench.set(("training", "batch_size"), 25)
    assert bench.run == run
    assert bench.in_step
    assert info(bench).experiment == bench.experiment
    assert bench.experiment.training.batch_size == 25


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("training", "optimizer", "lr"), 0.1),
        (("training", "l1"), 0.01),
        (("training", "l2"), 0.01),
        (("training", "weight_decay"), 0.01),
        (("training", "clip_norm"), 1.0),
    ],
)
def test_what_may_change_while_it_runs_does_not_start_it_again(bench, info, at, value):
    revision = info(bench).revision
    assert bench.set(at, value)
    assert info(bench).revision == revision
    assert bench.set(("training", "optimizer", "momentum"), 0.5)
    assert info(bench).revision == revision + 1


def test_a_draft_is_kept_while_the_run_goes_on_with_what_fits(bench, info):
    trained = bench.experiment
    assert bench.change(lambda _: DRAFT)
    assert (bench.experiment, bench.trained, info(bench).experiment) == (DRAFT, trained, trained)
    assert not bench.in_step and not bench.fits
    assert bench.change(lambda e: e.replace(network=({**dict(BROKEN), "shortcut": "projection"},)))
    assert bench.in_step
    assert info(bench).experiment == bench.experiment


def test_going_back_from_a_draft(bench):
    trained = bench.experiment
    bench.change(lambda _: DRAFT)
    bench.selected = (0,)
    bench.take_theirs()
    assert bench.experiment == trained and bench.in_step
    assert bench.selected is None


def test_a_refusal_stands_at_its_field(bench):
    before = bench.experiment
    assert not bench.set(("training", "optimizer", "lr"), -1)
    assert bench.experiment == before
    assert list(bench.errors) == [("training", "optimizer", "lr")]
    assert bench.error(("training", "optimizer", "lr")).startswith("Learning rate must be")
    assert bench.error(("training", "l1")) == ""
    assert bench.untold() == []


def test_a_refusal_whose_cause_is_elsewhere_stands_there_and_is_never_lost(bench):
    """A loss for classes on data with numbers: the data was edited, the loss is wrong."""
    numbers = REGISTRIES["data"]["plane"](kind="plane")
    hinge = bench.experiment.training.model_copy(update={"loss": REGISTRIES["loss"]["hinge"](kind="hinge")})
    assert bench.change(lambda e: e.replace(training=hinge))
    assert not bench.change(lambda e: e.replace(data=numbers), ("data",))
    assert list(bench.errors) == [("training", "loss")]
    assert len(bench.untold()) == 1
    assert bench.error(("data",)) == ""
    assert len(bench.untold()) == 1
    assert "does not fit data" in bench.error(("training", "loss"))
    assert bench.untold() == []


def test_the_next_edit_clears_the_refusal(bench):
    bench.set(("training", "l1"), -1)
    bench.set(("training", "l1"), 0.1)
    assert bench.errors == {}


def test_another_task_takes_a_loss_that_fits(bench, table):
    data = table.data.model_copy(update={"target": "b", "columns": ("a", "kind")})
    assert bench.change(lambda e: edits.fit_loss(e, data))
    assert bench.set(("training", "loss"), REGISTRIES["loss"]["hinge"](kind="hinge"))
    assert bench.set(("data", "as_task"), "regression"), bench.errors
    assert bench.experiment.training.loss.kind == "mse"


def test_another_loss_takes_an_output_that_fits(bench):
    assert bench.set(("head", "activation"), "sigmoid")
    assert bench.set(("training", "loss"), REGISTRIES["loss"]["cross_entropy"](kind="cross_entropy")), bench.errors
    assert bench.experiment.head.activation is None


def test_an_experiment_needs_an_input(bench):
    assert not bench.set(("data", "features"), ())
    assert list(bench.errors) == [("data", "features")]


# --- a table that leaves ---------------------------------------------------------------------------------------------


def test_a_table_that_leaves_the_store_breaks_nothing(bench, table):
    assert bench.change(lambda e: edits.fit_loss(e, table.data))
    table.leave()
    assert bench.summary is None
    assert bench.data_problem[0] == TABLE
    assert "upload it again" in bench.error(TABLE)
    assert bench.change(lambda e: edits.with_data(e, REGISTRIES["data"]["circle"](kind="circle")))
    assert bench.in_step and bench.summary


def test_a_table_cannot_be_chosen_that_is_not_here(bench, table):
    table.leave()
    before = bench.experiment
    assert not bench.change(lambda e: edits.fit_loss(e, table.data), TABLE)
    assert bench.experiment == before
    assert "upload it again" in bench.errors[TABLE]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"target": "nothing"}, "target"), ({"columns": ("a", "nothing")}, "columns")],
)
def test_what_is_wrong_with_a_table_stands_at_its_field(bench, table, change, field):
    assert not bench.change(lambda e: edits.fit_loss(e, CSV.model_validate({**dict(table.data), **change})), ("data",))
    assert list(bench.errors) == [("data", field)]


# --- runs that come and go -------------------------------------------------------------------------------------------


def test_a_forgotten_run_is_made_anew(info):
    bench = opened(SPIRAL.to_link())
    gone = bench.run = "forgotten"
    bench.follow_run()
    assert bench.run != gone
    assert info(bench).experiment == SPIRAL


def test_a_run_that_is_forgotten_during_an_edit_is_made_anew(bench, info):
    bench.run = "forgotten"
    assert bench.set(("training", "batch_size"), 30)
    bench.follow_run()
    assert info(bench).experiment == bench.experiment
    assert bench.experiment.training.batch_size == 30


def test_a_forgotten_run_under_a_draft_starts_with_what_last_fitted(bench, info):
    trained = bench.experiment
    bench.change(lambda _: DRAFT)
    bench.run = "forgotten"
    bench.follow_run()
    assert info(bench).experiment == trained
    assert bench.experiment == DRAFT


def test_another_run_is_joined_and_the_way_back_is_one_step(bench, info):
    mine = bench.experiment
    other = opened(SPIRAL.to_link())
    bench.errors = {("training", "l1"): "old"}
    assert bench.join(other.run, "The spiral of yesterday")
    assert (bench.run, bench.experiment, bench.in_step, bench.errors) == (other.run, SPIRAL, True, {})
    assert bench.history.now.told == "The spiral of yesterday"
    bench.travel(bench.history.past[0].serial)
    assert info(bench).experiment == bench.experiment == mine
    before = bench.run
    assert not bench.join("no-run-has-this-id-here")
    assert bench.run == before


def test_a_page_starts_its_runs_for_the_person_at_it(open_page):
    """Without cookies: the same person as long as the page is open."""
    page = open_page()
    bench = page.session_state["workbench"]
    assert len(bench.person) == 64
    assert hub()._records[bench.run].keeping.person == bench.person
    bench.run = "forgotten"
    page.run()
    assert hub()._records[bench.run].keeping.person == bench.person
    assert open_page().session_state["workbench"].person != bench.person


def test_what_another_browser_does_is_followed(bench):
    other = opened(None, bench.run)
    bench.errors = {("training", "l1"): "old"}
    assert other.set(("training", "batch_size"), 40)
    bench.follow_run()
    assert bench.experiment == other.experiment
    assert bench.in_step
    assert bench.errors == {}


def test_a_draft_survives_what_another_browser_does(bench, info):
    """Nobody's work is lost: the draft stays, says so, and takes the run over when it fits."""
    other = opened(None, bench.run)
    bench.change(lambda _: DRAFT)
    other.set(("training", "batch_size"), 40)
    bench.follow_run()
    assert bench.experiment == DRAFT
    assert bench.trained == other.experiment
    assert "Somebody else changed this run" in bench.notice
    bench.take_theirs()
    assert bench.experiment == other.experiment and bench.notice == ""


def test_a_full_server_says_so_and_the_work_goes_on(small_hub):
    small_hub(max_runs=1)
    first, second = opened(), opened(SPIRAL.to_link())
    assert first.run
    assert (second.run, second.experiment) == (None, SPIRAL)
    assert second.full.startswith("The server is full")
    assert second.set(("training", "batch_size"), 30)
    assert second.experiment.training.batch_size == 30
    small_hub(max_runs=1)  # as if the other had gone
    second.follow_run()
    assert second.run and second.in_step and not second.full


def test_a_run_without_a_place_keeps_the_new_experiment(small_hub):
    """It had to leave its worker, and all places are taken: it is told, and trains when there is one."""
    crowded = small_hub(runs_per_worker=1)
    bench = opened()
    taken = crowded.create(SPIRAL)  # sends the first one away, which nobody looks at
    viewer = crowded.subscribe(taken)
    try:
        assert not crowded.get(bench.run).loaded
        assert bench.set(("training", "batch_size"), 30)
        assert bench.notice.startswith("The server is full")
        bench.follow_run()
        assert bench.experiment.training.batch_size == 30
        assert crowded.get(bench.run).experiment == bench.experiment
    finally:
        viewer.close()


def test_a_run_that_the_archive_cannot_give_back_now_is_waited_for(small_hub, monkeypatch, tmp_path):
    """It comes back with what it trains; nothing takes its place in the address meanwhile."""
    nobody, given = "sqlite:////proc/nobody/kept.db", entry(experiment=SPIRAL)
    there = Shelf(f"sqlite:///{tmp_path / 'kept.db'}")
    there.keep([given])
    restarted = small_hub()
    restarted.start = lambda: None
    for link in (None, SPIRAL.to_link(), DRAFT.to_link()):
        with restarted.lock:
            restarted._records.clear()
        monkeypatch.setattr(restarted._keeper, "shelf", Shelf(nobody))
        bench = opened(link, given.run_id)
        assert (bench.run, bench.trained) == (given.run_id, None)
        assert "cannot be used" in bench.full
        monkeypatch.setattr(restarted._keeper, "shelf", there)
        bench.follow_run()
        assert (bench.run, bench.trained, bench.full) == (given.run_id, SPIRAL, "")
        assert bench.experiment == (DRAFT if link == DRAFT.to_link() else SPIRAL)
    with restarted.lock:
        restarted._records.clear()
    monkeypatch.setattr(archivist, "PATIENCE_SECONDS", 0.0)  # it has been away for long
    monkeypatch.setattr(restarted._keeper, "shelf", Shelf(nobody))
    bench = opened(SPIRAL.to_link(), given.run_id)
    assert (bench.experiment, bench.full) == (SPIRAL, "")
    assert bench.run not in (None, given.run_id)


def test_another_device_starts_the_run_again(bench, info):
    revision = info(bench).revision
    bench.use_device("cpu")
    assert info(bench).revision == revision + 1
    assert bench.set(("training", "l1"), 0.1)
    assert info(bench).revision == revision + 1, "the choice stays"


def test_a_page_keeps_its_own_in_the_address_and_other_pages_leave_it_out():
    def script():
        import streamlit as st

        from playground.ui.workbench import Workbench

        bench = Workbench.current(st.session_state["keeps"])
        for name, text in st.session_state.pop("carry", {}).items():
            bench.carry(name, text)

    page = AppTest.from_function(script, default_timeout=60)
    page.query_params["grid"], page.query_params["other"] = "abc", "dropped"
    page.session_state["keeps"] = ("grid", "study")
    page.run()
    x = {"x": start().to_link(), "run": page.session_state["workbench"].run}
    assert page.query_params == {**x, "grid": "abc"}
    page.session_state["carry"] = {"grid": None, "study": "s"}
    assert page.run().query_params == {**x, "study": "s"}
    page.session_state["keeps"] = ()
    assert page.run().query_params == x
    page.session_state["keeps"] = ("study",)
    assert page.run().query_params == {**x, "study": "s"}
