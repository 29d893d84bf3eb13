"""The studio's grids: all cells train side by side, and several times a second one frame shows them all.

A job that is told {"do": "pause"}, "resume" or "stop", {"do": "pace", "fast": true}, and, where nobody asks after it
for a while, "sleep" and "wake". Without haste a grid takes `SHOW_SECONDS` at least, slow at first: what there is to see
happens in the first epochs, in much less than a second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import ValidationError

from playground.experiment.grids import Grid
from playground.experiment.problems import explain
from playground.figures import mosaic
from playground.network.standing import problem_of, problem_of_all
from playground.runs.jobs import Rest
from playground.runs.wire import encode

FRAME_SECONDS = 0.16
"""Between two frames; they never take more than half of the time."""
FIRST_LOOK = 0.5
"""Between two while the networks are measured for the first time; most grids are ready before."""
TURN_SECONDS = 0.04
SHOW_SECONDS = 8.0
COMPILING = "the quick engine is being made ready for this machine, once"
BREATH = 0.02
"""Seconds to rest where the cells are ahead of the show."""
RESOLUTIONS = ((16, 64), (36, 48), (64, 40), (144, 28))
"""(cells, places along each side of a picture): of so many cells at most."""
COARSEST = 24
MOST_FILTERS = 16
CURVE_POINTS = 64


def grid(options: dict[str, Any], state: bytes | None) -> Iterator[tuple | Rest]:
    """A grid to its end; options: {"grid": those of `Grid`, "fast": whether in all haste}."""
    show = Show(_checked(options), fast=bool(options.get("fast")))
    show.hear((yield 0.0, None, "Building the networks"))
    yield from show.build()
    while not show.over:
        if show.paused or show.asleep:
            show.hear((yield show.share, show.frame(), show.resting) or (yield Rest(float("inf"))))
        else:
            show.hear((yield show.step()))
    for doing in show.sweep.closing():
        yield show.share, None, doing
    yield 1.0, show.frame()


def _checked(options: dict[str, Any]) -> Grid:
    """The grid that is described. Raises ValueError, in words for a person."""
    try:
        return Grid.model_validate(options.get("grid"))
    except ValidationError as wrong:
        raise ValueError(" ".join(f"{problem.message}." for problem in explain(wrong, Grid)[:3])) from None


class Show:
    """A grid that trains: what has been told about it, when its next frame is due, and what is in it."""

    def __init__(self, grid: Grid, fast: bool = False) -> None:
        self.grid, self.fast = grid, fast
        self.paused = self.stopped = self.asleep = False
        self._watched = 0.0  # seconds of the show that have passed
        self._seen = time.monotonic()
        self._next = 0.0
        self._rate = 0.0

    def build(self) -> Iterator[tuple]:
        """Build all networks; cells that cannot be built have no part in the sweep."""
        from playground.training.together import Sweep

        cells = self.grid.cells(problem_of)
        self.hear((yield 0.0, None, "Building the networks"))
        able = [cell for cell in cells if cell.problem is None]
        too_much = problem_of_all(cell.experiment for cell in able)
        if too_much:
            raise ValueError(too_much)
        self.places = np.array([cell.index for cell in able], np.int64)
        self.problems = {cell.index: cell.problem for cell in cells if cell.problem is not None}
        self.count = len(cells)
        self.sweep = Sweep([cell.experiment for cell in able], at_once=False)
        self._next = time.monotonic() + FIRST_LOOK
        for doing in self.sweep.building():
            self.hear((yield 0.0, self._first_look(), doing))
        self.sets, self.of = _sets(self.sweep)
        self._seen, self._next = time.monotonic(), 0.0
        self.hear((yield 0.0, self.frame(), "Beginning"))

    def _first_look(self) -> bytes | None:
        """What the networks do at the start, where measuring them takes its time."""
        if not self.sweep.cells or time.monotonic() < self._next:
            return None
        self.sets, self.of = _sets(self.sweep)
        frame = self.frame()
        self._next = time.monotonic() + FIRST_LOOK
        return frame

    # --- going on ------------------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.stopped or self.sweep.over or self.sweep.epoch >= self.grid.epochs

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return min(1.0, self.sweep.epoch / self.grid.epochs)

    def hear(self, told: dict[str, Any] | None) -> None:
        """Do what a person asked for."""
        match (told or {}).get("do"):
            case "pause":
                self.paused = True
            case "resume":
                self.paused, self._seen = False, time.monotonic()
            case "sleep":
                self.asleep = True
            case "wake":
                self.asleep, self._seen = False, time.monotonic()
            case "stop":
                self.paused, self.asleep, self.stopped = False, False, True
            case "pace":
                self.fast = bool(told.get("fast"))

    def step(self) -> tuple | Rest:
        """Train for a moment, or draw a frame, whichever is due."""
        now = time.monotonic()
        if now >= self._next:
            data = self.frame()
            took = time.monotonic() - now
            self._next = time.monotonic() + max(FRAME_SECONDS - took, took)
            return self.share, data, self.text
        self._watched += min(now - self._seen, 4 * FRAME_SECONDS)
        self._seen = now
        until = self._allowed()
        if self.sweep.epoch >= until:
            return Rest(BREATH)
        steps = self.sweep.advance(seconds=TURN_SECONDS, until=until)
        self._rate += 0.2 * (steps / max(time.monotonic() - now, 1e-6) - self._rate)
        return self.share, None, self.text

    def _allowed(self) -> float:
        """The epoch that the show has come to: its speed rises evenly."""
        if self.fast:
            return float(self.grid.epochs)
        part = min(1.0, (self._watched + 0.05) / SHOW_SECONDS)
        return self.grid.epochs * part * part

    @property
    def resting(self) -> str:
        """Why nothing goes on."""
        return "Paused" if self.paused else "Rests while nobody looks"

    @property
    def text(self) -> str:
        """How far it is, in words."""
        told = f"Epoch {self.sweep.epoch:,.0f} of {self.grid.epochs:,}"
        return f"{told}; {COMPILING}" if self.sweep.provisional else told

    # --- what is seen --------------------------------------------------------------------------------------------

    def frame(self) -> bytes:
        """Everything that there is to see now."""
        from playground.lenses.tally import tally

        numbers = tally(self.sweep, CURVE_POINTS, self.grid.measure, self.grid.target)
        cells = self.sweep.cells
        troubles = {
            int(place): _trouble(cell) for place, cell in zip(self.places, cells, strict=True) if _trouble(cell)
        }
        metric = next((cell.task.metric for cell in cells if cell.problem is None), "accuracy")
        return encode(
            mosaic.frame(
                numbers,
                cells=self.places,
                count=self.count,
                status=list(numbers.status),
                problems={**self.problems, **troubles},
                parameters=np.array([cell.parameters for cell in cells], np.int64),
                metric="R²" if metric == "r2" else metric,
                grounds=mosaic.ground([dataset for dataset in self.sets]),
                ground_of=self.of,
                pictures=self._pictures(),
                far=self.sweep.epoch,
                all=self.grid.epochs,
                rate=self._rate,
            )
        )

    def _pictures(self) -> list[dict[str, Any]]:
        """Of each data set the pictures of its cells, in their order."""
        return [
            _filters(self.sweep, np.flatnonzero(self.of == index))
            if dataset.image is not None
            else _maps(self.sweep, np.flatnonzero(self.of == index), dataset, self._resolution)
            for index, dataset in enumerate(self.sets)
        ]

    @property
    def _resolution(self) -> int:
        return next((side for most, side in RESOLUTIONS if len(self.sweep.cells) <= most), COARSEST)


def _sets(sweep: Any) -> tuple[list[Any], np.ndarray]:
    """The data sets, each once, and which of them every cell has; -1 for a cell that could not be built."""
    known: dict[int, int] = {}
    sets: list[Any] = []
    of = np.full(len(sweep.cells), -1, np.int16)
    for number, cell in enumerate(sweep.cells):
        if cell.dataset is None or cell.problem is not None:
            continue
        if id(cell.dataset) not in known:
            known[id(cell.dataset)] = len(sets)
            sets.append(cell.dataset)
        of[number] = known[id(cell.dataset)]
    return sets, of


def _trouble(cell: Any) -> str | None:
    if cell.divergence is not None:
        return f"Diverged at step {cell.divergence.step:,}: {cell.divergence.reason}"
    return cell.problem


def _maps(sweep: Any, numbers: np.ndarray, dataset: Any, resolution: int) -> dict[str, Any]:
    from playground import lenses

    found = lenses.boundaries(sweep, resolution, numbers.tolist())
    levels = mosaic.levels(found["value"], found["classes"], dataset)
    # Of a fitted curve every row is the same.
    return {"side": resolution, "z": (levels[:, 0] if dataset.plane.dimensions == 1 else levels).ravel()}


def _filters(sweep: Any, numbers: np.ndarray) -> dict[str, Any]:
    """The first layer's filters of each cell, at most `MOST_FILTERS`, the mean of their channels, as bytes."""
    from playground.lenses.vision.kernels import filters

    shapes, parts = [], []
    for number in numbers.tolist():
        cell = sweep.cells[number]
        weights = filters(cell.at(), layer=0, shown=MOST_FILTERS)["weights"] if cell.problem is None else []
        kernels = weights[0].mean(axis=1) if weights else np.zeros((0, 1, 1), np.float32)
        reach = float(np.abs(kernels).max()) if kernels.size else 1.0
        shapes.append(kernels.shape)
        parts.append(np.rint(np.clip(kernels / (reach or 1.0), -1, 1) * 127.5 + 127.5).astype(np.uint8).ravel())
    z = np.concatenate(parts) if parts else np.zeros(0, np.uint8)
    return {"shapes": np.array(shapes, np.int32).reshape(-1, 3).ravel(), "z": z}
