"""The images that a network gets wrong, those it is surest of first."""

from __future__ import annotations

from typing import Any

from playground.figures.vision.boards import DEFAULT, BoardOptions, of_picture, percent, picks, short


def base(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """Which images they are changes while it learns: all rows come with the frames."""
    return {"about": "The images it gets wrong and is surest of", "titles": "top", "classes": list(dataset.classes)}


def frame(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """The images, what each is taken for, and how sure the network is."""
    classes = dataset.classes
    said = list(zip(arrays["labels"], arrays["predicted"], arrays["sureness"], arrays["rows"], strict=True))
    wordy = max(map(len, classes)) > 2  # their names need room below
    row = {
        "title": _count(arrays, classes),
        "sub": "those it is surest of first",
        **of_picture(arrays["pictures"]),
        "tiles": arrays["pictures"],
        "captions": [f"{short(classes[actual])} → {short(classes[taken])}" for actual, taken, _, _ in said],
        "names": [
            f"{arrays['part']} image {row}: {classes[actual]}, taken for {classes[taken]} ({percent(float(sure))} sure)"
            for actual, taken, sure, row in said
        ],
        "picks": picks(arrays["part"], arrays["rows"]),
        "apart": 84 if wordy else 44,
        "unit": "image",
        "least": 56 if wordy else 40,
        "most": 84,
    }
    return {"rows": [row], "note": "Press an image to look at it everywhere on this page."}


def _count(arrays: dict[str, Any], classes: tuple[str, ...]) -> str:
    part, count = "test" if arrays["part"] == "test" else "training", arrays["count"]
    if not arrays["cell"]:
        return f"{count:,} {'mistake' if count == 1 else 'mistakes'} in {arrays['looked']:,} {part} images"
    actual, taken = (classes[k] for k in arrays["cell"])
    what = f"{count:,} {part} {'image' if count == 1 else 'images'} of {actual}"
    return f"{what}, seen as such" if actual == taken else f"{what}, taken for {taken}"
