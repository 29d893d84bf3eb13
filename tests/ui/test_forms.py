"""Every entry of every family appears in the forms: its parameters, with their words and bounds, and they work."""

import math

import pytest

from playground.data import store
from playground.data.downloadable import COLLECTIONS
from playground.experiment import REGISTRIES, edits, losses_for
from playground.experiment.training import EarlyStopping, Training
from playground.ui import forms
from playground.ui.changes import put, value_at
from tests.pictures import own_images

TABLE = b"height,weight,rings\n" + b"".join(b"%d,%d,%d\n" % (i * 7 % 23, i * 5 % 19, i % 3) for i in range(60))

# Parameters that are more than one widget: they have their own place in the panels.
BUILT_ELSEWHERE = {
    "residual": {"layers"},
    "linear": {"weights", "biases"},
    "csv": {"table", "name", "target", "columns"},
    **{kind: {"features"} for kind, entry in REGISTRIES["data"].items() if "features" in entry.model_fields},
    "painted": {"features", "points"},
    **{kind: {"augment"} for kind, entry in REGISTRIES["data"].items() if "augment" in entry.model_fields},
    "images": {"images", "name", "augment"},
    **{kind: {"weights", "biases"} for kind in ("conv2d", "conv_transpose2d", "separable_conv2d")},
}

# What would have to be downloaded has the parameters of MNIST, 5,000.
ENTRIES = [(family, kind) for family, entries in REGISTRIES.items() for kind in entries if kind not in COLLECTIONS]


def entry_of(family: str, kind: str):
    if kind == "csv":
        return REGISTRIES["data"]["csv"](
            kind="csv", table=store.put(TABLE), target="rings", as_task="classification", columns=("height", "weight")
        )
    if kind == "images":
        return REGISTRIES["data"]["images"](kind="images", images=own_images())
    return REGISTRIES[family][kind](kind=kind)


def set_down(bench, family: str, kind: str) -> tuple:
    """Put an entry into the experiment of `bench`; where it stands."""
    path = {
        "data": ("data",),
        "layer": ("network", 0),
        "activation": ("network", 0),
        "init": ("init", "weights"),
        "loss": ("training", "loss"),
        "optimizer": ("training", "optimizer"),
        "schedule": ("training", "schedule"),
    }[family]
    entry = entry_of(family, kind)

    def make(experiment):
        if family == "data":
            return edits.fit_loss(experiment, entry)
        on_circle = edits.with_data(experiment, REGISTRIES["data"]["circle"](kind="circle"))
        return on_circle.replace(network=(entry,)) if path[0] == "network" else put(on_circle, path, entry)

    assert bench.change(make), bench.errors
    return path


def form(draw, bench, path: tuple):
    page = draw(bench, lambda bench: forms.fields(bench, value_at(bench.experiment, path), path))
    assert not page.exception
    return page


def widget(page, path: tuple, name: str):
    """The widget of a field, whatever it is."""
    key = forms.key_of((*path, name))
    (found,) = [
        item for kind in ("number_input", "selectbox", "toggle") for item in getattr(page, kind) if item.key == key
    ]
    return found


def another(info, item):
    """A valid value that the widget does not show now."""
    if item.type == "toggle" or isinstance(item.value, bool):
        return not item.value
    if item.type == "selectbox":
        return next(option for option in forms.get_args(forms._annotation(info)[0]) if option != item.value)
    now = item.value or 0
    step = forms.step_of(info, now)
    more = now + step
    return type(now)(more if item.max is None or more <= item.max else now - step)


@pytest.mark.parametrize(("family", "kind"), ENTRIES)
def test_every_parameter_has_its_widget_which_changes_the_experiment(draw, shared, family, kind):
    path = set_down(shared, family, kind)
    page = form(draw, shared, path)
    entry = REGISTRIES[family][kind]
    assert set(entry.parameters()) - set(forms.simple(entry)) == BUILT_ELSEWHERE.get(kind, set())
    wanted = {}
    for name in forms.simple(entry):
        info, item = entry.model_fields[name], widget(page, path, name)
        assert item.label == info.title
        assert item.help == info.description
        assert item.label and item.help.endswith("."), "a name and a whole sentence"
        if item.type == "number_input":
            least, most = forms.bounds(info)
            assert (item.min, item.max) == (least, most)
            assert item.value == value_at(shared.experiment, (*path, name))
        wanted[name] = another(info, item)
        item.set_value(wanted[name])
    page.run()
    assert not page.exception
    assert shared.errors == {}
    assert {name: value_at(shared.experiment, (*path, name)) for name in wanted} == wanted
    assert {name: widget(page, path, name).value for name in wanted} == wanted


