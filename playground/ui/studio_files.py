"""The files of a race and of a comparison of terrains: what the studio found for this browser tab, to be taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from playground.experiment import Experiment
from playground.experiment.comparisons import FACTS
from playground.experiment.races import NetworkRace
from playground.export import staged, wording
from playground.figures.race import racers
from playground.ui import compare_draft, race_draft
from playground.ui.race_panel import ground_of


@dataclass(frozen=True)
class Race:
    """The race that this tab shows."""

    draft: race_draft.Draft

    @classmethod
    def current(cls) -> Self:
        """This browser tab's."""
        return cls(race_draft.Draft.current())

    @property
    def begun(self) -> bool:
        """Whether there is a race, or is about to be: one on a terrain begins by itself."""
        return self.draft.job is not None or not self.draft.on_network

    def stem(self, experiment: Experiment) -> str:
        """How its files' names begin."""
        return wording.file_stem(experiment) if self.draft.on_network else self.draft.chosen

    def page(self) -> bytes:
        """As `staged.race_page`. Raises ValueError, in words for a person, where there is no race."""
        found, race = self.draft.result(), self.draft.run
        if isinstance(race, NetworkRace):
            title, place = f"Race: {wording.title(race.experiment)}", f"{race.epochs:,} epochs"
        else:
            title, place = f"Race on {race.terrain.label}", "from ({:.3g}, {:.3g})".format(*race.start)
            place += f", noise {race.noise:g}" if race.noise else ""
        field = racers(race.racers)
        rates = (f"{one['name']} {racer.optimizer.lr:g}" for one, racer in zip(field, race.racers, strict=True))
        return staged.race_page(title, f"{', '.join(rates)}; {place}.", field, found, self._ground(race))

    def arrays(self) -> bytes:
        """As `staged.race_arrays`. Raises ValueError, in words for a person, where there is no race."""
        found, race = self.draft.result(), self.draft.run
        return staged.race_arrays(self.draft.asked, racers(race.racers), found, self._ground(race))

    def _ground(self, race: Any) -> dict[str, Any] | None:
        return None if isinstance(race, NetworkRace) else ground_of(race.terrain, race.start)


@dataclass(frozen=True)
class Comparison:
    """The comparison that this tab shows."""

    draft: compare_draft.Draft

    @classmethod
    def current(cls) -> Self:
        """This browser tab's."""
        return cls(compare_draft.Draft.current())

    @property
    def begun(self) -> bool:
        """Whether there is a comparison, or is about to be: a published one begins by itself."""
        return self.draft.job is not None or self.draft.chosen != compare_draft.MINE

    def stem(self, experiment: Experiment) -> str:
        """How its files' names begin."""
        mine = self.draft.chosen == compare_draft.MINE
        return wording.file_stem(experiment) if mine else self.draft.chosen.replace("_", "-")

    def page(self) -> bytes:
        """As `staged.comparison_page`. Raises ValueError, in words for a person, where there is none."""
        found, (first, second) = self.draft.result(), self.draft.names
        fact = FACTS.get(self.draft.chosen)
        if fact:
            about = f"{fact.claim} {fact.source}."
            return staged.comparison_page(fact.title, about, (first, second), found, self.draft.log)
        sides = (Experiment.model_validate(self.draft.asked[side]) for side in ("first", "second"))
        about = "; ".join(
            f"{name}: {wording.title(side)}; {wording.recipe(side)}"
            for name, side in zip((first, second), sides, strict=True)
        )
        return staged.comparison_page(f"{first} and {second}", f"{about}.", (first, second), found, self.draft.log)

    def arrays(self) -> bytes:
        """As `staged.comparison_arrays`. Raises ValueError, in words for a person, where there is none."""
        found = self.draft.result()
        return staged.comparison_arrays(self.draft.asked, self.draft.names, found)
