"""Working on a study, with every sampler and pruner; what becomes of trials that cannot be done."""

import secrets
from contextlib import closing

import optuna
import pytest

from playground.data.errors import TableError
from playground.studies import Studies, StudyError, sampling, training, work
from playground.studies.storage import hush
from playground.studies.training import Measured, report_epochs, train
from playground.studies.working import Allowance
from playground.training import Trainer
from tests.studies.made import OPTIMIZER, RATE, WIDTH, endless, experiment, spec, until, worked

PAIRS = [("tpe", "median", 12), ("random", "hyperband", 6), ("cmaes", "hyperband", 8), ("gp", "none", 6)]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """One database for all of them: every study keeps to itself."""
    return f"sqlite:///{tmp_path_factory.mktemp('studies') / 'studies.db'}"


def plain(url: str, name: str) -> optuna.Study:
    """As anybody opens it who knows nothing of us."""
    hush()
    return optuna.load_study(study_name=name, storage=url)


@pytest.mark.parametrize("sampler, pruner, trials", PAIRS)
def test_every_sampler_and_pruner_uses_up_the_budget(url, sampler, pruner, trials, monkeypatch):
    monkeypatch.setattr(sampling, "STARTUP", 4)  # as few as all of them, and CMA-ES's first generation, need
    described = spec(sampler=sampler, pruner=pruner, trials=trials, dimensions=(RATE, WIDTH))
    report = worked(url, described)
    study = plain(url, report["name"])
    assert (report["state"], report["share"], len(study.trials)) == ("finished", 1.0, trials)
    assert report["counts"]["complete"] + report["counts"]["pruned"] == trials
    assert study.best_trial.number == report["best"]
    if pruner != "hyperband":  # whom that gives up depends on the study's name, which nobody can guess
        assert bool(report["counts"]["pruned"]) == (pruner == "median")
    for trial in study.trials:
        assert sorted(trial.intermediate_values) == report_epochs(3)[: len(trial.intermediate_values)]


def test_a_trial_is_the_experiment_trained_alone(url):
    report = worked(url, spec(trials=3, dimensions=(RATE, OPTIMIZER), objectives=("accuracy",)))
    study = plain(url, report["name"])
    with closing(Studies(url)) as studies:
        for trial in study.trials:
            alone = Trainer(studies.experiment(report["name"], trial.number), device="cpu")
            assert alone.experiment.training.optimizer.lr == trial.params["training.optimizer.lr"]
            assert alone.experiment.training.optimizer.kind == trial.params["training.optimizer"]
            alone.advance(epochs=3)
            row = alone.measure()
            assert trial.value == row["test_accuracy"]
            assert trial.user_attrs["measured"]["loss"] == row["test_loss"]


def test_the_first_trial_is_the_experiment_as_it_is_if_that_is_searched(url):
    dimensions = (RATE, WIDTH, OPTIMIZER)
    first = worked(url, spec(trials=1, dimensions=dimensions))["trials"][0]
    assert first["params"] == {"training.optimizer.lr": "0.1", "width": "2", "training.optimizer": "SGD"}
    assert first["note"] == "The experiment as it is."
    for other in ({**RATE, "low": 0.2}, {**OPTIMIZER, "values": ("adam", "rmsprop")}):
        assert sampling.present(spec(dimensions=(other, WIDTH))) == {}


def test_training_goes_on_a_little_at_a_time(monkeypatch):
    monkeypatch.setattr(training, "SLICE_SECONDS", 1e-6)
    found = list(train(experiment(), 2, "cpu"))
    assert [item.epoch for item in found if isinstance(item, Measured)] == report_epochs(2) == [1, 2]
    assert any(isinstance(item, float) and 0 < item < 1 for item in found)


def test_trials_that_cannot_be_done_say_why_and_the_rest_goes_on(url):
    """Layers too large for this server, and a rate at which the loss overflows."""
    rates = {"kind": "choices", "at": "training.optimizer.lr", "values": (0.1, 10.0)}
    widths = {"kind": "choices", "at": "width", "values": (2, 1024)}
    base = experiment().replace(network=({"kind": "linear", "units": 2},) * 3, head={"activation": "identity"})
    described = spec(base=base, dimensions=(rates, widths, OPTIMIZER), trials=14, epochs=40)
    rows = worked(url, described)["trials"]
    by_state = {state: [row for row in rows if row["state"] == state] for state in ("complete", "failed", "diverged")}
    assert sum(map(len, by_state.values())) == 14
    assert by_state["complete"] and by_state["failed"] and by_state["diverged"]
    assert all("2,102,272 parameters" in row["note"] for row in by_state["failed"])
    assert all(row["note"].startswith("Diverged at step") for row in by_state["diverged"])
    assert all(row["params"]["width"] == "1,024" for row in by_state["failed"])


