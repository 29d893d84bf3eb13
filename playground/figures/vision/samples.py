"""Images of the data set, to pick one from."""

from __future__ import annotations

from typing import Any

from playground.figures.vision.boards import DEFAULT, BoardOptions, of_picture, picks


def base(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """The classes to choose from, and all else that stands still: the images, unless they are the wrong ones of now."""
    still = {} if arrays["wrong"] else _shown(arrays, dataset.classes)
    return {"about": "Images to pick from", "titles": "top", "classes": list(dataset.classes), **still}


def frame(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the images that it takes for another class, where they are asked for."""
    return _shown(arrays, dataset.classes) if arrays["wrong"] else {"rows": [{}]}


def _shown(arrays: dict[str, Any], classes: tuple[str, ...]) -> dict[str, Any]:
    """The row of images, how many there are in all, and which is the first."""
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
    return {"rows": [row], "count": arrays["count"], "first": arrays["first"]}
