"""Shapes and parameter counts of a stack of layers, without torch; what does not fit is said at its card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from playground.experiment import Experiment, head_of
from playground.settings import settings

Path = tuple[int, ...] | str
HEAD = "head"


@dataclass(frozen=True, slots=True)
class Card:
    """One layer of the stack.

    path: where it stands; (2, 0) is layer 0 in the residual block at 2. inputs, outputs: values per sample before
    and after it. parameters: what it learns; of a residual block all that is inside it and its shortcut. problem: one
    or two plain sentences, or None.
    """

    path: tuple[int, ...]
    kind: str
    label: str
    inputs: int
    outputs: int
    parameters: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class HeadCard:
    """The head: the last linear layer and its output activation; fields as `Card` and `experiment.Head`."""

    inputs: int
    outputs: int
    parameters: int
    activation: str
    choices: tuple[str, ...]
    why: str
    path: str = HEAD
    kind: str = HEAD
    label: str = "Head"
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole network: cards in the order of `experiment.walk` (a block before what is inside it), the head last."""

    inputs: int
    cards: tuple[Card, ...]
    head: HeadCard

    @property
    def parameters(self) -> int:
        """What the network learns in total."""
        return sum(card.parameters for card in self.cards if len(card.path) == 1) + self.head.parameters

    @property
    def problems(self) -> tuple[tuple[Path, str], ...]:
        """(path, what is wrong), in the order of the cards; empty when the network can be built."""
        return tuple((card.path, card.problem) for card in (*self.cards, self.head) if card.problem)


def infer(experiment: Experiment, inputs: int, classes: int) -> Summary:
    """Shapes and parameter counts of `experiment`'s network on `inputs` values per sample.

    classes: how many classes the data has, 0 for regression. Never raises for what a person can build: problems
    stand at the cards. Agrees exactly with what `build` makes.
    """
    cards: list[Card] = []
    width = _stack(experiment.network, (), inputs, cards)
    head = _head(experiment, width, classes)
    return _within_limit(Summary(inputs, tuple(cards), head))


def _stack(layers: Iterable[Any], prefix: tuple[int, ...], width: int, cards: list[Card]) -> int:
    """Append the cards of `layers`; returns the width after them."""
    for index, layer in enumerate(layers):
        path = (*prefix, index)
        if layer.kind == "residual":
            width = _residual(layer, path, width, cards)
            continue
        after = layer.units if layer.kind == "linear" else width
        cards.append(Card(path, layer.kind, layer.label, width, after, _parameters(layer, width)))
        width = after
    return width


def _residual(block: Any, path: tuple[int, ...], width: int, cards: list[Card]) -> int:
    place = len(cards)
    cards.append(None)  # type: ignore[arg-type]  # the block's card stands before those inside it
    after = _stack(block.layers, path, width, cards)
    inside = sum(card.parameters for card in cards[place + 1 :] if len(card.path) == len(path) + 1)
    problem = None
    if block.shortcut == "projection":
        inside += projection_parameters(width, after)
    elif after != width:
        problem = (
            f"The block turns {_values(width)} into {after}; with an identity shortcut they must be equal. "
            f"Give its last linear layer {width} units, or choose the projection shortcut."
        )
    cards[place] = Card(path, block.kind, block.label, width, after, inside, problem)
    return after


def projection_parameters(inputs: int, outputs: int) -> int:
    """Weights of a projection shortcut: a matrix without bias where the sizes differ, otherwise none."""
    return inputs * outputs if inputs != outputs else 0


def _parameters(layer: Any, width: int) -> int:
    """What a single layer learns on `width` values per sample."""
    if layer.kind == "linear":
        return width * layer.units + (layer.units if layer.bias else 0)
    if layer.kind in ("batch_norm", "layer_norm"):
        return 2 * width if layer.affine else 0
    return 1 if layer.kind == "prelu" else 0


def _head(experiment: Experiment, width: int, classes: int) -> HeadCard:
    try:
        head = head_of(experiment, classes)
    except ValueError as error:
        return HeadCard(width, 0, 0, "identity", (), "", problem=f"{str(error)[:1].upper()}{str(error)[1:]}.")
    return HeadCard(width, head.outputs, (width + 1) * head.outputs, head.activation, tuple(head.choices), head.why)


def _within_limit(summary: Summary) -> Summary:
    """The summary, with a problem at the card where the parameters so far pass the limit."""
    limit, so_far = settings.max_parameters, 0
    if summary.parameters <= limit:
        return summary
    cards = list(summary.cards)
    inner = {card.path[:-1] for card in cards if len(card.path) > 1}
    for index, card in enumerate(cards):
        # A block that holds layers is counted through them; what is left is its shortcut.
        own = card.parameters
        if card.path in inner:
            own -= sum(c.parameters for c in cards if c.path[:-1] == card.path)
        so_far += own
        if so_far > limit:
            cards[index] = replace(card, problem=_too_many(so_far, limit))
            return replace(summary, cards=tuple(cards))
    return replace(summary, head=replace(summary.head, problem=_too_many(summary.parameters, limit)))


def _too_many(count: int, limit: int) -> str:
    return (
        f"Up to here the network has {count:,} parameters; this server allows {limit:,}. "
        "Use fewer units or fewer layers."
    )


def _values(count: int) -> str:
    return f"{count} value" if count == 1 else f"{count} values"
