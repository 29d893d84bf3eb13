"""What a study has found so far, in Optuna's own figures, in the words and colours of the pages.

Optuna draws them for a white page, with a parameter's name as it is stored. Here they speak of a "Learning rate",
leave text and grid to the page's theme, and say which trial each of their points is (`meta.trials`), so that it can be
pressed.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import optuna
from optuna.distributions import CategoricalDistribution
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState
from optuna.visualization import (
    plot_contour,
    plot_intermediate_values,
    plot_optimization_history,
    plot_parallel_coordinate,
    plot_param_importances,
    plot_pareto_front,
    plot_slice,
)

from playground.studies import looks_of_choices, looks_of_values
from playground.studies.looks_basis import Figure, Look, plain, spreads

# What matters is ranked again and again, of few trials too, and towards what is good.
warnings.filterwarnings("ignore", message="PedAnovaImportanceEvaluator computes")
warnings.filterwarnings("ignore", message="The number of trials is too small to compute importances")
warnings.filterwarnings("ignore", message="Target and region quantiles select the same set of trials")

MOST_CURVES = 120
"""Trials whose curves are drawn: the best ones and the latest ones."""
MOST_TRIALS = 1_000
"""Trials that a figure is made of: the latest ones, and the best one."""
FEW = "This figure needs two finished trials with different results. It comes with the next ones."


@dataclass(frozen=True)
class Words:
    """How a study's parameters, their choices, and its objectives are called.

    names: by parameter; said: (parameter, value) to a choice's name; objectives: one for each, in order.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    said: Callable[[str, Any], str] = lambda _name, value: str(value)
    objectives: Sequence[str] = ("Value",)


class _Called(optuna.Study):
    """A study whose trials have parameters with other names. Only to be looked at."""

    def __init__(self, study: optuna.Study, trials: Sequence[FrozenTrial]) -> None:
        super().__init__(study.study_name, study._storage)
        self._shown = list(trials)

    def get_trials(self, deepcopy: bool = True, states: Iterable[TrialState] | None = None) -> list[FrozenTrial]:
        wanted = None if states is None else set(states)
        return [trial for trial in self._shown if wanted is None or trial.state in wanted]


def figure(
    study: optuna.Study,
    which: str,
    words: Words = Words(),
    *,
    objective: int = 0,
    params: Sequence[str] = (),
    trials: Sequence[FrozenTrial] | None = None,
) -> Figure:
    """One of `FIGURES` as a plain Plotly dict: ``{"data": [...], "layout": {...}}``.

    objective: which one, where there are two; params: of "contour" the two parameters that span it (the most important
    ones, unless given); trials: the study's, where they have been read already. Where there is too little to draw, the
    figure has no data and says so in `layout.meta.empty`. Raises ValueError for an unknown figure, objective or
    parameter.
    """
    if which not in FIGURES:
        raise ValueError(f"There is no figure {str(which)[:40]!r}. There are: {', '.join(FIGURES)}.")
    directions = study.directions
    if not 0 <= objective < len(directions):
        raise ValueError(f"This study has {len(directions)} objectives; there is no number {objective + 1}.")
    read = study.get_trials(deepcopy=False) if trials is None else trials
    # An infinite result, which other tools may write, has no place on any axis.
    read = [trial for trial in read if trial.values is None or all(map(math.isfinite, trial.values))]
    kept = _kept(read, directions[objective], objective)
    if unknown := set(params) - {name for trial in kept for name in trial.params}:
        raise ValueError(f"No trial has a parameter {str(min(unknown))[:60]!r}.")
    called = _Called(study, [_called(trial, words) for trial in kept])
    look = Look(words.objectives[objective], directions[objective] is StudyDirection.MAXIMIZE)
    try:
        drawn = _DRAWN[which](called, look, words, objective, tuple(words.names.get(name, name) for name in params))
    except (ValueError, RuntimeError):  # what Optuna says of too few trials is for programmers
        return empty(FEW)
    return drawn if drawn["data"] or drawn["layout"].get("meta") else empty(FEW)


