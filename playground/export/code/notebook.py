"""The script as a Jupyter notebook: the same code in cells, with a few words before each."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from playground.experiment import Experiment
from playground.export.code.cells import cells, imports_of
from playground.export.code.script import title

ORIGIN = (
    "Made with Network Playground; it needs numpy and torch. Data, start and order of the batches are the playground's "
    "own, and so are the losses."
)
FORMAT = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(experiment: Experiment) -> str:
    """The script of `experiment` as the text of an .ipynb file (nbformat 4.5); raises as `script` does."""
    made = cells(experiment)
    sheets = [
        _words(f"# {title(experiment)}\n\n{ORIGIN}"),
        _code(imports_of(made)),
    ]
    for cell in made:
        sheets += [_words(f"## {cell.title}\n\n{cell.text}"), _code(cell.code)]
    for place, sheet in enumerate(sheets):
        # The format wants a name for every cell; equal experiments have equal notebooks.
        sheet["id"] = hashlib.sha256(f"{experiment.digest}/{place}".encode()).hexdigest()[:8]
    content = {"cells": sheets, "metadata": FORMAT, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _words(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }
