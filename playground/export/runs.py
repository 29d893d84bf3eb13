"""Several runs in one file: their histories as CSV, all that is known of them as JSON, or TensorBoard's event files."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from playground.experiment import Experiment
from playground.experiment.contrast import contrast
from playground.export.history import WHOLE

VERSION = 1
LONGEST_FOLDER = 72
"""Characters of a run's folder in a zip file."""
RECORDS_AT_ONCE = 100
"""Written before the job beside gets its turn."""
EARLIEST = 315_532_800.0
"""1980, before which a zip file knows no time."""


@dataclass(frozen=True)
class Taken:
    """A run to be taken away. created, updated: seconds since 1970. history: (rows,) float64 by column, as
    `playground.training.Trainer.recorded` gives it."""

    name: str
    experiment: Experiment
    created: float
    updated: float
    state: str
    history: Mapping[str, np.ndarray]


def as_csv(runs: Sequence[Taken]) -> bytes:
    """All histories as one table in UTF-8: a line a record, with the run's number (from 1) and name in front.

    Its columns are those of any of the runs, and the rows in which the experiments differ. What a run does not measure
    is an empty field; numbers are written so that reading them gives the same float64 back.
    """
    rows = contrast([run.experiment for run in runs])
    columns = list(dict.fromkeys(name for run in runs for name in run.history))
    lines = io.StringIO(newline="")
    table = csv.writer(lines)
    table.writerow(["run", "name", *columns, *(_safe(row.label) for row in rows)])
    for index, run in enumerate(runs):
        differing = [_safe(row.values[index]) for row in rows]
        count = len(run.history["step"])
        fields = [_texts(name, run.history[name]) if name in run.history else [""] * count for name in columns]
        table.writerows([index + 1, _safe(run.name), *record, *differing] for record in zip(*fields, strict=True))
    return lines.getvalue().encode()


def as_json(runs: Sequence[Taken]) -> bytes:
    """{"v", "differs": {label: [values]}, "runs": [{"name", "created", "updated", "state", "experiment", "link",
    "history": {column: [numbers]}}]}; null where something was not measured, and for infinities."""
    content = {
        "v": VERSION,
        "differs": {row.label: row.values for row in contrast([run.experiment for run in runs])},
        "runs": [
            {
                "name": run.name,
                "created": run.created,
                "updated": run.updated,
                "state": run.state,
                "experiment": run.experiment.model_dump(mode="json"),
                "link": run.experiment.to_link(),
                "history": {name: _numbers(name, values) for name, values in run.history.items()},
            }
            for run in runs
        ],
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()


def as_tensorboard(runs: Sequence[Taken]) -> Iterator[bytes | None]:
    """A zip file with a folder of event files for each run: unpack it, and `tensorboard --logdir` the result.

    Scalars loss/train, loss/test, <metric>/train, <metric>/test and learning_rate by step, the experiment as text, and
    what differs as hyperparameters. Wall times are spread evenly from when a run began to when it was kept. A
    generator: None again and again while it is written, at last the bytes.
    """
    rows = contrast([run.experiment for run in runs])
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive, TemporaryDirectory() as folder:
        for index, run in enumerate(runs):
            file = Path(folder) / f"{index}.tfevents"
            differing = {row.label: row.values[index] for row in rows}
            for _ in _write_events(file, run, differing):
                yield None
            told = " ".join([run.name, *(f"{label} {value}" for label, value in list(differing.items())[:2] if value)])
            name = f"{folder_of(told, index)}/events.out.tfevents.{int(max(run.created, EARLIEST))}.playground"
            archive.write(file, name)
            yield None
    yield kept.getvalue()


def folder_of(name: str, index: int) -> str:
    """The folder of run `index`: a number from 1, and what of its name every file system takes."""
    words = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:LONGEST_FOLDER].strip("-.")
    return f"{index + 1:02d}-{words}" if words else f"{index + 1:02d}"


def _write_events(file: Path, run: Taken, differing: Mapping[str, str]) -> Iterator[None]:
    from tensorboardX.proto.event_pb2 import Event  # it brings torch along, which the web process never imports
    from tensorboardX.proto.summary_pb2 import Summary
    from tensorboardX.record_writer import RecordWriter
    from tensorboardX.summary import hparams, text

    writer = RecordWriter(str(file))

    def write(time: float, step: int = 0, **content: Any) -> None:
        writer.write(Event(wall_time=time, step=step, **content).SerializeToString())

    write(run.created, file_version="brain.Event:2")
    described = run.experiment.model_dump_json(indent=2).replace("\n", "\n    ")
    write(run.created, summary=text("experiment", f"    {described}"))
    tags = _tags(run.history)
    settings = {label: _number(value) for label, value in differing.items()}
    for summary in hparams(settings, {tag: 0.0 for tag in tags.values() if tag != "learning_rate"}):
        write(run.created, summary=summary)
    steps = run.history["step"].astype(np.int64).tolist()
    times = np.linspace(run.created, max(run.updated, run.created), max(len(steps), 1)).tolist()
    for row, (step, time) in enumerate(zip(steps, times, strict=True)):
        measured = {tag: float(run.history[name][row]) for name, tag in tags.items()}
        known = [Summary.Value(tag=tag, simple_value=value) for tag, value in measured.items() if not math.isnan(value)]
        write(time, step, summary=Summary(value=known))
        if row % RECORDS_AT_ONCE == 0:
            yield
    writer.close()


def _tags(columns: Mapping[str, Any]) -> dict[str, str]:
    """What TensorBoard calls each column: "train_loss" is loss/train; what belongs together is one group there."""
    tags = {}
    for name in columns:
        part, _, what = name.partition("_")
        if part in ("train", "test") and what:
            tags[name] = f"{what}/{part}"
        elif name == "lr":
            tags[name] = "learning_rate"
    return tags


def _number(text: str) -> float | str:
    """What TensorBoard can put on an axis as a number."""
    try:
        return float(text)
    except ValueError:
        return text or "none"


def _texts(name: str, values: np.ndarray) -> list[str]:
    if name in WHOLE:
        return [str(int(value)) for value in values.tolist()]
    return ["" if math.isnan(value) else repr(value) for value in values.tolist()]


def _numbers(name: str, values: np.ndarray) -> list[float | int | None]:
    if name in WHOLE:
        return [int(value) for value in values.tolist()]
    return [value if math.isfinite(value) else None for value in values.tolist()]


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula: it may be a name that somebody else gave."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