def test_two_objectives_have_a_front_and_curves_and_nobody_is_given_up(url):
    described = spec(objectives=("loss", "parameters"), pruner="median", trials=8, dimensions=(WIDTH,), sampler="tpe")
    report = worked(url, described)
    study = plain(url, report["name"])
    assert sorted(report["pareto"]) == sorted(trial.number for trial in study.best_trials) or len(
        {tuple(trial.values) for trial in study.best_trials}
    ) == len(report["pareto"])
    assert report["counts"]["pruned"] == 0
    assert all(list(trial.intermediate_values) == [1, 2, 3] for trial in study.trials)
    assert [goal["direction"] for goal in report["objectives"]] == ["minimize", "minimize"]


def test_a_study_is_paused_resumed_and_stopped(url):
    with closing(Studies(url)) as studies:
        name = studies.create(spec(trials=1000, epochs=200))
        steps = work(url, name, device="cpu")
        until(steps, lambda step: step.news)
        studies.pause(name)
        assert until(steps, lambda step: step.text == "Paused").rest > 0
        assert studies.report(name)["state"] == "paused"
        studies.resume(name)
        until(steps, lambda step: step.news)
        studies.stop(name)
        for _ in steps:
            pass
        report = studies.report(name)
        assert (report["state"], report["counts"]["running"]) == ("stopped", 0)
        studies.discard(name)
        with pytest.raises(StudyError, match="not there any more"):
            studies.report(name)
        studies.restore(name)
        assert studies.report(name) == report, "nothing is lost"
        studies.delete(name)
        with pytest.raises(StudyError, match="not there any more"):
            studies.restore(name)


def test_what_was_discarded_goes_for_good_when_its_day_is_over(url, monkeypatch):
    with closing(Studies(url)) as studies:
        owner = secrets.token_urlsafe(8)
        kept, discarded = (studies.create(spec(), owner) for _ in range(2))
        studies.discard(discarded)
        third = studies.create(spec(), owner)
        assert {study["name"] for study in studies.list(owner)} == {kept, third}
        assert [study["name"] for study in studies.list(owner, deleted=True)] == [discarded]
        assert discarded not in studies.running()
        monkeypatch.setattr("playground.studies.studies.RESTORABLE_SECONDS", -1.0)
        studies.create(spec(), owner)
        with pytest.raises(StudyError, match="not there any more"):
            studies.restore(discarded)
        assert studies.open(kept)


def test_closing_gives_a_trial_back_to_whoever_comes_next(url):
    with closing(Studies(url)) as studies:
        name = studies.create(endless(trials=2))
        steps = work(url, name, device="cpu", allowance=Allowance(1))
        until(steps, lambda step: step.text.startswith("Trial 0"))
        steps.close()
        before = studies.report(name)["trials"]
        assert [row["state"] for row in before] == ["retried", "waiting"]
        assert before[0]["params"] == before[1]["params"]
        assert "Given back" in before[0]["note"] and "trial 1" in before[0]["note"]
        steps = work(url, name, device="cpu")
        until(steps, lambda step: step.text.startswith("Trial 1"))
        row = studies.report(name)["trials"][1]
        assert (row["state"], row["note"]) == ("running", "Trial 0 again.")
        assert studies.report(name)["left"]["trials"] == 2
        steps.close()


def test_a_study_that_cannot_be_worked_on_here_is_left_alone(url, monkeypatch):
    with closing(Studies(url)) as studies:
        name = studies.create(spec())
        with pytest.raises(StudyError, match="cannot train on 'cuda:7'"):
            next(work(url, name, device="cuda:7"))

        def lost(_data):
            raise TableError("This table is not on this server.")

        monkeypatch.setattr("playground.data.load", lost)
        with pytest.raises(StudyError, match=r"This machine cannot work on the study. This table is not"):
            next(work(url, name))
        assert studies.report(name)["counts"]["waiting"] == len(studies.report(name)["trials"]) == 1


def test_of_a_budget_of_minutes_no_trial_begins_after_the_last(url):
    with closing(Studies(url)) as studies:
        name = studies.create(spec(trials=None, minutes=1.0))
        steps = work(url, name, device="cpu")
        until(steps, lambda step: step.news)
        studies.note(name, "playground:clock", [60.0, 0.0])
        for _ in steps:
            pass
        report = studies.report(name)
        assert (report["state"], report["share"], report["left"]["seconds"]) == ("finished", 1.0, 0.0)
