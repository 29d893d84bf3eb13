"""The studio follows a study through its database alone, and draws what is asked for."""

import json
from collections.abc import Iterator

import optuna
import pytest
from optuna.trial import TrialState

from playground.experiment.presets import start
from playground.runs import studying
from playground.runs.jobs import Rest
from playground.studies import Range, Studies, StudySpec

LR = "training.optimizer.lr"


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Iterator[Studies]:
    studies = Studies(f"sqlite:///{tmp_path_factory.mktemp('studies') / 'studies.db'}")
    yield studies
    studies.close()


@pytest.fixture
def studies(database, monkeypatch) -> Studies:
    monkeypatch.setattr(studying, "studies", lambda: database)
    monkeypatch.setattr(studying, "BUSY", 0.0)  # every look reads the database
    monkeypatch.setattr(studying, "COSTLY", 0.0)  # and draws what it read, however long the last figure took
    return database


@pytest.fixture
def name(studies) -> str:
    dimensions = (
        Range(kind="range", at=LR, low=1e-3, high=1.0, log=True),
        Range(kind="range", at="width", low=1, high=8),
    )
    return studies.create(StudySpec(v=1, base=start(), dimensions=dimensions, trials=9, epochs=5))


def tell(studies: Studies, name: str, *values: float) -> None:
    """What another machine finds: trials with these losses, through Optuna alone."""
    study = optuna.load_study(study_name=name, storage=studies.url)
    for value in values:
        trial = study.ask({LR: optuna.distributions.FloatDistribution(1e-3, 1.0, log=True)})
        trial.report(2 * value, 1)
        study.tell(trial, value)


def result(job, told=None) -> dict:
    """The job's next result; it rests before it where there is nothing new."""
    step = job.send(told)
    while isinstance(step, Rest):
        step = next(job)
    return json.loads(step[1])


def test_what_another_machine_finds_is_seen(studies, name):
    job = studying.follow({"study": name}, None)
    first = result(job)
    assert [row["state"] for row in first["report"]["trials"]] == ["waiting"]
    assert first["figure"]["layout"]["meta"]["empty"]
    assert isinstance(next(job), Rest), "nothing has changed"
    tell(studies, name, 0.5, 0.25)
    seen = result(job)
    assert [row["values"] for row in seen["report"]["trials"]] == [[0.5], [0.25]]
    assert seen["report"]["best"] == 1
    assert [line["y"] for line in seen["figure"]["data"][:2]] == [[1.0], [0.5]], "the best is drawn over the others"


def test_another_figure_is_drawn_when_it_is_wanted(studies, name):
    tell(studies, name, 0.5, 0.25)
    job = studying.follow({"study": name, "look": {"figure": "history"}}, None)
    seen = result(job)
    assert seen["look"]["figure"] == "history" and seen["figure"]["data"][-1]["y"] == [0.5, 0.25]
    assert isinstance(next(job), Rest)
    seen = result(job, {"look": {"figure": "slice", "objective": 0, "params": []}})
    assert seen["look"]["figure"] == "slice"
    assert seen["figure"]["layout"]["xaxis"]["title"]["text"] == "Learning rate"


@pytest.mark.parametrize(
    "look", [None, 3, {}, {"figure": "nothing"}, {"figure": ["curves"]}, {"objective": "x"}, {"more": 1}]
)
def test_what_makes_no_sense_is_passed_over(studies, name, look):
    job = studying.follow({"study": name, "look": {"figure": "history"}}, None)
    result(job)
    assert isinstance(next(job), Rest)
    step = job.send({"look": look})
    assert isinstance(step, Rest) or json.loads(step[1])["look"]["figure"] in ("history", "curves")


def test_a_look_that_the_study_does_not_have_says_so(studies, name):
    tell(studies, name, 0.5, 0.25)
    job = studying.follow({"study": name, "look": {"figure": "history", "objective": 7}}, None)
    assert "there is no number 8" in result(job)["figure"]["layout"]["meta"]["empty"]


def test_of_many_trials_the_table_has_the_best_and_the_latest(studies, name, monkeypatch):
    monkeypatch.setattr(studying, "MOST_ROWS", 6)
    tell(studies, name, *(float(value) for value in range(12)))
    report = result(studying.follow({"study": name}, None))["report"]
    assert [row["number"] for row in report["trials"]] == [0, 1, 2, 9, 10, 11]
    assert report["counts"]["complete"] == 12


def test_a_study_that_is_not_there_is_told(studies):
    with pytest.raises(ValueError, match="not there any more"):
        next(studying.follow({"study": "np-nothing"}, None))


def test_trials_that_run_are_seen_while_they_do(studies, name):
    study = optuna.load_study(study_name=name, storage=studies.url)
    trial = study.ask()
    job = studying.follow({"study": name}, None)
    assert result(job)["report"]["counts"]["running"] == 1
    trial.report(0.75, 3)
    seen = result(job)
    assert seen["report"]["trials"][0]["last"] == 0.75
    assert seen["figure"]["data"][0]["x"] == [3]
    study.tell(trial, state=TrialState.PRUNED)
    assert result(job)["report"]["counts"]["pruned"] == 1
