"""Layers that are no activations, each one's backward beside its forward."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from playground.network.dropout import Dropout
from playground.network.norm import BatchNorm
from playground.network.silence import Silence
from playground.training.engines.pairs.pair import Pair, kernel

_batch_norm_backward = kernel("native_batch_norm_backward")
_layer_norm_backward = kernel("native_layer_norm_backward")


class LinearPair:
    """y = x W' + b. low: the type of number it computes in, if not the input's."""

    low: torch.dtype | None = None

    def __init__(self, layer: nn.Linear, wanted: bool, learns: bool) -> None:
        self._wanted, self._learns = wanted, learns
        self._weight, self._weight_grad = layer.weight.detach(), layer.weight.grad
        self._turned = self._weight.t()
        self._bias = None if layer.bias is None else layer.bias.detach()
        self._bias_grad = None if layer.bias is None else layer.bias.grad

    def forward(self, x: Tensor) -> Tensor:
        if self.low is not None:
            return self._forward_low(x.to(self.low))
        self._x = x
        if self._bias is None:
            return torch.mm(x, self._turned)
        return torch.addmm(self._bias, x, self._turned)

    def _forward_low(self, x: Tensor) -> Tensor:
        self._x = x
        self._lowered = self._weight.to(self.low)
        y = torch.mm(x, self._lowered.t())
        return y if self._bias is None else y + self._bias.to(self.low)

    def backward(self, grad: Tensor) -> Tensor | None:
        if self.low is not None:
            return self._backward_low(grad.to(self.low))
        if self._learns:
            # Not straight into the view: where that is not aligned as fresh memory is, the last bit could differ from
            # autograd's, and L-BFGS or a long run would make much of it.
            self._weight_grad.copy_(torch.mm(grad.t(), self._x))
            if self._bias_grad is not None:
                torch.sum(grad, 0, out=self._bias_grad)
        return torch.mm(grad, self._weight) if self._wanted else None

    def _backward_low(self, grad: Tensor) -> Tensor | None:
        if self._learns:
            self._weight_grad.copy_(torch.mm(grad.t(), self._x))
            if self._bias_grad is not None:
                torch.sum(grad, 0, dtype=torch.float32, out=self._bias_grad)
        return torch.mm(grad, self._lowered) if self._wanted else None


class DropoutPair:
    """A mask, the same one on both ways; in evaluation mode nothing."""

    def __init__(self, layer: Dropout, wanted: bool, learns: bool) -> None:
        self._layer = layer

    def forward(self, x: Tensor) -> Tensor:
        layer = self._layer
        if not layer.training or layer.p == 0.0:
            self._mask = None
            return x
        self._mask = layer.mask(x) * (1.0 / (1.0 - layer.p))
        return x * self._mask

    def backward(self, grad: Tensor) -> Tensor:
        return grad if self._mask is None else grad * self._mask


class _Norm:
    """What both norms do with the gradients of their scale and shift."""

    def __init__(self, layer: nn.Module, wanted: bool, learns: bool) -> None:
        self._layer = layer
        affine = layer.weight is not None
        self._scale, self._shift = (layer.weight.detach(), layer.bias.detach()) if affine else (None, None)
        self._grads = (layer.weight.grad, layer.bias.grad) if affine and learns else ()
        self._asked = [wanted, bool(self._grads), bool(self._grads)]

    def _write(self, found: tuple[Tensor, ...]) -> Tensor:
        into_input, *others = found
        for grad, value in zip(self._grads, others, strict=False):
            grad.copy_(value)
        return into_input


class BatchNormPair(_Norm):
    """`network.norm.BatchNorm`: by the batch's own mean and variance, or by the running ones where the layer is in
    evaluation mode or the batch holds a single value of each feature."""

    def __init__(self, layer: BatchNorm, wanted: bool, learns: bool) -> None:
        super().__init__(layer, wanted, learns)
        self._running = layer.running_mean, layer.running_var

    def forward(self, x: Tensor) -> Tensor:
        layer = self._layer
        self._x, self._by_batch = x, layer.training and x.numel() > x.shape[1]
        y, self._mean, self._inverse = torch.native_batch_norm(
            x, self._scale, self._shift, *self._running, self._by_batch, layer.momentum, layer.eps
        )
        return y

    def backward(self, grad: Tensor) -> Tensor:
        found = _batch_norm_backward(
            grad, self._x, self._scale, *self._running, self._mean, self._inverse, self._by_batch, self._layer.eps,
            self._asked,
        )  # fmt: skip
        return self._write(found)


class LayerNormPair(_Norm):
    """`nn.LayerNorm`."""

    def forward(self, x: Tensor) -> Tensor:
        self._x, layer = x, self._layer
        shape = layer.normalized_shape
        y, self._mean, self._inverse = torch.native_layer_norm(x, shape, self._scale, self._shift, layer.eps)
        return y

    def backward(self, grad: Tensor) -> Tensor:
        shape = self._layer.normalized_shape
        found = _layer_norm_backward(
            grad, self._x, shape, self._mean, self._inverse, self._scale, self._shift, self._asked
        )
        return self._write(found)


class Silenced:
    """A layer with a silence on its output; no gradient passes where it lies."""

    def __init__(self, pair: Pair | None, silence: Silence) -> None:
        self._pair, self._silent = pair, silence.applied

    def forward(self, x: Tensor) -> Tensor:
        y = x if self._pair is None else self._pair.forward(x)
        return self._silent(y)

    def backward(self, grad: Tensor) -> Tensor | None:
        grad = self._silent(grad)
        return grad if self._pair is None else self._pair.backward(grad)
