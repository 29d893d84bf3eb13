"""The divergence guard: where numbers stopped being finite, why, and what to try."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from playground.network.network import Network
from playground.network.residual import Residual
from playground.network.shapes import HEAD, Path
from playground.training.knobs import Knobs


@dataclass(frozen=True, slots=True)
class Divergence:
    """Why a run stopped. step: the first that could not be taken. The texts are for a person."""

    step: int
    layer: str
    reason: str
    advice: str

    def as_dict(self) -> dict[str, Any]:
        """The fields as a plain dict."""
        return asdict(self)


def layer_name(network: Network, path: Path) -> str:
    """A layer as a person counts: "layer 3 (Linear 8)", "layer 2.1 (Tanh)" inside a block, "the head (Linear 1)",
    "layer 1 (Convolution 6)"."""
    layer = network.at(path)
    what = f"Linear {layer.out_features}" if isinstance(layer, nn.Linear) else type(layer).__name__
    if isinstance(layer, nn.Conv2d):
        what = f"Convolution {layer.out_channels}"
    if path == HEAD:
        return f"the head ({what})"
    if isinstance(layer, Residual):
        what = "residual block"
    return f"layer {'.'.join(str(index + 1) for index in path)} ({what})"


def bad_output(network: Network, x: Tensor) -> tuple[Path, str] | None:
    """The first layer whose output on `x` is not finite, and how; None where all are. May move running statistics."""
    with torch.no_grad():
        for path, output in network.trace(x).items():
            if not output.isfinite().all():
                return path, "became undefined (NaN)" if output.isnan().any() else "overflowed"
    return None


def bad_weights(network: Network) -> Path | None:
    """The first layer with a parameter or running statistic that is not finite; None where all are."""
    for path, layer in network.paths():
        inside = layer.shortcut if isinstance(layer, Residual) else layer
        if any(not tensor.isfinite().all() for tensor in (*inside.parameters(), *inside.buffers())):
            return path
    return None


def advice(rate: float, knobs: Knobs) -> str:
    """What to try, in one sentence."""
    lower = f"Lower the learning rate below {_rounded(rate / 3):g}"
    if knobs.clip_norm is None:
        return f"{lower}, or clip gradients (for example at 1)."
    return f"{lower}, or clip gradients below {_rounded(knobs.clip_norm / 3):g}."


def _rounded(value: float) -> float:
    """One significant digit."""
    return float(f"{value:.1g}")
