"""What is refused because it is too much, and how numbers are read that come from links, forms and notebooks."""

import json
import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from playground.experiment import Experiment, walk
from playground.experiment.layers import Linear
from playground.settings import settings
from tests.experiment.strategies import nested, plain, recipe

TANH = {"kind": "tanh"}


def places(content):
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate(content)
    return [error["loc"] for error in caught.value.errors()]


def block(*layers):
    return {"kind": "residual", "layers": list(layers)}


def test_layers_are_counted_wherever_they_stand():
    most = settings.max_layers
    assert len(Experiment.model_validate(plain(network=[TANH] * most)).network) == most
    assert places(plain(network=[TANH] * (most + 1))) == [("network",)]
    # The block itself counts, too.
    inside = Experiment.model_validate(plain(network=[block(*[TANH] * (most - 1))]))
    assert len(list(walk(inside.network))) == most
    assert places(plain(network=[block(*[TANH] * most)])) == [("network",)]
    assert places(plain(network=[TANH, block(block(*[TANH] * (most - 2)))])) == [("network",)]
    assert places(plain(network=[block(*[TANH] * (most + 1))])) == [("network", 0, "residual", "layers")]


def test_blocks_are_nested_as_deep_as_is_allowed():
    deepest = nested(settings.max_depth)
    assert Experiment.model_validate(plain(network=deepest))
    filled = json.loads(json.dumps(deepest).replace("[]", '[{"kind":"tanh"}]'))
    assert Experiment.model_validate(plain(network=filled))
    too_deep = ("network", 0, *("residual", "layers", 0) * settings.max_depth)
    assert places(plain(network=nested(settings.max_depth + 1))) == [too_deep]
    second = [TANH, block(TANH, *nested(settings.max_depth))]
    assert places(plain(network=second))[0][:5] == ("network", 1, "residual", "layers", 1)


def test_walk_gives_outer_before_inner():
    stack = Experiment.model_validate(plain(network=[TANH, block(TANH, block(TANH)), TANH])).network
    assert [path for path, _ in walk(stack)] == [(0,), (1,), (1, 0), (1, 1), (1, 1, 0), (2,)]
    assert next(path for path, _ in walk(stack, (7,))) == (7, 0)


@pytest.mark.parametrize("samples", [19, settings.max_samples + 1, 10**12, 10**400, -500, 0])
def test_samples_are_bounded(samples):
    assert places(plain(data={"kind": "circle", "samples": samples})) == [("data", "circle", "samples")]


@pytest.mark.parametrize("units", [0, -8, settings.max_units + 1, 10**12, 10**400, 1e300, 8.5, "many", "", None, "8,5"])
def test_units_are_bounded_whole_numbers(units):
    assert places(plain(network=[{"kind": "linear", "units": units}])) == [("network", 0, "linear", "units")]


@pytest.mark.parametrize(("given", "read"), [("8", 8), (" 8 ", 8), (8.0, 8), (True, 1), ("1_000", 1000)])
def test_a_whole_number_may_come_as_a_text_or_with_a_point(given, read):
    """Decided: links, forms and notebooks write numbers in their own ways; what is kept is always an int."""
    units = Linear(kind="linear", units=given).units
    assert units == read and type(units) is int


@pytest.mark.parametrize(("given", "read"), [(1, 1.0), ("0.5", 0.5), ("1e-3", 0.001), (True, 1.0)])
def test_a_number_may_come_as_a_text_or_whole(given, read):
    lr = Experiment.model_validate(plain(training=recipe(lr=given))).training.optimizer.lr
    assert lr == read and type(lr) is float


@pytest.mark.parametrize("lr", [0, -0.0, -1, 101, 10**12, 1e300, 10**400, float("nan"), float("inf"), "nan", "inf"])
def test_a_learning_rate_is_bounded_and_finite(lr):
    assert places(plain(training=recipe(lr=lr))) == [("training", "optimizer", "sgd", "lr")]


@pytest.mark.parametrize("version", [2, 10**12, 1.5, "1", None, "one", 0, -1])
def test_no_other_version_is_read(version):
    assert places(plain(v=version)) == [("v",)]


def test_a_newer_version_says_so_before_all_else():
    with pytest.raises(ValidationError, match="made by a newer version of Network Playground"):
        Experiment.model_validate({"v": 2, "unheard": "of"})


def test_version_data_and_training_must_be_given():
    assert places({}) == [("v",), ("data",), ("training",)]
    for nonsense in (None, 5, "text", [], [1]):
        assert places(nonsense) == [()]


def test_what_is_put_in_is_checked_again():
    """`model_copy` checks nothing, so a description made by it must not slip into an experiment."""
    experiment = Experiment.model_validate(plain())
    with pytest.raises(ValidationError):
        experiment.replace(network=(Linear(kind="linear").model_copy(update={"units": 10**9}),))
    with pytest.raises(ValidationError):
        experiment.replace(training=experiment.training.model_copy(update={"batch_size": 0}))
    with pytest.raises(ValidationError):
        Experiment.model_validate(experiment.model_copy(update={"seed": -1}))
    assert Experiment.model_validate(experiment) == experiment


def test_replace_changes_what_is_named_and_nothing_else():
    experiment = Experiment.model_validate(plain(seed=3))
    changed = experiment.replace(seed=4)
    assert changed.seed == 4 and changed.replace(seed=3) == experiment
    with pytest.raises(ValidationError):
        experiment.replace(sede=4)


def test_limits_follow_the_environment_and_no_torch_is_needed():
    script = """
import sys
from pydantic import ValidationError
from playground.experiment import Experiment, presets, edits, problems
assert not [name for name in sys.modules if name.split(".")[0] in ("torch", "streamlit", "pandas", "sklearn")]
assert "spiral" in presets.PRESETS and "overfitting" not in presets.PRESETS, "it has layers of 32 units"
from playground.experiment.layers import Linear
Linear(kind="linear", units=16)
try:
    Linear(kind="linear", units=17)
except ValidationError as error:
    print(problems.explain(error)[0])
"""
    environment = {**os.environ, "PLAYGROUND_MAX_UNITS": "16", "PYTHONPATH": os.getcwd()}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.strip() == "Units must be at least 1 and at most 16, but is 17"
