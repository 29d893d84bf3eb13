"""What the network answers over the data's plane: the decision boundary, a regression's surface, a fitted curve."""

from __future__ import annotations

from typing import Any

import torch

from playground.data.planes import PlaneChoice, on_plane
from playground.lenses.cells import Cell
from playground.lenses.confusions import rows_in
from playground.lenses.effort import affordable, in_parts
from playground.lenses.grids import grid
from playground.lenses.moment import device_of, looking, moment_of

Arrays = dict[str, Any]


def decision_boundary(
    moment: Any, resolution: int = 100, plane: PlaneChoice | dict | None = None, mark: Cell | dict | None = None
) -> Arrays:
    """The network's answer at resolution x resolution places of the plane (fewer, where a network of images would take
    long: r of them along each side); row 0 is the lowest y, all float32.

    x, y: (r,) coordinates of the middle of each cell. Then, by task:

    - two classes: `value` (r, r) in [-1, 1], -1 where class 0 is certain and +1 where class 1 is;
    - K > 2 classes: `classes` (r, r) int64, the predicted ones; `confidence` (r, r) in [0, 1], 0 where the best class
      has probability 1 / K; `probabilities` (K, r, r);
    - regression: `value` (r, r), the output, in units of the (for tables standardised) target.

    On a plane of a table these are the answers on that plane; rows lie off it. `plane` chooses another than that of the
    principal components (see `playground.data.planes`); one through a training row gives also `row`, its number. With a
    `mark`, also `marked` (k,) int64: the rows that are now in that cell of the confusion matrix.

    Raises ValueError where the data has one coordinate only (`fitted_curve` is for that), no such plane, or no such
    cell.
    """
    moment = moment_of(moment)
    dataset = on_plane(moment.dataset, plane)
    if dataset.plane.dimensions != 2:
        raise ValueError("data with one input has no plane; use lenses.fitted_curve")
    places = grid(dataset.plane, affordable(moment, resolution), device_of(moment.module))
    with looking(moment.module) as module:
        answers = _answers(in_parts(module, places.inputs), moment.task, len(dataset.classes))
    arrays = {name: tensor.reshape(*tensor.shape[:-1], *places.shape).cpu().numpy() for name, tensor in answers.items()}
    choice = PlaneChoice() if plane is None else PlaneChoice.model_validate(plane)
    if choice.kind == "features" and choice.row is not None:
        arrays["row"] = choice.row
    if mark is not None:
        cell = Cell.model_validate(mark)
        arrays |= {"mark": cell, "marked": rows_in(moment, cell)}
    return {"x": places.x, "y": places.y, **arrays}


def fitted_curve(moment: Any, points: int = 240) -> Arrays:
    """The curve of a network with one coordinate: x (points,), y (points,) float32, the output there.

    y is in units of the (for tables standardised) target. Raises ValueError where the data lies on a plane.
    """
    moment = moment_of(moment)
    if moment.dataset.plane.dimensions != 1:
        raise ValueError("this data lies on a plane; use lenses.decision_boundary")
    places = grid(moment.dataset.plane, points, device_of(moment.module))
    with looking(moment.module) as module:
        outputs = module(places.inputs)
    return {"x": places.x, "y": outputs.reshape(-1).float().cpu().numpy()}


def _answers(outputs: torch.Tensor, task: Any, classes: int) -> dict[str, torch.Tensor]:
    """Named tensors whose last dimension is the place. The task knows what its outputs mean."""
    said = task.decision(outputs)
    if classes <= 2:
        return {"value": said}
    shares = said.t().contiguous()
    chosen = task.predicted(outputs)
    sure = (shares.gather(0, chosen[None])[0] - 1.0 / classes) / (1.0 - 1.0 / classes)
    return {"classes": chosen, "confidence": sure.clamp_min(0.0), "probabilities": shares}
