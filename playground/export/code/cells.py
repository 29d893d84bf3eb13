"""The script of an experiment in pieces, each of which is a cell of the notebook."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from playground.data import class_names, input_shape
from playground.experiment import Experiment, head_of, walk
from playground.experiment.edits import layer_at
from playground.experiment.freezing import frozen_layers
from playground.export.code.cell import Cell
from playground.export.code.data import data_cells, samples
from playground.export.code.images import augmentation_cell, measured, varied
from playground.export.code.loop import training_cell
from playground.export.code.loss import loss_cell
from playground.export.code.network import network_cell, projects
from playground.export.code.recipe import constants, schedule_cell
from playground.export.code.setting import Setting
from playground.export.code.start import at, start_cell, with_weights
from playground.network.errors import NetworkError
from playground.network.shapes import HEAD, Summary, infer

EPOCHS = 200
"""How long a script trains where the experiment names no end."""
PRINTED = 20
"""About how many lines it prints."""

SEEDS = '''
def seed_for(*purpose):
    """A seed for each purpose: what is drawn for one never changes another."""
    text = "/".join(map(str, purpose))
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def mix(h):
    """Scrambles 32-bit numbers (lowbias32, nullprogram.com/blog/2018/07/31)."""
    h = (h ^ h >> 16) * 0x7FEB352D & 0xFFFFFFFF
    h = (h ^ h >> 15) * 0x846CA68B & 0xFFFFFFFF
    return h ^ h >> 16


def shuffled(epoch, samples):
    """The order of an epoch: a Fisher-Yates shuffle, by a hash of seed and epoch."""
    key, order = seed_for(SEED, "order"), list(range(samples))
    start = mix(mix(key & 0xFFFFFFFF ^ epoch) ^ key >> 32)
    for i in range(samples - 1, 0, -1):
        j = mix(start + i * 0x9E3779B1 & 0xFFFFFFFF) * (i + 1) >> 32
        order[i], order[j] = order[j], order[i]
    return order
'''

NUMPY_SEEDS = """
def numpy_rng(*purpose):
    return np.random.Generator(np.random.Philox(seed_for(*purpose)))
"""

TORCH_SEEDS = """
def torch_rng(*purpose):
    return torch.Generator().manual_seed(seed_for(*purpose) % 2**63)
"""

RUN = "model, losses = train(EPOCHS)"


@lru_cache(maxsize=32)
def cells(experiment: Experiment) -> tuple[Cell, ...]:
    """The script in pieces: the first holds the numbers to turn, the last trains. Raises as `script.script`."""
    data, training = experiment.data, experiment.training
    classes = len(class_names(data))
    summary = infer(experiment, input_shape(data), classes)
    for path, problem in summary.problems:
        raise NetworkError(problem, path)
    head = head_of(experiment, classes)
    setting = _setting(experiment, summary, classes)
    loader, table = data_cells(data, head, classes, summary.sees_images)
    start = start_cell(experiment, summary)
    made = [
        _numbers(experiment),
        loader,
        network_cell(experiment, summary, head, _lone(samples(data)[0], training.batch_size)),
        start,
        _randomness("numpy_rng" in loader.code, "torch_rng" in start.code),
        augmentation_cell(data, summary.sees_images),
        loss_cell(training.loss, head, not classes, setting.moody),
        None if setting.idle else schedule_cell(training.schedule),
        training_cell(training, setting),
        table,
        Cell("Run", "The losses of all batches come back, to be drawn, say.", RUN),
    ]
    return tuple(cell for cell in made if cell is not None)


def _setting(experiment: Experiment, summary: Summary, classes: int) -> Setting:
    kinds = {layer.kind for _, layer in walk(experiment.network)}
    frozen = frozen_layers(experiment)
    still = [path for path in frozen if path != HEAD and layer_at(experiment.network, path).kind == "batch_norm"]
    # The parameters of a block are those of the layers inside it, and those of its shortcut.
    learning = {HEAD} | {
        card.path for card in summary.cards if card.parameters and (card.kind != "residual" or projects(card))
    }
    return Setting(
        moody=bool(kinds & {"dropout", "dropout2d", "batch_norm"}),
        dropout=bool(kinds & {"dropout", "dropout2d"}),
        metric="accuracy" if classes else "r_squared",
        tested=samples(experiment.data)[1] > 0,
        frozen=tuple(at(path) for path in frozen),
        still=bool(still),
        idle=not learning - set(frozen),
        weighted=with_weights(summary),
        measured=measured(experiment.data),
        varied=varied(experiment.data),
    )


def _numbers(experiment: Experiment) -> Cell:
    epochs = experiment.training.max_epochs or EPOCHS
    numbers = [
        f"SEED = {experiment.seed}",
        f"EPOCHS = {epochs}",
        f"PRINT_EVERY = {max(1, epochs // PRINTED)}  # epochs",
        *constants(experiment.training),
    ]
    return Cell("Settings", "The numbers to turn.", "\n".join(numbers))


def _randomness(numpy_seeds: bool, torch_seeds: bool) -> Cell:
    text = "Whatever is random has a seed of its own, so that a change in one place leaves the others as they were."
    parts = (SEEDS, NUMPY_SEEDS if numpy_seeds else "", TORCH_SEEDS if torch_seeds else "")
    code = "\n\n\n".join(part.strip("\n") for part in parts if part)
    return Cell("Randomness", text, code, ("import hashlib", "import numpy as np", "import torch"))


def _lone(samples: int, batch_size: int) -> bool:
    """Whether some batch holds a single sample."""
    return samples % min(batch_size, samples) == 1 or 1 in (batch_size, samples)


def imports_of(made: Iterable[Cell]) -> str:
    """What the cells import, the standard library first."""
    wanted = sorted({line for cell in made for line in cell.imports})
    others = ("import numpy as np", "import torch", "from torch import nn")
    parts = ([line for line in wanted if line not in others], [line for line in others if line in wanted])
    return "\n\n".join("\n".join(part) for part in parts if part)
