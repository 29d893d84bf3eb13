"""The fused engine: small dense networks in one piece of compiled code, hundreds of times faster than step by step."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch

from playground.experiment import Experiment
from playground.experiment.freezing import Place
from playground.network.flat import ROOM
from playground.network.network import Network
from playground.training.engines.fused import losses, memory, rule
from playground.training.engines.fused.program import Program, program_of, whole
from playground.training.knobs import Knobs
from playground.training.order import BatchOrder
from playground.training.tasks.supervised import Supervised

_BLOCK = 256
"""Samples that are measured at once: their rows fit into a processor's nearer memory."""


class FusedEngine:
    """Works on the very memory of the network's parameters; whole epochs pass between two looks from Python."""

    name: ClassVar[str] = "fused"
    chunk: ClassVar[int] = 8192
    reason: ClassVar[str] = "The network is small: whole epochs in one piece of compiled code are quickest."

    _frozen: tuple[Place, ...]
    _program: Program | None

    def __init__(self, experiment: Experiment, network: Network, task: Supervised, order: BatchOrder) -> None:
        from playground.training.engines.fused import kernel  # brings in numba, which takes a while

        self._kernel = kernel
        self._network, self._task, self._order = network, task, order
        loss = experiment.training.loss
        self._loss = losses.KINDS.index(loss.kind), np.float32(losses.parameter(loss))
        self._values, self._grads = network.flat.values.numpy(), network.flat.grads.numpy()
        self._memory = memory.Memory(experiment.training.optimizer, network)
        self._x = torch.nn.functional.pad(task.x, (0, -task.x.shape[1] % 16)).numpy()
        self._targets = task.targets.float().view(len(task.x), -1).contiguous().numpy()
        self._samples = np.zeros(task.samples + ROOM, np.int64)
        self._epoch = np.full(1, -1, np.int64)
        self._keys = order.key & 0xFFFFFFFF, order.key >> 32
        parts = [range(start, start + n) for start, n in zip((0, task.samples), task.measured, strict=True) if n]
        self._parts = [np.concatenate([part, np.zeros(ROOM, np.int64)]) for part in parts]
        self._both = np.zeros((2, max(map(len, self._parts))), np.int64)
        for row, part in zip(self._both, self._parts, strict=False):
            row[: len(part)] = part
        self._labels = [task.labels[part.start : part.stop] for part in parts]
        self._silenced: Any = None
        self._release()

    @classmethod
    def refusal(cls, experiment: Experiment, network: Network, task: Supervised) -> str | None:
        """See `Engine.refusal`."""
        return rule.refusal(experiment, network, task)

    @classmethod
    def reluctance(cls, experiment: Experiment, network: Network, task: Supervised) -> str | None:
        """See `Engine.reluctance`."""
        return rule.reluctance(experiment, network, task)

    def run(self, start: int, rates: np.ndarray, knobs: Knobs) -> np.ndarray:
        """See `Engine.run`."""
        self._prepare(knobs.frozen)
        rates = np.ascontiguousarray(rates, np.float64)
        found = np.empty(len(rates), np.float32)
        program, remembered = self._program, self._memory
        acting = np.array([knobs.l1, knobs.l2, knobs.weight_decay, knobs.clip_norm or 0.0])
        self._kernel.train(
            program.ops, program.reals, self._sizes, *self._loss, self._values, self._grads, self._work,
            self._x, self._targets, self._samples, self._epoch, self._order.samples, *self._keys,
            self._order.batch_size, start, rates, found, acting, self._penalised,
            remembered.kind, remembered.options, remembered.slots, remembered.parts, remembered.numbers,
        )  # fmt: skip
        return found

    def measure(self) -> tuple[float, float, float, float]:
        """See `Engine.measure`."""
        self._prepare(self._frozen)
        found, scores = [], []
        for samples, labels in zip(self._parts, self._labels, strict=False):
            outputs = np.empty((len(labels), self._program.outputs), np.float32)
            loss = self._kernel.measure(
                self._program.ops, self._program.reals, self._sizes, *self._loss, self._values, self._work,
                self._x, self._targets, samples, len(labels), self._block, outputs,
            )  # fmt: skip
            found.append(loss)
            scores.append(self._task.score(torch.from_numpy(outputs), labels).item())
        if not self._task.test_samples:
            return found[0], float("nan"), scores[0], float("nan")
        return found[0], found[1], scores[0], scores[1]

    def follow(self, start: int, rates: np.ndarray, stops: np.ndarray, knobs: Knobs) -> np.ndarray | None:
        """As `run`, and as `measure` after the first `stops[0]`, `stops[1]`, ... of these steps, the last of which is
        the last step: what was measured at each, (stops, 4) float64. None where a loss of a batch is not finite."""
        self._prepare(knobs.frozen)
        rates, task = np.ascontiguousarray(rates, np.float64), self._task
        program, remembered, width = self._program, self._memory, self._program.outputs
        acting = np.array([knobs.l1, knobs.l2, knobs.weight_decay, knobs.clip_norm or 0.0])
        losses, found = np.empty((len(stops), 2)), np.empty(len(rates), np.float32)
        outputs = [np.empty((len(stops), count, width), np.float32) for count in task.measured]
        reached = self._kernel.follow(
            program.ops, program.reals, self._sizes, *self._loss, self._values, self._grads, self._work,
            self._x, self._targets, self._samples, self._epoch, self._order.samples, *self._keys,
            self._order.batch_size, start, rates, found, acting, self._penalised,
            remembered.kind, remembered.options, remembered.slots, remembered.parts, remembered.numbers,
            stops, self._both, np.array(task.measured), self._block, losses, *outputs,
        )  # fmt: skip
        return None if reached < len(stops) else self._rows(losses, outputs)

    def _rows(self, losses: np.ndarray, outputs: list[np.ndarray]) -> np.ndarray:
        """What was measured at each stop, in the order of `measure`."""
        found = np.full((len(losses), 4), np.nan)
        for k, labels in enumerate(self._labels):
            found[:, k] = losses[:, k]
            found[:, 2 + k] = self._task.scores(torch.from_numpy(outputs[k]), labels).numpy()
        return found

    def state(self) -> dict[str, Any]:
        """See `Engine.state`: the same as the torch engine's."""
        return {"values": self._network.flat.values, **self._memory.state()}

    def load(self, state: dict[str, Any]) -> None:
        """See `Engine.load`."""
        self._network.flat.values.copy_(state["values"])
        self._memory.load(state)
        self._release()

    def restart(self) -> None:
        """See `Engine.restart`."""
        self._memory.restart()
        self._release()

    def _release(self) -> None:
        """Nothing is held from now on, until the next step says what is."""
        self._frozen, self._program = (), None
        self._penalised = with_room(self._network.flat.weight_mask)

    def _prepare(self, frozen: tuple[Place, ...]) -> None:
        """Have a program of the network as it is now."""
        silenced = self._network.silenced
        if self._program is not None and frozen == self._frozen and silenced == self._silenced:
            return
        if frozen != self._frozen:
            self._freeze(frozen)
        still = {id(self._network.at(place)) for place in frozen}
        task = self._task
        width = self._targets.shape[1]
        self._program = program = program_of(self._network, task.x.shape[1], width, still)
        self._sizes = np.array(
            [task.x.shape[1], width, program.x, program.outputs, program.y, program.targets, program.slope,
             program.turned], np.int64,
        )  # fmt: skip
        samples = max(task.samples, task.test_samples)
        self._block = min(_BLOCK, whole(samples))
        self._work = aligned(program.rows * max(whole(self._order.batch_size), self._block))
        self._silenced = silenced

    def _freeze(self, frozen: tuple[Place, ...]) -> None:
        """Have exactly the layers `frozen` keep their numbers."""
        network = self._network
        fixed = {id(p) for place in frozen for p in network.at(place).parameters()}
        held = [id(p) in fixed for p in network.parameters()]
        self._memory.hold(held)
        still = torch.cat([torch.full((p.numel(),), id(p) in fixed) for p in network.parameters()])
        self._penalised = with_room(network.flat.weight_mask.masked_fill(still, 0.0))
        self._grads[:] = 0.0  # those of what is frozen stay so
        self._frozen = frozen


def with_room(numbers: torch.Tensor) -> np.ndarray:
    """A copy that may be read beyond its end."""
    found = np.zeros(len(numbers) + ROOM, np.float32)[: len(numbers)]
    found[:] = numbers.numpy()
    return found


def aligned(count: int) -> np.ndarray:
    """`count` float32 zeros that begin where a line of the processor's nearest memory does."""
    room = np.zeros(count + 16, np.float32)
    first = -room.ctypes.data % 64 // 4
    return room[first : first + count]
