"""Compiling ahead: in a process of its own, once for a machine, so that nobody ever waits for it.

Until it is done the `torch` engine trains. `python -m playground.training.engines.fused` does it at once.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np

import playground

_LOG = logging.getLogger(__name__)
_MARK = "complete"
_ROOT = Path(playground.__file__).parent.parent
_KEPT_SECONDS = 30 * 24 * 3600
"""For so long the code of other versions is kept after it was compiled."""

_EXPERIMENT = {
    "v": 1,
    "seed": 0,
    "data": {"kind": "circle", "samples": 20, "noise": 0.0, "test_fraction": 0.5, "seed": 0, "features": ["x1", "x2"]},
    "network": [{"kind": "linear", "units": 2}, {"kind": "tanh"}],
    "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.01}, "batch_size": 5},
}


def is_kept() -> bool:
    """Whether everything has been compiled on this machine, so that it only has to be read."""
    from playground.training.engines.fused.compiling import folder  # brings in numba

    return (folder() / _MARK).exists()


@cache
def load() -> None:
    """Have the compiled code in this process: read it in a moment, or compile it in some seconds."""
    from playground.experiment import Experiment
    from playground.training import Trainer
    from playground.training.engines.fused.surveyor import Surveyor
    from playground.training.knobs import Knobs

    trainer = Trainer(Experiment.model_validate(_EXPERIMENT), device="cpu", engine="fused")
    trainer.advance(steps=2)
    trainer._core.engine.follow(2, np.full(1, 0.01), np.ones(1, np.int64), Knobs())
    task, values = trainer.task, trainer.module.flat.parameters
    _load_steps_of_many()
    surveyor = Surveyor(
        trainer.module, task.x, task.targets, task.loss_entry, task.head, task.metric, [values, values, values]
    )
    surveyor.sums(np.zeros((1, 2)), 0, 1)


def _load_steps_of_many() -> None:
    from playground.training.engines.fused import many

    rows, one = np.zeros((1, 32), np.float32), np.zeros(1, np.int64)
    many.step_many(
        rows, rows.copy(), 1, np.zeros(1), np.zeros((1, 4)), rows[0, :16], one, np.zeros((1, 8)),
        np.zeros((1, 3, 32), np.float32), np.zeros((1, 3)),
    )  # fmt: skip
    many.orders(np.zeros((1, 32), np.int64), 2, np.zeros((1, 2), np.int64), 0)


@cache
def begin() -> None:
    """Have another process compile it, unless it is compiled, or being compiled; returns at once."""
    if is_kept():
        return
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    subprocess.Popen(
        [sys.executable, "-m", "playground.training.engines.fused"],
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def compile_once() -> None:
    """Compile it and keep it, unless another process is about it: then that one will."""
    from playground.training.engines.fused.compiling import folder

    try:
        folder().mkdir(parents=True, exist_ok=True)
        lock = (folder() / "lock").open("w")
    except OSError as problem:
        _LOG.warning("compiled code cannot be kept in %s: %s", folder(), problem)
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_kept():
            return
        load()
        (folder() / _MARK).touch()
        for other in folder().parent.iterdir():
            if other != folder() and time.time() - other.stat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(other, ignore_errors=True)