def empty(why: str) -> Figure:
    """A figure in whose place a sentence stands."""
    return {"data": [], "layout": {"meta": {"empty": why}}}


def most_important(study: optuna.Study, objective: int = 0) -> list[str]:
    """The parameters, the one that matters most for an objective first, as far as that can be told by now."""
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    names = sorted({name for trial in done for name in trial.params})
    try:
        ranked = list(optuna.importance.get_param_importances(study, target=_low_is_good(study, objective)))
    except (ValueError, RuntimeError):
        ranked = []
    return ranked + [name for name in names if name not in ranked]


def _called(trial: FrozenTrial, words: Words) -> FrozenTrial:
    """A trial with the names that a person reads."""
    params, distributions = {}, {}
    for name, value in trial.params.items():
        spread, label = trial.distributions[name], words.names.get(name, name)
        if isinstance(spread, CategoricalDistribution):
            spread = CategoricalDistribution([words.said(name, choice) for choice in spread.choices])
            value = words.said(name, value)
        params[label], distributions[label] = value, spread
    return FrozenTrial(
        number=trial.number, state=trial.state, value=None, values=trial.values, params=params,
        distributions=distributions, intermediate_values=trial.intermediate_values, trial_id=trial._trial_id,
        datetime_start=trial.datetime_start, datetime_complete=trial.datetime_complete, user_attrs={}, system_attrs={},
    )  # fmt: skip


def _kept(trials: list[FrozenTrial], direction: StudyDirection, objective: int) -> list[FrozenTrial]:
    if len(trials) <= MOST_TRIALS:
        return trials
    done = [trial for trial in trials if trial.state is TrialState.COMPLETE]
    best = _ranked(done, direction, objective)[:1]
    return sorted({trial.number: trial for trial in (*best, *trials[-MOST_TRIALS:])}.values(), key=lambda t: t.number)


def _ranked(done: list[FrozenTrial], direction: StudyDirection, objective: int) -> list[FrozenTrial]:
    """Finished trials, the best first."""
    return sorted(done, key=lambda trial: trial.values[objective], reverse=direction is StudyDirection.MAXIMIZE)


def _finished(study: _Called, names: Sequence[str] = ()) -> list[int]:
    """The numbers of the finished trials that have parameters of these names, in order."""
    done = study.get_trials(states=(TrialState.COMPLETE,))
    return [trial.number for trial in done if all(name in trial.params for name in names)]


def _target(study: _Called, objective: int) -> Callable[[FrozenTrial], float] | None:
    """What Optuna is told to draw where there are two objectives."""
    return (lambda trial: trial.values[objective]) if len(study.directions) > 1 else None


def _low_is_good(study: optuna.Study, objective: int) -> Callable[[FrozenTrial], float] | None:
    """As `_target`; what matters is told of how low values come about."""
    sign = -1.0 if study.directions[objective] is StudyDirection.MAXIMIZE else 1.0
    return (lambda trial: sign * trial.values[objective]) if len(study.directions) > 1 else None


def _scaled(study: _Called, look: Look, objective: int) -> tuple[Callable[[FrozenTrial], float] | None, Look]:
    """As `_target`, for figures that have no logarithmic axis for the results: of their logarithms, where these say
    more."""
    values = [trial.values[objective] for trial in study.get_trials(states=(TrialState.COMPLETE,))]
    if not spreads(values):
        return _target(study, objective), look
    return lambda trial: math.log10(trial.values[objective]), replace(look, log=True)


# --- one function a figure -----------------------------------------------------------------------------------


