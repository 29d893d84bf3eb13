"""One convolution of the network with everything that a person needs to work it out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from playground.lenses.moment import device_of, looking, moment_of
from playground.lenses.picked import Picked, pixels_of

MOST_VALUES = 32_000
"""That go into a convolution small enough to be sent to a browser with every frame: 32 maps of 28 x 28, say."""


def hand(
    moment: Any, image: Picked | dict[str, Any] | None = None, layer: int | None = None, filter: int = 0
) -> dict[str, Any]:
    """The picked image, and what goes into one filter of one convolution for it, with its weights.

    - pixels: (H, W) float32, the image in shades of grey (the mean of its channels) from 0 to 1;
    - layers: a dict for each `Conv2d` of the network: filters (how many it has), large (whether too much goes in to be
      looked at);
    - with `layer`, a place in `layers`, and its filter number `filter` (the last one, where it has fewer): inputs
      (c, h, w) float32, the channels that reach this filter, as the network has them; weights (c, k, k) float32; bias,
      a number; geometry, a dict of kernel, stride, padding and dilation; output (h', w') float32, what the convolution
      makes of it. A layer that is not there, or large, gives none of these.

    Transposed convolutions are no sums under a sliding window, and not among the layers. Raises ValueError for data
    that are no images, or do not have this one.
    """
    moment = moment_of(moment)
    x, _label = pixels_of(moment.dataset, image)
    mean, deviation = moment.dataset.input_scale
    # Rounded, so that black is zero again after the way there and back.
    picture = np.clip(np.round(x[0] * deviation + mean, 6), 0.0, 1.0).reshape(moment.dataset.image)
    found = _met(moment.module, x)
    arrays: dict[str, Any] = {
        "pixels": picture.mean(axis=0).astype(np.float32),
        "layers": [{"filters": conv.out_channels, "large": _large(given)} for conv, given, _ in found],
    }
    if layer is not None and layer < len(found) and not arrays["layers"][layer]["large"]:
        arrays |= _filter(*found[layer], min(filter, found[layer][0].out_channels - 1)) | {"layer": layer}
    return arrays


def _met(module: nn.Module, x: np.ndarray) -> list[tuple[nn.Conv2d, Tensor, Tensor]]:
    """Every convolution with its input and output for one image, in the order in which the image meets them."""
    met: list[tuple[nn.Conv2d, Tensor, Tensor]] = []

    def note(conv: nn.Conv2d, given: tuple[Tensor], made: Tensor) -> None:
        met.append((conv, given[0][0], made[0]))

    hooks = [part.register_forward_hook(note) for part in module.modules() if isinstance(part, nn.Conv2d)]
    try:
        with looking(module):
            module(torch.tensor(x, device=device_of(module)))
    finally:
        for hook in hooks:
            hook.remove()
    return met


def _large(given: Tensor) -> bool:
    return given.numel() > MOST_VALUES


def _filter(conv: nn.Conv2d, given: Tensor, made: Tensor, filter: int) -> dict[str, Any]:
    """One filter. Of grouped convolutions it sees the channels of its group only."""
    channels = conv.in_channels // conv.groups
    first = filter // (conv.out_channels // conv.groups) * channels
    return {
        "filter": filter,
        "inputs": given[first : first + channels].float().cpu().numpy(),
        "weights": conv.weight[filter].detach().float().cpu().numpy(),
        "bias": 0.0 if conv.bias is None else float(conv.bias[filter].detach()),
        "geometry": {
            "kernel": conv.kernel_size[0],
            "stride": conv.stride[0],
            "padding": conv.padding[0],
            "dilation": conv.dilation[0],
        },
        "output": made[filter].float().cpu().numpy(),
    }
