"""What we note in a study beside what Optuna keeps there, and how it is read again: checked, as anybody may have
written it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from optuna.trial import FrozenTrial, TrialState
from pydantic import ValidationError

from playground.experiment.problems import explain
from playground.studies.spec import StudySpec
from playground.studies.storage import StudyError

SPEC, STATE, OWNER, BEGUN, CLOCK, PROBLEM, DELETED = (
    f"playground:{name}" for name in ("spec", "state", "owner", "begun", "clock", "problem", "deleted")
)
"""Attributes of a study. Its clock: [seconds that were worked on it, when that was noted last]; deleted: when (seconds
since 1970), or null."""
NOTE, WORKER, PROCESS, DIVERGED = "note", "worker", "process", "diverged"
SURPLUS, MEASURED, ORIGIN = "surplus", "measured", "origin"
"""Attributes of a trial."""
RETRIES = "retry_history"
"""Optuna's own: the numbers of the trials that this one is another attempt at, the first one first."""

State = Literal["running", "paused", "stopped", "finished", "failed"]
STATES = ("running", "paused", "stopped", "finished", "failed")
MOST_SPEC = 400_000
"""Characters of a description."""
MOST_NOTE = 400
GAP_SECONDS = 15.0
"""Longer silences do not count as work."""


def owner_mark(owner: str | None) -> str:
    """What a study knows of whose it is: nobody who reads the database can take the visitor's place."""
    return hashlib.blake2b((owner or "").encode(), digest_size=16, person=b"np-study").hexdigest()


def write_spec(spec: StudySpec) -> str:
    """A description as text, for `read_spec`."""
    return spec.model_dump_json()


def read_spec(attributes: Mapping[str, Any]) -> StudySpec:
    """A study's description. Raises StudyError where there is none, or none that can be used here."""
    text = attributes.get(SPEC)
    if not isinstance(text, str):
        raise StudyError("This study was not made by Network Playground: it does not say what a trial is.")
    if len(text) > MOST_SPEC:
        raise StudyError("The description of this study is far too long.")
    try:
        return StudySpec.model_validate_json(text)
    except ValidationError as wrong:
        problems = " ".join(f"{problem}." for problem in explain(wrong, StudySpec)[:2])
        raise StudyError(f"The description of this study cannot be used here. {problems}") from None


def read_state(attributes: Mapping[str, Any]) -> State:
    """How a study stands; what nobody can have meant counts as paused."""
    state = attributes.get(STATE)
    return state if state in STATES else "paused"


def deleted(attributes: Mapping[str, Any]) -> float | None:
    """When a study was deleted (seconds since 1970); None for one that is there."""
    when = attributes.get(DELETED)
    return float(when) if isinstance(when, int | float) and not isinstance(when, bool) and when == when else None


def worked(attributes: Mapping[str, Any]) -> float:
    """Seconds that somebody worked on a study."""
    return _clock(attributes)[0]


def tick(attributes: Mapping[str, Any], now: float | None = None) -> list[float]:
    """A study's clock a moment later. However many work on it, and note it, a second counts once; pauses and the time
    in which nobody did do not count."""
    spent, noted = _clock(attributes)
    now = time.time() if now is None else now
    passed = now - noted
    return [spent + passed if 0.0 < passed <= GAP_SECONDS else spent, max(noted, now)]


def wind(attributes: Mapping[str, Any], now: float | None = None) -> list[float]:
    """A study's clock when work goes on after a pause."""
    return [_clock(attributes)[0], time.time() if now is None else now]


def _clock(attributes: Mapping[str, Any]) -> tuple[float, float]:
    clock = attributes.get(CLOCK)
    if not (isinstance(clock, list) and len(clock) == 2 and all(isinstance(part, int | float) for part in clock)):
        return 0.0, 0.0
    spent, noted = (float(part) if part == part and 0 <= part < 1e12 else 0.0 for part in clock)
    return spent, noted


def line(text: Any, most: int = MOST_NOTE) -> str:
    """A text out of the database, or for it, of bounded length."""
    text = text if isinstance(text, str) else ""
    return text if len(text) <= most else f"{text[:most]}..."


def retries(trial: FrozenTrial) -> list[int]:
    """The trials that this one is another attempt at, the first one first."""
    numbers = trial.system_attrs.get(RETRIES, [])
    return [number for number in numbers if isinstance(number, int)] if isinstance(numbers, list) else []


@dataclass(frozen=True)
class Tally:
    """The trials of a study by what became of them. Another attempt counts in place of the trial it took up."""

    done: int
    running: int
    waiting: int
    handed_on: frozenset[int]

    @classmethod
    def of(cls, trials: Iterable[FrozenTrial]) -> Tally:
        """What there is now."""
        trials = list(trials)
        handed_on = frozenset(number for trial in trials for number in retries(trial))
        counted = [
            trial.state for trial in trials if trial.number not in handed_on and not trial.user_attrs.get(SURPLUS)
        ]
        running, waiting = counted.count(TrialState.RUNNING), counted.count(TrialState.WAITING)
        return cls(len(counted) - running - waiting, running, waiting, handed_on)

    def share(self, spec: StudySpec, seconds: float) -> float:
        """How much of the budget is used up, 0 to 1."""
        of_trials = self.done / spec.trials if spec.trials else 0.0
        of_time = seconds / (60 * spec.minutes) if spec.minutes else 0.0
        return min(1.0, max(of_trials, of_time))

    def next(self, spec: StudySpec, seconds: float) -> Literal["ask", "wait", "end"]:
        """What a worker does now: begin a trial, wait for those of others (a dead one's would be taken up), or end."""
        if spec.minutes and seconds >= 60 * spec.minutes:
            return "wait" if self.running else "end"
        if self.waiting or spec.trials is None or self.done + self.running < spec.trials:
            return "ask"
        return "wait" if self.running else "end"
