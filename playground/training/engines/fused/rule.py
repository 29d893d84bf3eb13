"""What the fused engine can train, and what it is worth training on it.

How many times as quick as the `torch` engine it is, by the time of a step (two hidden layers, tanh, SGD, one thread of
a processor with AVX-512; ReLU and Adam hardly differ; `python -m benchmarks engines` measures it anew):

    parameters   batch 1     10     64    256   1024
           337        57     75     37     15    6.8
         4,417        12     16    7.4    3.8    1.7
        17,025       3.9    5.9    3.4    2.2    1.2
        66,817       1.5    2.8    2.0    1.6    0.9
       264,705       0.6    1.7    1.3    1.2    0.7
     1,053,697       0.2    1.0    0.7    0.6    0.4

PyTorch's matrix products (BLAS) win where matrix and batch are both large: there they make better use of the nearer
memories. And where a large network sees fewer samples than half of what the compiled code works on at once.
"""

from __future__ import annotations

from playground.experiment import Experiment
from playground.network.network import Network
from playground.training.engines.fused import ahead
from playground.training.engines.fused.program import program_of
from playground.training.engines.fused.updates import KINDS
from playground.training.tasks.supervised import Supervised

WORTHWHILE = 20_000_000
"""Parameters times samples of a batch (sixteen at least) up to which it is the quicker engine."""
NARROW = 100_000
"""Parameters up to which it is so for batches of fewer than eight samples, too."""
NEAR = 4_000_000
"""Numbers in its rows up to which they stay in the processor's memories, and small beside what else a run holds."""
MOST = 100_000_000
"""Numbers in its rows up to which it works at all."""


def refusal(experiment: Experiment, network: Network, task: Supervised) -> str | None:
    """Why it cannot be trained, in one sentence for a person; None where it can."""
    optimizer = experiment.training.optimizer
    if optimizer.kind not in KINDS:
        return f"The fused engine does not know {optimizer.label}."
    if task.device.type != "cpu":
        return "The fused engine works on the CPU only."
    if network.image is not None:
        return "The fused engine knows no layers that work on images."
    if experiment.training.precision != "float32":
        return "The fused engine computes in float32 only."
    if task.varied:
        return "The fused engine shows the same samples in every epoch; these images vary."
    try:
        size = _numbers(experiment, network, task)
    except KeyError as unknown:
        return f"The fused engine does not know {unknown.args[0].__name__}."
    if size > MOST:
        return "The fused engine would need too much memory for this network and batch."
    return None


def _numbers(experiment: Experiment, network: Network, task: Supervised) -> int:
    """How many numbers its rows hold for a batch. Raises KeyError, with the class, for a layer it does not know."""
    rows = program_of(network, task.x.shape[1], 1, set()).rows
    return rows * max(min(experiment.training.batch_size, task.samples), 16)


def reluctance(experiment: Experiment, network: Network, task: Supervised) -> str | None:
    """Why "auto" takes another engine though this one could; None where it should take this one."""
    count, batch = network.flat.parameters.numel(), min(experiment.training.batch_size, task.samples)
    slow = count * max(batch, 16) > WORTHWHILE or (count > NARROW and batch < 8)
    if slow or _numbers(experiment, network, task) > NEAR:
        return "The network is so large that PyTorch's matrix products are quicker than the fused engine."
    if not ahead.is_kept():
        ahead.begin()
        return "The fused engine is being compiled for this machine; until it is ready, PyTorch trains."
    return None
