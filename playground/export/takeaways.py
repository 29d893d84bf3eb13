"""Everything that is made from a whole run, by name: each takes the trainer and gives the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from playground.export import animation, history, landscape, landscape_film, weights

TAKEAWAYS: Mapping[str, Callable[..., bytes]] = MappingProxyType(
    {
        "weights": weights.write,
        "history": history.write,
        "animation": animation.write,
        "landscape": landscape.write,
        "landscape_film": landscape_film.write,
    }
)
"""`TAKEAWAYS[name](trainer, **options)`. A worker does this beside what it trains, for a person who waits: it is
bounded in time and in bytes. Raises ValueError, in plain words, for options that are unknown."""
