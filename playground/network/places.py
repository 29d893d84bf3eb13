"""Places in a network that a person names: one weight, one bias, one neuron. Checked without torch."""

from __future__ import annotations

from typing import Any

from playground.experiment import Experiment, edits
from playground.network.diagram import units_of
from playground.network.shapes import HEAD, Card, HeadCard, Path, infer

LARGEST_WEIGHT = 1e6
"""The largest size of a weight that is set by hand."""


def path_of(value: Any) -> Path:
    """A path as JSON has it ("head", or a list of indices). Raises ValueError."""
    if value == HEAD:
        return HEAD
    if isinstance(value, list | tuple) and value and all(type(index) is int and index >= 0 for index in value):
        return tuple(value)
    raise ValueError("A path is 'head' or a list of whole numbers.")


def check_weight(experiment: Experiment, sizes: tuple[Any, int], path: Path, unit: int, source: int | None) -> None:
    """That there is this weight: from `source` (its place among the values that reach the layer) to `unit` of the
    linear layer at `path`; source None is the unit's bias.

    sizes: inputs and classes of the data, as `infer` takes them. Raises ValueError in words for a person.
    """
    card = _linear(experiment, sizes, path)
    _check_unit(card, unit)
    if source is None:
        if path != HEAD and not edits.layer_at(experiment.network, path).bias:
            raise ValueError("This layer has no biases.")
    elif not _within(source, card.inputs):
        raise ValueError(f"This layer takes {_counted(card.inputs, 'value')}: there is no number {source} (from 0 on).")


def check_unit(experiment: Experiment, sizes: tuple[Any, int], path: Path, unit: int) -> None:
    """That the layer at `path` has this unit (0 is the first); those of a convolution are its channels. Raises
    ValueError in words for a person."""
    _check_unit(_card(experiment, sizes, path), unit)


def _linear(experiment: Experiment, sizes: tuple[Any, int], path: Path) -> Card | HeadCard:
    card = _card(experiment, sizes, path)
    if path != HEAD and card.kind != "linear":
        raise ValueError("There is no linear layer at this place of the network.")
    return card


def _card(experiment: Experiment, sizes: tuple[Any, int], path: Path) -> Card | HeadCard:
    summary = infer(experiment, *sizes)
    if path == HEAD:
        return summary.head
    card = next((card for card in summary.cards if card.path == path), None)
    if card is None or not units_of(edits.layer_at(experiment.network, path)):
        raise ValueError("There is no linear layer or convolution at this place of the network.")
    return card


def _check_unit(card: Card | HeadCard, unit: int) -> None:
    units = card.after[0]
    if not _within(unit, units):
        what = "unit" if len(card.after) == 1 else "channel"
        raise ValueError(f"This layer has {_counted(units, what)}: there is no number {unit} (from 0 on).")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _within(index: Any, count: int) -> bool:
    return type(index) is int and 0 <= index < count
