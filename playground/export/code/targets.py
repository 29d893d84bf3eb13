"""Targets in a script: as the loss wants them."""

from __future__ import annotations

from playground.experiment import Head


def coded(truth: str, head: Head, classes: int) -> str:
    """Source of the targets as the loss wants them. truth: the name of an array of labels or values."""
    if head.coding == "value":
        return f"torch.tensor({truth}, dtype=torch.float32)[:, None]"
    if head.coding == "index":
        return f"torch.tensor({truth})"
    if head.outputs == 1:
        zero_one = f"torch.tensor({truth}, dtype=torch.float32)[:, None]"
    else:
        zero_one = f"torch.eye({classes})[{truth}]"
    return f"2 * {zero_one} - 1" if head.coding == "signed" else zero_one
