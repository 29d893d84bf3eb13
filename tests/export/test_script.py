"""The script of every registry entry is run, by a Python that has nothing of ours, and trains as the trainer does."""

import ast
import inspect
import operator
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch import nn

from playground.data import load, store, table
from playground.experiment import REGISTRIES, Experiment
from playground.experiment.painting import converted, smile
from playground.experiment.presets import PRESETS
from playground.export import script
from playground.export.code.writing import DEFAULTS, WIDTH, literal
from playground.network.errors import NetworkError
from playground.network.shapes import infer
from playground.training import Trainer
from tests.export.agree import agree
from tests.network.describe import block, experiment, linear, stacks, tanh_stack
from tests.test_contract import EVERY, described, stand_ins  # noqa: F401  # a fixture
from tests.training.test_against_plain import LOSSES, OPTIMIZERS

MUON, LBFGS = {"kind": "muon", "lr": 0.01}, {"kind": "lbfgs", "lr": 0.5, "max_iter": 4}
SGD, ADAM = {"kind": "sgd", "lr": 0.1}, {"kind": "adam", "lr": 0.01}


MUCH = experiment(
    [
        linear(6, frozen=True), {"kind": "batch_norm", "frozen": True}, {"kind": "sine"},
        block(linear(6), {"kind": "dropout"}, linear(3, weights={"kind": "orthogonal"}), shortcut="projection"),
    ],
    data={"kind": "checkerboard", "classes": 4, "noise": 0.1, "label_noise": 0.1, "features": ["x1", "x1_x2"]},
    loss={"kind": "focal"}, optimizer=MUON, schedule={"kind": "one_cycle", "epochs": 9}, early_stopping={},
    l1=0.001, l2=0.01, weight_decay=0.1, clip_norm=1.0, max_epochs=500, batch_size=33,
)  # fmt: skip
"""Nearly all at once."""


def test_much_at_once(run):
    agree(run, MUCH, steps=50)


@pytest.mark.parametrize(("family", "kind"), EVERY, ids=lambda value: value)
def test_every_entry(run, family, kind):
    exp = described(family, kind)
    agree(run, exp, steps=15 if exp.data.family == "image" else 100)


@pytest.mark.parametrize("preset", [kind for kind in PRESETS if PRESETS[kind].experiment.data.family != "image"])
def test_every_preset(run, preset):
    agree(run, PRESETS[preset].experiment)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: "-".join(str(v) for v in o.values()))
def test_every_optimizer_as_it_can_be_set(run, optimizer):
    # Muon works in bfloat16, of which a last bit is large: equal starts stay equal.
    agree(run, experiment(tanh_stack(6, 4), optimizer=optimizer, batch_size=16))


@pytest.mark.parametrize(("kind", "task"), LOSSES)
@pytest.mark.parametrize("classes", [2, 3])
def test_every_loss(run, kind, task, classes):
    if task == "regression":
        data = {"kind": "multi_gaussian" if classes == 2 else "plane", "samples": 100}
    else:
        data = {"kind": "blobs", "classes": classes, "samples": 100, "noise": 0.3}
    extra = {
        "cross_entropy": {"label_smoothing": 0.1}, "hinge": {"margin": 0.7}, "huber": {"delta": 0.3},
        "focal": {"gamma": 2.0 if classes == 2 else 0.0},
    }.get(kind, {})  # fmt: skip
    agree(run, experiment(tanh_stack(6), data=data, loss={"kind": kind, **extra}))


@pytest.mark.parametrize("activation", ["identity", "tanh", "sigmoid", "softplus", "relu"])
@pytest.mark.parametrize("classes", [0, 2, 3])
def test_every_output_activation(run, activation, classes):
    if classes and activation in ("softplus", "relu"):
        return  # not for classes
    data = {"kind": "rings", "classes": classes, "samples": 100} if classes else {"kind": "curve", "samples": 100}
    agree(run, experiment(tanh_stack(6), data=data, loss={"kind": "mse"}, head={"activation": activation}))


