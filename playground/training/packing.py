"""Nested state (dicts and lists of float32 tensors and numbers) as one vector, some numbers and a plan.

So a tape of thousands of snapshots is a few matrices, whatever an optimizer keeps, and is saved without pickle.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """vector: all tensors one after another, a copy. numbers: all Python numbers. plan: how to put them back."""

    vector: Tensor
    numbers: tuple[float, ...]
    plan: tuple[Any, ...]

    @property
    def nbytes(self) -> int:
        """Bytes held, the plan (which is shared) left out."""
        return self.vector.nbytes + 8 * len(self.numbers)

    def cpu(self) -> Packed:
        """The same in main memory."""
        return self if self.vector.device.type == "cpu" else Packed(self.vector.cpu(), self.numbers, self.plan)


def pack(state: Any, device: torch.device) -> Packed:
    """`state` packed on `device`. Raises TypeError for what is neither None, number, float32 tensor, list nor dict."""
    tensors: list[Tensor] = []
    numbers: list[float] = []
    plan = _plan(state, tensors, numbers)
    pieces = [t.detach().reshape(-1).to(device) for t in tensors]
    vector = torch.cat(pieces) if pieces else torch.empty(0, device=device)
    return Packed(vector, tuple(numbers), plan)


def unpack(packed: Packed, device: torch.device) -> Any:
    """What was packed, every tensor a copy of its own; those that were on a GPU are put on `device`."""
    return _rebuild(packed.plan, _Reader(packed, device))


def piece(packed: Packed, *keys: str) -> Tensor:
    """The tensor at `keys` of nested dicts, flat, a view of what was packed: nothing else is unpacked.

    Raises KeyError where there is none.
    """
    plan, offset = packed.plan, 0
    for key in keys:
        for name, inner in plan[1:] if plan[0] == "d" else ():
            if name == key:
                plan = inner
                break
            offset += _numel(inner)
        else:
            raise KeyError(f"nothing is packed at {'.'.join(keys)}")
    if plan[0] not in "ts":
        raise KeyError(f"there is no tensor at {'.'.join(keys)}")
    return packed.vector[offset : offset + _numel(plan)]


def plan_text(plan: tuple[Any, ...]) -> str:
    """A plan as text that `plan_from` reads."""
    return json.dumps(plan, separators=(",", ":"))


def plan_from(text: str) -> tuple[Any, ...]:
    """The plan that `plan_text` wrote."""
    return _tupled(json.loads(text))


def _tupled(value: Any) -> Any:
    return tuple(_tupled(item) for item in value) if isinstance(value, list) else value


def _plan(value: Any, tensors: list[Tensor], numbers: list[float]) -> tuple[Any, ...]:
    if isinstance(value, Tensor):
        if value.dtype != torch.float32:
            raise TypeError(f"only float32 tensors can be packed, not {value.dtype}")
        tensors.append(value)
        # A scalar that an optimizer keeps in main memory stays there, wherever the network is.
        return ("t" if value.dim() else "s" if value.device.type == "cpu" else "t", *value.shape)
    if value is None:
        return ("n",)
    if isinstance(value, bool | int | float):
        numbers.append(float(value))
        return ({bool: "b", int: "i", float: "f"}[type(value)],)
    if isinstance(value, list | tuple):
        return ("l", *(_plan(item, tensors, numbers) for item in value))
    if isinstance(value, dict):
        return ("d", *((str(key), _plan(item, tensors, numbers)) for key, item in value.items()))
    raise TypeError(f"{type(value).__name__} cannot be packed")


def _numel(plan: tuple[Any, ...]) -> int:
    """How many numbers of the vector a plan takes."""
    kind, *rest = plan
    if kind in ("t", "s"):
        return math.prod(rest)
    if kind == "l":
        return sum(_numel(item) for item in rest)
    return sum(_numel(item) for _, item in rest) if kind == "d" else 0


class _Reader:
    def __init__(self, packed: Packed, device: torch.device) -> None:
        self.vector, self.numbers, self.device = packed.vector, packed.numbers, device
        self.offset = self.count = 0

    def number(self) -> float:
        self.count += 1
        return self.numbers[self.count - 1]

    def tensor(self, shape: tuple[int, ...], device: torch.device | str) -> Tensor:
        size = 1
        for side in shape:
            size *= side
        piece = self.vector[self.offset : self.offset + size].view(shape)
        self.offset += size
        return piece.to(device, copy=True)


def _rebuild(plan: tuple[Any, ...], source: _Reader) -> Any:
    kind, *rest = plan
    match kind:
        case "t":
            return source.tensor(tuple(rest), source.device)
        case "s":
            return source.tensor(tuple(rest), "cpu")
        case "n":
            return None
        case "b" | "i" | "f":
            return {"b": bool, "i": int, "f": float}[kind](source.number())
        case "l":
            return [_rebuild(item, source) for item in rest]
        case "d":
            return {key: _rebuild(item, source) for key, item in rest}
    raise ValueError(f"a damaged plan: {kind!r}")
