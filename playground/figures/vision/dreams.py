"""What units want to see: a picture for each, which goes on growing.

A board (see `playground/web/static/board.js`).
"""

from __future__ import annotations

from typing import Any

from playground.figures.vision.boards import DEFAULT, BoardOptions, of_picture, short

MOST, APART = 260, 96


def base(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What stands still. arrays: of the lens `dream`."""
    row = {
        "title": _title(arrays),
        **of_picture(arrays["images"]),
        "most": MOST,
        "apart": APART,
        "names": [_name(arrays, dataset, k) for k in arrays["units"]],
    }
    return {"about": f"What the units of “{arrays['label']}” want to see", "titles": "top", "rows": [row]}


def frame(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the pictures, and how much each excites its unit."""
    captions = [
        f"{short(_name(arrays, dataset, unit)) if arrays['classes'] else unit + 1}: {value:.3g}"
        for unit, value in zip(arrays["units"], arrays["excitement"], strict=True)
    ]
    note = f"{arrays['taken']:,} steps uphill from noise; the number is how much each picture excites its unit."
    return {"rows": [{"tiles": arrays["images"], "captions": captions}], "note": note}


def _title(arrays: dict[str, Any]) -> str:
    units, count = arrays["units"], arrays["count"]
    if arrays["classes"]:
        return "What each class looks like to it"
    of = f"{units[0] + 1} to {units[-1] + 1} of {count}" if len(units) < count else f"all {count}"
    return f"What “{arrays['label']}” wants to see: {of}"


def _name(arrays: dict[str, Any], dataset: Any, unit: int) -> str:
    return str(dataset.classes[unit]) if arrays["classes"] else f"{arrays['unit']} {unit + 1}"
