"""The head: what the network ends with, for every loss, task and number of classes."""

import pytest
from pydantic import ValidationError

from playground.experiment import REGISTRIES, Experiment, head_of
from playground.experiment.head import DISTANCE_LOSSES
from tests.experiment.strategies import HASH, plain, recipe

FREE = ("identity",)
SQUASHED = ("tanh", "identity", "sigmoid")
ANY = ("identity", "tanh", "sigmoid", "softplus", "relu")

# loss: (activation, coding for two classes, coding for more, choices, one output for two classes)
CLASSES = {
    "cross_entropy": ("identity", "index", "index", FREE, False),
    "focal": ("identity", "index", "index", FREE, False),
    "bce": ("identity", "binary", "one_hot", FREE, True),
    "hinge": ("identity", "signed", "signed", ("identity", "tanh"), True),
    **{loss: ("tanh", "signed", "signed", SQUASHED, True) for loss in DISTANCE_LOSSES},
}
DATA = {2: {"kind": "circle"}, 3: {"kind": "iris"}, 5: {"kind": "spiral", "classes": 5}}


def experiment(loss, data, activation=None):
    return Experiment.model_validate(plain(data=data, training=recipe(loss), head={"activation": activation}))


def test_the_table_below_is_of_every_loss():
    assert set(CLASSES) == set(REGISTRIES["loss"])


@pytest.mark.parametrize("classes", DATA)
@pytest.mark.parametrize("loss", CLASSES)
def test_classification(loss, classes):
    activation, two, more, choices, single = CLASSES[loss]
    head = head_of(experiment(loss, DATA[classes]), classes)
    assert head.activation == activation
    assert head.coding == (two if classes == 2 else more)
    assert head.outputs == (1 if single and classes == 2 else classes)
    assert head.choices == choices and choices[0] == activation
    assert head.why.endswith(".") and not head.why[0].islower()


@pytest.mark.parametrize("loss", DISTANCE_LOSSES)
@pytest.mark.parametrize("data", [{"kind": "plane"}, {"kind": "curve"}, {"kind": "diabetes"}], ids=lambda d: d["kind"])
def test_regression(loss, data):
    head = head_of(experiment(loss, data), 0)
    assert (head.outputs, head.activation, head.coding, head.choices) == (1, "identity", "value", ANY)
    assert "number" in head.why


@pytest.mark.parametrize("classes", DATA)
@pytest.mark.parametrize("loss", CLASSES)
def test_every_choice_that_is_offered_is_taken(loss, classes):
    automatic = head_of(experiment(loss, DATA[classes]), classes)
    for activation in automatic.choices:
        head = head_of(experiment(loss, DATA[classes], activation), classes)
        assert head.activation == activation
        assert (head.outputs, head.choices) == (automatic.outputs, automatic.choices)
        if activation != automatic.activation:
            assert activation in head.why


@pytest.mark.parametrize("classes", DATA)
@pytest.mark.parametrize("loss", DISTANCE_LOSSES)
def test_targets_lie_where_the_output_can_go(loss, classes):
    coding = {
        activation: head_of(experiment(loss, DATA[classes], activation), classes).coding for activation in SQUASHED
    }
    assert coding == {"tanh": "signed", "identity": "signed", "sigmoid": "binary" if classes == 2 else "one_hot"}


@pytest.mark.parametrize("loss", CLASSES)
def test_every_other_choice_is_refused_at_its_field(loss):
    for activation in set(ANY) - set(CLASSES[loss][3]):
        with pytest.raises(ValidationError) as caught:
            experiment(loss, DATA[2], activation)
        (error,) = caught.value.errors()
        assert error["loc"] == ("head", "activation")
        assert activation in error["msg"] and CLASSES[loss][3][0] in error["msg"]


def test_head_of_itself_refuses_with_a_plain_sentence():
    good = experiment("mse", DATA[2], "tanh")
    bad = good.model_copy(update={"training": experiment("cross_entropy", DATA[2]).training})
    with pytest.raises(ValueError, match="tanh cannot follow the last layer with this loss; choose from identity"):
        head_of(bad, 2)


@pytest.mark.parametrize("loss", ["cross_entropy", "bce", "hinge", "focal"])
@pytest.mark.parametrize("kind", ["plane", "multi_gaussian", "curve", "diabetes"])
def test_losses_of_classes_do_not_fit_numbers(loss, kind):
    with pytest.raises(ValidationError) as caught:
        experiment(loss, {"kind": kind})
    (error,) = caught.value.errors()
    assert error["loc"] == ("training", "loss")
    assert "whose target is a number" in error["msg"] and "Mean squared error" in error["msg"]


def test_a_table_of_ones_own_is_held_to_the_same_rules():
    table = {"kind": "csv", "table": HASH, "target": "y", "columns": ["x"]}
    assert head_of(experiment("mse", {**table, "as_task": "regression"}), 0).coding == "value"
    assert head_of(experiment("mse", {**table, "as_task": "classification"}), 4).outputs == 4
    with pytest.raises(ValidationError) as caught:
        experiment("hinge", {**table, "as_task": "regression"})
    assert caught.value.errors()[0]["loc"] == ("training", "loss")
    with pytest.raises(ValidationError) as caught:
        experiment("cross_entropy", {**table, "as_task": "classification"}, "tanh")
    assert caught.value.errors()[0]["loc"] == ("head", "activation")
