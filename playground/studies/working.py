"""Working on a study: ask, train, report, give up or go on, tell. The studio and `python -m playground.worker` do the
same; any number of workers, on any number of machines, may work on one study."""

from __future__ import annotations

import math
import os
import socket
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, TypeVar

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState

from playground.data.errors import TableError
from playground.studies import records
from playground.studies.claims import Claims
from playground.studies.heart import Heart
from playground.studies.records import Tally
from playground.studies.sampling import pruner, sampler
from playground.studies.spec import StudySpec
from playground.studies.storage import BEAT_SECONDS, DEAD_SECONDS, StudyError, hush, told
from playground.studies.studies import Studies
from playground.studies.training import Measured, train

AT_ONCE, SOON, LATER = 0.002, 0.003, 1.0
"""Seconds: an answer of the database is waited for; of rest until it is there; and while nothing can be done."""

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """What a worker comes to: share (0 to 1) of the study's budget, what is done, in words, and for how many seconds
    there is nothing to do. news: what became of a trial, told once."""

    share: float
    text: str
    rest: float = 0.0
    news: str = ""


class Allowance:
    """How many trials a worker may begin, of all its studies together."""

    def __init__(self, left: float = math.inf) -> None:
        self.left = left


Steps = Generator[Step, None, T]


def work(
    url: str,
    name: str,
    *,
    device: str = "auto",
    worker: str | None = None,
    allowance: Allowance | None = None,
    beat: int = BEAT_SECONDS,
    dead: int = DEAD_SECONDS,
    hurry: bool = False,
) -> Iterator[Step]:
    """Work on the study `name` in the database `url` until it is over, or stopped, or the allowance of trials is
    used up.

    Yields a `Step` about every 30 ms. Closing the generator in the middle of a trial gives that back; with `hurry` it
    does not wait for the database then. Raises StudyError where the study cannot be worked on here.
    """
    hush()
    studies = Studies(url, beat, dead)
    spec = studies.open(name)
    _check_here(spec, device)
    with told(url):
        bench = _Bench(studies, name, spec, device, worker or worker_name(), beat)
    try:
        yield from bench.work(allowance or Allowance())
    finally:
        bench.close(hurry)


def run(url: str, name: str, **options: Any) -> dict[str, Any]:
    """Work on a study until it is over, or stopped, and return its report; url, name and options as `work` takes them.
    Raises StudyError."""
    for step in work(url, name, **options):
        time.sleep(step.rest)
    with closing(Studies(url)) as studies:
        return studies.report(name)


