"""Runs that are kept over restarts of the server: in a database, with their experiments, histories and checkpoints.

No torch: a checkpoint is bytes here, as `playground.training.Trainer.dumps` gives them.
"""

from playground.archive.database import ArchiveError
from playground.archive.kept import Entry, KeptRun
from playground.archive.shelf import Shelf

__all__ = ["ArchiveError", "Entry", "KeptRun", "Shelf"]
