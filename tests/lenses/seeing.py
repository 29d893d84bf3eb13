"""Small networks that see, with real images: scikit-learn's digits of 8 x 8 pixels."""

from typing import Any

import torch
from torch import Tensor, nn

from playground.lenses.vision.maps import shares_of
from playground.training import Trainer
from tests.lenses.moments import Moment, experiment_of, moment_of

DIGITS = {"kind": "digits"}
STACK = [
    {"kind": "conv2d", "channels": 4, "kernel": 3, "padding": 1}, {"kind": "batch_norm"}, {"kind": "relu"},
    {"kind": "residual", "layers": [{"kind": "conv2d", "channels": 4, "kernel": 3, "padding": 1}, {"kind": "tanh"}]},
    {"kind": "max_pool2d", "kernel": 2, "stride": 2}, {"kind": "conv2d", "channels": 6, "kernel": 2},
    {"kind": "relu"}, {"kind": "flatten"}, {"kind": "dropout", "p": 0.5}, {"kind": "linear", "units": 8},
    {"kind": "tanh"},
]  # fmt: skip
LAST = (5,)
"""Where the last convolution of `STACK` stands."""
DENSE = [{"kind": "linear", "units": 8}, {"kind": "tanh"}]


def digits(stack: list[dict[str, Any]] = STACK, **rest: Any) -> Moment:
    """A moment of a network of digits, in training mode, as a lens may find it."""
    return moment_of(DIGITS, stack, **rest)


def trainer(stack: list[dict[str, Any]] = STACK, **rest: Any) -> Trainer:
    """A run on digits, not begun."""
    return Trainer(experiment_of(DIGITS, stack, **rest), device="cpu", engine="torch")


class OfPixels(nn.Module):
    """A moment's network as a module that takes images from 0 to 1, (n, 1, 8, 8), and gives scores: what captum asks.

    For networks whose outputs are scores as they are.
    """

    def __init__(self, moment: Any) -> None:
        super().__init__()
        self.network = moment.module.eval()
        self.mean, self.deviation = (torch.tensor(a, dtype=torch.float32) for a in moment.dataset.input_scale)

    def forward(self, images: Tensor) -> Tensor:
        return self.network((images.flatten(1) - self.mean) / self.deviation)

    def image(self, moment: Any, row: int) -> Tensor:
        x = torch.tensor(moment.dataset.x_test[row : row + 1])
        return (x * self.deviation + self.mean).reshape(1, 1, 8, 8)

    def shares(self, moment: Any, images: Tensor) -> Any:
        with torch.no_grad():
            return shares_of(moment, self(images))
