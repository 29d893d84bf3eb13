"""More hostile things, made by hypothesis: every door lets in what is sound, and refuses the rest in its own words."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from safetensors.numpy import save

from playground.data import TableError
from playground.data.inspection import inspect
from playground.experiment import Experiment, LinkError
from playground.experiment.problems import explain
from playground.export import FileError, experiment_file, weights
from playground.runs.controls import checked_value
from playground.runs.views import keys_of
from playground.web.protocol import BadMessage, parse
from tests.hostile.files import RIGHT, crafted
from tests.hostile.links import GOOD, packed
from tests.hostile.tables import ROWS
from tests.hostile.visitor import Visitor

# Values that break things, more often than by chance.
odd = st.sampled_from([None, True, 0, -1, 10**12, 2**63, 1e308, 1e-320, "", "\0", "\ud800", "__class__", [], {}, [[]]])
leaves = odd | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner)
).map(deepcopy)  # what is drawn is changed further: an odd list must not be another one in the next example


@st.composite
def mutated(draw: st.DrawFn, sound: Any = GOOD) -> Any:
    """Something sound with one to three of its parts replaced, removed or added."""
    whole = json.loads(json.dumps(sound))
    for _ in range(draw(st.integers(1, 3))):
        node = whole
        while True:
            places = list(node) if isinstance(node, dict) else list(range(len(node)))
            place = draw(st.sampled_from(places)) if places else None
            inner = node[place] if places else None
            if isinstance(inner, dict | list) and inner and draw(st.booleans()):
                node = inner
                continue
            break
        change = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if change == "replace" and place is not None:
            node[place] = draw(anything)
        elif change == "remove" and place is not None:
            del node[place]
        elif isinstance(node, dict):
            node[draw(st.text(max_size=8))] = draw(anything)
        else:
            node.append(draw(anything))
    return whole


def text_of(content: Any) -> bytes:
    """JSON, lone surrogates and all."""
    return json.dumps(content).encode()


@settings(max_examples=150)
@given(mutated())
def test_links(content: Any) -> None:
    try:
        experiment = Experiment.from_link(packed(text_of(content)))
    except LinkError as error:
        assert str(error)
    except ValidationError as error:
        assert all(problem.message for problem in explain(error))
    else:
        assert Experiment.from_link(experiment.to_link()) == experiment


@settings(max_examples=150)
@given(mutated() | anything)
def test_experiment_files(content: Any) -> None:
    try:
        experiment_file.read(text_of(content))
    except FileError as error:
        assert str(error)


@settings(max_examples=100)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_tables(content: bytes) -> None:
    for table in (content, b"a,b\n" + ROWS + content, content + b"\n" + ROWS):
        try:
            found = inspect(table)
        except TableError as error:
            assert error.message
        else:
            assert 1 <= len(found.table.columns) <= 500


@settings(max_examples=100)
@given(data=st.data())
def test_weights(data: st.DataObject) -> None:
    good = bytearray(save(RIGHT))
    for _ in range(data.draw(st.integers(1, 6))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    header = crafted(data.draw(mutated({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}})), bytes(8))
    for content in (bytes(good), bytes(good[:cut]), header, data.draw(st.binary(max_size=100))):
        try:
            found = weights.read(content)
        except FileError as error:
            assert str(error)
        else:
            assert sum(array.nbytes for array in found.values()) <= 2 * len(content)  # bfloat16 doubles


MESSAGES = (
    {"t": "watch", "views": {"boundary": {"resolution": 40}, "network": {}}, "at": 3},
    {"t": "control", "op": "weight", "value": {"path": [0], "unit": 1, "input": 0, "value": 0.5}},
    {"t": "control", "op": "silence", "value": {"path": "head", "unit": 0, "on": True}},
    {"t": "control", "op": "speed", "value": 12.5},
    {"t": "ack", "n": 3},
)


@settings(max_examples=150)
@given(st.sampled_from(MESSAGES).flatmap(mutated) | anything)
def test_messages(message: Any) -> None:
    try:
        parsed = parse(json.dumps(message))
    except BadMessage as error:
        assert str(error)
        return
    kind = type(parsed).__name__
    try:
        if kind == "Watch":
            keys_of(parsed.views, parsed.at)
        elif kind == "Control":
            checked_value(parsed.op, parsed.value)
    except ValueError as error:
        assert 5 < len(str(error)) < 500


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=mutated())
def test_links_on_the_server(visitor: Visitor, content: Any) -> None:
    shown = visitor.open(f"x={packed(text_of(content))}")
    assert not shown.failures
    assert shown.widget("bidi_component")
