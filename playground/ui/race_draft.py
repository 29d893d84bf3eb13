"""The races that a person sets up: one for each terrain and one for their network, and which of them runs.

Not part of the experiment: kept for this browser tab. Forms ask it for changes as they ask a workbench.
"""

from __future__ import annotations

import math
import secrets
from typing import Any

import streamlit as st
from pydantic import ValidationError

from playground.experiment import REGISTRIES, Experiment
from playground.experiment.presets import start
from playground.experiment.problems import explain
from playground.experiment.races import USUAL, NetworkRace, Racer, TerrainRace, line_up, rates_of
from playground.experiment.terrains import TERRAINS
from playground.runs import ServerFull, hub
from playground.ui.changes import Path, put_into

NETWORK = "network"
FIRST = "beale"
_KEY = "race_draft"

VARIANTS: dict[str, dict[str, Any]] = {
    "sgd": USUAL[0],
    "momentum": USUAL[1],
    "nesterov": USUAL[2],
    **{kind: {"kind": kind} for kind in REGISTRIES["optimizer"] if kind != "sgd"},
}
"""What a racer can be chosen to be: the optimizers, SGD with momentum under its own names."""


class Draft:
    """All races of a browser tab. chosen: the one that is shown, `NETWORK` or a terrain's name. job: the studio's that
    works at the race shown, None without one; problem: why there is none."""

    def __init__(self) -> None:
        self.chosen = FIRST
        self.terrain = FIRST
        self.job: str | None = None
        self.problem = ""
        self._owner = secrets.token_urlsafe(8)
        self._begun: TerrainRace | NetworkRace | None = None
        self._errors: dict[Path, str] = {}
        self._races: dict[str, TerrainRace | NetworkRace] = {}

    @classmethod
    def current(cls) -> Draft:
        """This browser tab's."""
        if _KEY not in st.session_state:
            st.session_state[_KEY] = cls()
        return st.session_state[_KEY]

    @property
    def race(self) -> TerrainRace | NetworkRace:
        """The race that is shown; the network's with any experiment, until it begins."""
        if self.chosen not in self._races:
            self._races[self.chosen] = _usual(self.chosen)
        return self._races[self.chosen]

    @property
    def on_network(self) -> bool:
        """Whether the race shown is the one on the person's network."""
        return self.chosen == NETWORK

    def choose(self, chosen: str) -> None:
        """Show another race."""
        if chosen == NETWORK or chosen in TERRAINS:
            if self.job is not None:
                self.cancel(self.job)
            self.chosen = chosen
            self.terrain = self.terrain if chosen == NETWORK else chosen
            self._leave()

    def set(self, at: Path, value: Any) -> bool:
        """Set the field at `at`, which begins with the name of the race; whether it was accepted."""
        self._errors = {}
        race = self.race
        try:
            self._races[self.chosen] = type(race).model_validate(put_into(race, at[1:], value))
        except ValidationError as wrong:
            self._errors[at] = " ".join(f"{problem.message}." for problem in explain(wrong, type(race))[:2])
            return False
        return True

    def error(self, at: Path) -> str:
        """What is wrong with the field at `at`, or nothing."""
        return self._errors.get(at, "")

    def vary(self, index: int, variant: str) -> None:
        """Have a racer be another optimizer, with a learning rate that goes well here where one is known."""
        if variant in VARIANTS and index < len(self.race.racers):
            self.set((self.chosen, "racers", index), self._racer(variant))

    def add(self) -> None:
        """Another racer: the first kind that does not run yet."""
        running = {variant_of(racer) for racer in self.race.racers}
        variant = next((variant for variant in VARIANTS if variant not in running), "sgd")
        self.set((self.chosen, "racers"), (*self.race.racers, self._racer(variant)))

    def remove(self, index: int) -> None:
        """One racer less; somebody always runs."""
        racers = self.race.racers
        if len(racers) > 1:
            self.set((self.chosen, "racers"), racers[:index] + racers[index + 1 :])

    def begin_usual(self) -> None:
        """The race as it comes, with the usual six."""
        self._races.pop(self.chosen, None)

    def start_at(self, x: Any, y: Any) -> None:
        """Begin from another place of the terrain; what comes from a browser is checked."""
        if all(isinstance(place, (int, float)) and math.isfinite(place) for place in (x, y)) and not self.on_network:
            self.set((self.chosen, "start"), (float(x), float(y)))

    def begin(self, run: str | None = None, trained: Experiment | None = None) -> None:
        """Have the race shown worked out, in place of the one before.

        run, trained: the person's run and what it trains, for a race on the network.
        """
        race, run_id, self.problem = self.race, None, ""
        if self.on_network:
            race = race.model_copy(update={"experiment": trained})
            run_id = run if race.begin == "present" else None
        options = race.model_dump(mode="json")
        what = "network_race" if self.on_network else "terrain_race"
        try:
            self.job = hub().begin(what, options, run_id, owner=self._owner, replaces=self.job)
        except (ServerFull, TimeoutError, ValueError) as problem:
            self.job, self.problem = None, str(problem)
        except KeyError:
            self.job, self.problem = None, "The run is gone. Reload the page to begin another one."
        self._begun = self.race

    def again(self) -> None:
        """Other noise, where there is any: the same race would only be the same once more."""
        if not self.on_network and self.race.noise:
            self.set((self.chosen, "seed"), self.race.seed + 1)

    @property
    def is_stale(self) -> bool:
        """Whether what was begun last is another race than the one shown."""
        return self._begun != self.race

    def cancel(self, job: str) -> None:
        """End the work at a race."""
        if job == self.job:
            try:
                hub().cancel(job)
            except KeyError:
                self.gone(job)

    def gone(self, job: str) -> None:
        """The server knows a job no more."""
        if job == self.job:
            self._leave()

    def _leave(self) -> None:
        self.job, self._begun, self.problem = None, None, ""

    def _racer(self, variant: str) -> Racer:
        settings = VARIANTS[variant]
        racer = Racer(optimizer=settings)
        known = dict(zip(("sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam"), self._rates, strict=True))
        like = "adam" if REGISTRIES["optimizer"][settings["kind"]].__module__.endswith("adam_family") else variant
        return Racer(optimizer={**settings, "lr": known[like]}) if like in known else racer

    @property
    def _rates(self) -> tuple[float, ...]:
        return rates_of(None if self.on_network else self.chosen)


def variant_of(racer: Racer) -> str:
    """Which of `VARIANTS` a racer is."""
    optimizer = racer.optimizer
    if optimizer.kind == "sgd" and optimizer.momentum > 0:
        return "nesterov" if optimizer.nesterov else "momentum"
    return optimizer.kind


def _usual(chosen: str) -> TerrainRace | NetworkRace:
    if chosen == NETWORK:
        return NetworkRace(experiment=start(), racers=line_up())
    terrain = TERRAINS[chosen]
    return TerrainRace(terrain=terrain(kind=chosen), racers=line_up(chosen), start=terrain.start, steps=terrain.steps)
