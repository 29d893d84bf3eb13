"""Hostile files brought back: weights and experiments. What is no good is told where it was brought, and changes
nothing."""

from __future__ import annotations

import pytest

from tests.hostile.files import EXPERIMENTS, TAKEN, WEIGHTS
from tests.hostile.tables import File
from tests.hostile.visitor import Visitor


@pytest.mark.parametrize("file", (*WEIGHTS, *EXPERIMENTS), ids=lambda file: file.name)
def test_file(intruder: Visitor, file: File) -> None:
    before = intruder.again()
    name = "experiment.json" if file in EXPERIMENTS else "weights.safetensors"
    shown = intruder.upload(before.widget("file_uploader", "Bring back").id, name, file.content)
    assert not shown.failures
    assert shown.told, "nothing is said"
    rest = shown.told.lower()
    for words in file.told:
        assert words in rest, f"{words!r} is not said in {shown.told!r}"
        rest = rest.partition(words)[2]
    assert len(shown.told) < 600, "nobody reads that"
    if file.name not in TAKEN:
        assert shown.query == before.query, "a file that is no good has changed the experiment"
        assert "the weights are in" not in shown.told.lower()
