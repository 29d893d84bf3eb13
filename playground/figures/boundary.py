"""The decision boundary, or the surface of a regression: one heat map with the data's points on it.

Trace 0 is the map, 1 the training points, 2 the test points; where a cell of the confusion matrix is marked, 3 is its
points, and the others are faint; the last rings the row that a chosen plane goes through. A frame changes the map (and
3) only, the map as one byte a place. Two classes and regressions are drawn from orange over white to blue. With more
classes a place is an integer, class * levels + shade (see `theme.region_scale`), so that one heat map shows them all;
`zsmooth: fast` lets the browser smooth the colours, never the integers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.entry import Model, parameter
from playground.figures import points, theme
from playground.figures.keys import DOT, RING, Key, cut, fitting, key_row, plain
from playground.figures.quantised import Quantised
from playground.figures.units import original

BANDS = 4
"""Solid bands of a discrete regression surface on either side of zero."""


FAINT_POINTS = 0.2
"""Opacity of the points that are not marked, where some are."""


class BoundaryOptions(Model):
    """How the boundary is drawn."""

    discrete: bool = parameter(False, label="Discrete", help="Shows only what is predicted, not how surely.")
    show_test: bool = parameter(True, label="Test points", help="Shows the points kept back to test on, ringed dark.")


DEFAULT = BoundaryOptions()
Arrays = dict[str, Any]


def base(arrays: Arrays, dataset: Any, options: BoundaryOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of `decision_boundary`, for the axes and the size of the map."""
    reach = value_reach(dataset)
    traces = [_map(arrays, dataset, reach)]
    traces += [_points(dataset, part, reach, shown=part == "train" or options.show_test) for part in ("train", "test")]
    if "mark" in arrays:
        for trace in traces[1:]:
            trace["opacity"] = FAINT_POINTS
        traces.append(_marked(arrays["mark"], dataset))
    if "row" in arrays:
        traces.append(_ringed(arrays["row"], dataset))
    return {"data": traces, "layout": _layout(dataset, options)}


