"""Frozen layers: those that keep their numbers exactly as they are while the rest of the network learns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from playground.experiment import edits
from playground.experiment.entry import FROZEN
from playground.experiment.experiment import Experiment, walk

HEAD = "head"
Place = tuple[int, ...] | str
"""The path of a layer, or "head"."""


def freezes(layer: Any) -> bool:
    """Whether a layer (or the head) can be frozen: whether it holds numbers that training changes."""
    return FROZEN in type(layer).model_fields


def frozen_layers(experiment: Experiment) -> tuple[Place, ...]:
    """The places of all frozen layers, in the order of the stack, the head last."""
    found: list[Place] = [path for path, layer in walk(experiment.network) if freezes(layer) and layer.frozen]
    return (*found, HEAD) if experiment.head.frozen else tuple(found)


def with_frozen(experiment: Experiment, places: Iterable[Place | list[int]]) -> Experiment:
    """`experiment` with exactly the layers at `places` frozen, and no others.

    Raises ValueError, in plain words, where one of them is no layer that can be frozen.
    """
    wanted = {place if isinstance(place, str) else tuple(place) for place in places}
    network, head = experiment.network, experiment.head
    for path, layer in tuple(walk(network)):
        on = path in wanted
        if freezes(layer) and layer.frozen != on:
            network = edits.replace(network, path, layer.model_copy(update={FROZEN: on}))
    if unknown := wanted - {path for path, layer in walk(network) if freezes(layer)} - {HEAD}:
        raise ValueError(f"There is no layer at {next(iter(unknown))} that could be frozen.")
    if head.frozen != (HEAD in wanted):
        head = head.model_copy(update={FROZEN: HEAD in wanted})
    return experiment.model_copy(update={"network": network, "head": head})
