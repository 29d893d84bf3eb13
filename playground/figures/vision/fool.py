"""An image before and after an attack, what was added, and how the attack fares with less and with more.

A board (see `playground/web/static/board.js`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures.vision.boards import DEFAULT, BoardOptions, of_picture, percent, short
from playground.figures.vision.overlay import signed

LARGE, SMALL, APART = 320, 64, 72
CHANGE = "Grey images: blue pixels get brighter, orange ones darker. Colour images: grey is no change."


def base(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What stands still. arrays: of the lens `attack`."""
    picture = of_picture(arrays["picture"][None])
    large = {**picture, "kind": "colour", "count": 3, "most": LARGE, "apart": 112, "hint": CHANGE}
    ladder = {**picture, "title": "With less, and with more", "sub": "the same attack, by epsilon"}
    names = ["the image", "the change", "the changed image"]
    return {
        "about": "The image, the change made to it, and the changed image with what the network says",
        "titles": "top",
        "rows": [{**large, "names": names}, {**ladder, "most": SMALL, "apart": APART, "unit": "epsilon"}],
    }


def frame(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What moves: all pictures, and what the network says of each."""
    most = float(np.abs(arrays["delta"]).max(initial=0.0))
    pictures = [_three(arrays["picture"]), _change(arrays["delta"], most), _three(arrays["fooled"])]
    captions = [_told(arrays["before"], dataset), _times(arrays["delta"], most), _told(arrays["after"], dataset)]
    wins = [_won(arrays, int(seen)) for seen in arrays["seen"]]
    row = {
        "title": _title(arrays, dataset),
        "tiles": np.stack(pictures),
        "captions": captions,
        "tones": [None, None, "bad" if _won(arrays, int(arrays["after"].argmax())) else "good"],
    }
    epsilons = arrays["epsilons"][: len(arrays["trials"])]
    ladder = {
        "tiles": arrays["trials"],
        "count": len(arrays["trials"]),
        "captions": [f"{e:g}: {short(dataset.classes[k])}" for e, k in zip(epsilons, arrays["seen"], strict=True)],
        "tones": ["bad" if won else "good" for won in wins],
    }
    return {"rows": [row, ladder], "note": _note(arrays, dataset, epsilons, wins)}


def _won(arrays: dict[str, Any], seen: int) -> bool:
    """Whether the attack has what it wants where the network sees class `seen`."""
    return seen == arrays["towards"] if arrays["towards"] >= 0 else seen != arrays["away"]


def _title(arrays: dict[str, Any], dataset: Any) -> str:
    before, after = (int(arrays[when].argmax()) for when in ("before", "after"))
    if _won(arrays, before):
        return f"Seen as “{dataset.classes[before]}” before anything is changed"
    if before == after:
        return f"Still “{dataset.classes[after]}”"
    return f"“{dataset.classes[before]}” has become “{dataset.classes[after]}”"


def _told(shares: np.ndarray, dataset: Any) -> str:
    seen = int(shares.argmax())
    return f"seen as {dataset.classes[seen]} ({percent(shares[seen])})"


def _times(delta: np.ndarray, most: float) -> str:
    """How much larger than it is the change is shown: on the whole range of a pixel, or of a colour around grey."""
    if most <= 0:
        return "no change"
    times = 1 / (2 * most) if len(delta) == 3 else 1 / most
    return f"+ the change, × {times:.3g}"


def _note(arrays: dict[str, Any], dataset: Any, epsilons: np.ndarray, wins: list[bool]) -> str:
    """How little is enough."""
    if _won(arrays, int(arrays["before"].argmax())):
        return "There is nothing to attack: the network is wrong as it is." if arrays["away"] >= 0 else ""
    aim = f"make it “{dataset.classes[arrays['towards']]}”" if arrays["towards"] >= 0 else "fool it"
    if any(wins):
        return f"Of those tried, {epsilons[wins.index(True)]:g} of the range from black to white is enough to {aim}."
    return f"None of those tried is enough to {aim}." if len(wins) == len(arrays["epsilons"]) else ""


def _change(delta: np.ndarray, most: float) -> np.ndarray:
    """The change (C, h, w), as large as can be shown: (h, w, 3) uint8."""
    if delta.shape[0] == 3:
        return np.rint(127.5 + delta.transpose(1, 2, 0) * (127.5 / max(most, 1e-12))).astype(np.uint8)
    return signed(delta[:1], max(most, 1e-12))[0]


def _three(picture: np.ndarray) -> np.ndarray:
    return picture if picture.ndim == 3 else picture[..., None].repeat(3, axis=-1)
