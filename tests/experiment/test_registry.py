"""The contract of every pickable thing: it says what it is, keeps its bounds, is frozen, hashable, and travels."""

import hashlib
import json
import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from playground.experiment import REGISTRIES, Experiment, layer_kinds, losses_for
from playground.experiment.data import CSV, DATA, DataSpec
from playground.experiment.images import OwnImages
from playground.experiment.init import INITIALISERS, BiasInit, Init, WeightInit
from playground.experiment.layers import LayerSpec
from playground.experiment.losses import LOSSES, LossSpec
from playground.experiment.optimizers import OPTIMIZERS, OptimizerSpec
from playground.experiment.schedules import SCHEDULES, ScheduleSpec
from playground.experiment.training import EarlyStopping, Training
from tests.experiment.strategies import ENTRIES, entries, experiments, kind_of, least, limits, plain

SPECS = {
    "data": DataSpec,
    "layer": LayerSpec,
    "activation": LayerSpec,
    "init": WeightInit,
    "loss": LossSpec,
    "optimizer": OptimizerSpec,
    "schedule": ScheduleSpec,
}
every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.__name__)


def numbers_of(model):
    return [(name, info) for name, info in model.model_fields.items() if info.annotation in (int, float)]


def test_the_registry_holds_what_the_page_promises():
    assert set(REGISTRIES["data"]) == {
        "circle", "xor", "gaussian", "spiral", "moons", "checkerboard", "rings", "blobs", "plane", "multi_gaussian",
        "curve", "painted", "iris", "wine", "breast_cancer", "diabetes", "flats", "faults",
        "csv", "digits", "mnist_5k", "shapes", "mnist", "fashion_mnist", "cifar10", "images",
    }  # fmt: skip
    assert set(REGISTRIES["layer"]) == {
        "linear", "dropout", "batch_norm", "layer_norm", "residual", "conv2d", "conv_transpose2d", "separable_conv2d",
        "max_pool2d", "avg_pool2d", "global_avg_pool", "dropout2d", "upsample", "flatten",
    }  # fmt: skip
    assert set(REGISTRIES["activation"]) == {
        "identity", "relu", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus",
        "softsign", "sigmoid", "tanh", "hardtanh", "hardswish", "sine",
    }  # fmt: skip
    assert set(REGISTRIES["init"]) == {
        "default", "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal", "orthogonal", "normal",
        "uniform", "zeros", "constant",
    }  # fmt: skip
    assert set(REGISTRIES["loss"]) == {
        "cross_entropy", "bce", "hinge", "focal", "mse", "half_mse", "mae", "huber", "log_cosh",
    }  # fmt: skip
    assert set(REGISTRIES["optimizer"]) == {
        "sgd", "adam", "adamw", "nadam", "radam", "adamax", "adagrad", "adadelta", "rmsprop", "rprop", "asgd",
        "lbfgs", "muon",
    }  # fmt: skip
    assert set(REGISTRIES["schedule"]) == {
        "constant", "step", "exponential", "cosine", "warm_restarts", "one_cycle", "warmup", "plateau",
    }  # fmt: skip


