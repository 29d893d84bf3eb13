"""What is tried next: the same for the same seed, and for CMA-ES the same as Optuna's own, without its pickles."""

import pickle

import numpy as np
import optuna
import pytest
from optuna.distributions import FloatDistribution
from optuna.samplers import CmaEsSampler

from playground.studies import sampling
from playground.studies.storage import hush
from tests.studies.made import OPTIMIZER, RATE, WIDTH, spec

DRAWS = {name: FloatDistribution(-3.0, 3.0) for name in "abc"}


@pytest.fixture(autouse=True)
def quiet():
    hush()


def tried(sampler, count: int, draws=DRAWS, every: int | None = None) -> list[dict]:
    """What is tried of a bowl; every: from then on, so often, another worker that knows nothing goes on."""
    study = optuna.create_study(sampler=sampler())
    for number in range(count):
        if every and number % every == 0:
            study.sampler = sampler()
        trial = study.ask(draws)
        study.tell(trial, sum(value**2 for value in trial.params.values() if isinstance(value, float)))
    return [trial.params for trial in study.get_trials(deepcopy=False)]


@pytest.mark.parametrize("name", ["random", "tpe", "cmaes"])
def test_the_same_seed_tries_the_same_however_often_it_is_interrupted(name):
    described = spec(sampler=name, dimensions=(RATE, WIDTH, OPTIMIZER))
    draws = sampling.distributions(described)
    whole = tried(lambda: sampling.sampler(described), 16, draws)
    assert tried(lambda: sampling.sampler(described), 16, draws, every=5) == whole
    assert len({params["training.optimizer.lr"] for params in whole}) == 16
    other = spec(sampler=name, dimensions=(RATE, WIDTH, OPTIMIZER), seed=1)
    assert tried(lambda: sampling.sampler(other), 2, draws)[0] != whole[0]


@pytest.mark.parametrize("name", ["tpe", "cmaes"])
def test_what_belongs_to_another_choice_is_not_tried(name):
    momentum = {"kind": "range", "at": "training.optimizer.momentum", "low": 0.0, "high": 0.99}
    described = spec(sampler=name, dimensions=(momentum, RATE, OPTIMIZER))
    draws = sampling.distributions(described)
    study = optuna.create_study(sampler=sampling.sampler(described))
    study.enqueue_trial({OPTIMIZER["at"]: "adam", RATE["at"]: 0.1, momentum["at"]: 0.5})
    for number in range(14):
        study.tell(sampling.ask(study, described, draws), float(number))
    for trial in study.trials:
        described.experiment(trial.params)  # Adam with a momentum could not be built
        assert (momentum["at"] in trial.params) == (trial.params[OPTIMIZER["at"]] == "sgd")
    assert {len(trial.params) for trial in study.trials} == {2, 3}


class _Made(sampling._Numbered):
    """The reference: Optuna's own sampler, as it is, made anew for each trial in the same way."""

    def before_trial(self, study, trial):
        self._inner = CmaEsSampler(seed=trial.number + 100)
        self._inner.before_trial(study, trial)


class _Replayed(sampling._Numbered):
    def before_trial(self, study, trial):
        self._inner = sampling._ReplayedCmaEs(seed=trial.number + 100)
        self._inner.before_trial(study, trial)


def test_cma_es_is_optunas_own():
    described = spec(sampler="cmaes")
    expected = tried(lambda: _Made(described), 40)
    for found, wanted in zip(tried(lambda: _Replayed(described), 40), expected, strict=True):
        assert found == pytest.approx(wanted, rel=1e-9)  # a matrix is decomposed once more or less often on the way
    sizes = [np.linalg.norm(list(params.values())) for params in expected]
    assert np.mean(sizes[-7:]) < np.mean(sizes[:7])  # several generations were told of: it went downhill


class _Trap:
    def __reduce__(self):
        return pytest.fail, ("something out of the database was unpickled",)


def test_nothing_out_of_the_database_is_unpickled():
    study = optuna.create_study(sampler=sampling._ReplayedCmaEs(seed=0))
    for number in range(12):
        trial = study.ask(DRAWS)
        if number < 10:
            trap = pickle.dumps(_Trap()).hex()
            trial.storage.set_trial_system_attr(trial._trial_id, "cma:optimizer:0", trap)
        study.tell(trial, float(number))
    assert not any("cma:optimizer:0" in trial.system_attrs for trial in study.get_trials()[10:])


def test_pruners_are_those_that_were_chosen():
    assert isinstance(sampling.pruner(spec(pruner="median")), optuna.pruners.MedianPruner)
    assert isinstance(sampling.pruner(spec(pruner="hyperband")), optuna.pruners.HyperbandPruner)
    two = spec(pruner="hyperband", objectives=("loss", "parameters"))
    assert isinstance(sampling.pruner(two), optuna.pruners.NopPruner)
