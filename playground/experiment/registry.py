"""Every pickable thing by family and kind. Forms, docs, the link codec and the contract tests follow from it."""

from __future__ import annotations

from playground.experiment.activations import ACTIVATIONS
from playground.experiment.data import DATA
from playground.experiment.entry import Entry
from playground.experiment.init import INITIALISERS
from playground.experiment.layers import BatchNorm, Dropout, LayerNorm, Linear, Residual
from playground.experiment.layers_image import IMAGE_LAYERS
from playground.experiment.losses import LOSSES, Task
from playground.experiment.optimizers import OPTIMIZERS
from playground.experiment.schedules import SCHEDULES


def _by_kind(*classes: type[Entry]) -> dict[str, type[Entry]]:
    return {entry.model_fields["kind"].annotation.__args__[0]: entry for entry in classes}


REGISTRIES: dict[str, dict[str, type[Entry]]] = {
    "data": _by_kind(*DATA),
    "layer": _by_kind(Linear, Dropout, BatchNorm, LayerNorm, Residual, *IMAGE_LAYERS),
    "activation": _by_kind(*ACTIVATIONS),
    "init": _by_kind(*INITIALISERS),
    "loss": _by_kind(*LOSSES),
    "optimizer": _by_kind(*OPTIMIZERS),
    "schedule": _by_kind(*SCHEDULES),
}


def layer_kinds() -> dict[str, type[Entry]]:
    """All that can stand in a layer stack: layers, then activations."""
    return {**REGISTRIES["layer"], **REGISTRIES["activation"]}


def losses_for(task: Task) -> dict[str, type[Entry]]:
    """The losses that fit `task`."""
    return {kind: loss for kind, loss in REGISTRIES["loss"].items() if task in loss.tasks}
