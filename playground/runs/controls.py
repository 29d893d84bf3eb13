"""What a person may do to a run, checked before it is passed on to a worker."""

import math
from functools import lru_cache
from typing import Any

from playground.data import class_names, input_shape
from playground.experiment import Experiment
from playground.network.places import LARGEST_WEIGHT, check_unit, check_weight, path_of

BY_HAND = ("weight", "silence")
"""Controls of single weights and neurons: they come many a second while one is dragged."""
TELEPORT = "teleport"
"""Puts the weights at a point of a loss landscape. Which planes there are only the worker knows."""
_OPERATIONS = ("play", "pause", "reset", "step", "epoch", "speed", "rewind", TELEPORT, *BY_HAND)
_MOST_STEPS = 10_000_000


def checked_value(op: str, value: Any) -> Any:
    """The value of the control ``op`` as a worker takes it. Raises ValueError, in plain words."""
    if op not in _OPERATIONS:
        raise ValueError(f"There is no control {str(op)[:40]!r}. There are: {', '.join(_OPERATIONS)}.")
    if op in ("step", "epoch"):
        return _whole(1 if value is None else value, 1, _MOST_STEPS, op)
    if op == "rewind":
        return _whole(value, 0, 2**53, op)
    if op == "speed":
        if value is None:
            return None
        number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
        if not 0.01 <= number <= 1e9:
            raise ValueError("The speed must be a number of steps per second from 0.01 on, or null for no limit.")
        return float(number)
    if op == "weight":
        return _weight(value)
    if op == "silence":
        return _silence(value)
    if op == TELEPORT:
        return _point(value)
    return None


def check_place(op: str, value: dict[str, Any], experiment: Experiment) -> None:
    """That the network of ``experiment`` has what a checked ``value`` of `BY_HAND` names. Raises ValueError, in plain
    words."""
    path, unit = path_of(value["path"]), value["unit"]
    if op == "weight":
        check_weight(experiment, _sizes(experiment.data), path, unit, value["input"])
    else:
        check_unit(experiment, _sizes(experiment.data), path, unit)


@lru_cache(maxsize=64)
def _sizes(data: Any) -> tuple[tuple[int, ...], int]:
    return input_shape(data), len(class_names(data))


def _weight(value: Any) -> dict[str, Any]:
    fields = _fields(value, ("path", "unit", "input", "value"))
    number = fields["value"]
    if not isinstance(number, (int, float)) or isinstance(number, bool) or not abs(number) <= LARGEST_WEIGHT:
        raise ValueError(f"A weight is a number between -{LARGEST_WEIGHT:,.0f} and {LARGEST_WEIGHT:,.0f}.")
    source = fields["input"]
    return {
        "path": _path(fields["path"]),
        "unit": _whole(fields["unit"], 0, 2**31, "unit"),
        "input": None if source is None else _whole(source, 0, 2**31, "input"),
        "value": float(number),
    }


def _silence(value: Any) -> dict[str, Any]:
    fields = _fields(value, ("path", "unit", "on"))
    if not isinstance(fields["on"], bool):
        raise ValueError("The value of 'on' must be true or false.")
    return {
        "path": _path(fields["path"]),
        "unit": _whole(fields["unit"], 0, 2**31, "unit"),
        "on": fields["on"],
    }


def _point(value: Any) -> dict[str, Any]:
    fields = _fields(value, ("plane", "x", "y"))
    return {"plane": _whole(fields["plane"], 0, 2**53, "plane"), **{name: _number(fields[name], name) for name in "xy"}}


def _number(value: Any, name: str) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not abs(value) <= LARGEST_WEIGHT:
        raise ValueError(
            f"The value of {name!r} must be a number between -{LARGEST_WEIGHT:,.0f} and {LARGEST_WEIGHT:,.0f}."
        )
    return float(value)


def _fields(value: Any, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != set(names):
        raise ValueError(f"The value must be an object with exactly these fields: {', '.join(names)}.")
    return value


def _path(value: Any) -> str | list[int]:
    path = path_of(value)
    return path if isinstance(path, str) else list(path)


def _whole(value: Any, least: int, most: int, op: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JSON of JavaScript knows no difference
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"The value of {op!r} must be a whole number from {least} to {most}.")
    return value