def worker_name() -> str:
    """This process among all workers: machine and process id."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def _check_here(spec: StudySpec, device: str) -> None:
    """A GPU may not be here, and a table that somebody brought may be on another machine: no trial need fail of that.
    Raises StudyError."""
    from playground.data import load
    from playground.training.devices import DeviceError, choose_device

    try:
        choose_device(device, 0, 1)
    except (DeviceError, RuntimeError) as wrong:
        raise StudyError(f"This machine cannot train on {device[:40]!r}. {wrong}") from None
    try:
        load(spec.base.data)
    except TableError as wrong:
        raise StudyError(f"This machine cannot work on the study. {wrong}") from None


class _Bench:
    """One worker at one study. Everything that asks the database does so in a thread of its own, so that a slow one
    keeps nobody waiting but this study."""

    def __init__(self, studies: Studies, name: str, spec: StudySpec, device: str, worker: str, beat: float) -> None:
        self._studies, self._name, self._spec, self._device, self._worker = studies, name, spec, device, worker
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="study")
        self._study = optuna.load_study(
            study_name=name, storage=studies.storage, sampler=sampler(spec), pruner=pruner(spec)
        )
        self._claims = Claims(studies, self._study, spec)
        self._heart = Heart(studies, name, beat)
        self._trial: optuna.Trial | None = None
        self._share, self._text, self._news = 0.0, "Beginning", ""

    def work(self, allowance: Allowance) -> Steps[None]:
        """Trial after trial."""
        while not self._heart.gone and allowance.left > 0:
            yield from self._while_paused()
            if self._heart.state != "running":
                return
            what = yield from self._answer(self._look)
            if what == "end":
                yield from self._answer(lambda: self._studies.finish(self._name))
                return
            if what == "wait":
                self._text = "Waiting for the trials of other workers"
                yield self._step(LATER)
                continue
            allowance.left -= 1
            yield from self._one()
        if self._heart.gone:
            raise StudyError(self._heart.gone)

    def close(self, hurry: bool) -> None:
        """Give back what is not finished; waits for the database, unless in a hurry."""
        trial, self._trial = self._trial, None
        self._heart.beat_for(None)
        if trial is not None:
            self._thread.submit(self._claims.give_back, trial._trial_id)
        self._thread.submit(self._studies.close)
        self._thread.shutdown(wait=not hurry)
        self._heart.end()

    def _look(self) -> str:
        self._claims.take_up()
        self._heart.look()
        tally = Tally.of(self._study.get_trials(deepcopy=False))
        self._share = tally.share(self._spec, self._heart.seconds)
        return tally.next(self._spec, self._heart.seconds)

    def _one(self) -> Steps[None]:
        """One trial from its beginning to its end."""
        self._text = "Choosing what to try"
        self._trial = trial = yield from self._answer(self._take)
        if trial is None:
            return
        try:
            state, values, notes = yield from self._train(trial)
            yield from self._answer(lambda: self._tell(trial, state, values, notes))
        except UpdateFinishedTrialError:
            self._trial = None  # taken up by somebody else: what we found out about it is theirs to tell
        if self._heart.state == "stopped" and self._trial is not None:
            yield from self._answer(lambda: self._claims.give_back(trial._trial_id))
        self._trial = None
        self._heart.beat_for(None)

    def _take(self) -> optuna.Trial | None:
        trial = self._claims.take(self._worker)
        if trial is not None:
            self._heart.beat_for(trial._trial_id)
        return trial

    def _train(self, trial: optuna.Trial) -> Steps[tuple[TrialState | None, list[float] | None, dict[str, Any]]]:
        """State (None: not finished), values and notes of a trial."""
        measured: Measured | None = None
        for item in self._trained(trial.params):
            yield from self._while_paused()
            if self._heart.state != "running" or self._heart.gone:
                return None, None, {}
            if isinstance(item, str):
                return TrialState.FAIL, None, {records.NOTE: records.line(item)}
            if not isinstance(item, Measured):
                self._text = f"Trial {trial.number}: epoch {item:.0f} of {self._spec.epochs}"
                yield self._step()
                continue
            measured = item
            if measured.divergence:
                break
            if (yield from self._answer(partial(self._report, trial, measured))):
                return TrialState.PRUNED, None, {records.MEASURED: asdict(measured)}
        return self._ended(measured)

    def _trained(self, values: dict[str, Any]) -> Iterator[Measured | float | str]:
        """What `train` yields for these values; why they cannot be trained, in words, as the last thing."""
        try:
            yield from train(self._spec.experiment(values), self._spec.epochs, self._device)
        except (ValueError, MemoryError, RuntimeError) as wrong:
            yield _explained(wrong)

    def _ended(self, measured: Measured) -> tuple[TrialState, list[float] | None, dict[str, Any]]:
        notes: dict[str, Any] = {records.MEASURED: asdict(measured)}
        if not measured.divergence:
            return TrialState.COMPLETE, [measured.value(name) for name in self._spec.objectives], notes
        notes |= {records.DIVERGED: True, records.NOTE: records.line(measured.divergence)}
        # Given up counts as worse than any trial that was not. With two objectives there is no giving up.
        return TrialState.PRUNED if len(self._spec.objectives) == 1 else TrialState.FAIL, None, notes

    def _report(self, trial: optuna.Trial, measured: Measured) -> bool:
        """Tell how far a trial has come; whether it is given up."""
        value = measured.value(self._spec.objectives[0])
        if len(self._spec.objectives) > 1:  # Optuna compares none then; the curves are worth seeing
            self._studies.storage.set_trial_intermediate_value(trial._trial_id, measured.epoch, value)
            return False
        trial.report(value, measured.epoch)
        return self._spec.prunes and measured.epoch < self._spec.epochs and trial.should_prune()

    def _tell(
        self, trial: optuna.Trial, state: TrialState | None, values: list[float] | None, notes: dict[str, Any]
    ) -> None:
        if state is None:
            return
        for key, value in notes.items():
            trial.set_user_attr(key, _plain(value))
        self._study.tell(trial, values, state)
        self._trial = None
        self._news = f"Trial {trial.number}: {self._outcome(state, values, notes)}"

    def _outcome(self, state: TrialState, values: list[float] | None, notes: dict[str, Any]) -> str:
        if notes.get(records.NOTE):
            return notes[records.NOTE]
        if state == TrialState.PRUNED:
            return f"given up at epoch {notes[records.MEASURED]['epoch']}."
        told = zip(self._spec.sought, values or (), strict=False)
        return ", ".join(f"{objective.label} {value:.4g}" for objective, value in told)

    def _while_paused(self) -> Steps[None]:
        while self._heart.state == "paused" and not self._heart.gone:
            text, self._text = self._text, "Paused"
            yield self._step(LATER)
            self._text = text

    def _answer(self, ask: Callable[[], T]) -> Steps[T]:
        """What the database answers, while everybody else goes on."""
        asked = self._thread.submit(ask)
        while not wait((asked,), AT_ONCE).done:
            yield self._step(SOON)
        with told(self._studies.url):
            return asked.result()

    def _step(self, rest: float = 0.0) -> Step:
        news, self._news = self._news, ""
        return Step(self._share, self._text, rest, news)


def _plain(value: Any) -> Any:
    """JSON of every database: without NaN and infinities."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _explained(error: Exception) -> str:
    if isinstance(error, MemoryError) or "not enough memory" in str(error) or "out of memory" in str(error):
        return "There is not enough memory for it."
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
