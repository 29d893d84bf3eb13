"""What trains: network, task, engine and recipe at one step, without any memory of the steps before."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from playground.experiment import Experiment
from playground.network import build, columns
from playground.network.building import move, sizes_of
from playground.network.network import Network
from playground.network.places import path_of
from playground.network.shapes import HEAD, Path, infer
from playground.training import guard
from playground.training.changes import Change, Told
from playground.training.devices import choose_device
from playground.training.engines import Engine, choose_engine
from playground.training.guard import Divergence
from playground.training.knobs import Knobs
from playground.training.order import BatchOrder
from playground.training.pace import factors
from playground.training.packing import Packed, pack, piece, unpack
from playground.training.tasks.supervised import Supervised
from playground.training.watch import EpochWatch


class Core:
    """Everything the next step depends on. `snapshot` and `load` move it to any step it has been at.

    told: the experiment as it is now, changes included, and which neurons are silenced. last_step: where the run is
    over (infinity where it has no end). values: what all layers together hold of one sample.
    """

    def __init__(
        self,
        experiment: Experiment,
        dataset: Any,
        device: str,
        engine: str,
        module: Network | None = None,
        task: Supervised | None = None,
    ) -> None:
        """module: the experiment's network as `build` would give it, where there is one; task: likewise, taken
        where it is on the device that trains; it may be shared, as nothing changes it."""
        training = experiment.training
        self.module = module or build(experiment, dataset)
        self.told = Told(experiment)
        shapes = infer(experiment, *sizes_of(dataset))
        self.values = shapes.inputs + sum(card.outputs for card in shapes.cards)
        self.device, self._why_device = choose_device(device, shapes.products, training.batch_size)
        move(self.module, self.device)
        shared = task is not None and task.device == self.device
        self.task = task if shared else Supervised(experiment, dataset, self.device)
        self.order = BatchOrder(experiment.seed, self.task.samples, training.batch_size)
        chosen, self.reason = self._chosen(engine)
        self.engine: Engine = chosen(experiment, self.module, self.task, self.order)
        self.watch = EpochWatch(training)
        self.step = 0
        self.divergence: Divergence | None = None
        epochs = training.max_epochs
        self.last_step = math.inf if epochs is None else epochs * self.order.steps_per_epoch
        diagram = columns(experiment, dataset.inputs, dataset.classes or 0)
        self._ends = {column.unit_path: column.end_path for column in diagram.columns}
        self.use(self.told)

    def use_engine(self, name: str) -> None:
        """Have another engine go on from here, with all that the one before it remembers; see `choose_engine`."""
        chosen, self.reason = self._chosen(name)
        if chosen is not type(self.engine):
            state = unpack(pack(self.engine.state(), self.device), self.device)
            self.engine = chosen(self.told.experiment, self.module, self.task, self.order)
            self.engine.load(state)

    def renew(self, remembered: dict[str, Any]) -> None:
        """Have the engine work on the network's numbers where they lie now. remembered: what its optimizer remembers,
        as `Engine.state` has it."""
        self.engine = type(self.engine)(self.told.experiment, self.module, self.task, self.order)
        self.engine.load({**remembered, "values": self.module.flat.values.clone()})

    def _chosen(self, name: str) -> tuple[type[Engine], str]:
        chosen, why = choose_engine(name, self.told.experiment, self.module, self.task)
        return chosen, f"{why} {self._why_device}".strip()

    @property
    def experiment(self) -> Experiment:
        """As it is now, changes included."""
        return self.told.experiment

    def use(self, told: Told) -> None:
        """Go on with this recipe, which differs from the first one in live fields only, and with these silences."""
        self.told = told
        self.knobs = Knobs.of(told.experiment)
        self.module.hold(self.knobs.frozen)
        self.silence(self.module, told.silenced)

    def silence(self, module: Network, neurons: Iterable[tuple[Path, int]]) -> None:
        """Have exactly these neurons of `module` (this network or a copy of it) answer 0 to what comes after them."""
        quiet: dict[Path, set[int]] = {}
        for path, unit in neurons:
            quiet.setdefault(self._ends[path], set()).add(unit)
        module.silence(quiet)

    def make(self, change: Change, told: Told, numbers: torch.Tensor | None = None) -> None:
        """Make a change at the present step. told: what is so after it. numbers: of a "load", the network's."""
        frozen = self.knobs.frozen
        self.use(told)
        jump = change.kind != "recipe" or self.knobs.frozen != frozen
        if change.kind == "weight":
            self._set_weight(**change.value)
            self.watch.go_on()
        elif change.kind == "load":
            self.module.flat.values.copy_(numbers)
            self.watch.begin_again()
        if change.kind in ("weight", "load"):
            self.divergence = None
        if change.kind == "load" or (jump and not self.experiment.training.optimizer.first_order):
            self.engine.restart()  # what it remembers is of another network, or of a loss of another shape

    def _set_weight(self, path: Any, unit: int, input: int | None, value: float) -> None:
        layer = self.module.at(path_of(path))
        with torch.no_grad():
            if input is None:
                layer.bias[unit] = value
            else:
                layer.weight[unit, input] = value

    @property
    def over(self) -> bool:
        """Whether no step will be taken any more."""
        return self.divergence is not None or self.finished

    @property
    def finished(self) -> bool:
        """Whether the last epoch is over, or the run was stopped early."""
        return self.watch.stopped or self.step >= self.last_step

    @property
    def at_epoch_end(self) -> bool:
        """Whether an epoch has just ended that somebody watches."""
        return self.watch.active and self.step > 0 and self.step % self.order.steps_per_epoch == 0

    def rate(self, step: int) -> float:
        """The learning rate of `step`."""
        training = self.experiment.training
        return training.optimizer.lr * training.schedule.factor(step / self.order.steps_per_epoch) * self.watch.factor

    @property
    def _steady(self) -> bool:
        """Whether the learning rate stays as it is until an epoch ends."""
        return self.experiment.training.schedule.kind in ("constant", "plateau")

    def rates_at(self, steps: np.ndarray) -> np.ndarray:
        """The learning rate of each of `steps` as far as is known now: (n,) float64."""
        if self._steady:
            return np.full(len(steps), self.rate(self.step))
        return np.array([self.rate(step) for step in steps.tolist()])

    def take(self, count: int) -> None:
        """Take `count` steps, or up to the first that fails: then `divergence` says why."""
        before, start, rates = self.snapshot(), self.step, self.rates(count)
        if self._run(rates):
            return
        self.load(before, start)
        self._find_divergence(rates)

    def follow(self, stops: np.ndarray) -> np.ndarray | None:
        """Go on to the last of `stops`, later and later steps, and measure at each: (stops, 4), what
        `engine.measure` gives there.

        Only for an engine that can (`follow`). None, with nothing changed, where a number is not finite on the way:
        step by step it is found where.
        """
        before, start, rates = self.snapshot(), self.step, self.rates(int(stops[-1]) - self.step)
        rows = self.engine.follow(start, rates, stops - start, self.knobs)
        if rows is None or not (self._finite(rows) and self.module.flat.values.isfinite().all()):
            self.load(before, start)
            return None
        self.step = int(stops[-1])
        return rows

    def _finite(self, rows: np.ndarray) -> bool:
        """Whether all losses that were measured are numbers."""
        return bool(np.isfinite(rows[:, : 2 if self.task.test_samples else 1]).all())

    def end_epoch(self, loss: float) -> None:
        """Let plateau and early stopping know the loss at an epoch's end."""
        self.watch.epoch_ended(loss, self.module.flat.values)

    def restore_best(self) -> None:
        """Go to the numbers of the best epoch, where early stopping kept them."""
        if self.watch.best_values is not None:
            self.module.flat.values.copy_(self.watch.best_values)

    def snapshot(self) -> Packed:
        """A copy of everything the next step depends on."""
        return pack({"engine": self.engine.state(), "watch": self.watch.state()}, self.device)

    def load(self, packed: Packed, step: int) -> None:
        """Be at `step` with what `snapshot` gave there."""
        state = unpack(packed, self.device)
        self.engine.load(state["engine"])
        self.watch.load(state["watch"])
        self.step, self.divergence = step, None

    def values_of(self, packed: Packed) -> torch.Tensor:
        """The network's numbers in a snapshot: a view of it, in main memory where the tape is."""
        return piece(packed, "engine", "values")

    def diverged_at_measure(self) -> None:
        """The loss over a whole part is not finite, though those of the batches were: stop here."""
        self.module.eval()
        self._stop(guard.bad_output(self.module, self.task.x), None, self.rate(self.step))

    def rates(self, count: int) -> np.ndarray:
        """The learning rates of the next `count` steps, (count,) float64."""
        if self._steady:
            return np.full(count, self.rate(self.step))
        training = self.experiment.training
        known = factors(training.schedule, self.order.steps_per_epoch, self.step, count)
        return training.optimizer.lr * known * self.watch.factor

    def _run(self, rates: np.ndarray) -> bool:
        """Take steps; whether every loss, and every number after them, is finite. Otherwise `step` stays."""
        losses = self.engine.run(self.step, rates, self.knobs)
        if not (np.isfinite(losses).all() and self.module.flat.values.isfinite().all()):
            return False
        self.step += len(rates)
        return True

    def _find_divergence(self, rates: np.ndarray) -> None:
        """One of the steps with these rates fails: stop before the first that does, where all numbers are finite.

        Found by halving: a loss that is not finite shows in every run that includes its step, and numbers that are not
        finite never become so again.
        """
        while len(rates) > 1:
            before, start, half = self.snapshot(), self.step, len(rates) // 2
            if self._run(rates[:half]):
                rates = rates[half:]
            else:
                self.load(before, start)
                rates = rates[:half]
        before, step = self.snapshot(), self.step
        loss = self.engine.run(step, rates, self.knobs)
        weights = guard.bad_weights(self.module) if np.isfinite(loss).all() else None
        self.load(before, step)
        output = self._bad_output_of_batch() if weights is None else None
        self.load(before, step)  # looking may have moved running statistics
        self._stop(output, weights, float(rates[0]))

    def _bad_output_of_batch(self) -> tuple[Any, str] | None:
        x = self.task.inputs(self.order.batch(self.step), self.step // self.order.steps_per_epoch)
        self.module.train()
        self.module.set_step(self.step)
        return guard.bad_output(self.module, x)

    def _stop(self, output: tuple[Any, str] | None, weights: Any, rate: float) -> None:
        if output is not None:
            layer, reason = guard.layer_name(self.module, output[0]), f"its output {output[1]}"
        elif weights is not None:
            layer, reason = guard.layer_name(self.module, weights), "its weights overflowed"
        else:
            # Every layer is still finite, and the squares of the loss are not: it was the last layer that ran away.
            layer = guard.layer_name(self.module, HEAD)
            reason = "its output grew so large that the loss overflowed"
        self.divergence = Divergence(self.step, layer, reason, guard.advice(rate, self.knobs))
