"""Many experiments side by side, each as if it were alone.

from playground.training.together import Sweep
sweep = Sweep(experiments)
sweep.advance(epochs=100)
sweep.cells[3].recorded()
"""

from playground.training.together.cell import Cell
from playground.training.together.sweep import Sweep

__all__ = ["Cell", "Sweep"]
