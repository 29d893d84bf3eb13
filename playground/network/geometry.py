"""What layers do to images, without torch: shapes, receptive fields, and where a layer does not fit.

Receptive fields as Araujo et al. 2019 ("Computing receptive fields of convolutional neural networks") have them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from playground.experiment.layers_image import LARGEST_STRIDE

Shape = tuple[int, ...]
"""Of one sample: (features,), or (channels, height, width)."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What goes from one layer to the next.

    shape: of one sample. field: height and width, in pixels of the input image, of what one value can see, stride: how
    many such pixels lie between what two neighbours see, corner: where the field of the first value begins (negative:
    in the padding); all None where there are no places any more. What a norm mixes in from the whole image or batch is
    not counted.
    """

    shape: Shape
    field: tuple[int, int] | None = None
    stride: float | None = None
    corner: float | None = None

    @property
    def is_image(self) -> bool:
        """Whether it has channels, height and width."""
        return len(self.shape) == 3

    @property
    def count(self) -> int:
        """Values per sample."""
        return math.prod(self.shape)

    def flat(self) -> Signal:
        """The same values as a list."""
        return Signal((self.count,))


def arriving(shape: Shape) -> Signal:
    """The inputs: every pixel sees itself."""
    return Signal(shape, (1, 1), 1.0, 0.0) if len(shape) == 3 else Signal(shape)


def after(layer: Any, x: Signal) -> tuple[Signal, str | None]:
    """What leaves an entry of `experiment.layers_image`, and what is wrong with it there (None: nothing).

    Where something is wrong the signal is one that the layers after it can go on from.
    """
    if layer.kind == "flatten":
        return x.flat(), None
    if not x.is_image:
        return x, _needs_image(layer, x)
    if layer.kind in ("conv2d", "separable_conv2d"):
        y = replace(x, shape=(layer.channels, *x.shape[1:]))
        return _slid(layer, y, layer.dilation, _groups_problem(layer, x))
    if layer.kind in ("max_pool2d", "avg_pool2d"):
        return _slid(layer, x, 1, _pool_problem(layer))
    if layer.kind == "conv_transpose2d":
        return _stamped(layer, x)
    if layer.kind == "upsample":
        return _enlarged(layer, x)
    if layer.kind == "global_avg_pool":
        return _averaged(x), None
    return x, None


def projection_stride(before: Signal, after: Signal) -> int | None:
    """The stride of the 1 × 1 convolution that gives an image of the size of `after`; None where there is none."""
    for stride in range(1, LARGEST_STRIDE + 1):
        if all((a - 1) // stride + 1 == b for a, b in zip(before.shape[1:], after.shape[1:], strict=True)):
            return stride
    return None


def joined(one: Signal, two: Signal) -> Signal:
    """The sum of two signals of one shape: a value sees what both see."""
    if one.field is None or two.field is None:
        return replace(one, field=None, stride=None, corner=None)
    corner = min(one.corner, two.corner)
    ends = [[s.corner + s.field[side] for s in (one, two)] for side in range(2)]
    return replace(one, field=tuple(math.ceil(max(pair) - corner) for pair in ends), corner=corner)


def size_text(shape: Shape) -> str:
    """ "6 × 28 × 28", or "120"."""
    return " × ".join(f"{side:,}" for side in shape)


def _slid(layer: Any, x: Signal, dilation: int, problem: str | None) -> tuple[Signal, str | None]:
    """A window slides over the image."""
    reach = dilation * (layer.kernel - 1) + 1
    sides = [(side + 2 * layer.padding - reach) // layer.stride + 1 for side in x.shape[1:]]
    y = Signal(
        (x.shape[0], *(max(side, 1) for side in sides)),
        tuple(math.ceil(side + (reach - 1) * x.stride) for side in x.field),
        x.stride * layer.stride,
        x.corner - layer.padding * x.stride,
    )
    if problem is None and min(sides) < 1:
        problem = _too_large(layer, reach, x)
    return y, problem


def _stamped(layer: Any, x: Signal) -> tuple[Signal, str | None]:
    """Every pixel stamps the kernel: a value sees the pixels whose stamps reach it."""
    sides = [(side - 1) * layer.stride - 2 * layer.padding + layer.kernel for side in x.shape[1:]]
    seen = math.ceil(layer.kernel / layer.stride)
    y = Signal(
        (layer.channels, *(max(side, 1) for side in sides)),
        tuple(math.ceil(side + (seen - 1) * x.stride) for side in x.field),
        x.stride / layer.stride,
        x.corner - math.floor((layer.kernel - 1 - layer.padding) / layer.stride) * x.stride,
    )
    if min(sides) < 1:
        return y, (
            f"The padding cuts off the whole map: of {size_text(x.shape[1:])} pixels the kernel makes "
            f"{size_text(tuple(side + 2 * layer.padding for side in sides))}, and {layer.padding} go on every side. "
            "Use less padding."
        )
    return y, None


def _enlarged(layer: Any, x: Signal) -> tuple[Signal, str | None]:
    more = 1 if layer.mode == "bilinear" and layer.factor > 1 else 0  # between two neighbours it sees both
    return Signal(
        (x.shape[0], *(side * layer.factor for side in x.shape[1:])),
        tuple(math.ceil(side + more * x.stride) for side in x.field),
        x.stride / layer.factor,
        x.corner - more * x.stride,
    ), None


def _averaged(x: Signal) -> Signal:
    field = tuple(math.ceil(f + (side - 1) * x.stride) for f, side in zip(x.field, x.shape[1:], strict=True))
    return Signal((x.shape[0], 1, 1), field, x.stride * max(x.shape[1:]), x.corner)


def _needs_image(layer: Any, x: Signal) -> str:
    values = "1 value" if x.count == 1 else f"{x.count:,} values"
    return (
        f"{layer.label} needs an image, but gets {values} in a row. It works on image data, before Flatten and the "
        "linear layers."
    )


def _groups_problem(layer: Any, x: Signal) -> str | None:
    groups = getattr(layer, "groups", 1)
    if x.shape[0] % groups == 0 and layer.channels % groups == 0:
        return None
    fitting = [str(n) for n in range(1, math.gcd(x.shape[0], layer.channels) + 1)
               if x.shape[0] % n == 0 and layer.channels % n == 0]  # fmt: skip
    return (
        f"{groups} groups do not divide {x.shape[0]} channels coming in and {layer.channels} going out. "
        f"Possible here: {', '.join(fitting)}."
    )


def _pool_problem(layer: Any) -> str | None:
    most = layer.kernel // 2
    if layer.padding <= most:
        return None
    return (
        f"A padding of {layer.padding} is more than half the kernel of {layer.kernel}: some windows would hold nothing "
        f"but padding. Use at most {most}."
    )


def _too_large(layer: Any, reach: int, x: Signal) -> str:
    dilated = f" (spread by a dilation of {layer.dilation})" if getattr(layer, "dilation", 1) > 1 else ""
    padded = f", with padding {size_text(tuple(s + 2 * layer.padding for s in x.shape[1:]))}" if layer.padding else ""
    return (
        f"The kernel covers {reach} × {reach} pixels{dilated}, but the image has {size_text(x.shape[1:])} "
        f"here{padded}. Use a smaller kernel or more padding, or make the image less small before."
    )
