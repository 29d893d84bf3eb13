"""Where in a description something is: from pydantic's path of an error to the field, its label and its bounds."""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo

from playground.experiment.entry import Entry, Model


@dataclass(frozen=True)
class Place:
    """A field, or an element of one.

    path: names and indices from the description down (pydantic's own path names the kind of every entry as well);
    owner: the class the field belongs to; info: the field, None for an unknown name and for the description itself;
    kinds: the entries that can stand there; literals: the values, where they can be counted off.
    """

    path: tuple[str | int, ...]
    owner: type[Model] | None
    info: FieldInfo | None = None
    kinds: dict[str, type[Model]] = field(default_factory=dict)
    literals: list[Any] = field(default_factory=list)

    @property
    def is_layer(self) -> bool:
        """Whether it is a layer of a stack, and not a field of one."""
        return bool(self.path) and isinstance(self.path[-1], int) and "linear" in self.kinds

    @property
    def label(self) -> str:
        """The name a person sees: the field's, or what its elements are called."""
        if self.is_layer:
            return "This layer"
        names = [part for part in self.path if isinstance(part, str)]
        name = names[-1].replace("_", " ").capitalize() if names else "This"
        if self.info is not None and self.info.title:
            name = self.info.title
        return f"{name} {self.path[-1] + 1}" if self.path and isinstance(self.path[-1], int) else name

    @property
    def bounds(self) -> dict[str, Any]:
        """The limits of a number: "gt" or "ge", then "lt" or "le", those that there are."""
        rules = self.info.metadata if self.info is not None else []
        ends = (annotated_types.Gt, annotated_types.Ge, annotated_types.Lt, annotated_types.Le)
        found = [(end.__name__.lower(), rule) for end in ends for rule in rules if isinstance(rule, end)]
        return {name: getattr(rule, name) for name, rule in found}


def place_of(model: type[Model], loc: tuple[str | int, ...]) -> Place:
    """The place in `model` that pydantic calls `loc`. Never raises: what is unknown has neither `owner` nor `info`."""
    path: tuple[str | int, ...] = ()
    owner: type[Model] | None = None
    info: FieldInfo | None = None
    here: Any = model
    for part in loc:
        kinds = kinds_of(here)
        if part in kinds:
            here = kinds[part]  # pydantic names the kind it took; it is no step down
            continue
        path = (*path, part)
        if isinstance(part, int):
            here = _element(here)
            continue
        owner = _model(here)
        info = owner.model_fields.get(part) if owner is not None else None
        here = info.annotation if info is not None else None
    return Place(path, owner, info, kinds_of(here), _literals(here))


def limits_of(info: FieldInfo) -> tuple[float | None, float | None]:
    """Least and greatest value a number field allows; an open end moves in by one part in a million."""
    least = most = None
    for rule in info.metadata:
        if isinstance(rule, annotated_types.Ge):
            least = rule.ge
        elif isinstance(rule, annotated_types.Gt):
            least = _nudge(rule.gt, +1)
        elif isinstance(rule, annotated_types.Le):
            most = rule.le
        elif isinstance(rule, annotated_types.Lt):
            most = _nudge(rule.lt, -1)
    return least, most


def _nudge(bound: float, sign: int) -> float:
    return bound + sign * (abs(bound) * 1e-6 or 1e-12)


def _options(annotation: Any) -> list[Any]:
    """The members of a union, however it is written; anything else is its own only member."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _options(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [option for member in get_args(annotation) for option in _options(member)]
    return [annotation]


def _models(annotation: Any) -> list[type[Model]]:
    return [option for option in _options(annotation) if isinstance(option, type) and issubclass(option, Model)]


def kinds_of(annotation: Any) -> dict[str, type[Model]]:
    """The entries among which `kind` decides; none where a field holds one model only."""
    models = _models(annotation)
    if len(models) < 2:
        return {}
    return {get_args(entry.model_fields["kind"].annotation)[0]: entry for entry in models if issubclass(entry, Entry)}


def _model(annotation: Any) -> type[Model] | None:
    models = _models(annotation)
    return models[0] if len(models) == 1 else None


def _literals(annotation: Any) -> list[Any]:
    return [value for option in _options(annotation) if get_origin(option) is Literal for value in get_args(option)]


def _element(annotation: Any) -> Any:
    return next((get_args(option)[0] for option in _options(annotation) if get_origin(option) is tuple), None)