def frame(arrays: Arrays, dataset: Any, options: BoundaryOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the map, and which points are marked."""
    moved: dict[str, Any] = {}
    if "mark" in arrays:
        places = getattr(dataset, f"{arrays['mark'].part}_points")[arrays["marked"]][: theme.MOST_POINTS]
        moved = {"3": {"x": places[:, 0], "y": places[:, 1]}}
    return {"traces": {"0": {"z": _values(arrays, dataset, options)}, **moved}}


def _values(arrays: Arrays, dataset: Any, options: BoundaryOptions) -> Quantised:
    if "classes" in arrays:
        return Quantised(class_levels(arrays, options.discrete), 0.0, 255.0)
    reach, value = value_reach(dataset), arrays["value"]
    if options.discrete:
        value = sharpened(value) if dataset.classes else banded(value, reach)
    return Quantised(original(value, dataset), *_ends(dataset, reach))


def value_reach(dataset: Any) -> float:
    """The value that is fully blue: 1 for two classes, otherwise the largest training target, at least 0.1.

    In the network's units; a table's map is drawn in its own, white at the mean of its targets.
    """
    if dataset.classes or not len(dataset.y_train):
        return 1.0
    return max(float(np.abs(dataset.y_train).max()), 0.1)


def class_levels(arrays: Arrays, discrete: bool) -> np.ndarray:
    """The map of three and more classes as integers, (r, r) float32: class * levels + shade."""
    shares, classes = arrays["probabilities"], arrays["classes"]
    levels = theme.region_levels(len(shares))
    sure = sharpened(*lead(shares, classes)) if discrete else arrays["confidence"]
    return (classes * levels + np.rint(np.clip(np.nan_to_num(sure), 0.0, 1.0) * (levels - 1))).astype(np.float32)


def lead(shares: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far the predicted class is ahead of the next, (r, r), and the classes: what `sharpened` takes."""
    chosen = np.take_along_axis(shares, classes[None], axis=0)[0]
    others = shares.copy()
    np.put_along_axis(others, classes[None], -np.inf, axis=0)
    return chosen - others.max(axis=0), classes


def sharpened(value: np.ndarray, sides: np.ndarray | None = None) -> np.ndarray:
    """A map reduced to which side of a border each place is on, shaded only right at the border, (r, r).

    value: signed, 0 on the border; or, with `sides` (r, r), the distance from it on either side. The result has its
    sign and is 1 in size away from borders. A bare sign would draw borders as a staircase; value / slope estimates how
    many places away the border is, and shades the nearest ones as the edge of a letter is shaded.
    """
    slope = np.full(value.shape, 1e-12, np.float32)
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        beyond = value[there] if sides is None else np.where(sides[here] == sides[there], value[there], -value[there])
        step = np.abs(value[here] - beyond)
        np.maximum(slope[here], step, out=slope[here])
        np.maximum(slope[there], step, out=slope[there])
    return np.clip(value / slope, -1.0, 1.0)


def _ends(dataset: Any, reach: float) -> tuple[float, float]:
    """The values of the map that are fully orange and fully blue, in the data's own units."""
    low, high = original(np.array([-reach, reach]), dataset)
    return float(low), float(high)


def banded(value: np.ndarray, reach: float) -> np.ndarray:
    """A map rounded to steps of reach / BANDS."""
    return np.rint(value * (BANDS / reach)) * (reach / BANDS)


def _map(arrays: Arrays, dataset: Any, reach: float) -> dict[str, Any]:
    x, y = arrays["x"], arrays["y"]
    classes = len(dataset.classes)
    horizontal, vertical = dataset.plane.titles
    trace = {
        "type": "heatmap",
        "x0": float(x[0]),
        "dx": float(x[1] - x[0]),
        "y0": float(y[0]),
        "dy": float(y[1] - y[0]),
        "z": Quantised(np.zeros((len(y), len(x)), np.float32), *_ends(dataset, reach)),
        "zsmooth": "fast",
        "showscale": False,
        "name": "",
    }
    digits = _digits(dataset)
    place = f"{_short(horizontal)} %{{x:{digits}}}<br>{_short(vertical)} %{{y:{digits}}}"
    if classes > 2:
        last = classes * theme.region_levels(classes) - 1
        trace |= {"colorscale": theme.region_scale(classes), "zmin": 0, "zmax": last, "hovertemplate": place}
    else:
        low, high = _ends(dataset, reach)
        trace |= {"colorscale": theme.REGION_DIVERGING, "zmin": low, "zmax": high}
        trace["hovertemplate"] = place + f"<br>output %{{z:{_digits(dataset)}}}"
    if not classes:
        trace |= {"showscale": True, "colorbar": _colour_bar()}
    return trace


def _points(dataset: Any, part: str, reach: float, *, shown: bool) -> dict[str, Any]:
    places, targets = getattr(dataset, f"{part}_points"), getattr(dataset, f"y_{part}")
    chosen = points.subset(len(places))
    places, targets = places[chosen], targets[chosen]
    count = len(dataset.classes)
    marker = points.class_marker(targets, count) if count else points.value_marker(targets, reach, _edge(part))
    names = [plain(name) for name in dataset.classes]
    truth = [names[k] for k in targets] if count else original(targets, dataset)
    horizontal, vertical = map(_short, dataset.plane.titles)
    what = "%{text}" if count else f"target %{{text:{_digits(dataset)}}}"
    digits = _digits(dataset)
    hover = f"{horizontal} %{{x:{digits}}}<br>{vertical} %{{y:{digits}}}<br>{what}<extra>{part}</extra>"
    return points.scatter(
        places[:, 0], places[:, 1], part=part, marker=marker, text=truth, hovertemplate=hover, visible=shown
    )


def _marked(cell: Any, dataset: Any) -> dict[str, Any]:
    """The points of a cell, none yet: in their class's colour, larger, ringed so that they stand out from any map."""
    actual, predicted = (plain(dataset.classes[k]) for k in (cell.actual, cell.predicted))
    said = f"{actual}, and seen as such" if cell.actual == cell.predicted else f"{actual}, taken for {predicted}"
    return points.scatter(
        np.zeros(0),
        np.zeros(0),
        part=cell.part,
        marker={
            "color": theme.class_colour(cell.actual),
            "size": theme.MARKED_SIZE,
            "line": {"color": theme.TEST_EDGE, "width": 2},
        },
        hovertemplate=f"{said}<extra>{cell.part}</extra>",
    )


def _ringed(row: int, dataset: Any) -> dict[str, Any]:
    """The training row that the plane goes through."""
    place = dataset.train_points[row : row + 1]
    ring = {"symbol": "circle-open", "color": theme.FITTED, "size": theme.RING_SIZE, "line": {"width": 3}}
    trace = points.scatter(place[:, 0], place[:, 1], part="train", marker=ring, hoverinfo="skip")
    trace["marker"]["line"]["color"] = theme.FITTED
    return trace


def _digits(dataset: Any) -> str:
    """How numbers are written: a table's own may be of any size."""
    return ".2f" if dataset.plane.kind == "xy" else ".4~g"


def _edge(part: str) -> str:
    """Around points that may be as white as the map."""
    return theme.TEST_EDGE if part == "test" else theme.FAINT


def _keys(dataset: Any, options: BoundaryOptions) -> list[Key]:
    test = [(RING, theme.TEST_RING, "test")] if options.show_test and len(dataset.y_test) else []
    classes = [(DOT, theme.key_colour(k), name) for k, name in enumerate(dataset.classes)]
    return [*fitting(classes, reserved=7 * len(test)), *test]


def _short(title: str) -> str:
    """An axis title for a hover text: without what stands in brackets."""
    return plain(cut(title.split(" (")[0], 32))


def _colour_bar() -> dict[str, Any]:
    return {"thickness": 9, "len": 1.0, "outlinewidth": 0, "nticks": 5, "tickfont": {"size": 10}, "xpad": 4}


def _layout(dataset: Any, options: BoundaryOptions) -> dict[str, Any]:
    axes = [
        {
            "range": list(interval),
            "title": {"text": plain(title), "standoff": 4},
            "showgrid": False,
            "zeroline": False,
            "nticks": 7,
            "ticks": "outside",
            "ticklen": 3,
        }
        for interval, title in zip(dataset.plane.domain, dataset.plane.titles, strict=True)
    ]
    if dataset.plane.kind == "xy":  # one unit is as long up as across
        axes[0]["constrain"] = axes[1]["constrain"] = "domain"
        axes[1]["scaleanchor"] = "x"
    what = "Decision boundary" if dataset.classes else "Predicted value"
    return theme.plain_layout(
        f"boundary {dataset.plane.kind} {' '.join(dataset.plane.titles)}",  # another plane is not zoomed into
        f"{what} over {_short(dataset.plane.titles[0])} and {_short(dataset.plane.titles[1])}, with the data's points",
        xaxis=axes[0],
        yaxis=axes[1],
        annotations=[key_row(_keys(dataset, options))],
        margin={"l": 40, "r": 10, "t": 22, "b": 36},
    )
