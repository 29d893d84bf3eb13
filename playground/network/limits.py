"""What a server allows a network to hold and to work out, said at the card where it becomes too much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playground.settings import MEGABYTE, settings

if TYPE_CHECKING:
    from playground.network.shapes import Card, Summary

FLOAT_BYTES = 4


def within_limits(summary: Summary, batch_size: int) -> Summary:
    """The summary, with a problem at the card where the limits of `playground.settings` are passed."""
    summary = _parameters(summary)
    if not summary.sees_images:
        return summary
    return _bytes(_products(summary, batch_size), batch_size)


def _parameters(summary: Summary) -> Summary:
    limit = settings.max_parameters
    if summary.parameters <= limit:
        return summary

    def told(count: int) -> str:
        fewer = "channels or units, or pool more" if summary.sees_images else "units or fewer layers"
        return f"Up to here the network has {count:,} parameters; this server allows {limit:,}. Use fewer {fewer}."

    return _marked(summary, "parameters", limit, told)


def _products(summary: Summary, batch_size: int) -> Summary:
    limit = settings.batch_products

    def told(count: int) -> str:
        return (
            f"Up to here a batch takes {count / 1e9:,.1f} billion multiplications; this server allows "
            f"{limit / 1e9:,.1f} billion. Use fewer channels, pool earlier, or use smaller batches."
        )

    return _marked(summary, "products", limit, told, times=batch_size)


def _bytes(summary: Summary, batch_size: int) -> Summary:
    limit = settings.batch_bytes

    def told(count: int) -> str:
        return (
            f"Up to here the maps of a batch take {count / MEGABYTE:,.0f} MB; this server allows "
            f"{limit / MEGABYTE:,.0f}. Use fewer channels, pool earlier, or use smaller batches."
        )

    return _marked(summary, "outputs", limit, told, times=batch_size * FLOAT_BYTES)


def _marked(summary: Summary, what: str, limit: int, told: Callable[[int], str], times: int = 1) -> Summary:
    """The summary with a problem at the first card up to which `what` sums to more than `limit`."""
    cards, so_far = list(summary.cards), 0
    for index, card in enumerate(cards):
        so_far += times * _own(card, cards, what)
        if so_far > limit:
            cards[index] = replace(card, problem=card.problem or told(so_far))
            return replace(summary, cards=tuple(cards))
    so_far += times * getattr(summary.head, what, 0)
    if so_far > limit:
        return replace(summary, head=replace(summary.head, problem=summary.head.problem or told(so_far)))
    return summary


def _own(card: Card, cards: list[Card], what: str) -> Any:
    """What a card adds: a block that holds layers is counted through them, and what is left is its shortcut."""
    inside = [other for other in cards if other.path[:-1] == card.path]
    if what == "outputs":  # the block's sum is a map of its own
        return card.outputs
    return getattr(card, what) - sum(getattr(other, what) for other in inside)
