"""The page of loss landscapes: see the terrain that a run rolls through."""

from playground.ui import landscape_panel, notices, stage
from playground.ui.workbench import Workbench

bench = Workbench.current()
stage.controls(bench)
notices.elsewhere(bench)
landscape_panel.show(bench)
