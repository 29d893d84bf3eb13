"""An experiment with some of its fields set to other values: what a grid, a search or a study makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from playground.experiment import edits, wholesale
from playground.experiment.entry import Entry
from playground.experiment.experiment import Experiment
from playground.experiment.problems import explain
from playground.experiment.registry import REGISTRIES
from playground.experiment.training import EarlyStopping

MOST_TOLD = 2
"""Problems told of one experiment."""

WHOLE: dict[str, Callable[[tuple, Any], tuple]] = {
    "activation": wholesale.with_activation,
    "width": wholesale.with_width,
    "dropout": wholesale.with_dropout,
    "depth": wholesale.with_depth,
}
"""In the order in which they are done: single layers before them, so that a layer that is repeated is repeated as
it is then."""


def vary(experiment: Experiment, values: Mapping[str, Any]) -> Experiment:
    """`experiment` with the fields at these places (see `axes.fields`) set to these values.

    Choices of kinds come before what belongs to them: another optimizer has its own defaults, its learning rate too,
    unless that is varied as well. Places of layers are those of `experiment` as it is given. Other data take a loss
    that fits where the present one does not. Raises ValueError, in words for a person, for a place that there is not
    and for whatever cannot be.
    """
    try:
        changed = _with_data(experiment, values)
        content = {**dict(changed), "network": changed.network}
        for at in sorted(values, key=_depth):
            if at != "data" and at not in WHOLE:
                content = _put(content, at, values[at])
        return Experiment.model_validate(_whole(content, values))
    except ValidationError as wrong:
        told = [f"{problem}." for problem in explain(wrong, Experiment)[:MOST_TOLD]]
        raise ValueError(" ".join(told)) from None


def _depth(at: str) -> tuple[int, str]:
    return at.count("."), at


def _with_data(experiment: Experiment, values: Mapping[str, Any]) -> Experiment:
    kind = values.get("data", experiment.data.kind)
    if kind == experiment.data.kind:
        return experiment
    known = REGISTRIES["data"]
    if not isinstance(kind, str) or kind not in known:
        raise ValueError(f"There are no data called {str(kind)[:40]!r}.")
    return edits.with_data(experiment, known[kind].model_validate({"kind": kind}))


def _whole(content: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """With what is said about the whole network, done after all else."""
    asked = [name for name in WHOLE if name in values]
    if not asked:
        return content
    # What was set in single layers is checked first: the whole is made of layers, and not of dicts.
    experiment = Experiment.model_validate(content)
    layers = experiment.network
    for name in asked:
        layers = _one_whole(name, layers, values[name])
    return {**dict(experiment), "network": layers}


def _one_whole(name: str, layers: tuple, value: Any) -> tuple:
    if name == "activation":
        if not isinstance(value, str) or value not in REGISTRIES["activation"]:
            raise ValueError(f"There is no activation called {str(value)[:40]!r}.")
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name.capitalize()} must be a number.")
    if name == "depth":
        value = _checked_depth(layers, value)
    return WHOLE[name](layers, value)


def _checked_depth(layers: tuple, value: float) -> int:
    if not wholesale.depth_of(layers):
        raise ValueError("There is no hidden layer that could be repeated.")
    least, most = wholesale.shallowest(layers), wholesale.deepest(layers)
    if int(value) != value or not least <= value <= most:
        raise ValueError(f"Depth must be a whole number from {least} to {most}, but is {value:g}.")
    return int(value)


def _put(node: Any, at: str, value: Any, trail: str = "") -> Any:
    """`node` with what stands at `at` replaced, still to be checked: models become dicts on the way."""
    name, _, rest = at.partition(".")
    here = f"{trail}.{name}" if trail else name
    if isinstance(node, tuple):
        index = int(name) if name.isascii() and name.isdigit() and len(name) < 6 else -1
        if not 0 <= index < len(node):
            raise ValueError(f"There is no layer {name[:6] if index < 0 else index + 1}.")
        return (*node[:index], _next(node[index], rest, value, here), *node[index + 1 :])
    given = node if isinstance(node, dict) else dict(node)
    if name not in given or name in ("kind", "v"):
        raise ValueError(f"{_called(node)} has no {name[:40].replace('_', ' ')}.")
    return {**given, name: _next(given[name], rest, value, here)}


def _next(old: Any, rest: str, value: Any, here: str) -> Any:
    if rest:
        if old is None:
            raise ValueError(f"{here.rpartition('.')[2].replace('_', ' ').capitalize()} is off: it has no settings.")
        if isinstance(old, tuple) or hasattr(type(old), "model_fields") or isinstance(old, dict):
            return _put(old, rest, value, here)
        raise ValueError(f"There is nothing called {rest[:40]!r} there.")
    return _chosen(old, value, here)


def _chosen(old: Any, value: Any, here: str) -> Any:
    """The new value of a field: an entry where a kind is chosen, settings where they are switched on."""
    if here == "training.early_stopping":
        return (old or EarlyStopping()) if value else None
    starts = here.rpartition(".")[2] in ("weights", "biases")
    if isinstance(value, str) and (isinstance(old, Entry) or (old is None and starts)):
        return old if isinstance(old, Entry) and value == old.kind else _fresh(type(old), value)
    if isinstance(old, Entry) and value is None and starts:
        return None
    if isinstance(old, tuple) or (hasattr(type(old), "model_fields") and value is not None):
        raise ValueError(f"{here.rpartition('.')[2].replace('_', ' ').capitalize()} cannot be set as a whole.")
    return value


def _fresh(other: type, kind: str) -> Any:
    """The entry of this kind, with its defaults, in place of one of the class `other` (or of none: a way to start)."""
    entries = next((known for known in REGISTRIES.values() if other in known.values()), REGISTRIES["init"])
    return entries[kind](kind=kind) if kind in entries else {"kind": kind}  # the check then says what there is


def _called(node: Any) -> str:
    return node.label if isinstance(node, Entry) else "This experiment"
