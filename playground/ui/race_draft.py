"""The races that a person sets up: one for each terrain and one for their network, and which of them runs.

Not part of the experiment.
"""

from __future__ import annotations

import math
from typing import Any

from playground.experiment import REGISTRIES, Experiment
from playground.experiment.presets import start
from playground.experiment.races import USUAL, NetworkRace, Racer, TerrainRace, line_up, rates_of
from playground.experiment.terrains import TERRAINS
from playground.ui.changes import Path
from playground.ui.job_draft import JobDraft

NETWORK = "network"
FIRST = "beale"

VARIANTS: dict[str, dict[str, Any]] = {
    "sgd": USUAL[0],
    "momentum": USUAL[1],
    "nesterov": USUAL[2],
    **{kind: {"kind": kind} for kind in REGISTRIES["optimizer"] if kind != "sgd"},
}
"""What a racer can be chosen to be: the optimizers, SGD with momentum under its own names."""


class Draft(JobDraft):
    """All races of a browser tab; the job is that of the race shown. chosen: which that is, `NETWORK` or a terrain's
    name."""

    key = "race_draft"

    def __init__(self) -> None:
        super().__init__()
        self.chosen = FIRST
        self.terrain = FIRST
        self._races: dict[str, TerrainRace | NetworkRace] = {}

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
            self.job, self._begun, self.problem = None, None, ""

    def set(self, at: Path, value: Any) -> bool:
        """Set the field at `at`, which begins with the name of the race; whether it was accepted."""
        changed = self._changed(self.race, at, value)
        self._races[self.chosen] = changed or self.race
        return changed is not None

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
        self._begin("network_race" if self.on_network else "terrain_race", race.model_dump(mode="json"), run_id)
        self._begun = self.race

    def again(self) -> None:
        """Other noise, where there is any: the same race would only be the same once more."""
        if not self.on_network and self.race.noise:
            self.set((self.chosen, "seed"), self.race.seed + 1)

    @property
    def run(self) -> TerrainRace | NetworkRace:
        """The race that was begun last, to which the job belongs."""
        return (NetworkRace if self.on_network else TerrainRace).model_validate(self.asked)

    @property
    def is_stale(self) -> bool:
        """Whether what was begun last is another race than the one shown."""
        return self._begun != self.race

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
