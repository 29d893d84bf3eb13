"""What can be varied about an experiment: every number, switch and choice in it, each by a dotted place.

"training.optimizer.lr" is a field of the optimizer that is chosen, "training.optimizer" the choice among all of them,
"network.0.units" a field of the first layer, "network.2.layers.0.units" one of a layer inside a block. Four stand for
the whole network at once: "width", "depth", "activation" and "dropout" (see `wholesale`).
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from playground.experiment import wholesale
from playground.experiment.data import BROUGHT, task_of
from playground.experiment.entry import Entry, Model
from playground.experiment.experiment import Experiment
from playground.experiment.places import kinds_of, limits_of
from playground.experiment.registry import REGISTRIES, losses_for
from playground.experiment.varying import vary

__all__ = ["Field", "fields", "said", "vary"]

Value = int | float | str | bool | None
AUTOMATIC = {"activation": "automatic", "weights": "the network's", "biases": "the network's", "max_epochs": "never"}
"""What it means that a field is empty; elsewhere it means that something is off."""
NETWORK = "Network"
GROUPS = ("Optimizer", "Training", NETWORK, "Start", "Data", "Loss", "Schedule", "Head")
"""In the order in which they are offered; after them the single layers."""


@dataclass(frozen=True)
class Field:
    """Something that can be varied.

    at: its place; label: what a person calls it, unlike that of any other; group: what it belongs to. low, high: the
    least and greatest number possible (None: no end); log: whether it is chosen on a logarithmic scale; step: what a
    form adds. choices: (value, label), where they can be counted off: of a choice and of a switch. now: its value in
    the experiment, None where it is empty. help: one sentence.
    """

    at: str
    label: str
    group: str
    kind: Literal["integer", "number", "choice", "switch"]
    low: float | None = None
    high: float | None = None
    log: bool = False
    step: float | None = None
    choices: tuple[tuple[Value, str], ...] = ()
    now: Value = None
    help: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it has a range."""
        return self.kind in ("integer", "number")


def fields(experiment: Experiment) -> dict[str, Field]:
    """All that can be varied about `experiment`, by place, in the order of `GROUPS`, then layer by layer."""
    found = [*_training(experiment), *_whole(experiment), *_start(experiment), *_data(experiment), *_head(experiment)]
    found.sort(key=lambda field: GROUPS.index(field.group))
    return {field.at: field for field in (*found, *_layers(experiment.network, "network", ""))}


def said(field: Field, value: Value) -> str:
    """A value of `field` as a person reads it: "0.03", "1,024", "Adam", "on"."""
    for known, label in field.choices:
        if known == value and isinstance(known, bool) == isinstance(value, bool):
            return label
    if value is None:
        return AUTOMATIC.get(field.at.rpartition(".")[2], "off")
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return value.replace("_", " ")
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e6):
        return f"{int(value):,}"
    return f"{value:.6g}".replace("e-0", "e-").replace("e+0", "e+")


# --- where they are ----------------------------------------------------------------------------------------------


def _training(experiment: Experiment) -> Iterator[Field]:
    training = experiment.training
    kinds = losses_for(task_of(experiment.data))
    yield _kind("training.optimizer", "Optimizer", "Optimizer", REGISTRIES["optimizer"], training.optimizer)
    yield from _of(training.optimizer, "training.optimizer", "Optimizer")
    yield from _of(training, "training", "Training")
    yield _stopping(training)
    if training.early_stopping is not None:
        yield from _of(training.early_stopping, "training.early_stopping", "Training", "Early stopping: ")
    yield _kind("training.loss", "Loss", "Loss", kinds, training.loss)
    yield from _of(training.loss, "training.loss", "Loss", f"{training.loss.label} ")
    yield _kind("training.schedule", "Schedule", "Schedule", REGISTRIES["schedule"], training.schedule)
    yield from _of(training.schedule, "training.schedule", "Schedule", "Schedule: ")


def _stopping(training: Any) -> Field:
    text = "Whether training stops once the test loss has not fallen for a while."
    now = training.early_stopping is not None
    return Field("training.early_stopping", "Early stopping", "Training", "switch", choices=_ON_OFF, now=now, help=text)


def _whole(experiment: Experiment) -> Iterator[Field]:
    network = experiment.network
    width, depth = wholesale.width_of(network), wholesale.depth_of(network)
    if width is not None:
        text = "Units (or channels) of every hidden layer at once."
        most = wholesale.widest(network)
        yield Field("width", "Width", NETWORK, "integer", 1, most, log=True, step=1, now=width, help=text)
    if depth:
        what = "convolutions" if wholesale.is_convolutional(network) else "hidden layers"
        text = f"How many {what} follow one another, each with its activation; the last one is repeated."
        low, most = wholesale.shallowest(network), wholesale.deepest(network)
        yield Field("depth", "Depth", NETWORK, "integer", low, most, step=1, now=depth, help=text)
    activation = wholesale.activation_of(network)
    if activation is not None:
        choices = tuple((kind, entry.label) for kind, entry in REGISTRIES["activation"].items())
        text = "The activation of every hidden layer at once."
        yield Field("activation", "Activation", NETWORK, "choice", choices=choices, now=activation, help=text)
    if width is not None:
        text = "Share of values set to zero at each training step, after every hidden layer."
        now = wholesale.dropout_of(network)
        yield Field("dropout", "Dropout", NETWORK, "number", 0.0, 0.95, step=0.05, now=now, help=text)


def _start(experiment: Experiment) -> Iterator[Field]:
    yield from _of(experiment, "", "Start")  # the seed
    for name in ("weights", "biases"):
        yield from _init(experiment.init, name, "init", "Start", "")