def _curves(study: _Called, look: Look, words: Words, objective: int, params: tuple) -> Figure:
    """The intermediate values of every trial: who was given up, and when."""
    trials = [trial for trial in study.get_trials() if trial.intermediate_values]
    done = [trial for trial in trials if trial.state is TrialState.COMPLETE]
    ranked = _ranked(done, study.directions[objective], objective)
    chosen = {trial.number: trial for trial in (*ranked[: MOST_CURVES // 3], *trials[-MOST_CURVES * 2 // 3 :])}
    if not chosen:
        return empty("A curve for every trial, as soon as the first ones have begun.")
    kept = sorted(chosen.values(), key=lambda trial: trial.number)
    drawn = plain(plot_intermediate_values(_Called(study, kept)))
    return looks_of_values.curves(drawn, look, kept, ranked[0].number if ranked else None)


def _history(study: _Called, look: Look, words: Words, objective: int, params: tuple) -> Figure:
    """Every result, and the best until then."""
    if not study.get_trials(states=(TrialState.COMPLETE,)):
        return empty("A point for every trial that comes to its end.")
    # Optuna takes a trial's number for its place among them.
    shown = [copy(trial) for trial in study.get_trials()]
    numbers = [trial.number for trial in shown]
    for place, trial in enumerate(shown):
        trial.number = place
    target = _target(study, objective)
    drawn = plot_optimization_history(_Called(study, shown), target=target, target_name=look.objective)
    return looks_of_values.history(plain(drawn), look, numbers)


def _importances(study: _Called, look: Look, words: Words, objective: int, params: tuple) -> Figure:
    """How much of the differences each choice explains (PED-ANOVA; Watanabe, Bansal and Hutter 2023)."""
    values = {trial.values[objective] for trial in study.get_trials(states=(TrialState.COMPLETE,))}
    if len(values) < 2:
        return empty(FEW)
    drawn = plot_param_importances(study, target=_low_is_good(study, objective), target_name=look.objective)
    return looks_of_values.importances(plain(drawn), look)


def _parallel(study: _Called, look: Look, words: Words, objective: int, params: tuple) -> Figure:
    """Every finished trial as a line through all that was chosen."""
    if not study.get_trials(states=(TrialState.COMPLETE,)):
        return empty("A line for every trial that comes to its end.")
    # More objectives than one Optuna draws side by side, coloured by rank, unless it is told which one.
    target, look = _scaled(study, look, objective)
    drawn = plot_parallel_coordinate(study, target=target, target_name=look.objective)
    return looks_of_choices.parallel(plain(drawn), look, _finished(study))


def _slice(study: _Called, look: Look, words: Words, objective: int, params: tuple) -> Figure:
    """The results over each choice, one at a time."""
    if not study.get_trials(states=(TrialState.COMPLETE,)):
        return empty("A point for every trial that comes to its end.")
    drawn = plot_slice(study, target=_target(study, objective), target_name=look.objective)
    return looks_of_choices.slices(plain(drawn), look)


def _contour(study: _Called, look: Look, words: Words, objective: int, params: tuple) -> Figure:
    """The results over two choices at once."""
    if len(study.get_trials(states=(TrialState.COMPLETE,))) < 2:
        return empty(FEW)
    target, look = _scaled(study, look, objective)
    names = params or tuple(most_important(study, objective)[:2])
    if len(names) < 2:
        return empty("A map of two choices: this study varies only one.")
    if names[0] == names[1]:
        return empty("Choose two different things for the two axes.")
    drawn = plain(plot_contour(study, params=list(names), target=target, target_name=look.objective))
    if not all("x" in trace for trace in drawn["data"]):
        return empty(FEW)  # one of the two was the same in every trial
    return looks_of_choices.contour(drawn, look, names, _finished(study, names))


def _pareto(study: _Called, look: Look, words: Words, objective: int, params: tuple) -> Figure:
    """Two objectives: what can be had of one at which price of the other."""
    if len(study.directions) != 2:
        return empty("A front of the best compromises: it needs two objectives.")
    if not study.get_trials(states=(TrialState.COMPLETE,)):
        return empty("A point for every trial that comes to its end.")
    return looks_of_values.pareto(plain(plot_pareto_front(study, target_names=list(words.objectives))))


_DRAWN = {
    "curves": _curves,
    "history": _history,
    "importances": _importances,
    "parallel": _parallel,
    "slice": _slice,
    "contour": _contour,
    "pareto": _pareto,
}
FIGURES = tuple(_DRAWN)
"""The figures by name."""
