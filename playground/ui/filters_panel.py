"""Filters of every convolution, and the patches that excite one most."""

from __future__ import annotations

from playground.ui.workbench import Workbench
from playground.web.components import board_view

VIEW = {"filters": "filters", "follow": "feature_maps", "good": "mistakes"}["filters"]


def show(bench: Workbench) -> None:
    """Draw the view."""
    board_view(VIEW, bench.run, height="var(--np-images)", key=VIEW, label=VIEW)
