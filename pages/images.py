"""The page of convolutional networks: filters, feature maps, and why."""

from playground.ui import images_panel, stage
from playground.ui.workbench import Workbench

bench = Workbench.current(images_panel.KEEPS)
stage.controls(bench)
images_panel.show(bench)
