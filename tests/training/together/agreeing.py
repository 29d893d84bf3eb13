"""What it means that a cell agrees with a lone run."""

import numpy as np
import torch


def agrees(cell, trainer, tolerance=0.0):
    """That a cell is where its experiment is alone, and that its rows are among those."""
    assert (cell.step, cell.status) == (trainer.step, trainer.status)
    torch.testing.assert_close(cell.module.flat.values, trainer.module.flat.values, rtol=tolerance, atol=tolerance)
    mine, alone = cell.recorded(), trainer.recorded()
    at = np.searchsorted(alone["step"], mine["step"])
    assert np.array_equal(alone["step"][at], mine["step"])
    for name, column in mine.items():
        np.testing.assert_allclose(column, alone[name][at], rtol=tolerance, atol=tolerance, err_msg=name)
