"""What a lens looks at: a moment of a run, and how to look without leaving a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn


def moment_of(run: Any) -> Any:
    """The moment to look at: of a trainer the present one, otherwise what is given.

    The result has `module`, `dataset`, `experiment`, `task`, `step` and `epoch`. Raises TypeError for anything else.
    """
    for name in ("module", "dataset", "experiment"):
        if not hasattr(run, name):
            raise TypeError(f"a lens looks at a Trainer or a Moment, not at a {type(run).__name__}")
    return run


@contextmanager
def looking(module: nn.Module) -> Iterator[nn.Module]:
    """The module in evaluation mode and without gradients; afterwards every part is in the mode it was in."""
    training = [part for part in module.modules() if part.training]
    for part in training:
        part.training = False
    try:
        with torch.no_grad():
            yield module
    finally:
        for part in training:
            part.training = True


def device_of(module: nn.Module) -> torch.device:
    """Where the module's parameters are; a module without any works on the CPU."""
    first = next(module.parameters(), None)
    return torch.device("cpu") if first is None else first.device
