"""Whose a trial is: taken, given back, and taken up when its worker has died."""

from __future__ import annotations

import math
import time

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import fail_stale_trials
from optuna.storages._rdb import models
from optuna.trial import TrialState
from sqlalchemy import select

from playground.studies import processes, records
from playground.studies.sampling import ask, distributions
from playground.studies.spec import StudySpec
from playground.studies.storage import MOST_RETRIES, try_again
from playground.studies.studies import Studies

LOOK_SECONDS = 1.0
UNMARKED_SECONDS = 8.0
"""A trial that nobody has put a mark on for so long nobody will: its worker died in the moment between the two."""
UNHEARD = "Its worker was not heard of any more."
GIVEN_BACK = "Given back before its end."


class Claims:
    """The trials of one study, as one worker takes them."""

    def __init__(self, studies: Studies, study: optuna.Study, spec: StudySpec) -> None:
        self._storage, self._study, self._spec = studies.storage, study, spec
        self._draws = distributions(spec)
        self._mute: dict[int, float] = {}  # trials that nobody ever beat for: when we first saw them so
        self._looked = -math.inf

    def take(self, worker: str) -> optuna.Trial | None:
        """A trial to work on: one that waits, or a new one; None where others were quicker and none is left."""
        trial = ask(self._study, self._spec, self._draws)
        try:
            trial.set_user_attr(records.PROCESS, processes.mark())  # at once: whose it is nobody knows before
            if self._is_surplus(trial.number):
                trial.set_user_attr(records.SURPLUS, True)
                self._study.tell(trial, state=TrialState.FAIL)
                return None
            trial.set_user_attr(records.WORKER, worker)
        except UpdateFinishedTrialError:  # this took so long that somebody else has taken it up
            return None
        return trial

    def take_up(self) -> None:
        """Have the trials of dead workers wait for somebody, with the same values. Looks once a second at most."""
        now, mute = time.monotonic(), {}
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        fail_stale_trials(self._study)
        marked = set()
        for trial in self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            if processes.is_dead(trial.user_attrs.get(records.PROCESS)):
                self.give_back(trial._trial_id, UNHEARD, MOST_RETRIES)
            elif records.PROCESS in trial.user_attrs:
                marked.add(trial._trial_id)
        for trial_id in self._without_heart():
            mute[trial_id] = self._mute.get(trial_id, now)
            grace = self._storage.grace_period if trial_id in marked else UNMARKED_SECONDS
            if now - mute[trial_id] > grace:
                self.give_back(trial_id, UNHEARD, MOST_RETRIES)
        self._mute = mute

    def give_back(self, trial_id: int, why: str = GIVEN_BACK, most: int | None = None) -> None:
        """Have somebody else do a trial that is not finished, if it is not the `most`-th time. Nothing happens to one
        that is over."""
        try:
            self._storage.set_trial_user_attr(trial_id, records.NOTE, why)
            self._storage.set_trial_state_values(trial_id, state=TrialState.FAIL)
        except (UpdateFinishedTrialError, KeyError):
            return
        try_again(self._study, self._storage.get_trial(trial_id), most)

    def _without_heart(self) -> list[int]:
        """A worker may die between its trial's first moment and its own first beat: Optuna would wait for ever."""
        trial, heart = models.TrialModel, models.TrialHeartbeatModel
        query = (
            select(trial.trial_id)
            .outerjoin(heart, heart.trial_id == trial.trial_id)
            .where(trial.study_id == self._study._study_id, trial.state == TrialState.RUNNING, heart.trial_id.is_(None))
        )
        with self._storage.engine.connect() as connection:
            return list(connection.scalars(query))

    def _is_surplus(self, number: int) -> bool:
        """Whether several workers asked for the last trial at the same moment, and this is one too many."""
        if self._spec.trials is None:
            return False
        trials = self._study.get_trials(deepcopy=False)
        again = {trial.number: records.retries(trial) for trial in trials}
        if again.get(number):
            return False
        handed_on = {other for numbers in again.values() for other in numbers}
        counted = [
            trial for trial in trials if trial.number not in handed_on and not trial.user_attrs.get(records.SURPLUS)
        ]
        ahead = sum(trial.number < number or bool(again[trial.number]) for trial in counted)
        return ahead >= self._spec.trials
