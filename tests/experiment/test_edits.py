"""Edits of a layer stack against plain lists, and edits of the data."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.experiment import REGISTRIES, Experiment, edits, layer_kinds, losses_for, task_of, walk
from playground.experiment.data import CSV, Circle, Curve, Plane
from playground.experiment.layers import Linear, Residual
from playground.settings import settings as limits
from tests.experiment.strategies import experiments, least, plain, recipe

NEW = Linear(kind="linear", units=999, bias=False)


@dataclass(eq=False)
class Node:
    """A layer in the plain model: what it is, and the list it holds if it is a block."""

    layer: object
    inside: list[Node] | None


def thaw(stack):
    return [Node(layer, thaw(layer.layers) if isinstance(layer, Residual) else None) for layer in stack]


def freeze(nodes):
    return tuple(
        node.layer if node.inside is None else node.layer.model_copy(update={"layers": freeze(node.inside)})
        for node in nodes
    )


def home(nodes, path):
    """The list that `path` leads into."""
    for index in path[:-1]:
        nodes = nodes[index].inside
    return nodes


@st.composite
def numbered_stacks(draw, depth=3):
    """Stacks of layers that are all different, so that nothing can be mistaken for another."""
    count = iter(range(1, 900))

    def stack(depth):
        size = draw(st.integers(0, 3))
        return tuple(layer(depth) for _ in range(size))

    def layer(depth):
        if depth and draw(st.booleans()):
            return Residual(kind="residual", layers=stack(depth - 1))
        return Linear(kind="linear", units=next(count))

    return stack(depth)


def places(stack):
    return [path for path, _ in walk(stack)]


def gaps(stack):
    """Every place where a layer can be put in."""
    ends = [(*path, len(layer.layers)) for path, layer in walk(stack) if isinstance(layer, Residual)]
    return [*places(stack), *ends, (len(stack),)]


@settings(max_examples=50)
@given(stack=numbered_stacks())
def test_insert(stack):
    for path in gaps(stack):
        nodes = thaw(stack)
        home(nodes, path).insert(path[-1], Node(NEW, None))
        after = edits.insert(stack, path, NEW)
        assert after == freeze(nodes)
        assert edits.layer_at(after, path) == NEW
        assert edits.remove(after, path) == stack


@settings(max_examples=50)
@given(stack=numbered_stacks())
def test_remove_replace_and_duplicate(stack):
    for path in places(stack):
        nodes = thaw(stack)
        node = home(nodes, path).pop(path[-1])
        assert edits.layer_at(stack, path) == freeze([node])[0]
        assert edits.remove(stack, path) == freeze(nodes)
        home(nodes, path).insert(path[-1], Node(NEW, None))
        assert edits.replace(stack, path, NEW) == freeze(nodes)
        home(nodes, path)[path[-1] : path[-1] + 1] = [node, node]
        assert edits.duplicate(stack, path) == freeze(nodes)


@settings(max_examples=50)
@given(stack=numbered_stacks())
def test_move(stack):
    for source in places(stack):
        for target in gaps(stack):
            if len(target) > len(source) and target[: len(source)] == source:
                with pytest.raises(IndexError, match="into itself"):
                    edits.move(stack, source, target)
                continue
            # The plain way: mark the target first, then take the layer from where it was.
            nodes, mark = thaw(stack), Node(None, None)
            node = home(nodes, source)[source[-1]]
            home(nodes, target).insert(target[-1], mark)
            for holder in every_list(nodes):
                if node in holder:
                    holder.remove(node)
                    break
            for holder in every_list(nodes):
                if mark in holder:
                    holder[holder.index(mark)] = node
            after = edits.move(stack, source, target)
            assert after == freeze(nodes)
            assert sorted(units(after)) == sorted(units(stack))


def every_list(nodes):
    yield nodes
    for node in nodes:
        if node.inside is not None:
            yield from every_list(node.inside)


def units(stack):
    return [layer.units for _, layer in walk(stack) if isinstance(layer, Linear)]


@settings(max_examples=50)
@given(stack=numbered_stacks(), path=st.lists(st.integers(-2, 4), max_size=5).map(tuple))
def test_a_path_that_leads_nowhere_is_an_index_error(stack, path):
    for valid, edit in [
        (places(stack), lambda: edits.layer_at(stack, path)),
        (places(stack), lambda: edits.remove(stack, path)),
        (places(stack), lambda: edits.replace(stack, path, NEW)),
        (places(stack), lambda: edits.duplicate(stack, path)),
        (gaps(stack), lambda: edits.insert(stack, path, NEW)),
    ]:
        if path in valid:
            edit()
        else:
            with pytest.raises(IndexError) as caught:
                edit()
            assert str(caught.value).startswith(("there is no layer", "this "))


@pytest.mark.parametrize("path", [(), ("0",), (0.0,), (None,), (True,), (0, "layers")])
def test_a_path_of_anything_else_is_an_index_error(path):
    stack = (Residual(kind="residual", layers=(NEW,)),)
    for edit in (edits.layer_at, edits.remove, edits.duplicate):
        with pytest.raises(IndexError):
            edit(stack, path)
    for edit in (edits.insert, edits.replace):
        with pytest.raises(IndexError):
            edit(stack, path, NEW)
    for source, target in ((path, (0,)), ((0,), path)):
        with pytest.raises(IndexError):
            edits.move(stack, source, target)


def test_up_and_down_in_one_stack():
    stack = tuple(Linear(kind="linear", units=n) for n in (1, 2, 3))
    assert units(edits.move(stack, (0,), (2,))) == [2, 1, 3]
    assert units(edits.move(stack, (0,), (3,))) == [2, 3, 1]
    assert units(edits.move(stack, (2,), (0,))) == [3, 1, 2]
    assert units(edits.move(stack, (1,), (1,))) == units(edits.move(stack, (1,), (2,))) == [1, 2, 3]


@pytest.mark.parametrize("kind", layer_kinds())
def test_a_fresh_layer_of_every_kind_fits_into_an_experiment(kind):
    layer = edits.fresh(kind)
    assert layer.kind == kind
    assert Experiment.model_validate(plain()).replace(network=(layer,)).network == (layer,)
    if kind == "residual":
        assert layer.layers, "an empty block would show nothing"


def test_a_fresh_block_is_as_wide_as_what_arrives():
    """Its input is added to its output, so only an equal width fits."""
    assert units((edits.fresh("residual", (3,)),)) == [3]
    (conv, _) = edits.fresh("residual", (5, 8, 8)).layers
    assert (conv.kind, conv.channels, conv.kernel, conv.padding) == ("conv2d", 5, 3, 1)
    assert edits.fresh("residual", (limits.max_units + 1,)).shortcut == "projection"


def test_an_unknown_kind_is_a_key_error():
    with pytest.raises(KeyError):
        edits.fresh("no_such_layer")


def test_resize_keeps_to_the_limits():
    stack = (Linear(kind="linear", units=8), Residual(kind="residual", layers=(Linear(kind="linear", units=2),)))
    assert units(edits.resize(stack, (0,), 1)) == [9, 2]
    assert units(edits.resize(stack, (1, 0), -1)) == [8, 1]
    assert units(edits.resize(stack, (1, 0), -99)) == [8, 1]
    assert units(edits.resize(stack, (0,), 10**9)) == [limits.max_units, 2]
    with pytest.raises(IndexError, match="only a linear layer has units"):
        edits.resize(stack, (1,), 1)


def test_toggle_feature():
    data = Circle(kind="circle", noise=0.25)
    on = edits.toggle_feature(data, "sin_x1")
    assert on.features == ("x1", "x2", "sin_x1") and on.noise == 0.25
    assert edits.toggle_feature(on, "sin_x1") == data
    last = edits.toggle_feature(data, "x1")
    assert last.features == ("x2",)
    assert edits.toggle_feature(last, "x2") == last
    assert edits.toggle_feature(last, "x1") == data
    with pytest.raises(ValidationError):
        edits.toggle_feature(Curve(kind="curve"), "x2")


KINDS = list(REGISTRIES["data"].values())


def start(entry):
    """An experiment on `entry` with nothing left as it comes by default."""
    data = least(entry).model_dump()
    wanted = {"samples": 300, "noise": 0.2, "label_noise": 0.1, "test_fraction": 0.25, "seed": 7}
    data |= {name: value for name, value in wanted.items() if name in data}
    if entry is not Curve and issubclass(entry, Plane):
        data["features"] = ("x1", "cos_x2")
    loss = {"kind": "huber", "delta": 2.0}
    return Experiment.model_validate(
        plain(
            seed=5,
            data=data,
            head={"biases": {"kind": "zeros"}},
            init={"weights": {"kind": "orthogonal"}},
            training={**recipe(lr=0.5), "loss": loss, "l1": 0.01, "max_epochs": 9, "batch_size": 32},
        )
    )


@pytest.mark.parametrize("old", KINDS, ids=lambda entry: entry.__name__)
def test_other_data_keep_everything_else(old):
    before = start(old)
    for new in KINDS:
        kept_from(before, old, new)


def kept_from(before, old, new):
    after = edits.with_data(before, least(new))
    assert type(after.data) is new
    for part in ("seed", "network", "head", "init", "training"):
        assert getattr(after, part) == getattr(before, part)
    images = "image" in (old.family, new.family)  # 500 points are many, 500 images few
    for name in ("label_noise", "seed", "augment", *([] if images else ["samples", "noise"])):
        if hasattr(before.data, name) and hasattr(after.data, name):
            assert getattr(after.data, name) == getattr(before.data, name)
    same = made(old) == made(new)
    assert after.data.test_fraction == (0.25 if same else least(new).test_fraction)
    if new is CSV:
        assert (after.data.table, after.data.target) == (least(CSV).table, least(CSV).target)


def made(entry: type) -> str:
    """What a test part is taken from: a table, images, or points that are drawn."""
    return entry.family if entry.family in ("table", "image") else "points"


@settings(max_examples=25)
@given(experiment=experiments(), new=st.sampled_from(KINDS))
def test_other_data_never_fail(experiment, new):
    after = edits.with_data(experiment, least(new))
    assert type(after.data) is new
    assert task_of(after.data) in after.training.loss.tasks
    kept = experiment.training.model_copy(update={"loss": after.training.loss})
    assert after.training == kept
    assert (after.network, after.init, after.seed) == (experiment.network, experiment.init, experiment.seed)
    if task_of(experiment.data) == task_of(after.data):
        assert after.training == experiment.training and after.head == experiment.head


def test_inputs_the_new_data_know_stay_chosen():
    plane = Experiment.model_validate(plain(data={"kind": "circle", "features": ["sin_x1", "x2"]}))
    assert edits.with_data(plane, least(REGISTRIES["data"]["spiral"])).data.features == ("x2", "sin_x1")
    assert edits.with_data(plane, Curve(kind="curve")).data.features == ("sin_x1",)
    only_x2 = plane.replace(data={"kind": "circle", "features": ["x2"]})
    assert edits.with_data(only_x2, Curve(kind="curve")).data.features == ("x1",)
    curve = edits.with_data(plane, Curve(kind="curve"))
    assert edits.with_data(curve, Circle(kind="circle")).data.features == ("x1", "x2")
    bent = curve.replace(data={"kind": "curve", "features": ["cos_x1"]})
    assert edits.with_data(bent, Curve(kind="curve", shape="step")).data.features == ("cos_x1",)


def test_a_loss_that_does_not_fit_gives_way():
    classes = Experiment.model_validate(plain(training=recipe("hinge", lr=0.5)))
    numbers = edits.with_data(classes, least(REGISTRIES["data"]["diabetes"]))
    assert numbers.training.loss.kind == next(iter(losses_for("regression")))
    assert numbers.training.optimizer == classes.training.optimizer
    same = edits.with_data(numbers, Circle(kind="circle"))
    assert same.training.loss == numbers.training.loss


def test_an_output_activation_that_does_not_fit_gives_way():
    numbers = Experiment.model_validate(
        plain(data={"kind": "plane"}, head={"activation": "relu", "weights": {"kind": "zeros"}})
    )
    classes = edits.with_data(numbers, Circle(kind="circle"))
    assert classes.head.activation is None
    assert classes.head.weights.kind == "zeros"
    squashed = numbers.replace(head={"activation": "sigmoid"})
    assert edits.with_data(squashed, Circle(kind="circle")).head.activation == "sigmoid"


def test_fit_loss_still_says_what_is_wrong():
    wrong = Circle(kind="circle").model_copy(update={"samples": 1})
    with pytest.raises(ValidationError) as caught:
        edits.fit_loss(Experiment.model_validate(plain()), wrong)
    assert caught.value.errors()[0]["loc"] == ("data", "circle", "samples")
