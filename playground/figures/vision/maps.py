"""One image on its way through every layer: a row of maps for each."""

from __future__ import annotations

from typing import Any

from playground.figures.vision.boards import DEFAULT, BoardOptions, of_picture, percent, shape_text, signed


def base(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """A row for the image, one for every layer, one for the classes."""
    image = {
        "title": "Image",
        "sub": shape_text(*dataset.image),
        "unit": "image",
        **of_picture(arrays["picture"][None]),
    }
    layers = [_row(arrays, k) for k in range(len(arrays["paths"]) - 1)]
    return {
        "about": "Feature maps of every layer: orange is negative, white is zero, blue is positive.",
        "rows": [image, *layers, _output(dataset)],
    }


def frame(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the maps, each layer on one scale of its own, and how likely each class is."""
    label, predicted = arrays["label"], arrays["predicted"]
    said = f"Taken for {dataset.classes[predicted]} ({percent(float(arrays['shares'][predicted]))})"
    truth = "" if label < 0 else f"; it is {dataset.classes[label]}"
    tones = [None] * len(dataset.classes)
    if label >= 0:
        tones[predicted] = "good" if label == predicted else "bad"
    image = {"tiles": arrays["picture"][None]}
    output = {"tiles": signed(arrays["shares"], 1.0), "tones": tones}
    layers = [{"tiles": signed(maps)} for maps in arrays["maps"][:-1]]
    return {"rows": [image, *layers, output], "note": f"{said}{truth}. Press a map to see how it is made."}


def _row(arrays: dict[str, Any], index: int) -> dict[str, Any]:
    path, maps, count = arrays["paths"][index], arrays["maps"][index], int(arrays["counts"][index])
    row: dict[str, Any] = {"title": arrays["labels"][index], "indent": len(path) - 1, "path": list(path)}
    if maps.ndim == 1:
        return {**row, "sub": f"{count:,}", "kind": "vector", "count": len(maps), "size": [1, 1], "unit": "unit"}
    shown, *size = maps.shape
    more = f"; the first {shown} are drawn" if shown < count else ""
    hint = f"{arrays['labels'][index]}: {count} maps of {shape_text(*size)}{more}."
    told = {"sub": shape_text(count, *size), "hint": hint}
    return {**row, **told, "kind": "signed", "count": shown, "size": size, "least": 28, "press": True}


def _output(dataset: Any) -> dict[str, Any]:
    names = list(dataset.classes)
    return {
        "title": "Output",
        "sub": f"{len(names)} classes",
        "hint": "How likely each class is to the network.",
        "kind": "vector",
        "count": len(names),
        "size": [1, 1],
        "names": names,
        "wide": 30 if max(map(len, names)) <= 2 else 58,
        "captions": [name if len(name) <= 9 else f"{name[:8]}…" for name in names],
    }