@pytest.mark.parametrize(
    "held",
    [
        {"l1": 0.01}, {"l2": 0.1}, {"weight_decay": 0.2}, {"clip_norm": 0.1},
        {"l1": 0.003, "l2": 0.02, "weight_decay": 0.05, "clip_norm": 0.5},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("optimizer", [SGD, ADAM, MUON, LBFGS], ids=lambda o: o["kind"])
def test_what_holds_the_weights_back(run, held, optimizer):
    network = [linear(6), {"kind": "layer_norm"}, {"kind": "prelu"}, linear(4, bias=False), {"kind": "tanh"}]
    held_back(run, experiment(network, optimizer=optimizer, **held))


def held_back(run, exp):
    """The script takes penalties as part of the loss and the engine as part of the gradient, which may round otherwise.
    L-BFGS looks at the curvature, in which a last bit soon grows, and Muon works in bfloat16: less is compared.
    """
    less = {"lbfgs": {"steps": 5, "close": 1e-3}, "muon": {"steps": 50}}
    agree(run, exp, **less.get(exp.training.optimizer.kind, {}))


@pytest.mark.parametrize("kind", REGISTRIES["schedule"])
def test_every_schedule_with_two_optimizers(run, kind):
    short = {
        "step": {"step_size": 2, "gamma": 0.3}, "cosine": {"epochs": 6, "floor": 0.1},
        "warm_restarts": {"first": 2, "floor": 0.05}, "one_cycle": {"epochs": 9}, "warmup": {"epochs": 4},
        "plateau": {"patience": 0, "threshold": 0.5, "floor": 0.2},
    }.get(kind, {})  # fmt: skip
    agree(run, experiment(tanh_stack(4), optimizer=MUON, schedule={"kind": kind, **short}))
    if kind == "warm_restarts":
        agree(run, experiment(tanh_stack(4), schedule={"kind": kind, "first": 3, "longer": 1}))


def test_early_stopping_ends_at_the_same_step(run):
    stopping = {"patience": 3, "min_delta": 0.01}
    exp = experiment(tanh_stack(4), early_stopping=stopping, optimizer=ADAM, schedule={"kind": "plateau"})
    assert 3 < len(agree(run, exp, steps=500).losses) / 5 < 100
    agree(run, experiment(tanh_stack(4), early_stopping={**stopping, "restore_best": False}), steps=200)
    agree(run, experiment(tanh_stack(4), max_epochs=7))


def test_dropout_drops_the_same_with_every_kind_of_step(run):
    network = [linear(9), {"kind": "dropout", "p": 0.4}, block(linear(9), {"kind": "dropout", "p": 0.2})]
    for optimizer in (SGD, MUON):
        agree(run, experiment(network, optimizer=optimizer))
    agree(run, experiment(network, optimizer=LBFGS), steps=12)


@pytest.mark.parametrize(("samples", "batch"), [(100, 7), (20, 1), (42, 4), (100, 1000)])
def test_batches_of_any_size(run, samples, batch):
    network = [linear(5), {"kind": "batch_norm", "momentum": 0.3}, {"kind": "relu"}]
    agree(run, experiment(network, data={"kind": "circle", "samples": samples}, batch_size=batch))


def test_blocks_within_blocks(run):
    inner = block(linear(3), {"kind": "sine", "frequency": 3.0}, shortcut="projection")
    for shortcut in ("identity", "projection"):
        agree(run, experiment([linear(5), block({"kind": "tanh"}, inner, linear(5), shortcut=shortcut), block()]))


@pytest.mark.parametrize("kind", REGISTRIES["init"])
def test_layers_that_start_by_rules_of_their_own(run, kind):
    rule = {"kind": kind}
    own = {"weights": rule, "biases": rule if REGISTRIES["init"][kind].for_biases else None}
    network = [linear(4, **own), {"kind": "tanh"}, block(linear(4, **own, bias=False)), linear(3)]
    general = {"weights": {"kind": "constant", "value": 0.2}, "biases": {"kind": "zeros"}}
    agree(run, experiment(network, init=general, head=own))


@pytest.mark.parametrize("optimizer", [SGD, ADAM, {"kind": "sgd", "lr": 0.05, "momentum": 0.9}, MUON, LBFGS], ids=str)
def test_frozen_layers(run, optimizer):
    network = [
        linear(6, frozen=True), {"kind": "batch_norm", "frozen": True}, {"kind": "prelu"},
        block(linear(6), {"kind": "layer_norm", "frozen": True}), {"kind": "batch_norm"},
    ]  # fmt: skip
    held = {"l1": 0.001, "l2": 0.01, "weight_decay": 0.05, "clip_norm": 0.5}
    held_back(run, experiment(network, optimizer=optimizer, **held))
    agree(run, experiment(tanh_stack(4), head={"frozen": True}, optimizer=optimizer), steps=12)


@pytest.mark.parametrize("optimizer", [SGD, MUON, LBFGS], ids=lambda o: o["kind"])
def test_nothing_left_that_learns(run, optimizer):
    network = [linear(6, frozen=True), {"kind": "batch_norm"}, {"kind": "dropout"}]
    network[1]["affine"] = False
    recipe = {"optimizer": optimizer, "schedule": {"kind": "cosine"}, "l2": 0.1, "weight_decay": 0.1}
    agree(run, experiment(network, head={"frozen": True}, **recipe), steps=20)


SYNTHETIC = [kind for kind, data in REGISTRIES["data"].items() if {"samples", "features"} <= set(data.model_fields)]


@pytest.mark.parametrize("kind", SYNTHETIC)
@pytest.mark.parametrize("samples", [61, 100])
def test_points_with_noise(run, kind, samples):
    fields = REGISTRIES["data"][kind].model_fields
    data = {"kind": kind, "samples": samples, "noise": 0.35, "seed": 7, "test_fraction": 0.3}
    data |= {"label_noise": 0.2} if "label_noise" in fields else {}
    data |= {"classes": 5 if samples == 61 else 4} if "classes" in fields else {}
    data["features"] = (
        ["x1", "x1_squared", "sin_x1", "cos_x1"] if kind == "curve" else list(REGISTRIES["data"]["circle"].allowed)
    )
    agree(run, experiment(tanh_stack(5), data=data, loss={"kind": "mse"}, optimizer={"kind": "sgd", "lr": 0.003}))


@pytest.mark.parametrize("shape", ["sine", "step", "polynomial"])
def test_every_curve(run, shape):
    agree(run, experiment(tanh_stack(5), data={"kind": "curve", "shape": shape}, loss={"kind": "mse"}))


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_painted_points(run, task):
    points = converted(smile(), task) if task == "regression" else smile()
    data = {"kind": "painted", "as_task": task, "points": points, "features": ["x1", "x1_x2"], "label_noise": 0.1}
    agree(run, experiment(tanh_stack(5), data=data, loss={"kind": "mse"}))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stacks(), st.integers(0, 2**31 - 1), st.sampled_from([3, 7, 16, 50]))
def test_any_stack(run, layers, seed, batch):
    exp = experiment(layers, seed=seed, batch_size=batch, optimizer={"kind": "sgd", "lr": 0.01})
    assume(not infer(exp, 2, 2).problems)
    # A stack may be one in which last bits grow from step to step (two features through a layer norm and two batch
    # norms); what is wrong shows early and in the first digits.
    agree(run, exp, steps=12, close=1e-4)


# A person's own table -----------------------------------------------------------------------------------------------

HOSTILE = [
    '"""', "'''", '"); import os; os.abort() #', "\\", '\\"', "{x}", "<source>", "<noise>", "é\u2028 ü", "'", "%s", "#",
    "__import__('os').abort()", "</script><script>alert(1)</script>", "={1+1}", "\\N{DIGIT ONE}", "\x85a", "a\nb",
]  # fmt: skip


def csv_of(names, levels, rows=40):
    """A table with columns of these names and a last one whose classes have those; kept, and named by its digest."""
    numbers = [[str(i * (k + 3) % 11) for k in range(len(names))] for i in range(rows)]
    lines = [[*names, "class"], *([*row, levels[i % len(levels)]] for i, row in enumerate(numbers))]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
    return store.put("\n".join(quoted).encode())


def test_no_name_breaks_out_of_its_quotes(run):
    digest = csv_of(HOSTILE, HOSTILE[:5])
    *columns, target = table(digest).names
    data = {"kind": "csv", "table": digest, "target": target, "as_task": "classification", "columns": columns}
    exp = experiment(tanh_stack(4), data={**data, "name": '"""\nimport os'})
    text = script(exp)
    found = {
        node.targets[0].id: [item.value for item in node.value.elts]
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List)
    }
    dataset = load(exp.data)
    assert tuple(found["INPUTS"]) == dataset.inputs
    assert tuple(found["CLASSES"]) == dataset.classes
    agree(run, exp, steps=20)