@pytest.mark.parametrize(("family", "kind"), ENTRIES)
def test_a_refused_value_stays_out_and_says_why(draw, shared, family, kind):
    path = set_down(shared, family, kind)
    page = form(draw, shared, path)
    before = shared.experiment
    found = {name: widget(page, path, name) for name in forms.simple(REGISTRIES[family][kind])}
    numbers = {name: item for name, item in found.items() if item.type == "number_input"}
    if not numbers:
        return
    # The browser keeps such numbers back and Streamlit takes them for none; what comes in past both is refused.
    for item in numbers.values():
        item.set_value(item.max * 2 + 1)
    page.run()
    assert not page.exception
    assert shared.experiment == before
    assert {name: widget(page, path, name).value for name in numbers} == {
        name: value_at(before, (*path, name)) for name in numbers
    }
    (error,) = page.error  # that of the last one: an edit takes back what was told of the one before
    assert any(item.label in error.value for item in numbers.values())
    for name, item in numbers.items():
        shared.set((*path, name), item.max * 2 + 1)
        assert shared.experiment == before
        (told,) = shared.errors.values()
        assert item.label in told and ("at most" in told or "less than" in told)
    page.run()
    assert [error.value for error in page.error] == [told]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_losses_of_a_task_are_offered(draw, shared, task):
    set_down(shared, "data", "circle" if task == "classification" else "plane")
    page = draw(
        shared,
        lambda bench: forms.entry_choice(bench, "loss", ("training", "loss"), label="Loss", among=losses_for(task)),
    )
    assert page.selectbox[0].options == [loss.label for loss in losses_for(task).values()]


def test_an_optional_number_can_be_emptied_and_set_again(draw, shared):
    def fields(bench):
        forms.fields(bench, bench.experiment.training, ("training",))

    page = draw(shared, fields)
    for name, value in (("clip_norm", 0.5), ("max_epochs", 7)):
        for wanted in (value, None, value * 2):
            page = widget(page, ("training",), name).set_value(wanted).run()
            assert not page.exception
            assert shared.errors == {}
            assert getattr(shared.experiment.training, name) == wanted


def test_a_number_that_is_needed_cannot_be_emptied(draw, shared):
    page = form(draw, shared, set_down(shared, "optimizer", "sgd"))
    before = shared.experiment
    page = widget(page, ("training", "optimizer"), "lr").set_value(None).run()
    assert not page.exception
    assert shared.experiment == before
    assert [error.value for error in page.error] == ["Learning rate must be a number, but is empty."]
    assert widget(page, ("training", "optimizer"), "lr").value == before.training.optimizer.lr


@pytest.mark.parametrize("number", [0.0001, 123456.0, 1e-12 * 3, 0.1 + 0.2, 1e9])
def test_what_is_typed_is_what_trains(draw, shared, number):
    page = form(draw, shared, set_down(shared, "optimizer", "asgd"))
    widget(page, ("training", "optimizer"), "t0").set_value(number).run()
    assert shared.experiment.training.optimizer.t0 == number


@pytest.mark.parametrize(
    ("value", "step"),
    [(0.03, 0.01), (0.1, 0.05), (0.01, 0.005), (0.02, 0.01), (1.0, 0.5), (1e-5, 5e-6), (1e6, 5e5), (0.0, 0.001)],
)
def test_the_steps_of_a_logarithmic_scale(value, step):
    assert forms.step_of(REGISTRIES["optimizer"]["sgd"].model_fields["lr"], value) == step


def test_minus_never_reaches_zero_on_a_logarithmic_scale():
    info, value = REGISTRIES["optimizer"]["sgd"].model_fields["lr"], 0.03
    for _ in range(40):
        value -= forms.step_of(info, value)
        assert value > 0
    assert value < 1e-5


def test_steps_are_inside_what_is_allowed():
    """A plus from the default is never refused, or the widget would offer what it forbids."""
    for entry in (Training, EarlyStopping, *(entry for entries in REGISTRIES.values() for entry in entries.values())):
        for name in forms.simple(entry):
            info = entry.model_fields[name]
            if forms._kind(info) == "number":
                assert math.isfinite(forms.step_of(info, info.default)) and forms.step_of(info, info.default) > 0


def test_tooltips_carry_the_formula():
    assert forms.about(REGISTRIES["loss"]["mse"]).endswith("\n\n$L = (y - t)^2$")
