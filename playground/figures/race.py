"""A race as the player in the browser takes it: the ground, and every racer's way over it.

Not Plotly figures: the player moves the racers by itself, thirty times a second, and draws the ground with Plotly.

A ground is ``{x (c,), y (r,), z (r, c), low, high, log, lowest, soft, ticks, names, minima, start, side, colours}``: z
are the heights as they are drawn, between low and high: the values themselves, or log10(value - lowest + soft) where
log is true. ticks: [{at, text}] for such heights. minima: global ones, [[x, y]]. side: from
where one first looks. Of a network also loss (r, c), as it was measured: there z is cut off.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.experiment.races import Racer
from playground.experiment.terrains import Terrain
from playground.figures import theme
from playground.figures.heights import LandscapeOptions, heights_of

RESOLUTION = 81
"""Places of an analytic terrain along each side."""
SOFT = 0.1
"""Added to a value before its logarithm is taken, so that a minimum of 0 is drawn at a finite depth."""
SPANS_MUCH = 12.0
"""From this ratio of the largest to the smallest loss on, a network's surface is drawn on a logarithmic scale."""
SIDE = -60.0
"""From where a network's surface is first looked at, as `Terrain.side`."""
TICKS, FEWEST = 4, 3


def racers(field: tuple[Racer, ...]) -> list[dict[str, str]]:
    """Name and colour of each racer; those of one name are numbered."""
    titles = [racer.title for racer in field]
    names = [
        f"{title} {titles[: index + 1].count(title)}" if titles.count(title) > 1 else title
        for index, title in enumerate(titles)
    ]
    return [{"name": name, "colour": colour} for name, colour in zip(names, theme.RACERS, strict=False)]


def terrain_ground(terrain: Terrain, start: tuple[float, float] | None = None) -> dict[str, Any]:
    """The ground of an analytic terrain."""
    x, y = (np.linspace(*side, RESOLUTION) for side in terrain.span)
    values = terrain.value(*np.meshgrid(x, y))
    z = np.log10(values - terrain.lowest + SOFT) if terrain.log else values
    return {
        **_ground(x, y, z, float(z.min()), float(z.max())),
        "log": terrain.log,
        "lowest": terrain.lowest,
        "soft": SOFT,
        "ticks": _log_ticks(z.min(), z.max(), SOFT) if terrain.log else _ticks(z.min(), z.max()),
        "names": ["x", "y"],
        "minima": [list(point) for point in terrain.minima],
        "start": list(start or terrain.start),
        "side": terrain.side,
    }


def terrain_race(result: Any) -> dict[str, Any]:
    """A `playground.training.races.terrain.Result`, as far as it has come."""
    count = result.taken + 1
    return {
        "steps": np.arange(count),
        "racers": [
            _racer(path[:count, 0], path[:count, 1], values[:count], diverged, arrived)
            for path, values, diverged, arrived in zip(
                result.paths, result.values, result.diverged, result.arrived, strict=True
            )
        ],
    }


def network_race(result: Any) -> dict[str, Any]:
    """A `playground.lenses.landscape.race.Result`: curves only, or the paths and the ground as well."""
    nowhere = np.full(len(result.steps), np.nan)
    found: dict[str, Any] = {"steps": result.steps, "steps_per_epoch": result.steps_per_epoch, "racers": []}
    for index, losses in enumerate(result.losses):
        x, y = (nowhere, nowhere) if result.places is None else result.places[index].T
        found["racers"].append(_racer(x, y, losses, result.diverged[index]))
    if result.surface is not None:
        found["ground"] = _network_ground(result)
        found["seen"] = result.seen if math.isfinite(result.seen) else None
    return found


def _racer(x: np.ndarray, y: np.ndarray, loss: np.ndarray, diverged: int, arrived: int = -1) -> dict[str, Any]:
    events = {"diverged": int(diverged), "arrived": int(arrived)}
    return {"x": x, "y": y, "loss": loss, **{name: step if step >= 0 else None for name, step in events.items()}}


def _network_ground(result: Any) -> dict[str, Any]:
    x, y = result.places[..., 0].ravel(), result.places[..., 1].ravel()
    arrays = {
        "x": result.x, "y": result.y, "loss": result.surface,
        "path_x": x, "path_y": y, "path_loss": result.losses.ravel(),
    }  # fmt: skip
    seen = result.surface[np.isfinite(result.surface)]
    log = bool(seen.size and seen.min() > 0 and seen.max() > SPANS_MUCH * seen.min())
    heights = heights_of(arrays, LandscapeOptions(log=log))
    z = heights.colours
    low, high = float(z.min()), float(z.max())
    high = max(high, low + 1e-6)
    return {
        **_ground(result.x, result.y, z, low, high),
        "loss": result.surface,
        "log": heights.log,
        "lowest": 0.0,
        "soft": 0.0,
        "ticks": _log_ticks(low, high, 0.0) if heights.log else _ticks(low, high),
        "names": list(result.names),
        "minima": [],
        "start": [0.0, 0.0],
        "side": SIDE,
    }


def _ground(x: np.ndarray, y: np.ndarray, z: np.ndarray, low: float, high: float) -> dict[str, Any]:
    return {"x": x, "y": y, "z": z.astype(np.float32), "low": low, "high": high, "colours": theme.GROUND}


def _ticks(low: float, high: float) -> list[dict[str, Any]]:
    """A few round heights."""
    gap = (high - low) / TICKS or 1.0
    power = 10.0 ** math.floor(math.log10(gap))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= gap * (1 - 1e-9))
    places = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1) * step
    return [{"at": float(place), "text": f"{place:.4g}"} for place in places]


def _log_ticks(low: float, high: float, soft: float) -> list[dict[str, Any]]:
    """Powers of ten, every second or third of them where there are many, and 2 and 5 times them where there are few."""
    powers = _within(low, high, soft, (1,))
    stride = max(1, -(-len(powers) // (TICKS + 1)))
    found = powers[::stride] if len(powers) >= FEWEST or soft else _within(low, high, soft, (1, 2, 5))
    return ([{"at": math.log10(soft), "text": "0"}] if soft else []) + found


def _within(low: float, high: float, soft: float, steps: tuple[int, ...]) -> list[dict[str, Any]]:
    values = [step * 10.0**power for power in range(-12, 13) for step in steps]
    heights = [(math.log10(value + soft), value) for value in values if value > soft]
    return [{"at": at, "text": f"{value:g}"} for at, value in heights if low <= at <= high]
