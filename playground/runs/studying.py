"""The studio's view of a study, as the page draws it: how it stands, and the figure that is looked at.

Whoever works on the study - the studio itself, other machines, nobody - is seen through the database alone. A report is
made once for all who look at the same study.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import optuna
from optuna.trial import FrozenTrial

from playground.experiment import axes
from playground.experiment.entry import Model
from playground.runs.jobs import Rest
from playground.runs.wire import encode
from playground.settings import settings
from playground.studies import Studies, StudySpec
from playground.studies.figures import FIGURES, Words, empty, figure

BUSY, QUIET = 0.4, 1.5
"""Seconds between two looks at a study that moves, and at one that does not."""
COSTLY, LONGEST = 4.0, 3.0
"""A figure is not drawn anew before so many times as long as it took has passed, at most so many seconds: the search is
to go on meanwhile."""
MOST_ROWS = 300
"""Trials in the table: the latest ones, and the best ones."""


class Look(Model):
    """What is looked at. figure: one of `FIGURES`; objective: which one, where there are two; params: the two places
    that span a contour, none for those that matter most."""

    figure: str = "curves"
    objective: int = 0
    params: tuple[str, ...] = ()


@dataclass
class _Seen:
    """A study as it was read last. serial: counts how often anything was different from the time before, trials_serial
    how often a trial was."""

    report: dict[str, Any]
    trials: list[FrozenTrial]
    read: float
    serial: int = 1
    trials_serial: int = 1


def follow(options: dict[str, Any], state: bytes | None) -> Iterator[tuple | Rest]:
    """Follow a study until nobody looks; options: ``study``, its name, and ``look`` (see `Look`).

    Told another ``look`` it draws that.
    Results: ``{"report": ..., "look": ..., "figure": ...}``; for the report see `playground.studies.reports`.
    """
    name, look = str(options.get("study"))[:200], _look(options.get("look"), Look())
    words = words_of(studies().open(name))
    drawn, shown, told_of, due = {}, None, None, 0.0
    while True:
        seen, told = _read(name), None
        if shown != (seen.trials_serial, look) and (time.monotonic() >= due or shown is None or shown[1] != look):
            begun = time.monotonic()
            drawn, shown = _figure(studies().study(name), seen, look, words), (seen.trials_serial, look)
            now = time.monotonic()
            due = now + min(LONGEST, COSTLY * (now - begun))
        if told_of != (seen.serial, shown):
            told_of = seen.serial, shown
            result = {"report": _cut(seen.report), "look": shown[1].model_dump(), "figure": drawn}
            told = yield seen.report["share"], encode(result)
        told = told or (yield Rest(BUSY if seen.report["state"] == "running" else QUIET))
        if told is not None:
            look = _look(told.get("look"), look)


@cache
def studies() -> Studies:
    """The studies of this server, as this process sees them."""
    return Studies(settings.storage_url)


def words_of(spec: StudySpec) -> Words:
    """What a study's parameters and choices are called."""
    fields = spec.fields

    def said(at: str, value: Any) -> str:
        return axes.said(fields[at], value) if at in fields else str(value)[:60]

    return Words({at: field.label for at, field in fields.items()}, said, tuple(goal.label for goal in spec.sought))


_seen: dict[str, _Seen] = {}
_KEPT = 32


def _read(name: str) -> _Seen:
    """The study as it is now, or was a moment ago."""
    before, now = _seen.get(name), time.monotonic()
    if before is not None and now - before.read < BUSY / 2:
        return before
    seen = _Seen(studies().report(name), studies().study(name).get_trials(deepcopy=False), now)
    if before is not None:
        seen.serial = before.serial + (seen.report != before.report)
        seen.trials_serial = before.trials_serial + (seen.report["trials"] != before.report["trials"])
    _seen.pop(name, None)
    _seen[name] = seen
    if len(_seen) > _KEPT:
        del _seen[next(iter(_seen))]
    return seen


def _look(given: Any, otherwise: Look) -> Look:
    """What a page asked to see; where that makes no sense, what it saw before."""
    try:
        look = Look.model_validate(given)
    except ValueError:
        return otherwise
    return look if look.figure in FIGURES else otherwise


def _figure(study: optuna.Study, seen: _Seen, look: Look, words: Words) -> dict[str, Any]:
    try:
        return figure(study, look.figure, words, objective=look.objective, params=look.params, trials=seen.trials)
    except ValueError as wrong:
        return empty(str(wrong))


def _cut(report: dict[str, Any]) -> dict[str, Any]:
    """A report with as many trials as a table can hold."""
    rows = report["trials"]
    if len(rows) <= MOST_ROWS:
        return report
    sign = -1.0 if report["objectives"][0]["direction"] == "maximize" else 1.0
    valued = [row for row in rows if row["values"] and row["values"][0] is not None]
    best = sorted(valued, key=lambda row: sign * row["values"][0])[: MOST_ROWS // 2]
    kept = {row["number"]: row for row in (*best, *rows[-(MOST_ROWS - len(best)) :])}
    return {**report, "trials": [kept[number] for number in sorted(kept)]}
