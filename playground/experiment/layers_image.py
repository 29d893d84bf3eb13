"""Layers that work on images, (channels, height, width) to the same; one number stands for height and width each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from playground.experiment.entry import freezable, parameter
from playground.experiment.init import BiasInit, WeightInit
from playground.experiment.layers_basis import Layer, has_bias, own_start
from playground.settings import settings

LARGEST_KERNEL = 15
LARGEST_STRIDE = 8


class ImageLayer(Layer):
    """A layer that needs an image."""

    needs_image: ClassVar[bool] = True


def _channels() -> Any:
    return parameter(
        8,
        label="Channels",
        help="How many filters the layer has: each gives a map of its own.",
        ge=1,
        le=settings.max_channels,
        step=1,
    )


def _kernel(default: int = 3) -> Any:
    return parameter(
        default,
        label="Kernel",
        help="Height and width, in pixels, of the window that slides over the image.",
        ge=1,
        le=LARGEST_KERNEL,
        step=1,
    )


def _stride(default: int = 1) -> Any:
    return parameter(
        default,
        label="Stride",
        help="How many pixels the window moves on: with 2, the map has half the height and width.",
        ge=1,
        le=LARGEST_STRIDE,
        step=1,
    )


def _padding(help: str = "How many rings of zeros are put around the image first.") -> Any:
    return parameter(0, label="Padding", help=help, ge=0, le=LARGEST_KERNEL // 2, step=1)


def _dilation() -> Any:
    return parameter(
        1,
        label="Dilation",
        help="Distance between the pixels that the window reads: with 2, it sees twice as far with as many weights.",
        ge=1,
        le=4,
        step=1,
    )


class Conv2d(ImageLayer):
    kind: Literal["conv2d"]
    channels: int = _channels()
    kernel: int = _kernel()
    stride: int = _stride()
    padding: int = _padding()
    dilation: int = _dilation()
    groups: int = parameter(
        1,
        label="Groups",
        help="The channels are dealt out to so many groups, and each filter sees those of its own group only.",
        ge=1,
        le=settings.max_channels,
        step=1,
    )
    bias: bool = has_bias("filter")
    weights: WeightInit | None = own_start("Weights")
    biases: BiasInit | None = own_start("Biases")
    frozen: bool = freezable()
    label = "Convolution"
    about = (
        "Slides small filters over the image: the same few weights look for the same pattern at every place (LeCun "
        "et al. 1989)."
    )
    formula = r"y_{o,i,j} = b_o + \sum_{c,u,v} w_{o,c,u,v}\, x_{c,\,si+du,\,sj+dv}"
    torch_name = "Conv2d"

    def arguments(self) -> dict[str, Any]:
        return {**_window(self, "stride", "padding", "dilation", "groups", "bias"), "out_channels": self.channels}


class ConvTranspose2d(ImageLayer):
    kind: Literal["conv_transpose2d"]
    channels: int = _channels()
    kernel: int = _kernel(2)
    stride: int = parameter(
        2,
        label="Stride",
        help="How far apart the pixels are set: with 2, the map has twice the height and width.",
        ge=1,
        le=LARGEST_STRIDE,
        step=1,
    )
    padding: int = _padding("How many rings of pixels are cut off the result.")
    bias: bool = has_bias("filter")
    weights: WeightInit | None = own_start("Weights")
    biases: BiasInit | None = own_start("Biases")
    frozen: bool = freezable()
    label = "Transposed convolution"
    about = (
        "A convolution run backwards: every pixel stamps the filter onto a larger map, weighted by its value (Zeiler "
        "et al. 2010)."
    )
    formula = r"y_{o,\,si+u,\,sj+v} \mathrel{+}= w_{c,o,u,v}\, x_{c,i,j}"
    torch_name = "ConvTranspose2d"

    def arguments(self) -> dict[str, Any]:
        return {**_window(self, "stride", "padding", "bias"), "out_channels": self.channels}


class SeparableConv2d(ImageLayer):
    kind: Literal["separable_conv2d"]
    channels: int = _channels()
    kernel: int = _kernel()
    stride: int = _stride()
    padding: int = _padding()
    dilation: int = _dilation()
    bias: bool = has_bias("filter")
    weights: WeightInit | None = own_start("Weights")
    biases: BiasInit | None = own_start("Biases")
    frozen: bool = freezable()
    label = "Separable convolution"
    about = (
        "One filter for each channel, then a mixture of the channels at every pixel: far fewer weights (Chollet 2017)."
    )
    formula = r"y_{o,i,j} = b_o + \sum_c p_{o,c} \sum_{u,v} w_{c,u,v}\, x_{c,\,si+du,\,sj+dv}"
    torch_name = "playground.network.separable:SeparableConv2d"

    def arguments(self) -> dict[str, Any]:
        return {**_window(self, "stride", "padding", "dilation", "bias"), "out_channels": self.channels}


class MaxPool2d(ImageLayer):
    kind: Literal["max_pool2d"]
    kernel: int = _kernel(2)
    stride: int = _stride(2)
    padding: int = _padding("How many rings, never taken for the largest value, are put around the image first.")
    label = "Max pooling"
    about = "Keeps the largest value of every window: whether a pattern is there matters more than exactly where."
    formula = r"y_{c,i,j} = \max_{u,v} x_{c,\,si+u,\,sj+v}"
    torch_name = "MaxPool2d"

    def arguments(self) -> dict[str, Any]:
        return _window(self, "stride", "padding")


class AvgPool2d(ImageLayer):
    kind: Literal["avg_pool2d"]
    kernel: int = _kernel(2)
    stride: int = _stride(2)
    padding: int = _padding()
    label = "Average pooling"
    about = "Takes the mean of every window: a smaller, smoother map, as in LeNet (LeCun et al. 1998)."
    formula = r"y_{c,i,j} = \tfrac{1}{k^2} \sum_{u,v} x_{c,\,si+u,\,sj+v}"
    torch_name = "AvgPool2d"

    def arguments(self) -> dict[str, Any]:
        return _window(self, "stride", "padding")


class GlobalAvgPool(ImageLayer):
    kind: Literal["global_avg_pool"]
    label = "Global average pooling"
    about = "Takes the mean of every channel over the whole image: one number stands for each (Lin et al. 2014)."
    formula = r"y_c = \tfrac{1}{HW} \sum_{i,j} x_{c,i,j}"
    torch_name = "AdaptiveAvgPool2d"

    def arguments(self) -> dict[str, Any]:
        return {"output_size": 1}


class Dropout2d(ImageLayer):
    kind: Literal["dropout2d"]
    p: float = parameter(
        0.2, label="p", help="Share of channels set to zero at each training step.", ge=0.0, le=0.95, step=0.05
    )
    label = "Channel dropout"
    about = (
        "Silences whole random channels at each training step, as neighbouring pixels say much the same (Tompson et "
        "al. 2015)."
    )
    formula = r"y_c = \frac{m_c\, x_c}{1 - p},\; m_c \sim \text{Bernoulli}(1 - p)"
    torch_name = "playground.network.dropout:Dropout2d"


class Upsample(ImageLayer):
    kind: Literal["upsample"]
    factor: int = parameter(
        2, label="Factor", help="How many times as high and wide the image becomes.", ge=1, le=8, step=1
    )
    mode: Literal["nearest", "bilinear"] = parameter(
        "nearest", label="In between", help="New pixels repeat the nearest one, or lie between their neighbours."
    )
    label = "Upsample"
    about = "Makes the image larger without learning anything; a convolution after it can smooth what is coarse."
    formula = r"y_{c,i,j} = x_{c,\,\lfloor i/f \rfloor,\,\lfloor j/f \rfloor}"
    torch_name = "Upsample"

    def arguments(self) -> dict[str, Any]:
        return {"scale_factor": self.factor, "mode": self.mode}


class Flatten(Layer):
    kind: Literal["flatten"]
    label = "Flatten"
    about = "Writes all pixels of all channels one after another; linear layers do so by themselves."
    formula = r"y_{(cH+i)W+j} = x_{c,i,j}"
    torch_name = "Flatten"


IMAGE_LAYERS = (
    Conv2d, ConvTranspose2d, SeparableConv2d, MaxPool2d, AvgPool2d, GlobalAvgPool, Dropout2d, Upsample, Flatten,
)  # fmt: skip


def sees_images(layers: Iterable[Any]) -> bool:
    """Whether a stack works on images: whether a layer that needs one comes before the first that wants a list."""
    return bool(_first_says(layers))


def _first_says(layers: Iterable[Any]) -> bool | None:
    for layer in layers:
        says = _first_says(layer.layers) if layer.kind == "residual" else _says(layer)
        if says is not None:
            return says
    return None


def _says(layer: Any) -> bool | None:
    if getattr(layer, "needs_image", False):
        return True
    return False if layer.kind in ("linear", "flatten") else None


def _window(layer: Any, *names: str) -> dict[str, Any]:
    return {"kernel_size": layer.kernel, **{name: getattr(layer, name) for name in names}}