def _data(experiment: Experiment) -> Iterator[Field]:
    data = experiment.data
    mine = data.kind in BROUGHT or data.kind == "painted"
    kinds = {kind: entry for kind, entry in REGISTRIES["data"].items() if kind not in (*BROUGHT, "painted")}
    yield _kind("data", "Data", "Data", {data.kind: type(data), **kinds} if mine else kinds, data)
    for field in _of(data, "data", "Data"):
        # There are two seeds and, with images, two kinds of noise.
        yield _called(field, "Data seed") if field.at == "data.seed" else field
    if hasattr(data, "augment"):
        yield from _of(data.augment, "data.augment", "Data", "Augmentation: ")


def _head(experiment: Experiment) -> Iterator[Field]:
    yield from _of(experiment.head, "head", "Head", "Head: ")
    for name in ("weights", "biases"):
        yield from _init(experiment.head, name, "head", "Head", "Head: ")


def _layers(layers: tuple[Any, ...], at: str, number: str) -> Iterator[Field]:
    for index, layer in enumerate(layers):
        here, name = f"{at}.{index}", f"{number}{index + 1}"
        group, ahead = f"Layer {name}: {layer.label}", f"Layer {name} "
        if layer.kind in REGISTRIES["activation"]:
            yield _kind(here, f"{ahead}activation", group, REGISTRIES["activation"], layer)
        for field in _of(layer, here, group, ahead):
            # A p says nothing by itself.
            short = field.label == f"{ahead}p"
            yield _called(field, f"{ahead}{layer.label.lower()} p") if short else field
        for start in ("weights", "biases"):
            if start in type(layer).model_fields:
                yield from _init(layer, start, here, group, ahead)
        yield from _layers(getattr(layer, "layers", ()), f"{here}.layers", f"{name}.")


# --- what they are -----------------------------------------------------------------------------------------------

_ON_OFF = ((False, "off"), (True, "on"))


def _kind(at: str, label: str, group: str, kinds: Mapping[str, type[Entry]], now: Entry) -> Field:
    choices = tuple((kind, entry.label) for kind, entry in kinds.items())
    return Field(at, label, group, "choice", choices=choices, now=now.kind, help=f"Which one; now {now.label}.")


def _init(owner: Model, name: str, at: str, group: str, ahead: str) -> Iterator[Field]:
    """How weights or biases start, with the parameters of the way that is chosen."""
    info, now, place = type(owner).model_fields[name], getattr(owner, name), f"{at}.{name}"
    choices = [(kind, entry.label) for kind, entry in kinds_of(info.annotation).items()]
    if _optional(info):
        choices.insert(0, (None, AUTOMATIC[name]))
    label = _joined(ahead, info.title)
    text = info.description or f"How the {name} of every layer start, unless it says otherwise."
    kind = now.kind if now is not None else None
    yield Field(place, label, group, "choice", choices=tuple(choices), now=kind, help=text)
    if now is not None:
        yield from _of(now, place, group, f"{label}: ")


def _of(model: Model, at: str, group: str, ahead: str = "") -> Iterator[Field]:
    """The numbers, switches and choices among words that `model` itself has; `ahead`: what their labels begin with."""
    for name, info in type(model).model_fields.items():
        make = _MAKERS.get(_plain(info))
        if name in ("kind", "v") or make is None:
            continue
        place = f"{at}.{name}" if at else name
        label = _joined(ahead, info.title or name)
        yield make(place, label, group, info, getattr(model, name))


def _number(at: str, label: str, group: str, info: FieldInfo, now: Any) -> Field:
    extra, (low, high) = info.json_schema_extra or {}, limits_of(info)
    kind = "integer" if _plain(info) is int else "number"
    log, step, text = bool(extra.get("log")), extra.get("step"), info.description or ""
    return Field(at, label, group, kind, low, high, log, step, now=now, help=text)


def _switch(at: str, label: str, group: str, info: FieldInfo, now: Any) -> Field:
    return Field(at, label, group, "switch", choices=_ON_OFF, now=now, help=info.description or "")


def _words(at: str, label: str, group: str, info: FieldInfo, now: Any) -> Field:
    options = _without_none(info)
    words = next(option for option in options if get_origin(option) is Literal)
    choices = tuple((word, str(word).replace("_", " ")) for word in get_args(words))
    if _optional(info):
        choices = ((None, AUTOMATIC.get(at.rpartition(".")[2], "off")), *choices)
    return Field(at, label, group, "choice", choices=choices, now=now, help=info.description or "")


_MAKERS: dict[Any, Callable[..., Field]] = {int: _number, float: _number, bool: _switch, Literal: _words}


def _plain(info: FieldInfo) -> Any:
    """int, float, bool or Literal; None for what is none of them."""
    options = _without_none(info)
    if len(options) != 1:
        return None
    return Literal if get_origin(options[0]) is Literal else options[0]


def _without_none(info: FieldInfo) -> list[Any]:
    union = get_origin(info.annotation) in (Union, types.UnionType)
    options = get_args(info.annotation) if union else (info.annotation,)
    return [option for option in options if option is not types.NoneType]


def _optional(info: FieldInfo) -> bool:
    return types.NoneType in get_args(info.annotation)


def _joined(ahead: str, title: str) -> str:
    lower = ahead and not (title[:2].isupper() or len(title) == 1)
    return f"{ahead}{title[:1].lower()}{title[1:]}" if lower else f"{ahead}{title}"


def _called(field: Field, label: str) -> Field:
    return Field(**{**field.__dict__, "label": label})
