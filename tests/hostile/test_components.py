"""Hostile pages: what a component of ours reports can be made up by whoever sits at the browser."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hostile.visitor import Visitor

VALUES: dict[str, Any] = {
    "nothing": None,
    "a number": 7,
    "a text": "units",
    "a list": [1, 2],
    "an empty object": {},
    "no operation": {"path": [0], "units": 3},
    "an unknown operation": {"op": "__class__", "path": [0]},
    "an operation that is a list": {"op": ["units"], "path": [0]},
    "no path": {"op": "units", "units": 3},
    "a path that is a text": {"op": "units", "path": "head", "units": 3},
    "a path of texts": {"op": "units", "path": ["__class__"], "units": 3},
    "a path to nowhere": {"op": "units", "path": [99, 99, 99], "units": 3},
    "a path backwards": {"op": "remove", "path": [-1]},
    "a path a thousand long": {"op": "remove", "path": [0] * 1000},
    "a path of halves": {"op": "duplicate", "path": [0.5]},
    "units of 10^12": {"op": "units", "path": [0], "units": 10**12},
    "units below zero": {"op": "units", "path": [0], "units": -3},
    "units that are a list": {"op": "units", "path": [0], "units": [3]},
    "no units": {"op": "units", "path": [0]},
    "a field that is none": {"op": "set", "path": [0], "field": "__dict__", "value": 1},
    "a field that is a list": {"op": "set", "path": [0], "field": [], "value": 1},
    "a value that is deep": {"op": "set", "path": [0], "field": "units", "value": [[[[{}]]]]},
    "an unknown layer": {"op": "insert", "path": [0], "kind": "os.system"},
    "a layer that is a list": {"op": "insert", "path": [0], "kind": ["linear"]},
    "a move to nowhere": {"op": "move", "path": [0], "to": [99]},
    "a move into itself": {"op": "move", "path": [0], "to": [0, 0]},
    "a move of nothing": {"op": "move"},
    "a choice of nothing": {"op": "select", "path": [42]},
    "a choice that is a text": {"op": "select", "path": "head/../.."},
    "inputs that are none": {"op": "feature", "features": ["os", "x1"]},
    "inputs that are numbers": {"op": "feature", "features": [1, 2]},
    "inputs that are an object": {"op": "feature", "features": {"x1": True}},
    "no inputs": {"op": "feature", "features": []},
    "a freeze of nothing": {"op": "frozen", "path": [7], "on": True},
    "a freeze that is a text": {"op": "frozen", "path": "x", "on": "maybe"},
    "a drawing of noise": {"op": "paint", "points": "!!!!"},
    "a drawing of 200 kB": {"op": "paint", "points": "A" * 200_000},
    "a drawing of objects": {"op": "paint", "points": [{"x": "1e999", "y": None}]},
}
"""Edits as the diagram, the layer stack and the painting tools report them, made up."""


EVENTS = {"diagram": "edit", "stack": "edit", "boundary": "paint", "history": "go", "transport": "gone"}
"""The components of the page as it opens, and what each reports."""


@pytest.mark.parametrize("name", VALUES)
def test_an_edit_that_is_made_up(intruder: Visitor, name: str) -> None:
    components = {found.rpartition("-")[2]: found for found in intruder.again().widgets}
    shown = intruder.trigger({components[key]: event for key, event in EVENTS.items()}, VALUES[name])
    assert not shown.failures
    assert len(shown.told) < 1000, "nobody reads that"
    assert shown.widget("bidi_component"), "there is no page to go on with"


@pytest.mark.parametrize("value", ["", "Bogus", "<script>", "x" * 100_000, "../..", "\0"], ids=lambda value: value[:9])
def test_a_choice_that_was_not_offered(visitor: Visitor, value: str) -> None:
    shown = visitor.open()
    for name, (kind, _message) in shown.widgets.items():
        if kind in ("tab_container", "selectbox"):
            again = visitor.choose(name, value)
            assert not again.failures, name


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e308, 1e308, 1e-320, -0.0], ids=repr)
def test_a_number_out_of_all_range(visitor: Visitor, value: float) -> None:
    before = visitor.open()
    shown = visitor.choose(before.widget("tab_container").id, "Training")
    for name, (kind, message) in shown.widgets.items():
        if kind == "number_input" and message.data_type == message.FLOAT:
            again = visitor.number(name, value)
            assert not again.failures, name
