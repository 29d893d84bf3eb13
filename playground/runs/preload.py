"""Everything a worker needs, imported and used once before the workers are forked.

A first training step brings in torch._dynamo and whatever else torch imports at its first use: 7 s and 200 MB that
the workers then share instead of repeating. All on the CPU, and in one thread: CUDA cannot be forked, and of several
threads only one would survive the fork.
"""

import torch

from playground.experiment import Experiment

_EXPERIMENT = {
    "v": 1,
    "seed": 0,
    "data": {"kind": "circle", "samples": 20, "noise": 0.0, "test_fraction": 0.5, "seed": 0, "features": ["x1", "x2"]},
    "network": [{"kind": "linear", "units": 2}, {"kind": "tanh"}],
    "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "adam", "lr": 0.01}, "batch_size": 5},
}


def warm_up() -> None:
    """Import, build, train one step, draw every view once."""
    torch.set_num_threads(1)
    from playground.figures.live import FIGURES
    from playground.runs import studio, worker  # noqa: F401
    from playground.runs.painter import Painter
    from playground.runs.seat import Seat
    from playground.runs.views import keys_of
    from playground.training import Trainer
    from playground.training.engines.fused import ahead

    trainer = Trainer(Experiment.model_validate(_EXPERIMENT), device="cpu", engine="torch")
    trainer.advance(steps=1)
    order = {"generation": 0, "seq": 0, "playing": False, "goal": None, "speed": None}
    painter = Painter(Seat("warm-up", 1, trainer, order))
    for name in FIGURES:
        painter.draw(list(keys_of({name: {}}, None)[name]), base=True)
    Trainer.loads(trainer.dumps())
    if ahead.is_kept():
        ahead.load()
    else:
        ahead.begin()
