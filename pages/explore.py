"""The page of hyperparameters: what a choice does, seen in many trainings at once."""

from playground.ui import explore_panel, notices, stage
from playground.ui.workbench import Workbench

bench = Workbench.current(explore_panel.KEEPS)
stage.controls(bench)
notices.elsewhere(bench)
explore_panel.show(bench)
