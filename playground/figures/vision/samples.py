"""Images of the data set, to pick one from."""

from __future__ import annotations

from typing import Any

from playground.figures.vision.boards import DEFAULT, BoardOptions, of_picture, picks


def base(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """All of it: the images stand still."""
    classes = dataset.classes
    part = "test" if arrays["part"] == "test" else "training"
    said = zip(arrays["labels"], arrays["rows"], strict=True)
    row = {
        **of_picture(arrays["pictures"]),
        "tiles": arrays["pictures"],
        "picks": picks(arrays["part"], arrays["rows"]),
        "names": [f"{classes[label]}, {part} image {row}" for label, row in said],
        "unit": "image",
        "least": 28,
        "most": 44,
    }
    return {
        "about": "Images to pick from",
        "titles": "top",
        "rows": [row],
        "classes": list(classes),
        "count": arrays["count"],
        "first": arrays["first"],
    }


def frame(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """Nothing moves."""
    return {"rows": [{}]}
