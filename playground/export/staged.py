"""Races and comparisons of terrains as files: a page that plays by itself, and the arrays. Without torch.

They are made from what the studio's job has sent to the browser, JSON with packed arrays (see `playground.figures.race`
and `compare`), and the page plays it with the browser's own scripts: what is taken away is what was seen.
"""

from __future__ import annotations

import io
from base64 import b64decode
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import orjson

from playground.export.bundle import bundle, styles
from playground.export.page import PLAYER, plotly, written
from playground.figures import theme
from playground.figures.compare import COLOURS

JSON = Mapping[str, Any]


def race_page(title: str, about: str, racers: Sequence[JSON], race: bytes, ground: JSON | None = None) -> bytes:
    """A race in three dimensions, from above, as curves and as a table, with its player: one HTML file in UTF-8 that
    needs nothing but a browser, plotly.js (4.6 MB) and less than 1 MB.

    title, about: plain text, of anybody. racers: name and colour of each, `figures.race.racers`. race: what the job
    found; ground: where they race, packed as it travels, of a race that does not bring its own.
    """
    film = {"title": title, "about": about, "racers": list(racers), "ground": ground, "race": orjson.loads(race)}
    return _page("race", film)


def race_arrays(settings: JSON, racers: Sequence[JSON], race: bytes, ground: JSON | None = None) -> bytes:
    """The race as npz that `numpy.load` reads without pickle; of n racers at k moments:

    steps (k,) int; x, y, loss (n, k): where each racer was on the ground, and its loss there, NaN after it diverged;
    names (n,); arrived, diverged (n,) int: the step, -1 for never. ground_x (c,), ground_y (r,), ground_loss (r, c).
    settings: JSON text of what was asked for, which is `settings`.
    """
    found = _unpacked(orjson.loads(race))
    place = _unpacked(found.get("ground") or ground)
    ran = found["racers"]
    return _npz(
        steps=found["steps"],
        names=[racer["name"] for racer in racers],
        **{name: np.stack([racer[name] for racer in ran]) for name in ("x", "y", "loss")},
        **{name: [-1 if racer[name] is None else racer[name] for racer in ran] for name in ("arrived", "diverged")},
        ground_x=place["x"],
        ground_y=place["y"],
        ground_loss=_loss(place),
        settings=orjson.dumps(settings).decode(),
    )


def comparison_page(title: str, about: str, names: Sequence[str], result: bytes, log: bool) -> bytes:
    """Two terrains side by side, which one camera looks at, contours, a slice, their training and their numbers: one
    HTML file, likewise. names: of the two; result: what the job found; log: whether heights are logarithmic."""
    look = {
        "label": title, "names": list(names), "colours": list(COLOURS), "terrain": theme.TERRAIN, "log": bool(log),
    }  # fmt: skip
    return _page("compare", {"title": title, "about": about, "look": look, "result": orjson.loads(result)})


def comparison_arrays(settings: JSON, names: Sequence[str], result: bytes) -> bytes:
    """The comparison as npz: x, y (r,); loss (2, r, r): [side, j, i] at (x[i], y[j]); epochs_0, losses_0, epochs_1,
    losses_1: how each was trained; names (2,); facts (f,), values (f, 2): what the table says, as text. settings: JSON
    text of what was asked for. Raises ValueError where there are no surfaces yet."""
    found = _unpacked(orjson.loads(result))
    if "surfaces" not in found:
        raise ValueError("The surfaces are not measured yet.")
    curves = {
        f"{name}_{side}": curve[axis]
        for side, curve in enumerate(found["curves"])
        for name, axis in (("epochs", "x"), ("losses", "y"))
    }
    return _npz(
        x=found["x"],
        y=found["y"],
        loss=np.stack(found["surfaces"]),
        **curves,
        names=list(names),
        facts=[fact["name"] for fact in found["facts"]],
        values=[fact["values"] for fact in found["facts"]],
        settings=orjson.dumps(settings).decode(),
    )


def _page(what: str, film: JSON) -> bytes:
    return written("stage.html", film["title"], film, _style(what), _script(what), plotly())


@cache
def _script(what: str) -> str:
    return bundle(PLAYER / f"{what}.js")


@cache
def _style(what: str) -> str:
    return styles("live.css", f"{what}.css") + (PLAYER / "stage.css").read_text(encoding="utf-8")


def _loss(ground: JSON) -> np.ndarray:
    """The loss on a ground: as it was measured, or (of a formula) as it is drawn, taken back."""
    if "loss" in ground:
        return ground["loss"]
    heights = ground["z"].astype(np.float64)
    return 10.0**heights - ground["soft"] + ground["lowest"] if ground["log"] else heights


def _npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **{name: np.asarray(value) for name, value in arrays.items()})
    return file.getvalue()


def _unpacked(value: Any) -> Any:
    """A plain structure with every packed array in it as a NumPy array."""
    if isinstance(value, Mapping):
        if "bdata" in value:
            flat = np.frombuffer(b64decode(value["bdata"]), "<" + value["dtype"])
            return flat.reshape([int(side) for side in value["shape"].split(",")]) if "shape" in value else flat
        return {name: _unpacked(inner) for name, inner in value.items()}
    return [_unpacked(inner) for inner in value] if isinstance(value, list) else value
