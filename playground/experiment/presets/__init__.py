"""Ready-made experiments, each with what to look for. What they promise is tested."""

from __future__ import annotations

from playground.experiment.experiment import Experiment
from playground.experiment.presets.depth import DEPTH
from playground.experiment.presets.descent import DESCENT
from playground.experiment.presets.first_steps import FIRST_STEPS
from playground.experiment.presets.generalising import GENERALISING
from playground.experiment.presets.images import IMAGES
from playground.experiment.presets.recipes import Preset, tensorflow_playground
from playground.experiment.presets.shapes import SHAPES
from playground.experiment.presets.tables import TABLES

__all__ = ["GROUPS", "PRESETS", "Preset", "preset_of", "start", "tensorflow_playground"]

_ALL = {
    "First steps": FIRST_STEPS,
    "What a network can draw": SHAPES,
    "Going downhill": DESCENT,
    "Starting weights and depth": DEPTH,
    "Learning by heart": GENERALISING,
    "Images": IMAGES,
    "Tables": TABLES,
}

GROUPS: dict[str, dict[str, Preset]] = {
    title: possible
    for title, group in _ALL.items()
    if (possible := {kind: preset for kind, preset in group.items() if preset.is_possible})
}
"""The presets as they are shown, by what they are about: those that this server's limits allow."""

PRESETS: dict[str, Preset] = {kind: preset for group in GROUPS.values() for kind, preset in group.items()}


def start() -> Experiment:
    """What a newcomer finds: the circle, a small tanh stack, ready to play."""
    return PRESETS["tensorflow-playground"].experiment


def preset_of(experiment: Experiment) -> str | None:
    """The kind of the preset that `experiment` is, None where it is none."""
    return next((kind for kind, preset in PRESETS.items() if preset.experiment == experiment), None)
