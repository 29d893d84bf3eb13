"""The script: all cells of an experiment as one file."""

from __future__ import annotations

from playground.experiment import Experiment, task_of
from playground.export.code.cells import cells, imports_of
from playground.export.code.writing import block


def script(experiment: Experiment) -> str:
    """A standalone Python script that trains `experiment` as the `torch` engine does; it needs numpy and torch.

    Its function `train(epochs)` returns the network and the loss of every batch before its step: those of the engine
    but for rounding (within 1e-6 over the first hundred steps, most often to the bit; L-BFGS and Muon with penalties
    make more of a last bit). Only what the experiment uses is in it.

    Raises NetworkError where the stack does not fit together, and `playground.data.TableError` where a person's table
    is not here.
    """
    made = cells(experiment)
    body = [cell.code for cell in made[1:-1]]
    run = f'if __name__ == "__main__":\n    {made[-1].code}'
    top = f"{_docstring(experiment)}\n\n{imports_of(made)}\n\n{made[0].code}"
    return "\n\n\n".join([top, *body, run]) + "\n"


def _docstring(experiment: Experiment) -> str:
    return block(
        f'''
        """{title(experiment)}.

        Made with Network Playground; it needs numpy and torch. Data, start and order of
        the batches are the playground's own, and so are the losses.
        """
        '''
    )


def title(experiment: Experiment) -> str:
    """What it is about, in a few words."""
    goal = "predicts a number" if task_of(experiment.data) == "regression" else "tells classes apart"
    return f"{experiment.data.label}: a network that {goal}"