@given(st.text())
def test_a_text_stays_inside_its_quotes(text):
    written = literal(text)
    assert ast.literal_eval(written) == text
    assert len(written.splitlines()) <= 1


def test_tables_with_all_that_is_done_to_them(run):
    rows = b"colour,size,weight\n" + b"".join(
        f"{'red' if i % 3 else 'blue'},{i % 7 or ''},{i * 0.5}\n".encode() for i in range(50)
    )
    data = {"kind": "csv", "table": store.put(rows), "missing": "median"}
    classes = {"target": "colour", "columns": ["size", "weight"], "as_task": "classification"}
    exp = experiment(tanh_stack(4), data={**data, **classes, "balance": True, "label_noise": 0.2})
    agree(run, exp)
    numbers = {"target": "weight", "columns": ["colour", "size"], "as_task": "regression"}
    agree(run, experiment(tanh_stack(4), data={**data, **numbers}, loss={"kind": "huber"}))


@pytest.mark.parametrize("kind", ["iris", "wine", "breast_cancer", "diabetes"])
def test_a_table_of_numbers_stands_in_its_own_units(kind):
    """So that the script shows how they are standardised, and is shorter."""
    exp = described("data", kind)
    text, dataset = script(exp), load(exp.data)
    assert "DECIMALS = [" in text
    assert len(text) < 5_000 + 3.5 * dataset.x_train.shape[1] * (len(dataset.x_train) + len(dataset.x_test))
    scope = {"__name__": "script"}
    exec(text, scope)
    x_train, _, x_test, _ = scope["load_data"]()
    assert np.array_equal(x_train, dataset.x_train)
    assert np.array_equal(x_test, dataset.x_test)


