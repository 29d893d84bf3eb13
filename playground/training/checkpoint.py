"""A run as bytes, without pickle's trust: only tensors, numbers, text, lists and dicts are read back."""

from __future__ import annotations

import io
import pickle
from typing import Any

import torch

VERSION = 3


class CheckpointError(ValueError):
    """Bytes that are no run, or one of another version; the message is for a person."""


def to_bytes(state: dict[str, Any]) -> bytes:
    """`state` (what `Trainer.state_dict` gives) as bytes."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def from_bytes(data: bytes) -> dict[str, Any]:
    """The state that `to_bytes` wrote, on the CPU. Raises CheckpointError for anything else."""
    try:
        state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise CheckpointError("this is not a saved run, or it is damaged") from error
    return checked(state)


def checked(state: Any) -> dict[str, Any]:
    """`state`, if it is one of this version. Raises CheckpointError."""
    if not isinstance(state, dict) or "experiment" not in state:
        raise CheckpointError("this is not a saved run")
    if state.get("v") != VERSION:
        raise CheckpointError("this run was saved by another version")
    return state
