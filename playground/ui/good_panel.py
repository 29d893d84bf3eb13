"""How good it is: mistakes, classes, and how they come apart."""

from __future__ import annotations

from playground.ui.workbench import Workbench
from playground.web.components import board_view

VIEW = {"filters": "filters", "follow": "feature_maps", "good": "mistakes"}["good"]


def show(bench: Workbench) -> None:
    """Draw the view."""
    board_view(VIEW, bench.run, height="var(--np-images)", key=VIEW, label=VIEW)