def test_a_large_table_lies_beside_the_script(run, monkeypatch):
    monkeypatch.setattr("playground.export.code.table.MOST_VALUES", 100)
    exp = experiment(tanh_stack(4), seed=99, data={"kind": "wine"})  # the seed: its script has not been made before
    assert len(script(exp)) < 6_000
    agree(run, exp)


# The text -----------------------------------------------------------------------------------------------------------


def test_every_script_is_written_as_ruff_would_write_it(tmp_path):
    for family, kind in EVERY:
        (tmp_path / f"{family}_{kind}.py").write_text(script(described(family, kind)), "utf-8")
    for name, preset in PRESETS.items():
        (tmp_path / f"preset_{name}.py").write_text(script(preset.experiment), "utf-8")
    (tmp_path / "much.py").write_text(script(MUCH), "utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["format", "--check"], ["check", "--select", "E,F,I"]):
        options = ["--isolated", "--no-cache", "--line-length", str(WIDTH), "--target-version", "py311"]
        answer = subprocess.run([*ruff, *command, *options, str(tmp_path)], capture_output=True, text=True)
        assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(("family", "kind"), EVERY, ids=lambda value: value)
def test_everything_that_is_defined_is_used(family, kind):
    """Every function, class and import; the names of a table's columns are there to be read."""
    tree = ast.parse(script(described(family, kind)))
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            defined |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign):
            defined |= {target.id for target in node.targets}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert defined - used <= {"INPUTS", "CLASSES"}
    modules = {node.names[0].name for node in tree.body if isinstance(node, ast.Import)}
    assert modules <= {"base64", "copy", "hashlib", "math", "zlib", "numpy", "torch"}


def test_the_same_experiment_gives_the_same_text():
    one, two = (Experiment.from_link(PRESETS["spiral"].experiment.to_link()) for _ in range(2))
    assert script(one) == script(two)


def test_a_stack_that_does_not_fit_has_no_script():
    with pytest.raises(NetworkError, match="identity shortcut"):
        script(experiment([block(linear(5))]))


@pytest.mark.parametrize("name", DEFAULTS)
def test_what_is_left_out_is_what_pytorch_assumes(name):
    if name in ("BatchNorm", "BatchNorm2d", "FlatLinear", "SeparableConv2d"):
        return  # the script's own: PyTorch's with one rule more, or made of its layers
    function = operator.attrgetter(name.removeprefix("torch.").removeprefix("nn."))(torch if name[0] == "t" else nn)
    assumed = inspect.signature(function).parameters
    assert {key: assumed[key].default for key in DEFAULTS[name]} == DEFAULTS[name]


def test_weights_of_the_playground_fit_the_script():
    """The parts of the script's network carry the names that they have in ours."""
    exp = experiment([linear(4), block({"kind": "tanh"}, linear(3), shortcut="projection"), {"kind": "prelu"}])
    scope = {"__name__": "script"}
    exec(script(exp), scope)
    trainer = Trainer(exp, device="cpu")
    network = scope["Network"]()
    network.load_state_dict(trainer.module.state_dict())
    x = trainer.task.x_test
    assert torch.equal(network(x), trainer.module(x))
