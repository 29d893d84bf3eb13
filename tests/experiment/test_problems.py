"""What is wrong, in sentences: at the field that is wrong, with its label and what would be right."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.experiment import Experiment
from playground.experiment.data import CSV
from playground.experiment.layers import Linear
from playground.experiment.optimizers import SGD
from playground.experiment.problems import MOST, Problem, explain
from tests.experiment.strategies import HASH, nested, plain, recipe

block = {"kind": "residual", "layers": [{"kind": "linear"}, {"kind": "dropout", "p": 1}]}
csv = {"kind": "csv", "table": HASH, "target": "y", "as_task": "regression", "columns": ["x"]}


def problems(content, model=Experiment):
    with pytest.raises(ValidationError) as caught:
        model.model_validate(content)
    return explain(caught.value)


CASES = [
    # numbers
    (
        plain(training=recipe(lr=0)),
        "training/optimizer/lr",
        "Learning rate must be greater than 0 and at most 100, but is 0",
    ),
    (
        plain(training=recipe(momentum=1)),
        "training/optimizer/momentum",
        "Momentum must be at least 0 and less than 1, but is 1",
    ),
    (
        plain(training=recipe(lr=10**400)),
        "training/optimizer/lr",
        "Learning rate must be greater than 0 and at most 100, but is far larger",
    ),
    (plain(training=recipe(lr="nan")), "training/optimizer/lr", 'Learning rate must be a finite number, but is "nan"'),
    (plain(training=recipe(lr="fast")), "training/optimizer/lr", 'Learning rate must be a number, but is "fast"'),
    (
        plain(training=recipe(nesterov="perhaps")),
        "training/optimizer/nesterov",
        'Nesterov must be on or off, but is "perhaps"',
    ),
    (plain(seed=10**12), "seed", "Seed must be at least 0 and at most 2,147,483,647, but is 1,000,000,000,000"),
    (plain(seed=10**400), "seed", "Seed must be at least 0 and at most 2,147,483,647, but is far larger"),
    (plain(seed=-(10**400)), "seed", "Seed must be at least 0 and at most 2,147,483,647, but is far smaller"),
    (plain(seed=1.5), "seed", "Seed must be a whole number, but is 1.5"),
    (plain(seed=None), "seed", "Seed must be a whole number, but is empty"),
    (plain(seed=[1]), "seed", "Seed must be a whole number, but is a list"),
    (plain(seed="x" * 90), "seed", f'Seed must be a whole number, but is "{"x" * 39}…"'),
    (
        plain(network=[{"kind": "linear", "units": 0}]),
        "network/0/units",
        "Units must be at least 1 and at most 1,024, but is 0",
    ),
    (
        plain(network=[{"kind": "tanh"}, block]),
        "network/1/layers/1/p",
        "p must be at least 0 and at most 0.95, but is 1",
    ),
    # kinds
    (plain(network=[{"kind": "swish"}]), "network/0", "swish is not a layer; did you mean hardswish?"),
    (plain(network=[{"kind": "Leaky ReLU"}]), "network/0", "Leaky ReLU is not a layer; did you mean leaky_relu?"),
    (plain(network=[{"kind": "zzzz\n"}]), "network/0", "zzzz? is not a layer; there is linear, dropout,"),
    (plain(network=[{}]), "network/0", "This layer must say of which kind it is, for example linear"),
    (plain(network=["relu"]), "network/0", 'This layer must be a description with a name for each part, but is "relu"'),
    (plain(network={}), "network", "Layers must be a list, but is something else"),
    (plain(data={"kind": "circel"}), "data", "circel is not a data set; did you mean circle?"),
    (plain(data=None), "data", "Data must be a description with a name for each part, but is empty"),
    (plain(training=recipe("squared error")), "training/loss", "squared error is not a loss; did you mean mse?"),
    (
        plain(training={**recipe(), "optimizer": {"kind": "adamm"}}),
        "training/optimizer",
        "adamm is not an optimizer; did you mean adam?",
    ),
    (
        plain(training={**recipe(), "schedule": {"kind": "cosin"}}),
        "training/schedule",
        "cosin is not a schedule; did you mean cosine?",
    ),
    (
        plain(init={"biases": {"kind": "orthogonal"}}),
        "init/biases",
        "Orthogonal is not possible for Biases start; it can be default, normal, uniform, zeros or constant",
    ),
    # names
    (
        plain(training=recipe(momentun=0.5)),
        "training/optimizer/momentun",
        "momentun is not a setting of SGD; did you mean momentum?",
    ),
    (plain(netwrk=[]), "netwrk", "netwrk is not a setting; did you mean network?"),
    (plain(qqqq=1), "qqqq", "qqqq is not a setting"),
    # choices and lists
    (
        plain(data={"kind": "curve", "shape": "sin"}),
        "data/shape",
        'Shape must be sine, step or polynomial, but is "sin"; did you mean sine?',
    ),
    (plain(data={"kind": "circle", "features": ["x1", "x3"]}), "data/features/1", "Inputs 2 must be x1, x2,"),
    (plain(data={"kind": "circle", "features": []}), "data/features", "Inputs: at least 1 is needed"),
    (
        plain(data={"kind": "circle", "features": ["x1", "x1"]}),
        "data/features",
        "Inputs: each input can be chosen once",
    ),
    (
        plain(data={"kind": "curve", "features": ["x2"]}),
        "data/features",
        "Inputs: x2 is not an input of this data; choose from x1,",
    ),
    (plain(network=[{"kind": "tanh"}] * 65), "network", "Layers: at most 64 are possible"),
    (
        plain(network=[{**block, "layers": [{"kind": "tanh"}] * 40}] * 2),
        "network",
        "Layers: 82 layers are too many; up to 64 are possible",
    ),
    (plain(network=nested(4)), "network/0/layers/0/layers/0/layers/0", "blocks can be nested 3 deep"),
    (plain(network=nested(300)), "network/0", "blocks are nested far too deep"),
    (plain(data={**csv, "table": "no hash"}), "data/table", 'Table cannot be "no hash"'),
    (plain(data={**csv, "target": "y" * 101}), "data/target", "Target: at most 100 characters are possible"),
    (
        plain(data={**csv, "columns": ["a", "b" * 101]}),
        "data/columns/1",
        "Inputs 2: at most 100 characters are possible",
    ),
    (plain(data={**csv, "columns": ["y"]}), "data", "Data: the target 'y' cannot be an input as well"),
    # what does not fit together
    (
        plain(data={"kind": "diabetes"}, training=recipe("hinge")),
        "training/loss",
        "Loss: Hinge does not fit data whose target is a number; choose from Mean squared error,",
    ),
    (
        plain(head={"activation": "relu"}),
        "head/activation",
        "Output activation: relu cannot follow the last layer with this loss; choose from tanh, identity, sigmoid",
    ),
    (plain(head={"activation": "softmax"}), "head/activation", "Output activation must be identity, tanh,"),
    (plain(training={"loss": {"kind": "mse"}}), "training/optimizer", "Optimizer must be given"),
    (plain(v=2), "v", "Version: this experiment was made by a newer version of Network Playground"),
    (plain(v=0), "v", "Version must be 1, but is 0"),
    (plain(v="1"), "v", 'Version must be 1, but is "1"'),
]


@pytest.mark.parametrize(("content", "path", "message"), CASES, ids=lambda value: str(value)[:40])
def test_each_kind_of_error_has_a_sentence_at_its_field(content, path, message):
    (problem,) = problems(content)
    assert "/".join(str(part) for part in problem.path) == path
    assert problem.message.startswith(message)
    assert not problem.message.endswith(".")


def test_several_are_told_in_order_each_once():
    found = problems(plain(seed=-1, network=[{"kind": "linear", "units": 0, "bias": 3}, {"kind": "no"}]))
    assert [problem.path for problem in found] == [
        ("seed",),
        ("network", 0, "units"),
        ("network", 0, "bias"),
        ("network", 1),
    ]


def test_a_layer_is_named_by_its_place():
    inner = problems(plain(network=[{"kind": "tanh"}, block]))[0]
    assert inner.layer == (1, 1)
    assert str(inner) == "Layer 2.2: p must be at least 0 and at most 0.95, but is 1"
    assert problems(plain(network=[{"kind": "no"}]))[0].layer == (0,)
    assert problems(plain(network=5))[0].layer is None
    elsewhere = problems(plain(data={"kind": "circle", "features": ["x1", "x3"]}))[0]
    assert elsewhere.layer is None and str(elsewhere) == elsewhere.message


def test_a_single_entry_is_explained_by_its_own_fields():
    assert problems({"kind": "linear", "units": 0}, Linear) == [
        Problem(("units",), "Units must be at least 1 and at most 1,024, but is 0")
    ]
    assert problems({"kind": "sgd", "lr": -1}, SGD)[0].path == ("lr",)
    assert problems({**csv, "columns": ["y"]}, CSV) == [Problem((), "the target 'y' cannot be an input as well")]
    assert [problem.message for problem in problems({}, SGD)] == ["Kind must be given"]


def test_the_class_can_be_named_when_the_error_does_not():
    with pytest.raises(ValidationError) as caught:
        SGD(kind="sgd", lr=0)
    assert explain(caught.value, SGD) == explain(caught.value)


def test_nobody_is_told_of_thousands():
    assert len(problems(plain(**{f"q{i}": 1 for i in range(3000)}))) == MOST


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["linear", "kind"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "units", "layers", "lr", "a", "features"]), inner, max_size=3)
        | st.fixed_dictionaries(
            {"kind": st.sampled_from(["linear", "residual", "sgd", "circle", "mse"]), "layers": inner}
        )
    ),
    max_leaves=10,
)


@settings(max_examples=50)
@given(changes=st.dictionaries(st.sampled_from(["v", "seed", "data", "network", "head", "init", "training"]), ANYTHING))
def test_whatever_is_wrong_there_is_a_sentence(changes):
    try:
        Experiment.model_validate(plain(**changes))
    except ValidationError as error:
        found = explain(error)
        assert found
        for problem in found:
            assert problem.message and "\n" not in problem.message and len(problem.message) < 600
