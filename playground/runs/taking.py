"""The studio's files of kept runs, for a person to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.archive import ArchiveError, Shelf
from playground.export.runs import Taken, as_csv, as_json, as_tensorboard
from playground.export.wording import title
from playground.settings import settings

MOST = 200
WRITERS = {"csv": as_csv, "json": as_json}


def take_runs(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """A file of a person's runs; options: ``person``, ``runs`` (ids as the archive has them), and ``format``: "csv",
    "json" or "tensorboard". Runs that are not there any more, or are damaged, are left out."""
    person, wanted = str(options["person"]), [str(one) for one in options["runs"]][:MOST]
    shelf, taken = Shelf(settings.storage_url), []
    try:
        for index, kept_id in enumerate(wanted):
            taken += _taken(shelf, kept_id, person)
            yield 0.5 * (index + 1) / len(wanted), None, "Reading"
    finally:
        shelf.close()
    if not taken:
        raise ValueError("None of these runs is kept any more.")
    if options["format"] in WRITERS:
        yield 1.0, WRITERS[options["format"]](taken)
        return
    for written in as_tensorboard(taken):
        yield (0.5, None, "Writing") if written is None else (1.0, written)


def _taken(shelf: Shelf, kept_id: str, person: str) -> list[Taken]:
    try:
        run, history = shelf.get(kept_id, person), shelf.history(kept_id, person)
    except (ArchiveError, KeyError):
        return []
    return [Taken(run.name or title(run.experiment), run.experiment, run.created, run.updated, run.state, history)]