@pytest.mark.parametrize("family", REGISTRIES)
def test_all_of_a_family_can_be_described_and_nothing_else(family):
    adapter = TypeAdapter(SPECS[family])
    for kind, entry in REGISTRIES[family].items():
        assert kind == kind_of(entry)
        assert type(adapter.validate_python(least(entry).model_dump())) is entry
    listed = {"data": DATA, "init": INITIALISERS, "loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
    assert tuple(REGISTRIES[family].values()) == listed.get(family, tuple(REGISTRIES[family].values()))
    with pytest.raises(ValidationError):
        adapter.validate_python({"kind": "no_such_thing"})


def test_biases_start_by_every_rule_that_needs_no_matrix():
    adapter = TypeAdapter(BiasInit)
    for entry in INITIALISERS:
        if entry.for_biases:
            assert adapter.validate_python({"kind": kind_of(entry)}) == entry(kind=kind_of(entry))
        else:
            with pytest.raises(ValidationError):
                adapter.validate_python({"kind": kind_of(entry)})


def test_no_kind_is_both_a_layer_and_an_activation():
    assert len(layer_kinds()) == len(REGISTRIES["layer"]) + len(REGISTRIES["activation"])


def test_every_loss_is_offered_for_some_task():
    assert set(losses_for("classification")) | set(losses_for("regression")) == set(REGISTRIES["loss"])
    assert set(losses_for("regression")) == {"mse", "half_mse", "mae", "huber", "log_cosh"}


@every_entry
def test_it_is_made_from_its_kind_alone(entry):
    if entry is CSV:
        with pytest.raises(ValidationError) as caught:
            CSV(kind="csv")
        assert {error["loc"] for error in caught.value.errors()} == {
            ("table",),
            ("target",),
            ("as_task",),
            ("columns",),
        }
    assert least(entry).kind == kind_of(entry)
    with pytest.raises(ValidationError):
        entry.model_validate(least(entry).model_dump(exclude={"kind"}))  # a link must name what it describes


@every_entry
def test_it_says_what_it_is(entry):
    assert entry.label and len(entry.label) <= 30
    assert entry.about.endswith(".") and 15 < len(entry.about) < 140
    assert entry.about[0].isupper() or entry.about[0].isdigit()
    drawn = kind_of(entry) in REGISTRIES["data"]
    assert drawn or entry.formula, "everything but data has a formula"
    for opening, closing in ("{}", (r"\\begin", r"\\end"), (r"\\left\b", r"\\right\b")):
        assert len(re.findall(opening, entry.formula)) == len(re.findall(closing, entry.formula))
    assert "$" not in entry.formula


@pytest.mark.parametrize("family", REGISTRIES)
def test_no_two_of_a_family_look_alike(family):
    for told in ("label", "about"):
        words = [getattr(entry, told) for entry in REGISTRIES[family].values()]
        assert len(set(words)) == len(words)


@pytest.mark.parametrize("model", [*ENTRIES, Experiment, Training, EarlyStopping, Init], ids=lambda m: m.__name__)
def test_every_parameter_has_a_label_a_sentence_and_bounds(model):
    for name, info in model.model_fields.items():
        if name == "kind":
            continue
        assert info.title, f"{name} has no label"
        if name != "v" and model in ENTRIES:
            assert info.description and info.description.endswith("."), f"{name} has no sentence"
        if info.annotation in (int, float):
            given = limits(info)
            assert {"ge", "gt"} & set(given) and {"le", "lt"} & set(given), f"{name} is not bounded"
            if not info.is_required():
                assert model.model_fields[name].default == info.default
                rest = {} if model not in ENTRIES else {"kind": kind_of(model)}
                if model in ENTRIES and model not in (CSV, OwnImages):
                    model.model_validate({**rest, name: info.default})  # the default keeps the bounds


@every_entry
def test_labels_of_parameters_differ(entry):
    labels = [info.title for info in entry.parameters().values()]
    assert len(set(labels)) == len(labels)


@every_entry
def test_bounds_are_enforced(entry):
    base = least(entry).model_dump()
    for name, info in numbers_of(entry):
        for rule, limit in limits(info).items():
            beyond = {"ge": limit - 1, "gt": limit, "le": limit + 1, "lt": limit}[rule]
            with pytest.raises(ValidationError) as caught:
                entry.model_validate({**base, name: beyond})
            assert [error["loc"] for error in caught.value.errors()] == [(name,)]
            if rule in ("ge", "le"):
                assert getattr(entry.model_validate({**base, name: limit}), name) == limit
        for nonsense in (float("nan"), float("inf"), -float("inf"), "much", None, [1], {}):
            with pytest.raises(ValidationError):
                entry.model_validate({**base, name: nonsense})


@every_entry
def test_unknown_names_are_refused(entry):
    with pytest.raises(ValidationError) as caught:
        entry.model_validate({**least(entry).model_dump(), "no_such_setting": 1})
    assert caught.value.errors()[0]["type"] == "extra_forbidden"


@every_entry
def test_it_is_frozen_hashable_and_picklable(entry):
    one, other = least(entry), least(entry)
    assert one == other and hash(one) == hash(other) and one is not other
    assert pickle.loads(pickle.dumps(one)) == one
    for name in entry.model_fields:
        with pytest.raises(ValidationError):
            setattr(one, name, getattr(one, name))


@every_entry
@settings(max_examples=8)
@given(data=st.data())
def test_it_survives_json(entry, data):
    one = data.draw(entries(entry))
    again = entry.model_validate(json.loads(json.dumps(one.model_dump(mode="json", exclude_defaults=True))))
    assert again == one and hash(again) == hash(one)


@settings(max_examples=50)
@given(experiment=experiments())
def test_any_experiment_survives_its_link(experiment):
    again = Experiment.from_link(experiment.to_link())
    assert again == experiment
    assert hash(again) == hash(experiment)
    assert again.digest == experiment.digest
    assert again.to_link() == experiment.to_link()


@settings(max_examples=25)
@given(one=experiments(), other=experiments())
def test_equal_experiments_and_only_they_have_one_digest(one, other):
    assert (one == other) == (one.digest == other.digest)


@pytest.mark.parametrize(
    "changed",
    [
        plain(seed=1),
        plain(data={"kind": "circle", "noise": 0.1}),
        plain(data={"kind": "xor"}),
        plain(network=[{"kind": "linear", "units": 5}, {"kind": "tanh"}]),
        plain(network=[]),
        plain(head={"activation": "sigmoid"}),
        plain(init={"weights": {"kind": "zeros"}}),
        plain(training={"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.1}}),
    ],
)
def test_any_difference_changes_the_digest(changed):
    one, other = Experiment.model_validate(plain()), Experiment.model_validate(changed)
    assert one != other and one.digest != other.digest and one.to_link() != other.to_link()


def test_what_means_the_same_is_the_same():
    one = Experiment.model_validate(plain())
    spelt = Experiment.model_validate(
        plain(
            seed=0,
            data={"kind": "circle", "features": ["x2", "x1"], "noise": -0.0, "samples": 500.0},
            init={"weights": {"kind": "default"}},
            network=[{"kind": "linear", "units": "4"}, {"kind": "tanh"}],
        )
    )
    assert spelt == one and hash(spelt) == hash(one) and spelt.digest == one.digest


def test_minus_zero_is_zero():
    link = {"weights": {"kind": "constant", "value": -0.0}}
    one, other = (
        Experiment.model_validate(plain(init={"weights": {"kind": "constant", "value": z}})) for z in (0.0, -0.0)
    )
    assert one == other and one.digest == other.digest
    assert "-" not in repr(Init.model_validate(link).weights.value)


def test_a_digest_is_the_same_on_every_machine():
    """It is taken from the JSON, not from the deflated link: other builds of zlib pack the same text otherwise."""
    text = json.dumps(plain(), sort_keys=True, separators=(",", ":"))
    assert Experiment.model_validate(plain()).digest == hashlib.sha256(text.encode()).hexdigest()


def test_its_json_schema_can_be_made():
    schema = Experiment.model_json_schema()
    assert {"v", "data", "training"} <= set(schema["required"])
    text = json.dumps(schema)
    for entry in ENTRIES:
        assert entry.__name__ in text
    assert schema["properties"]["seed"]["title"] == "Seed"
