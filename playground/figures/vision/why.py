"""Why a network takes an image for what it does: the image and five attributions of it, and where each class is seen.

A board (see `playground/web/static/board.js`) of three rows, the last of which is about every class. With `over` each
map lies over the image; without, they stand alone on white, and can be read out as numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.entry import Model, parameter
from playground.figures.quantised import Quantised
from playground.figures.vision.boards import of_picture, percent, shape_text, short
from playground.figures.vision.overlay import overlaid, reach_of

NAMES = {
    "gradient": "gradient",
    "smooth_grad": "SmoothGrad",
    "integrated": "integrated gradients",
    "grad_cam": "Grad-CAM",
    "occlusion": "occlusion",
}
ABOUT = {
    "gradient": "how much the score rises for each pixel that gets brighter",
    "smooth_grad": "the mean gradient of noisy copies of the image",
    "integrated": "what each pixel adds to the score, on the way from the reference to the image",
    "grad_cam": "where the maps of a convolution speak for the class",
    "occlusion": "how much of the score is lost where a square is covered",
}
LARGE, APART = 320, 130
WIDEST, SMALL = 600, 110
"""Of the pictures of all classes: pixels that they have side by side, and each of them at most."""
HINT = "Blue speaks for the class, orange against it. Every map has a scale of its own."
EVIDENCE = "The same picture asked about each class, on one scale. Press one to have it explained."


class WhyOptions(Model):
    """How attributions are drawn."""

    over: bool = parameter(True, label="Over the image", help="Lays each map over the image, or shows it alone.")


DEFAULT = WhyOptions()


def base(arrays: dict[str, Any], dataset: Any, options: WhyOptions = DEFAULT) -> dict[str, Any]:
    """What stands still. arrays: of the lens `explanation`."""
    image = of_picture(arrays["picture"][None]) | {"kind": "colour" if options.over else "signed"}
    told = [f"{NAMES[name]} ({ABOUT[name]})" for name in NAMES]
    rows = [
        {**image, "count": len(names), "most": LARGE, "apart": APART, "hint": HINT, "names": names}
        for names in _lines(["the image", *told] if options.over else told)
    ]
    small = min(SMALL, WIDEST // len(arrays["classes"]) - 4)
    evidence = {"title": "Every class", "most": small, "apart": small, "hint": EVIDENCE}
    rows.append({**image, **evidence, "count": len(arrays["classes"])})
    return {"about": "Which pixels speak for a class, by five methods", "titles": "top", "rows": rows}


def frame(arrays: dict[str, Any], dataset: Any, options: WhyOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the maps, and what the network says."""
    maps, evidence, captions = _maps(arrays), _evidence(arrays), _captions(arrays)
    if options.over:
        tiles = [_three(arrays["picture"]), *overlaid(arrays["picture"], maps, reach_of(maps))]
        captions = [_said(arrays, dataset), *captions]
    else:
        tiles = list(maps)
    rows = [
        {"tiles": _drawn(np.stack(line), options), "captions": said}
        for line, said in zip(_lines(tiles), _lines(captions), strict=True)
    ]
    rows[0]["title"] = _title(arrays, dataset)
    rows.append(
        {
            "tiles": _all_classes(arrays["picture"], evidence, options),
            "captions": [f"{short(dataset.classes[k])}: {100 * arrays['shares'][k]:.0f} %" for k in arrays["classes"]],
            "tones": ["good" if k == arrays["target"] else None for k in arrays["classes"]],
            "sub": f"by {'Grad-CAM' if arrays['cam_label'] else 'gradient'}, on one scale",
        }
    )
    return {"rows": rows, "note": _note(arrays)}


def _lines(tiles: list[Any]) -> list[list[Any]]:
    """Three in a line."""
    return [tiles[:3], tiles[3:]]


def _drawn(tiles: np.ndarray, options: WhyOptions) -> Any:
    """Tiles as they travel: pictures, or maps with a scale each."""
    if options.over:
        return tiles
    reach = reach_of(tiles)
    return Quantised(tiles, tuple(-reach), tuple(reach))


def _all_classes(picture: np.ndarray, evidence: np.ndarray, options: WhyOptions) -> Any:
    """The same, on one scale."""
    most = float(reach_of(evidence).max(initial=1e-12))
    return overlaid(picture, evidence, most) if options.over else Quantised(evidence, -most, most)


def _maps(arrays: dict[str, Any]) -> np.ndarray:
    """(methods, h, w) float32; zeros where there is none (yet)."""
    nothing = np.zeros(arrays["picture"].shape[:2], np.float32)
    return np.stack([nothing if arrays["maps"][name] is None else arrays["maps"][name] for name in NAMES])


def _evidence(arrays: dict[str, Any]) -> np.ndarray:
    if arrays["evidence"] is None:
        return np.zeros((len(arrays["classes"]), *arrays["picture"].shape[:2]), np.float32)
    return arrays["evidence"]


def _captions(arrays: dict[str, Any]) -> list[str]:
    """The methods' names, and what is still to come."""
    told = []
    for name, label in NAMES.items():
        if name == "grad_cam" and not arrays["cam_label"]:
            told.append("no convolution")
        else:
            told.append(f"{label} …" if arrays["maps"][name] is None else label)
    return told


def _title(arrays: dict[str, Any], dataset: Any) -> str:
    target = arrays["target"]
    return f"Why “{dataset.classes[target]}”? ({percent(arrays['shares'][target])} sure)"


def _said(arrays: dict[str, Any], dataset: Any) -> str:
    return "the image" if arrays["label"] < 0 else f"a true {dataset.classes[arrays['label']]}"


def _note(arrays: dict[str, Any]) -> str:
    """What the numbers say of the methods."""
    notes = []
    if arrays["cam_label"]:
        notes.append(f"Grad-CAM: {shape_text(*arrays['cam_size'])} places of “{arrays['cam_label']}”.")
    if np.isfinite(arrays["found"]):
        notes.append(f"Integrated gradients add up to {arrays['found']:.3g} (the score rises by {arrays['gain']:.3g}).")
    return " ".join(notes)


def _three(picture: np.ndarray) -> np.ndarray:
    """A picture in colours, (h, w, 3)."""
    return picture if picture.ndim == 3 else picture[..., None].repeat(3, axis=-1)
