"""The live views: which lens feeds each, what may be set, and how its figure is drawn. Torch-free.

view = view_of("boundary", dataset, {"resolution": 100, "discrete": True})
arrays = getattr(lenses, view.lens)(moment, **view.lens_options)
base, frame = view.base(arrays, moment), view.frame(arrays, moment)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import Any

from pydantic import ValidationError

from playground.data.planes import on_plane
from playground.experiment.entry import Model
from playground.figures import (
    boundary,
    confusion,
    contour,
    curves,
    distributions,
    findings,
    fit,
    gradients,
    hand,
    landscape,
    network,
    prediction,
    predictions,
    residuals,
    roc,
    sharpness,
    slices,
    unit_counts,
    weight_history,
)
from playground.figures.heights import LandscapeOptions
from playground.figures.layers import InsideOptions
from playground.figures.stills import still
from playground.figures.vision import (
    class_accuracy,
    detail,
    dreams,
    embedding,
    filters,
    fool,
    fool_shares,
    maps,
    mistakes,
    patches,
    robust,
    samples,
    why,
)
from playground.figures.vision.boards import BoardOptions
from playground.lenses.lens import Unsuited
from playground.lenses.registry import LENSES


@dataclass(frozen=True)
class LiveFigure:
    """One live view. label: what a person calls it; options: how it is drawn.

    drawings: lens name to the module that draws that lens's arrays with `base` and `frame`.
    choose: data set and wishes to the name of the lens that suits them.
    """

    label: str
    options: type[Model]
    drawings: Mapping[str, ModuleType]
    choose: Callable[[Any, Mapping[str, Any]], str]


@dataclass(frozen=True)
class View:
    """A live view of one data set, with its options checked.

    lens: name of the lens in `playground.lenses`; lens_options: its keyword arguments; options: of the figure.
    """

    lens: str
    lens_options: dict[str, Any]
    options: Model
    drawing: ModuleType

    def base(self, arrays: dict[str, Any], moment: Any) -> dict[str, Any]:
        """The whole figure without what moves. Depends on the experiment and the options, never on the step."""
        return self.drawing.base(arrays, *self._context(moment))

    def frame(self, arrays: dict[str, Any], moment: Any) -> dict[str, Any]:
        """Only what moves."""
        return self.drawing.frame(arrays, *self._context(moment))

    def _context(self, moment: Any) -> tuple[Any, ...]:
        return on_plane(moment.dataset, self.lens_options.get("plane")), self.options


def _boundary_lens(dataset: Any, wishes: Mapping[str, Any]) -> str:
    if dataset.plane.kind == "line":
        return "fitted_curve"
    table_regression = dataset.task == "regression" and dataset.plane.kind == "pca"
    # A regression's surface over two of many inputs says little about how good it is: only where it is asked for.
    return "predictions" if table_regression and wishes.get("plane") is None else "decision_boundary"


def _only(lens: str) -> Callable[[Any, Mapping[str, Any]], str]:
    return lambda _dataset, _wishes: lens


def _inside(label: str, lens: str, drawing: ModuleType) -> LiveFigure:
    """A view of what goes on inside the network."""
    return LiveFigure(label, InsideOptions, {lens: drawing}, _only(lens))


def _terrain(label: str, lens: str, drawing: ModuleType) -> LiveFigure:
    """A view of the loss around the weights."""
    return LiveFigure(label, LandscapeOptions, {lens: drawing}, _only(lens))


def _seen(label: str, lens: str, drawing: ModuleType) -> LiveFigure:
    """A view of a network that sees."""
    return LiveFigure(label, BoardOptions, {lens: drawing}, _only(lens))


FIGURES: Mapping[str, LiveFigure] = MappingProxyType(
    {
        "boundary": LiveFigure(
            "What the network makes of the data",
            boundary.BoundaryOptions,
            {"decision_boundary": boundary, "fitted_curve": fit, "predictions": predictions},
            _boundary_lens,
        ),
        "network": LiveFigure("Network", network.NetworkOptions, {"network": network}, _only("network")),
        "curves": LiveFigure("Curves", curves.CurvesOptions, {"curves": curves}, _only("curves")),
        "confusion": LiveFigure(
            "Confusion matrix", confusion.ConfusionOptions, {"confusion": confusion}, _only("confusion")
        ),
        "roc": LiveFigure("ROC curve", roc.RocOptions, {"roc": roc}, _only("roc")),
        "residuals": LiveFigure("Residuals", residuals.ResidualsOptions, {"residuals": residuals}, _only("residuals")),
        "gradients": _inside("Gradients and updates", "gradients", gradients),
        "units": _inside("Dead and saturated units", "units", unit_counts),
        "weight_history": _inside("Weights over time", "weight_history", weight_history),
        "activations": _inside("Activations", "activations", distributions),
        "findings": _inside("Findings", "findings", findings),
        "landscape": _terrain("Loss landscape", "loss_landscape", landscape),
        "contour": _terrain("Loss landscape from above", "loss_landscape", contour),
        "slice": _terrain("Loss along a line", "loss_slice", slices),
        "sharpness": _inside("Sharpness", "sharpness", sharpness),
        "filters": _seen("Filters", "filters", filters),
        "patches": _seen("Patches that excite a filter", "patches", patches),
        "feature_maps": _seen("Feature maps", "feature_maps", maps),
        "map_detail": _seen("How a map is made", "map_detail", detail),
        "samples": _seen("Images", "samples", samples),
        "mistakes": _seen("Mistakes", "mistakes", mistakes),
        "class_accuracy": _seen("Accuracy by class", "confusion", class_accuracy),
        "embedding": _seen("Last hidden layer", "embedding", embedding),
        "why": LiveFigure("Why", why.WhyOptions, {"explanation": why}, _only("explanation")),
        "fool": _seen("Fool it", "attack", fool),
        "fool_shares": _seen("What it says before and after", "attack", fool_shares),
        "robustness": LiveFigure("Robust accuracy", robust.RobustOptions, {"robustness": robust}, _only("robustness")),
        "dream": _seen("Dream", "dream", dreams),
        "prediction": LiveFigure(
            "Prediction", prediction.PredictionOptions, {"prediction": prediction}, _only("prediction")
        ),
        "hand": LiveFigure("One convolution", hand.HandOptions, {"hand": hand}, _only("hand")),
    }
)


def view_of(name: str, dataset: Any, options: Mapping[str, Any] | None = None) -> View:
    """The live view `name` of `dataset`, with `options` of its lens and of its figure in one mapping.

    Options that only another lens of the same view has (the resolution, for a curve) are passed over, and so is a plane
    or a cell that this data does not have: a page need not know which lens the data calls for, nor be in time when the
    data changes. Raises ValueError, in plain words, for anything else unknown or out of range, and `Unsuited` where the
    data has nothing of the kind to show.
    """
    if name not in FIGURES:
        raise ValueError(f"There is no view {name!r}. Views: {', '.join(FIGURES)}.")
    figure, given = FIGURES[name], dict(options or {})
    lens = figure.choose(dataset, given)
    of_figure = set(figure.options.model_fields)
    of_lenses = {option for candidate in figure.drawings for option in LENSES[candidate].parameters()}
    if unknown := sorted(set(given) - of_figure - of_lenses):
        raise ValueError(f"The view {name!r} has no option {unknown[0]!r}.")
    try:
        drawn = figure.options.model_validate({key: given[key] for key in of_figure & set(given)})
        looked = LENSES[lens].with_options({key: given[key] for key in of_lenses & set(given)})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"Option {'.'.join(map(str, first['loc']))} of the view {name!r}: {first['msg']}.") from None
    if not LENSES[lens].supports(dataset):
        raise Unsuited(f"{figure.label}: {LENSES[lens].missing(dataset)}.")
    looked = looked.suited(dataset)
    return View(lens, looked.options(), drawn, figure.drawings[lens])


def draw(name: str, run: Any, **options: Any) -> dict[str, Any]:
    """The live view `name` of a trainer or a moment as a whole Plotly figure, for a notebook.

    `plotly.graph_objects.Figure(draw("boundary", trainer, discrete=True))`. Raises ValueError for unknown options, and
    for the network diagram, which is no Plotly figure.
    """
    view = view_of(name, run.dataset, options)
    arrays = LENSES[view.lens].with_options(view.lens_options).look(run)
    base = view.base(arrays, run)
    if "data" not in base:
        raise ValueError(f"The view {name!r} is drawn by the web page only; see lenses.{view.lens} for its arrays.")
    return still(base, view.frame(arrays, run))
