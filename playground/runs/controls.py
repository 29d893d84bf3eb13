"""What a person may do to a run, checked before it is passed on to a worker."""

import math
from typing import Any

_OPERATIONS = ("play", "pause", "reset", "step", "epoch", "speed", "rewind")
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
    return None


def _whole(value: Any, least: int, most: int, op: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JSON of JavaScript knows no difference
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"The value of {op!r} must be a whole number from {least} to {most}.")
    return value
