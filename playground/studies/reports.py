"""How a study stands, as plain JSON values: what the pages and `python -m playground.worker` tell of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from playground.experiment import axes
from playground.studies import records
from playground.studies.records import Tally
from playground.studies.spec import SAMPLERS, StudySpec

_STATES = {
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
    TrialState.RUNNING: "running",
    TrialState.WAITING: "waiting",
}


def report(name: str, spec: StudySpec, attributes: Mapping[str, Any], trials: Sequence[FrozenTrial]) -> dict[str, Any]:
    """How a study stands.

    state: "running", "paused", "stopped", "finished" or "failed", and the problem of one that failed; share: how much
    of the budget is used up, 0 to 1; left: trials and seconds, None where there is no such budget; counts: trials by
    state; workers: who works on which trial now; best: the number of the best trial, None before there is one; pareto:
    with two objectives those that no other is better than in both; trials: a row each, in the order of their numbers.

    State of a trial: "complete", "pruned", "diverged", "failed", "running", "waiting", "retried" (its worker died, or
    gave it back: another trial with the same values took its place).
    """
    tally, seconds = Tally.of(trials), records.worked(attributes)
    again = {records.retries(trial)[-1]: trial.number for trial in trials if records.retries(trial)}
    rows = [_row(spec, trial, tally, again) for trial in trials if not trial.user_attrs.get(records.SURPLUS)]
    best, pareto = _best(spec, trials)
    return {
        "name": name,
        "title": title(spec),
        "state": records.read_state(attributes),
        "problem": records.line(attributes.get(records.PROBLEM)),
        "objectives": [{"name": o.name, "label": o.label, "direction": o.direction} for o in spec.sought],
        "dimensions": [{"at": at, "label": field.label} for at, field in spec.fields.items()],
        "share": tally.share(spec, seconds),
        "seconds": seconds,
        "left": {
            "trials": None if spec.trials is None else max(0, spec.trials - tally.done),
            "seconds": None if spec.minutes is None else max(0.0, 60 * spec.minutes - seconds),
        },
        "counts": _counts(rows),
        "workers": [{"name": row["worker"], "trial": row["number"]} for row in rows if row["state"] == "running"],
        "best": best,
        "pareto": pareto,
        "trials": rows,
    }


def title(spec: StudySpec) -> str:
    """What a study is called: "Learning rate, Width and 2 more (TPE)"."""
    labels = [field.label for field in spec.fields.values()]
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    return f"{', '.join(labels[:3])}{more} ({SAMPLERS[spec.sampler][0]})"


def summary(name: str, spec: StudySpec, attributes: Mapping[str, Any], done: int) -> dict[str, Any]:
    """A study as a row of a list."""
    begun = attributes.get(records.BEGUN)
    return {
        "name": name,
        "title": title(spec),
        "state": records.read_state(attributes),
        "begun": float(begun) if isinstance(begun, int | float) and math.isfinite(begun) else 0.0,
        "deleted": records.deleted(attributes),
        "done": done,
        "trials": spec.trials,
        "minutes": spec.minutes,
    }


def _counts(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    states = ("complete", "pruned", "diverged", "failed", "running", "waiting", "retried")
    counts = dict.fromkeys(states, 0)
    for row in rows:
        counts[row["state"]] += 1
    return counts


def _row(spec: StudySpec, trial: FrozenTrial, tally: Tally, again: Mapping[int, int]) -> dict[str, Any]:
    noted = trial.user_attrs
    measured = noted.get(records.MEASURED)
    measured = measured if isinstance(measured, dict) else {}
    last = trial.last_step
    return {
        "number": trial.number,
        "state": _state(trial, tally),
        "values": None if trial.values is None else [_number(value) for value in trial.values],
        "last": None if last is None else _number(trial.intermediate_values[last]),
        "epoch": _number(measured.get("epoch")) or last or 0,
        "seconds": _number(measured.get("seconds")),
        "measured": {str(key)[:40]: _number(value) for key, value in list(measured.items())[:12]},
        "params": {at: _said(spec, at, value) for at, value in trial.params.items()},
        "note": _note(trial, again.get(trial.number)),
        "worker": records.line(noted.get(records.WORKER), 80),
    }


def _state(trial: FrozenTrial, tally: Tally) -> str:
    if trial.number in tally.handed_on:
        return "retried"
    if trial.user_attrs.get(records.DIVERGED) and trial.state.is_finished():
        return "diverged"
    return _STATES[trial.state]


def _note(trial: FrozenTrial, again: int | None) -> str:
    """What is to be said of a trial; again: the number of the one that took its place."""
    before, noted = records.retries(trial), records.line(trial.user_attrs.get(records.NOTE))
    if not noted and trial.state == TrialState.FAIL:
        noted = "Its worker was not heard of any more."
    origin = records.line(trial.user_attrs.get(records.ORIGIN))
    told = [
        f"Trial {before[-1]} again." if before else "",
        origin,
        noted,
        f"Taken up as trial {again}." if again else "",
    ]
    return " ".join(part for part in told if part)


def _said(spec: StudySpec, at: str, value: Any) -> str:
    return axes.said(spec.fields[at], value)[:60] if at in spec.fields else str(value)[:60]


def _number(value: Any) -> float | None:
    """A number that JSON has a word for."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return value if fits else None


def _best(spec: StudySpec, trials: Sequence[FrozenTrial]) -> tuple[int | None, list[int]]:
    """The best finished trial in the first objective, and of two objectives those on the Pareto front."""
    signs = [1.0 if objective.direction == "minimize" else -1.0 for objective in spec.sought]
    done = [
        (tuple(sign * value for sign, value in zip(signs, trial.values, strict=True)), trial.number)
        for trial in trials
        if trial.state == TrialState.COMPLETE and trial.values and len(trial.values) == len(signs)
        and not trial.user_attrs.get(records.DIVERGED)
    ]  # fmt: skip
    done.sort()
    if not done:
        return None, []
    front, least = [], math.inf
    for values, number in done if len(signs) == 2 else []:  # by the first; then each must be better in the second
        if values[1] < least:
            front.append(number)
            least = values[1]
    return done[0][1], front
