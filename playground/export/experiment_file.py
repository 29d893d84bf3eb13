"""An experiment as a file and back: JSON that a person can read, with every setting spelled out."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from playground.experiment import Experiment
from playground.experiment.problems import explain
from playground.export.errors import FileError
from playground.settings import settings

ROOM = 4
"""How many times as large as a link's content a file may be: it is indented, and says every default."""
MOST_PROBLEMS = 3


def write(experiment: Experiment) -> bytes:
    """The experiment as indented JSON in UTF-8. `read` gives an equal one back, whatever defaults a later version has.

    A table of a person's own is named in it (by its digest), not contained.
    """
    return (experiment.model_dump_json(indent=2) + "\n").encode()


def read(data: bytes) -> Experiment:
    """The experiment that `write` wrote, or that a person did.

    Raises FileError for a file that is too large, is no JSON, or does not describe an experiment: the message names
    what is wrong and where.
    """
    most = ROOM * settings.link_bytes
    if len(data) > most:
        raise FileError(f"This file is too large for an experiment: {len(data):,} bytes, where {most:,} are the most.")
    content = _content(data)
    if not isinstance(content, dict):
        raise FileError("This JSON does not hold an experiment: it should begin with { and name data and training.")
    try:
        return Experiment.model_validate(content)
    except ValidationError as error:
        told = [str(problem) for problem in explain(error)[:MOST_PROBLEMS]]
        raise FileError(f"This file does not describe an experiment: {'; '.join(told)}.") from error


def _content(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError("This is not a text file in UTF-8, which an experiment is written in.") from error
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise FileError(f"This is not JSON: see line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise FileError("This JSON is nested too deep for an experiment.") from error
    except ValueError as error:  # a number that is none, or one of thousands of digits
        raise FileError("This JSON holds a number that is none, or far too long a one.") from error


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a number")
