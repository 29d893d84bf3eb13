"""What is tried next, and what is given up: Optuna's samplers and pruners, made from a description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna._transform import _SearchSpaceTransform
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner
from optuna.samplers import BaseSampler, CmaEsSampler, GPSampler, RandomSampler, TPESampler
from optuna.samplers._lazy_random_state import LazyRandomState
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from playground.experiment.randomness import key
from playground.studies.spec import Range, StudySpec

STARTUP = 10
"""Trials drawn at random before a model is trusted."""


def distributions(spec: StudySpec) -> dict[str, BaseDistribution]:
    """What Optuna draws from, by place."""
    found: dict[str, BaseDistribution] = {}
    for dimension in spec.dimensions:
        if not isinstance(dimension, Range):
            found[dimension.at] = CategoricalDistribution(dimension.values)
        elif spec.fields[dimension.at].kind == "integer":
            step = int(dimension.steps or 1)
            found[dimension.at] = IntDistribution(int(dimension.low), int(dimension.high), dimension.log, step)
        else:
            found[dimension.at] = FloatDistribution(dimension.low, dimension.high, dimension.log, dimension.steps)
    return found


def ask(study: optuna.Study, spec: StudySpec, draws: Mapping[str, BaseDistribution]) -> optuna.Trial:
    """The next trial, with a value for each of `draws` that means something beside the others: what belongs to an
    optimizer that was not chosen has none."""
    trial = study.ask()
    for dimension in spec.in_order:
        if spec.applies(dimension.at, trial.params):
            trial._suggest(dimension.at, draws[dimension.at])
    return trial


def present(spec: StudySpec) -> dict[str, Any]:
    """The values that the experiment has now, by place; none where one of them lies outside of what is searched."""
    found = {}
    for at, drawn in distributions(spec).items():
        now = spec.fields[at].now
        known = isinstance(drawn, CategoricalDistribution) or (now is not None and not isinstance(now, str))
        try:
            if not known or not drawn._contains(drawn.to_internal_repr(now)):
                return {}
        except ValueError:
            return {}
        found[at] = now
    return found


def pruner(spec: StudySpec) -> BasePruner:
    """Who gives trials up. With two objectives nobody does: Optuna cannot tell which of two trials is worse."""
    if not spec.prunes:
        return NopPruner()
    if spec.pruner == "median":
        return MedianPruner(n_startup_trials=5, n_warmup_steps=spec.epochs // 10)
    return HyperbandPruner(min_resource=1, max_resource=spec.epochs, reduction_factor=3)


def sampler(spec: StudySpec) -> BaseSampler:
    """Who says what is tried. Its draws for a trial depend on the study's seed, the trial's number and the results so
    far, and on nothing else: not on who asks, nor on how often the search was interrupted."""
    return _Numbered(spec)


def _made(spec: StudySpec, seed: int) -> BaseSampler:
    if spec.sampler == "random":
        return RandomSampler(seed=seed)
    if spec.sampler == "tpe":
        return TPESampler(seed=seed, n_startup_trials=STARTUP)
    if spec.sampler == "gp":
        return GPSampler(seed=seed, n_startup_trials=STARTUP, warn_independent_sampling=False)
    return _ReplayedCmaEs(seed=seed, warn_independent_sampling=False, consider_pruned_trials=spec.prunes)


class _Numbered(BaseSampler):
    """A sampler made anew for each trial, seeded by its number."""

    def __init__(self, spec: StudySpec) -> None:
        self._spec = spec
        self._inner = _made(spec, 0)

    def before_trial(self, study: optuna.Study, trial: FrozenTrial) -> None:
        self._inner = _made(self._spec, key(self._spec.seed, "search", trial.number) & 0xFFFFFFFF)
        self._inner.before_trial(study, trial)

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        return self._inner.infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        return self._inner.sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        return self._inner.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(
        self, study: optuna.Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None
    ) -> None:
        self._inner.after_trial(study, trial, state, values)


class _ReplayedCmaEs(CmaEsSampler):
    """Optuna's CMA-ES keeps its state in the database as a pickle, which runs whatever somebody has written there.
    This one keeps nothing: it lives through all generations again, whose trials are all there."""

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        if not search_space:
            return {}
        self._trans = _SearchSpaceTransform(search_space, transform_step=True, transform_0_1=True)
        self._direction = study.direction
        return super().sample_relative(study, trial, search_space)

    def _restore_optimizer(self, completed_trials: list[FrozenTrial]) -> Any:
        """The optimizer after all generations whose next one has a trial that is complete; None before there is such a
        one. What is missing is what the sampler itself does next."""
        own, self._cma_rng = self._cma_rng, LazyRandomState(0)  # it draws nothing here, but is given a seed
        try:
            optimizer = self._init_optimizer(self._trans, self._direction)
        finally:
            self._cma_rng = own
        sign = 1.0 if self._direction == StudyDirection.MINIMIZE else -1.0
        latest = max((_generation(trial) for trial in completed_trials), default=0)
        while True:
            trials = self._get_solution_trials(completed_trials, optimizer.generation)
            if len(trials) < optimizer.population_size or optimizer.generation >= latest:
                return optimizer if optimizer.generation else None
            told = trials[: optimizer.population_size]
            optimizer.tell([(self._trans.transform(trial.params), sign * trial.value) for trial in told])

    def _split_optimizer_str(self, optimizer_str: str) -> dict[str, str]:
        return {}


def _generation(trial: FrozenTrial) -> int:
    number = trial.system_attrs.get("cma:generation")
    return number if isinstance(number, int) else 0
