"""On which device a network trains."""

from __future__ import annotations

import torch

WORTHWHILE = 1_000_000
"""Multiplications on a batch's way forward from which a step keeps a GPU busy for longer than starting its kernels
takes."""


class DeviceError(ValueError):
    """A device that this machine does not have; the message is for a person."""


def choose_device(asked: str | torch.device, products: int, batch_size: int) -> tuple[torch.device, str]:
    """The device, and why, in one sentence for a person.

    products: multiplications for one sample; of linear layers, as many as they have weights. "auto" takes CUDA where
    there is one and products times batch size reach `WORTHWHILE`. Raises DeviceError for
    a CUDA device that is not there.
    """
    if str(asked) != "auto":
        device = torch.device(asked)
        there = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if device.type == "cuda" and (device.index or 0) >= there:
            raise DeviceError(f"This machine has no device {device}. Choose the CPU.")
        return device, f"You chose {'the CPU' if device.type == 'cpu' else device_name(device)}."
    if not torch.cuda.is_available():
        return torch.device("cpu"), "It trains on the CPU: this machine has no CUDA device."
    if products * batch_size < WORTHWHILE:
        return torch.device("cpu"), "There is a GPU, but for a network this small the CPU is quicker."
    return torch.device("cuda"), "The network is large enough to keep the GPU busy."


def device_name(device: torch.device) -> str:
    """ "cpu", or the GPU's index and name."""
    return f"{device} {torch.cuda.get_device_name(device)}" if device.type == "cuda" else str(device)
