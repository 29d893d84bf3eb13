"""Every filter of every convolution as a small picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures.vision.boards import DEFAULT, EPSILON, BoardOptions, shape_text, signed

LARGE = 120


def base(arrays: dict[str, Any], dataset: Any = None, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """A row for every layer; of a single layer with several channels a row for every filter."""
    if not arrays["paths"]:
        return {"about": "There are no filters.", "rows": []}
    rows = _by_filter(arrays) if _is_single(arrays) else _by_layer(arrays)
    return {"about": "Filters of the convolutions: orange is negative, white is zero, blue is positive.", "rows": rows}


def frame(arrays: dict[str, Any], dataset: Any = None, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the weights, each filter on a scale of its own; `note`: how large they are."""
    if not arrays["paths"]:
        return {"rows": [], "note": "No layer of this network looks at the image with filters of its own."}
    rows = []
    for weights, sees_pixels in zip(arrays["weights"], arrays["sees_pixels"], strict=True):
        if _is_single(arrays):
            rows += [{"tiles": signed(channels)} for channels in weights]
        else:
            rows.append({"tiles": _tiles(weights, bool(sees_pixels))})
    largest = ", ".join(f"{reach:.2g}" for reach in arrays["reach"])
    return {"rows": rows, "note": f"Each filter has a scale of its own. The largest numbers by layer: {largest}."}


def _is_single(arrays: dict[str, Any]) -> bool:
    """Whether every channel stands by itself."""
    return len(arrays["paths"]) == 1 and arrays["weights"][0].shape[1] > 1 and not arrays["sees_pixels"][0]


def _by_layer(arrays: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for index, (path, label, weights) in enumerate(
        zip(arrays["paths"], arrays["labels"], arrays["weights"], strict=True)
    ):
        filters, channels = (int(n) for n in arrays["counts"][index])
        shown, parts, *size = weights.shape
        colour = bool(arrays["sees_pixels"][index]) and parts == 3
        rows.append(
            {
                "title": f"{label} {index + 1}" if len(arrays["paths"]) > 1 else label,
                "sub": shape_text(filters, channels, *size),
                "hint": _hint(label, filters, channels, size, shown),
                "kind": "colour" if colour else "signed",
                "count": shown,
                "size": size,
                "parts": 1 if colour else parts,
                "unit": "filter",
                "path": list(path) if path != "head" else [],
                "most": LARGE if parts == 1 or colour else LARGE + 24,
            }
        )
    return rows


def _by_filter(arrays: dict[str, Any]) -> list[dict[str, Any]]:
    weights, path = arrays["weights"][0], arrays["paths"][0]
    count, parts, *size = weights.shape
    return [
        {
            "title": f"Filter {unit + 1}",
            "sub": f"{parts} of {int(arrays['counts'][0][1])} channels" if parts < arrays["counts"][0][1] else "",
            "kind": "signed",
            "count": parts,
            "size": size,
            "unit": "channel",
            "path": list(path) if path != "head" else [],
            "of": unit,
            "most": 40,
        }
        for unit in range(count)
    ]


def _hint(label: str, filters: int, channels: int, size: list[int], shown: int) -> str:
    depth = "1 channel" if channels == 1 else f"{channels} channels"
    what = f"{label}: {filters} filters of {depth}, {shape_text(*size)} each"
    return what + (f"; the first {shown} are drawn." if shown < filters else ".")


def _tiles(weights: np.ndarray, sees_pixels: bool) -> Any:
    """(n, c, h, w) as the tiles of a row, each on a scale of its own: colour pictures of the image's three channels,
    in which 0 is grey; signs of one channel; mosaics of more."""
    if sees_pixels and weights.shape[1] == 3:
        weights = np.nan_to_num(weights)
        scaled = 0.5 + 0.5 * weights / (np.abs(weights).max(axis=(1, 2, 3), keepdims=True) + EPSILON)
        return np.rint(255 * scaled.clip(0, 1)).astype(np.uint8).transpose(0, 2, 3, 1)
    return signed(weights[:, 0] if weights.shape[1] == 1 else weights, each=True)
