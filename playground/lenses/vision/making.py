"""How one map is made: the maps and kernels that go into it, what each of them adds, and the sum of one pixel."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.lenses.lens import Unsuited
from playground.lenses.moment import device_of, looking, moment_of
from playground.lenses.picked import Picked, pixels_of
from playground.lenses.vision.kernels import kernels_in
from playground.lenses.vision.stack import Place, at_path, before, shortcut_of
from playground.network.shapes import HEAD

POOLS = ("max_pool2d", "avg_pool2d")


@dataclass(frozen=True, slots=True)
class Window:
    """Where a layer looks for its pixel (i, j): from (i, j) * stride - padding on, `kernel` cells `dilation` apart."""

    kernel: int
    stride: int
    padding: int
    dilation: int = 1


def map_detail(
    moment: Any,
    path: tuple[int, ...] = (),
    unit: int = 0,
    image: Picked | dict[str, Any] | None = None,
    row: int | None = None,
    column: int | None = None,
    shown: int = 16,
) -> dict[str, Any]:
    """How map `unit` of the layer at `path` is made of the picked image, in evaluation mode.

    - how: "sum" (a convolution: every channel is filtered by a kernel of its own, and the results are added), "window"
      (a pooling), "add" (a residual block: what went around it and what went through), "stamp" (a transposed
      convolution) or "each" (anything else: pixel by pixel);
    - label: of the layer; unit: the map; output (h, w) float32: the map itself;
    - inputs (m, h', w') float32: the maps that go into it, at most `shown` of `total`; channels (m,) int64: which;
    - kernels (m, k, k) float32 and parts (m, h, w) float32: of "sum" and "stamp", what each is filtered by, and what it
      adds; rest (h, w): what the channels that are not shown add together; bias: the number added at every pixel;
    - window: (kernel, stride, padding, dilation) int64 of a sliding window; all 0 where there is none;
    - at (2,) int64: the pixel worked out, `row` and `column` or the strongest; value: the map's value there;
    - cells (m, k, k) float32: of "sum" and "window", what the window sees there; over the edge that is 0, or NaN
      where it takes no part (the largest of a window); sums (m,) float32: of "sum", products of cells and kernels
      added up, so that sums, `rest` there and bias make `value`.

    Raises Unsuited where there is no such layer or map, or it has no places any more; ValueError for an image that the
    data do not have.
    """
    moment = moment_of(moment)
    x, _ = pixels_of(moment.dataset, image)
    place = at_path(moment, path)
    with looking(moment.module) as module:
        x = torch.tensor(x, device=device_of(module))
        seen = module.trace(x)
        output = seen[place.path]
        if place.path == HEAD or output.ndim != 4 or not 0 <= unit < output.shape[1]:
            raise Unsuited("This layer has no such map.")
        given = before(module, seen, x, place.path)
        found = _made(module, place, given, seen, output, unit, shown)
    output = output[0, unit]
    at = _place(output, row, column)
    arrays = {"label": place.label, "unit": unit, "output": _array(output), "at": np.array(at), **_plain(found)}
    arrays["value"] = float(output[at])
    return {**arrays, **_worked_out(arrays, at, found.get("beyond", 0.0))}


def _made(module: Any, place: Place, given: Tensor, seen: dict, output: Tensor, unit: int, shown: int) -> dict:
    """What goes into map `unit`, as `map_detail` tells it, as tensors."""
    layer = module.at(place.path)
    if place.kind in ("conv2d", "separable_conv2d"):
        return _convolved(layer, given, output, unit, shown)
    if place.kind == "conv_transpose2d":
        return _stamped(layer, given, output, unit, shown)
    if place.kind == "residual":
        inside = seen[(*place.path, len(layer.layers) - 1)] if len(layer.layers) else given
        around = shortcut_of(module, place.path)(given)
        return {"how": "add", "inputs": torch.stack([around[0, unit], inside[0, unit]]), "channels": [unit, unit]}
    if given.ndim != 4:
        raise Unsuited("This layer has no such map.")
    own = {"inputs": given[0, unit : unit + 1], "channels": [unit]}
    if place.kind in POOLS:
        entry = place.entry
        nothing = np.nan if place.kind == "max_pool2d" else 0.0
        return {"how": "window", "window": Window(entry.kernel, entry.stride, entry.padding), "beyond": nothing, **own}
    return {"how": "each", **own}


def _convolved(layer: nn.Module, given: Tensor, output: Tensor, unit: int, shown: int) -> dict[str, Any]:
    conv = getattr(layer, "depthwise", layer)
    window = Window(conv.kernel_size[0], conv.stride[0], conv.padding[0], conv.dilation[0])
    kernels = kernels_in(layer, (0, 0, 0))[unit]
    total = len(kernels)
    groups = 1 if conv is not layer else conv.groups
    first = unit // (output.shape[1] // groups) * len(kernels)
    channels = range(first, first + min(len(kernels), shown))
    inputs, kernels = given[0, channels.start : channels.stop], kernels[:shown]
    parts = functional.conv2d(
        inputs[:, None].transpose(0, 1),
        kernels[:, None],
        None,
        window.stride,
        window.padding,
        window.dilation,
        len(inputs),
    )[0]
    found = _summed(layer, inputs, channels, kernels, parts, output, unit)
    return {"how": "sum", "window": window, "total": total, **found}


def _stamped(layer: nn.ConvTranspose2d, given: Tensor, output: Tensor, unit: int, shown: int) -> dict[str, Any]:
    kernels, inputs = kernels_in(layer, (0, 0, 0))[unit][:shown], given[0, :shown]
    parts = functional.conv_transpose2d(
        inputs[None], kernels[:, None], None, layer.stride, layer.padding, groups=len(inputs)
    )[0]
    found = _summed(layer, inputs, range(len(inputs)), kernels, parts, output, unit)
    return {"how": "stamp", "total": given.shape[1], **found}


def _summed(
    layer: nn.Module, inputs: Tensor, channels: range, kernels: Tensor, parts: Tensor, output: Tensor, unit: int
) -> dict[str, Any]:
    biases = getattr(layer, "pointwise", layer).bias
    bias = 0.0 if biases is None else float(biases[unit])
    rest = output[0, unit] - bias - parts.sum(0)
    return {
        "inputs": inputs, "channels": list(channels), "kernels": kernels, "parts": parts, "rest": rest, "bias": bias,
    }  # fmt: skip


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """Tensors as arrays, with what is missing as empty ones."""
    inputs = found["inputs"]
    nothing = torch.zeros(0)
    return {
        "how": found["how"],
        "inputs": _array(inputs),
        "channels": np.array(found["channels"], np.int64),
        "kernels": _array(found.get("kernels", nothing)),
        "parts": _array(found.get("parts", nothing)),
        "rest": _array(found.get("rest", nothing)),
        "bias": found.get("bias", 0.0),
        "total": found.get("total", len(inputs)),
        "window": np.array(astuple(found["window"]) if "window" in found else [0, 0, 0, 0], np.int64),
    }


def _place(output: Tensor, row: int | None, column: int | None) -> tuple[int, int]:
    """The pixel to work out: the one asked for, as far as there is one, or the strongest."""
    height, width = output.shape
    if row is None or column is None:
        return divmod(int(torch.nan_to_num(output).abs().argmax()), width)
    return min(row, height - 1), min(column, width - 1)


def _worked_out(arrays: dict[str, Any], at: tuple[int, int], beyond: float) -> dict[str, np.ndarray]:
    """What the window sees at a pixel, and the sums of its products."""
    kernel, stride, padding, dilation = arrays["window"].tolist()
    inputs = arrays["inputs"]
    if not kernel:
        return {"cells": np.zeros((0, 0, 0), np.float32), "sums": np.zeros(0, np.float32)}
    rows, columns = (start * stride - padding + dilation * np.arange(kernel) for start in at)
    inside = ((rows >= 0) & (rows < inputs.shape[1]))[:, None] & (columns >= 0) & (columns < inputs.shape[2])
    seen = inputs[:, rows.clip(0, inputs.shape[1] - 1)][:, :, columns.clip(0, inputs.shape[2] - 1)]
    cells = np.where(inside, seen, np.float32(beyond)).astype(np.float32)
    if arrays["how"] != "sum":
        return {"cells": cells, "sums": np.zeros(0, np.float32)}
    return {"cells": cells, "sums": (cells * arrays["kernels"]).sum(axis=(1, 2)).astype(np.float32)}


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().float().cpu().numpy().copy()
