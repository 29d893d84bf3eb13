"""All that the network diagram shows, in one look."""

from __future__ import annotations

from typing import Any

from playground.data.planes import PlaneChoice
from playground.lenses.parameters import weights
from playground.lenses.responses import neurons


def network(
    moment: Any, resolution: int = 24, shown: int = 12, plane: PlaneChoice | dict | None = None
) -> dict[str, Any]:
    """What `neurons` and `weights` show, together; the weights are whole, also those of units that are not shown."""
    return {**neurons(moment, resolution, shown, plane), **weights(moment)}
