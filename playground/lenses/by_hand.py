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
    - layers: a dict for each convolution of the network: filters (how many it has), large (whether too much goes in to
      be looked at), transposed (whether it is a transposed one);
    - with `layer`, a place in `layers`, and its filter number `filter` (the last one, where it has fewer): inputs
      (c, h, w) float32, the channels that reach this filter, as the network has them; weights (c, k, k) float32; bias,
      a number; geometry, a dict of kernel, stride, padding and dilation; output (h', w') float32, what the convolution
      makes of it. A layer that is not there, or large, gives none of these.

    A transposed convolution stamps its filters onto a larger map. That is the same as to set the pixels apart, with
    stride - 1 zeros between them, and to slide the filter over them, turned by half a turn: so it is given here
    (Dumoulin and Visin 2016, https://arxiv.org/abs/1603.07285, section 4). Raises ValueError for data that are no
    images, or do not have this one.
    """
    moment = moment_of(moment)
    x, _label = pixels_of(moment.dataset, image)
    mean, deviation = moment.dataset.input_scale
    # Rounded, so that black is zero again after the way there and back.
    picture = np.clip(np.round(x[0] * deviation + mean, 6), 0.0, 1.0).reshape(moment.dataset.image)
    found = _met(moment.module, x)
    arrays: dict[str, Any] = {
        "pixels": picture.mean(axis=0).astype(np.float32),
        "layers": [
            {"filters": conv.out_channels, "large": _large(conv, given), "transposed": _is_transposed(conv)}
            for conv, given, _ in found
        ],
    }
    if layer is not None and layer < len(found) and not arrays["layers"][layer]["large"]:
        arrays |= _filter(*found[layer], min(filter, found[layer][0].out_channels - 1)) | {"layer": layer}
    return arrays


Convolution = nn.Conv2d | nn.ConvTranspose2d


def _is_transposed(conv: Convolution) -> bool:
    return isinstance(conv, nn.ConvTranspose2d)


def _met(module: nn.Module, x: np.ndarray) -> list[tuple[Convolution, Tensor, Tensor]]:
    """Every convolution with its input and output for one image, in the order in which the image meets them."""
    met: list[tuple[Convolution, Tensor, Tensor]] = []

    def note(conv: Convolution, given: tuple[Tensor], made: Tensor) -> None:
        met.append((conv, given[0][0], made[0]))

    hooks = [part.register_forward_hook(note) for part in module.modules() if isinstance(part, Convolution)]
    try:
        with looking(module):
            module(torch.tensor(x, device=device_of(module)))
    finally:
        for hook in hooks:
            hook.remove()
    return met


def _large(conv: Convolution, given: Tensor) -> bool:
    sides = [_apart(side, conv) for side in given.shape[1:]]
    return len(given) * sides[0] * sides[1] > MOST_VALUES


def _apart(side: int, conv: Convolution) -> int:
    """How many pixels long a side is when it is slid over."""
    return (side - 1) * conv.stride[0] + 1 if _is_transposed(conv) else side


def _filter(conv: Convolution, given: Tensor, made: Tensor, filter: int) -> dict[str, Any]:
    """One filter. Of grouped convolutions it sees the channels of its group only."""
    slid = _turned if _is_transposed(conv) else _as_it_is
    inputs, weights, stride, padding = slid(conv, given, filter)
    return {
        "filter": filter,
        "inputs": inputs.float().cpu().numpy(),
        "weights": weights.detach().float().cpu().numpy(),
        "bias": 0.0 if conv.bias is None else float(conv.bias[filter].detach()),
        "geometry": {
            "kernel": conv.kernel_size[0],
            "stride": stride,
            "padding": padding,
            "dilation": conv.dilation[0],
        },
        "output": made[filter].float().cpu().numpy(),
    }


def _as_it_is(conv: nn.Conv2d, given: Tensor, filter: int) -> tuple[Tensor, Tensor, int, int]:
    """What a filter slides over, its weights, stride and padding."""
    channels = conv.in_channels // conv.groups
    first = filter // (conv.out_channels // conv.groups) * channels
    return given[first : first + channels], conv.weight[filter], conv.stride[0], conv.padding[0]


def _turned(conv: nn.ConvTranspose2d, given: Tensor, filter: int) -> tuple[Tensor, Tensor, int, int]:
    """The same of a transposed convolution, which is in no groups and not dilated here."""
    stride, padding = conv.stride[0], conv.kernel_size[0] - 1 - conv.padding[0]
    inputs = given.new_zeros(len(given), *(_apart(side, conv) for side in given.shape[1:]))
    inputs[:, ::stride, ::stride] = given
    if padding < 0:  # what is cut off the result beyond the reach of the filter comes from these pixels alone
        inputs = inputs[:, -padding:padding, -padding:padding]
    return inputs, conv.weight[:, filter].flip(1, 2), 1, max(0, padding)
