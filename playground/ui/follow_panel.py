"""One image followed through every layer; a press on a map shows how it is made."""

from __future__ import annotations

from playground.ui.workbench import Workbench
from playground.web.components import board_view


def show(bench: Workbench, height: str = "var(--np-images)") -> None:
    """The feature maps of the picked image."""
    board_view(
        "feature_maps",
        bench.run,
        height=height,
        key="feature_maps",
        label="Feature maps of the image that is picked",
        follow=True,
        kind="maps",
    )
