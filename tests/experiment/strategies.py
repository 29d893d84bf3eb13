"""Random valid descriptions, drawn from what the fields themselves say: their types, bounds and choices.

So an entry that is added to a registry is tested at once, over everything it allows.
"""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
import numpy as np
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from playground.experiment import Experiment, head_of, painting, task_of
from playground.experiment.data import CSV, Painted, Plane
from playground.experiment.entry import Entry, Model
from playground.experiment.images import OwnImages
from playground.experiment.init import Init
from playground.experiment.layers import Linear, Residual
from playground.experiment.registry import REGISTRIES, layer_kinds, losses_for
from playground.experiment.training import EarlyStopping, Training

ENTRIES = [entry for family in REGISTRIES.values() for entry in family.values()]
HASH = "0123456789abcdef" * 4


def least(entry: type[Entry]) -> Any:
    """An entry with nothing given that need not be given."""
    table = {"table": HASH, "target": "price", "as_task": "regression", "columns": ("size",)}
    given = {CSV: table, OwnImages: {"images": HASH}}
    return entry(kind=kind_of(entry), **given.get(entry, {}))


def kind_of(entry: type[Entry]) -> str:
    return get_args(entry.model_fields["kind"].annotation)[0]


def limits(info: FieldInfo) -> dict[str, float]:
    """The bounds of a field by the name of their rule: gt, ge, lt, le, max_length, min_length."""
    found = {}
    for rule in info.metadata:
        for name in ("gt", "ge", "lt", "le", "max_length", "min_length"):
            if isinstance(rule, annotated_types.BaseMetadata) and getattr(rule, name, None) is not None:
                found[name] = getattr(rule, name)
    return found


def numbers(kind: type, info: FieldInfo) -> st.SearchStrategy:
    given = limits(info)
    low, high = given.get("ge", given.get("gt")), given.get("le", given.get("lt"))
    assert low is not None and high is not None, "every number has bounds on both sides"
    if kind is int:
        return st.integers(int(low), int(high))
    return st.floats(low, high, exclude_min="gt" in given, exclude_max="lt" in given)


def edges(info: FieldInfo) -> list[float]:
    """The least and greatest value a float field takes; beyond an open bound, something near it."""
    given = limits(info)
    low = given["ge"] if "ge" in given else given["gt"] + 1e-12
    high = given["le"] if "le" in given else given["lt"] - 1e-9
    return [low, high]


def values(annotation: Any, info: FieldInfo) -> st.SearchStrategy:
    origin = get_origin(annotation)
    if origin is Annotated:
        return values(get_args(annotation)[0], info)
    if origin in (Union, types.UnionType):
        return st.one_of(*(values(option, info) for option in get_args(annotation)))
    if origin is Literal:
        return st.sampled_from(get_args(annotation))
    if annotation is type(None):
        return st.none()
    if annotation is bool:
        return st.booleans()
    if annotation in (int, float):
        return numbers(annotation, info)
    return entries(annotation) if issubclass(annotation, Entry) else models(annotation)


def entries(entry: type[Entry], depth: int = 1) -> st.SearchStrategy:
    """Valid entries of one class."""
    special: dict[str, st.SearchStrategy] = {}
    if issubclass(entry, Plane):
        special["features"] = st.lists(st.sampled_from(entry.allowed), min_size=1, unique=True).map(tuple)
    if entry is Residual:
        special["layers"] = stacks(depth - 1)
    if entry is Painted:
        drawn = st.sampled_from(["classification", "regression"]).flatmap(
            lambda task: st.tuples(st.just(task), paintings(task))
        )
        return drawn.flatmap(lambda pair: models(entry, **special, as_task=st.just(pair[0]), points=st.just(pair[1])))
    if entry is OwnImages:
        special |= {"images": st.just(HASH), "name": st.text(max_size=20)}
    if entry is CSV:
        names = st.lists(st.text(max_size=20), min_size=2, max_size=5, unique=True)
        return st.tuples(names, models(entry, table=st.just(HASH), name=st.text(max_size=20))).map(_with_columns)
    return models(entry, **special)


def paintings(task: str, most: int = 12) -> st.SearchStrategy:
    """Texts of points that can be trained on: for classes at least one point each of the first two."""
    place = st.tuples(st.floats(-6, 6), st.floats(-6, 6))
    labels = st.integers(0, 4 if task == "classification" else 254)
    point = st.tuples(place, labels)
    first = [st.tuples(place, st.just(label)) for label in (0, 1)]
    return st.tuples(*first, st.lists(point, max_size=most)).map(
        lambda drawn: painting.encode(
            np.array([where for where, _ in (*drawn[:2], *drawn[2])]), np.array([k for _, k in (*drawn[:2], *drawn[2])])
        )
    )


def _with_columns(drawn: tuple[list[str], dict[str, Any]]) -> CSV:
    (target, *columns), given = drawn
    return CSV(**given, target=target, columns=tuple(columns))


def models(model: type[Model], **special: st.SearchStrategy) -> st.SearchStrategy:
    """Valid descriptions of one class (of CSV: all but its columns, as a dict)."""
    fields = {
        name: special[name] if name in special else values(info.annotation, info)
        for name, info in model.model_fields.items()
        if not (model is CSV and name in ("target", "columns"))
    }
    given = st.fixed_dictionaries(fields)
    return given if model is CSV else given.map(model.model_validate)


def stacks(depth: int = 2) -> st.SearchStrategy:
    """Short stacks of any layers, blocks nested up to `depth` deep."""
    kinds = [entry for entry in layer_kinds().values() if entry is not Residual]
    options = [st.sampled_from(kinds).flatmap(entries)]
    if depth > 0:
        options.append(st.deferred(lambda: entries(Residual, depth)))
    return st.lists(st.one_of(*options), max_size=3).map(tuple)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Valid experiments of any data, network and recipe."""
    data = draw(st.sampled_from(list(REGISTRIES["data"].values())).flatmap(entries))
    loss = draw(st.sampled_from(list(losses_for(task_of(data)).values())).flatmap(entries))
    given = {"v": 1, "seed": draw(st.integers(0, 2**31 - 1)), "data": data, "network": draw(stacks())}
    training = draw(models(Training, loss=st.just(loss), early_stopping=st.none() | models(EarlyStopping)))
    plain = Experiment(**given, init=draw(models(Init)), training=training)
    activation = draw(st.none() | st.sampled_from(head_of(plain, classes=2).choices))
    weights = draw(values(Linear.model_fields["weights"].annotation, Linear.model_fields["weights"]))
    return plain.replace(head={"activation": activation, "weights": weights})


def plain(**changes: Any) -> dict[str, Any]:
    """The description of a small experiment as JSON would hold it, with top-level parts changed."""
    return {
        "v": 1,
        "data": {"kind": "circle"},
        "network": [{"kind": "linear", "units": 4}, {"kind": "tanh"}],
        "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd"}},
        **changes,
    }


def recipe(loss: str = "mse", **optimizer: Any) -> dict[str, Any]:
    """The description of a training by SGD."""
    return {"loss": {"kind": loss}, "optimizer": {"kind": "sgd", **optimizer}}


def nested(depth: int) -> list[dict[str, Any]]:
    """The description of `depth` residual blocks inside one another."""
    stack: list[dict[str, Any]] = []
    for _ in range(depth):
        stack = [{"kind": "residual", "layers": stack}]
    return stack
