"""Which of a person's runs are compared, and what they do with them; kept for this browser tab."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from playground.archive import ArchiveError, KeptRun
from playground.figures.theme import RACERS
from playground.runs import ServerFull, hub
from playground.ui import runs_rows
from playground.ui.changes import put
from playground.ui.workbench import Workbench

COLOURS = (*RACERS, "#8a63ee", "#8c8c8c")
"""Of the runs that are compared, in order."""
AT_FIRST = 3
"""Of the latest runs, so many are compared while a person has not said which."""
RATES = (1 / 3, 1.0, 3.0)
EPOCHS = 150
"""What the first comparison of a newcomer is made of: the learning rate times these, trained so far."""
NONE = "none"
"""In the address: a person has chosen to compare no run."""
MOST_RESTORABLE = 100
"""Deleted runs that are listed."""
TOLD_SECONDS = 20.0
"""How long it is told what could not be done."""
GONE = "This run is not kept any more."
_KEY = "runs_draft"


class Draft:
    """person: whose runs; pinned: ids of those that are compared, None while the person has not said; job: the studio's
    that draws their pictures; deleted: {id, name} of the run that was deleted last; problem: what could not be done;
    leave: whether the page goes to the Playground, with the run that is now on the bench."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.pinned: list[str] | None = None
        self.job: str | None = None
        self.deleted: dict[str, str] | None = None
        self.problem = ""
        self._acted = 0.0
        self.seen: list[KeptRun] | None = None
        """The person's runs as they were read last."""
        self.leave = False
        self.moved = False
        """Whether the bench has another run."""
        self.done: dict[str, Any] = {"visit": "", "serial": 0}
        self._awaited = ""
        self._owner = secrets.token_urlsafe(8)
        self._pictured: tuple = ()
        self._restorable: list[KeptRun] | None = None

    @classmethod
    def current(cls, person: str) -> Draft:
        """This browser tab's."""
        found = st.session_state.get(_KEY)
        if found is None or found.person != person:
            found = st.session_state[_KEY] = cls(person)
        return found

    def compared(self, runs: Sequence[KeptRun]) -> list[KeptRun]:
        """Those of `runs` that are compared, in their order: by the person's choice, else the latest."""
        if self.pinned is None:
            return sorted(runs, key=lambda run: run.created)[-AT_FIRST:]
        known = {run.id: run for run in runs}
        for forked in (run for run in runs if run.run_id == self._awaited):
            self._awaited = ""
            self._pin(forked.id)
        return [known[kept_id] for kept_id in self.pinned if kept_id in known]

    @property
    def text(self) -> str | None:
        """What the person has chosen, for the address of the page; None while they have not."""
        return None if self.pinned is None else ",".join(self.pinned) or NONE

    def adopt(self, text: str | None, runs: Sequence[KeptRun]) -> None:
        """Compare what an address says, as far as these are the person's own `runs`."""
        if not text or self.pinned is not None:
            return
        known = {run.id for run in runs}
        ids = [kept_id for kept_id in text.split(",")[: len(COLOURS)] if kept_id in known]
        if ids or text == NONE:
            self.pinned = ids

    def _pin(self, *ids: str) -> None:
        """Compare these besides, as far as there is room."""
        self.pinned = list(dict.fromkeys([*(self.pinned or ()), *ids]))[: len(COLOURS)]

    # What a person does ----------------------------------------------------------------------------------------

    def take(self, bench: Workbench, report: dict[str, Any]) -> None:
        """Do what the view reports, once each; see `runs_view`. What cannot be done is told in `problem`."""
        visit, events = str(report.get("visit")), report.get("events")
        if visit != self.done["visit"]:
            self.done = {"visit": visit, "serial": 0}
        for event in events if isinstance(events, list) else []:
            serial = event.get("serial") if isinstance(event, dict) else None
            if isinstance(serial, int) and serial > self.done["serial"]:
                self.done["serial"] = serial
                self._act(bench, event)

    def _act(self, bench: Workbench, event: dict[str, Any]) -> None:
        does = {
            "pin": self._choose, "star": self._star, "rename": self._rename, "delete": self._delete, "demo": self._demo,
            "restore": self._restore, "continue": self._continue, "fork": self._fork, "open": self._open,
        }.get(str(event.get("op")))  # fmt: skip
        if does is None:
            return
        self.problem, self._acted = "", time.monotonic()
        try:
            does(bench, event)
        except KeyError:
            self.problem = GONE
        except (ArchiveError, ServerFull, ValueError) as problem:
            self.problem = str(problem)

    @property
    def told(self) -> str:
        """The problem, for a while: whatever comes after it may have gone well."""
        return self.problem if time.monotonic() - self._acted < TOLD_SECONDS else ""

    def _choose(self, bench: Workbench, event: dict[str, Any]) -> None:
        ids = event.get("ids")
        self.pinned = []
        self._pin(*map(str, ids if isinstance(ids, list) else ()))

    def _star(self, bench: Workbench, event: dict[str, Any]) -> None:
        hub().shelf.star(str(event.get("id")), self.person, bool(event.get("on")))

    def _rename(self, bench: Workbench, event: dict[str, Any]) -> None:
        hub().shelf.rename(str(event.get("id")), self.person, str(event.get("name") or ""))

    def _delete(self, bench: Workbench, event: dict[str, Any]) -> None:
        run = hub().shelf.get(str(event.get("id")), self.person)
        hub().shelf.delete(run.id, self.person)
        self.deleted = {"id": run.id, "name": runs_rows.row(run, None)["name"] or runs_rows.row(run, None)["title"]}

        self._restorable = None

    def _restore(self, bench: Workbench, event: dict[str, Any]) -> None:
        kept_id, self._restorable = str(event.get("id")), None
        if self.deleted is None or self.deleted["id"] == kept_id:
            self.deleted = None
        hub().shelf.restore(kept_id, self.person)

    @property
    def restorable(self) -> list[KeptRun]:
        """The runs that can be had back, the one that was deleted last first; as they were when last something was
        deleted here."""
        if self._restorable is None:
            try:
                found = hub().shelf.runs(self.person, deleted=True)
            except ArchiveError:
                return []  # the page says what is wrong with the database
            self._restorable = sorted(found, key=lambda run: run.deleted or 0.0, reverse=True)[:MOST_RESTORABLE]
        return self._restorable

    def _continue(self, bench: Workbench, event: dict[str, Any]) -> None:
        run_id = self._go(bench, hub().reopen, event, "Went on with an earlier run")
        hub().control(run_id, "play")

    def _fork(self, bench: Workbench, event: dict[str, Any]) -> None:
        self._awaited = self._go(bench, hub().fork, event, "Forked an earlier run")  # compared once it is kept

    def _open(self, bench: Workbench, event: dict[str, Any]) -> None:
        self._go(bench, hub().reopen, event, "Opened an earlier run")
        self.leave = True

    def _go(self, bench: Workbench, way: Callable[[str, str], str], event: dict[str, Any], told: str) -> str:
        """Have the bench go to a kept run, along with its experiment."""
        run_id = way(str(event.get("id")), self.person)
        bench.join(run_id, told)
        self._choose(bench, {"ids": event.get("pinned")})  # the same stay, whatever is kept from now on
        self.moved = True
        return run_id

    def _demo(self, bench: Workbench, event: dict[str, Any]) -> None:
        """Three trainings that differ in one thing, side by side."""
        at = ("training", "optimizer", "lr")
        rate = bench.experiment.training.optimizer.lr
        for factor in RATES:
            experiment = put(bench.experiment, at, float(f"{rate * factor:.2g}"))
            run_id = hub().create(experiment, device=bench.device or "auto", person=self.person)
            hub().control(run_id, "epoch", EPOCHS)
        self.pinned = None

    # Pictures --------------------------------------------------------------------------------------------------

    def picture(self, compared: Sequence[KeptRun]) -> None:
        """Have the pictures of these runs drawn, where they are not as they were, one drawing at a time."""
        wanted = tuple((run.id, run.updated) for run in compared)
        if not wanted or (wanted == self._pictured and self.job) or self._is_drawing:
            return
        options = {"person": self.person, "runs": [run.id for run in compared]}
        try:
            self.job = hub().begin("portraits", options, owner=self._owner, replaces=self.job)
            self._pictured = wanted
        except (ServerFull, TimeoutError, ValueError):
            self.job = None  # the next look asks again

    @property
    def _is_drawing(self) -> bool:
        try:
            return self.job is not None and hub().job(self.job).state == "working"
        except KeyError:
            self.job = None
            return False

    def gone(self, job: str) -> None:
        """The server knows a job no more."""
        if job == self.job:
            self.job = None


@lru_cache(maxsize=128)
def curves(kept_id: str, person: str, updated: float) -> dict[str, Any]:
    """The curves of a kept run as it was then."""
    return runs_rows.curves(hub().shelf.history(kept_id, person))
