"""Scripts of networks that work on images: the same losses, from the same pixels, varied in the same way."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from playground.data import input_shape, load
from playground.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.export import script
from playground.export.code.data import file_beside, file_name, has_file_beside
from playground.export.code.writing import WIDTH
from playground.network.shapes import infer
from playground.training import Trainer
from tests.export.agree import agree

DIGITS = {"kind": "digits", "test_fraction": 0.9}
FEW = {"kind": "mnist_5k", "samples": 120}
OWN = {"weights": {"kind": "kaiming_normal"}, "biases": {"kind": "default"}}


def conv(channels=4, kernel=3, **more):
    return {"kind": "conv2d", "channels": channels, "kernel": kernel, **more}


def block(*layers):
    return {"kind": "residual", "layers": layers, "shortcut": "projection"}


def experiment(network, data=None, **training):
    recipe = {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "sgd", "lr": 0.05}, "batch_size": 32}
    described = {"v": 1, "data": data or DIGITS, "network": network, "training": {**recipe, **training}}
    return Experiment.model_validate(described)


EVERYTHING = [
    # No bias before a norm: its gradient is nothing but rounding, of which Adam makes steps.
    conv(padding=1, bias=False), {"kind": "batch_norm"}, {"kind": "relu"}, {"kind": "max_pool2d"}, conv(**OWN),
    block(conv(6, stride=2, padding=1, groups=2), {"kind": "tanh"}),
    {"kind": "separable_conv2d", "channels": 4, "padding": 1, **OWN}, {"kind": "dropout2d"}, {"kind": "upsample"},
    {"kind": "conv_transpose2d", "channels": 3, **OWN}, {"kind": "layer_norm"}, {"kind": "dropout"},
    {"kind": "avg_pool2d", "kernel": 3, "stride": 1, "padding": 1}, {"kind": "prelu"},
    block({"kind": "flatten"}, {"kind": "linear", "units": 7}), {"kind": "sigmoid"},
]  # fmt: skip
VARIED = {"shift": 0.1, "rotate": 15, "zoom": 0.2, "flip": True, "noise": 0.1, "cutout": 0.3}
CASES = {
    "everything": experiment(EVERYTHING, optimizer={"kind": "adam", "lr": 0.003}, l2=0.01, weight_decay=0.1),
    "only linear": experiment([{"kind": "linear", "units": 5}], FEW),
    "frozen": experiment([conv(frozen=True), {"kind": "relu"}, {"kind": "separable_conv2d", "frozen": True}]),
    "colour": experiment([conv(stride=3), {"kind": "relu"}], {"kind": "shapes", "samples": 120}),
    "many": experiment([conv(2, 5, stride=4)], {"kind": "mnist_5k", "samples": 2_600}, early_stopping={"patience": 1}),
    "one pixel": experiment([{"kind": "global_avg_pool"}, {"kind": "batch_norm"}, conv(3, 1)], batch_size=89),
    "muon": experiment([conv(), {"kind": "gelu"}, {"kind": "linear", "units": 6}], optimizer={"kind": "muon"}),
    "varied": experiment([conv(), {"kind": "relu"}], {**DIGITS, "augment": VARIED}),
    "mirrored": experiment([{"kind": "linear", "units": 4}], {**DIGITS, "augment": {"flip": True}}),
    "mixed": experiment([conv(), {"kind": "relu"}], precision="mixed"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_same_losses(run, name):
    agree(run, CASES[name], steps=12, **({"close": 2e-2} if name == "mixed" else {}))


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.experiment.data.family == "image"])
def test_presets(run, name):
    exp = PRESETS[name].experiment
    agree(run, exp.replace(data=type(exp.data)(kind=exp.data.kind, samples=120)), steps=9)


layers = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["conv2d", "separable_conv2d"]), "channels": st.integers(1, 4),
            "kernel": st.integers(1, 4), "stride": st.integers(1, 3), "padding": st.integers(0, 2),
            "dilation": st.integers(1, 2), "bias": st.booleans(),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["max_pool2d", "avg_pool2d"]), "kernel": st.integers(2, 3),
            "stride": st.integers(1, 3), "padding": st.integers(0, 1),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("conv_transpose2d"), "channels": st.integers(1, 3), "kernel": st.integers(1, 3),
            "stride": st.integers(1, 2), "padding": st.integers(0, 1),
        }
    ),
    # No norms: of a map that hardly varies they make rounding as large as all else.
    st.sampled_from([{"kind": "upsample", "mode": "bilinear"}, {"kind": "tanh"}, {"kind": "prelu"}]),
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(layers, min_size=1, max_size=4), st.integers(0, 2**31 - 1))
def test_any_stack(run, stack, seed):
    exp = experiment(stack).replace(seed=seed)
    assume(not infer(exp, input_shape(exp.data), 10).problems)
    agree(run, exp, steps=4, close=1e-4)


@pytest.mark.parametrize("name", ["everything", "colour", "only linear"])
def test_the_very_pixels(name, tmp_path, monkeypatch):
    exp = CASES[name]
    dataset = load(exp.data)
    monkeypatch.chdir(tmp_path)
    if has_file_beside(exp.data):
        (tmp_path / file_name(exp.data)).write_bytes(file_beside(exp.data))
    scope = {"__name__": "script"}
    exec(script(exp), scope)
    x_train, y_train, x_test, _ = scope["load_data"]()
    assert np.array_equal(x_train.flatten(1), dataset.x_train)
    assert np.array_equal(x_test.flatten(1), dataset.x_test)
    assert np.array_equal(y_train, dataset.y_train)


def test_weights_of_the_playground_fit_the_script():
    exp = CASES["everything"]
    scope = {"__name__": "script"}
    exec(script(exp), scope)
    trainer = Trainer(exp, device="cpu")
    trainer.advance(2)
    network = scope["Network"]().eval()
    missing = network.load_state_dict(trainer.module.state_dict(), strict=False)
    assert all(name.endswith("num_batches_tracked") for name in missing.missing_keys) and not missing.unexpected_keys
    x = trainer.task.x_test[:9]
    torch.testing.assert_close(network(x.view(-1, 1, 8, 8)), trainer.at().module(x))


def test_scripts_are_written_as_ruff_would_write_them(tmp_path):
    for name, exp in CASES.items():
        (tmp_path / f"{name.replace(' ', '_')}.py").write_text(script(exp), "utf-8")
    for command in (["format", "--check"], ["check", "--select", "E,F,I"]):
        options = ["--isolated", "--no-cache", "--line-length", str(WIDTH), "--target-version", "py311"]
        ruff = [sys.executable, "-m", "ruff", *command, *options, str(tmp_path)]
        answer = subprocess.run(ruff, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stdout
