"""The patches of training images that excite one filter most."""

from __future__ import annotations

from typing import Any

from playground.figures.vision.boards import DEFAULT, BoardOptions, of_picture, picks


def base(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """Which patches they are changes while it learns: all rows come with the frames."""
    return {"about": "Patches of training images that excite this filter most", "titles": "top"}


def frame(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """The patches, with how strongly the filter answers."""
    size = arrays["field"]
    row = {
        "title": f"What excites it most: {size[0]} × {size[1]} pixels of {len(arrays['rows'])} training images",
        **of_picture(arrays["pictures"]),
        "tiles": arrays["pictures"],
        "captions": [f"{value:.2f}".replace("-", "−") for value in arrays["values"]],
        "names": [
            f"from a training image of {dataset.classes[label]}, at row {top}, column {left}"
            for label, (top, left) in zip(arrays["labels"], arrays["corners"], strict=True)
        ],
        "picks": picks("train", arrays["rows"]),
        "apart": 34,
        "unit": "patch",
        "most": 76,
    }
    return {"rows": [row]}
