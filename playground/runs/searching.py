"""The studio's work on a study (see `playground.studies.working`)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from playground.runs.jobs import Rest


def search(options: dict[str, Any], state: bytes | None) -> Iterator[tuple | Rest]:
    """Work on a study until it is over; options: study, its name, and storage, the database it is in. What comes of it
    is in the database. Without a study: only have everything loaded that the next one needs."""
    from playground.studies.working import work

    if "study" not in options:
        import_module("playground.studies.figures")  # which the page draws of it
        return
    told = None
    for step in work(str(options["storage"]), str(options["study"]), hurry=True):
        if step.rest and told == (step.share, step.text):
            yield Rest(step.rest)
            continue
        told = step.share, step.text
        yield step.share, None, step.text
