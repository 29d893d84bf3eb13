"""Why a network takes an image for what it does: the image and five attributions of it, and where each class is seen.

A board (see `playground/web/static/board.js`). With `over` every map lies over the image; without, they stand alone on
white, and can be read out as numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.entry import Model, parameter
from playground.figures.quantised import Quantised
from playground.figures.vision.boards import of_picture, percent, short
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
LARGE, SMALL, APART = 190, 64, 112
HINT = "Blue speaks for the class, orange against it. Every map has a scale of its own."
EVIDENCE = "The same picture asked about each class, on one scale. Press one to have it explained."


class WhyOptions(Model):
    """How attributions are drawn."""

    over: bool = parameter(True, label="Over the image", help="Lays each map over the image, or shows it alone.")


DEFAULT = WhyOptions()


def base(arrays: dict[str, Any], dataset: Any, options: WhyOptions = DEFAULT) -> dict[str, Any]:
    """What stands still. arrays: of the lens `explanation`."""
    image, names = of_picture(arrays["picture"][None]), list(NAMES)
    methods = {**image, "most": LARGE, "apart": APART, "hint": HINT}
    told = [f"{NAMES[name]} ({ABOUT[name]})" for name in names]
    evidence = {**image, "title": "Every class", "most": SMALL, "apart": SMALL, "hint": EVIDENCE}
    if options.over:
        rows = [{**methods, "kind": "colour", "count": 1 + len(names), "names": ["the image", *told]}]
    else:
        rows = [{**methods, "names": ["the image"]}, {**methods, "kind": "signed", "count": len(names), "names": told}]
    rows.append({**evidence, "kind": "colour" if options.over else "signed", "count": len(arrays["classes"])})
    return {"about": "Which pixels speak for a class, by five methods", "titles": "top", "rows": rows}


def frame(arrays: dict[str, Any], dataset: Any, options: WhyOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the maps, and what the network says."""
    maps, evidence = _maps(arrays), _evidence(arrays)
    reach, most = reach_of(maps), float(reach_of(evidence).max(initial=1e-12))
    title, captions = {"title": _title(arrays, dataset)}, _captions(arrays)
    sure = [f"{short(dataset.classes[k])} {percent(arrays['shares'][k])}" for k in arrays["classes"]]
    tones = ["good" if k == arrays["target"] else None for k in arrays["classes"]]
    if options.over:
        picture = _three(arrays["picture"])[None]
        tiles = np.concatenate([picture, overlaid(arrays["picture"], maps, reach)])
        rows = [{**title, "tiles": tiles, "captions": [_said(arrays, dataset), *captions]}]
        last = overlaid(arrays["picture"], evidence, most)
    else:
        rows = [
            {**title, "tiles": arrays["picture"][None], "captions": [_said(arrays, dataset)]},
            {"tiles": Quantised(maps, tuple(-reach), tuple(reach)), "captions": captions},
        ]
        last = Quantised(evidence, -most, most)
    rows.append({"tiles": last, "captions": sure, "tones": tones, "sub": _of_evidence(arrays)})
    return {"rows": rows, "note": _note(arrays, dataset)}


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


def _of_evidence(arrays: dict[str, Any]) -> str:
    return f"by {'Grad-CAM' if arrays['cam_label'] else 'gradient'}, on one scale"


def _note(arrays: dict[str, Any], dataset: Any) -> str:
    """What the numbers say of the methods."""
    notes = []
    if arrays["cam_label"]:
        height, width = arrays["cam_size"]
        notes.append(f"Grad-CAM sees {height} × {width} places of “{arrays['cam_label']}”.")
    if np.isfinite(arrays["found"]):
        notes.append(
            f"Integrated gradients add up to {arrays['found']:.3g}; the score is {arrays['gain']:.3g} above "
            "the reference's."
        )
    return " ".join(notes)


def _three(picture: np.ndarray) -> np.ndarray:
    """A picture in colours, (h, w, 3)."""
    return picture if picture.ndim == 3 else picture[..., None].repeat(3, axis=-1)
