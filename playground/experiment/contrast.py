"""What differs among several experiments, and only that: a table with a column each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from playground.experiment.differences import LONGEST, input_name, said
from playground.experiment.entry import Entry, Model
from playground.experiment.experiment import Experiment
from playground.experiment.stack_words import layer_groups

AHEAD = {("data", "seed"): "Data seed", ("data",): "Data", ("network",): "Layers"}
"""Places that need another name than their field's."""
COMMON = {("data", "samples"): "Samples"}
"""What different data call differently: points, images."""
MOST_TEXT = 200
"""Characters of a value that is told."""
MISSING = ""
"""What stands where an experiment has no such thing."""

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Row:
    """One thing that differs: what it is, and how each experiment has it, "" where one has no such thing. May hold a
    person's own text (names of columns and files): show it as text, never as markup."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class _Fact:
    """label: of its field; layer: the number of the layer it belongs to, None for none; value: as it is; text: as it is
    told; usual: whether it is what the field is by default."""

    label: str
    layer: int | None
    value: Any
    text: str
    usual: bool


def contrast(experiments: Sequence[Experiment]) -> tuple[Row, ...]:
    """The rows in which `experiments` differ, in the order of the page: data, network, head, initialisation, training,
    seed. What several layers have in common is one row; stacks that are built differently are told as wholes. Empty for
    equal experiments, and for fewer than two."""
    layered = _comparable([experiment.network for experiment in experiments])
    columns = [dict(_facts(experiment, layered)) for experiment in experiments]
    places = _places(columns)
    differing = [(place, found) for place in places if _differs(found := [column.get(place) for column in columns])]
    return _merged([(_label(place, found), _first(found).layer, _texts(found)) for place, found in differing])


def _comparable(stacks: Sequence[Sequence[Any]]) -> bool:
    """Whether layers can be told one by one: as many in every stack, and at one place those that have units or channels
    are of one kind."""
    if len({len(stack) for stack in stacks}) > 1:
        return False
    sized = ("units", "channels", "layers")
    return all(
        len({layer.kind for layer in layers}) == 1
        or not any(hasattr(layer, name) for layer in layers for name in sized)
        for layers in zip(*stacks, strict=True)
    )


def _facts(experiment: Experiment, layered: bool) -> Iterator[tuple[Place, _Fact]]:
    """Everything that an experiment says, by place."""
    for name, info in type(experiment).model_fields.items():
        value = getattr(experiment, name)
        if name == "network":
            yield from _layers(value) if layered else [(("network",), _stack(value))]
        elif name == "head":
            for place, fact in _inside(value, ("head",)):
                yield place, replace(fact, label=f"Head: {_lower(fact.label)}")
        elif name != "v":
            yield from _field((name,), info, value)


def _layers(stack: Sequence[Any]) -> Iterator[tuple[Place, _Fact]]:
    for index, layer in enumerate(stack):
        yield ("network", index), _Fact("", index + 1, layer.kind, layer.label, False)
        for place, fact in _inside(layer, ("network", index)):
            yield place, replace(fact, layer=index + 1)


def _stack(stack: Sequence[Any]) -> _Fact:
    """A stack as a whole; equal groups that follow one another are counted."""
    groups = [(text, len(list(same))) for text, same in groupby(layer_groups(stack))]
    text = ", ".join(f"{count} × ({name})" if count > 2 else ", ".join([name] * count) for name, count in groups)
    return _Fact(AHEAD["network",], None, stack, text or "none", False)


def _inside(model: Model, place: Place) -> Iterator[tuple[Place, _Fact]]:
    for name, info in type(model).model_fields.items():
        if name != "kind":
            yield from _field((*place, name), info, getattr(model, name))


def _field(place: Place, info: Any, value: Any) -> Iterator[tuple[Place, _Fact]]:
    """A field, and what is inside its value."""
    name = str(place[-1])
    label = AHEAD.get(place) or info.title or name
    if name == "layers":
        yield place, _Fact(label, None, value, ", ".join(layer_groups(value)), False)
        return
    if not _is_group(place, value):
        inner = isinstance(value, Model) and not isinstance(value, Entry)
        plain = getattr(value, "kind", "on") if isinstance(value, Model) else value
        yield place, _Fact(label, None, plain, "on" if inner else _told(name, value), _is_usual(info, value))
    if isinstance(value, Model):
        # There is only one optimizer, and everybody knows what a learning rate is.
        ahead = "" if _is_group(place, value) or name in ("data", "optimizer") else f"{label}: "
        for deeper, fact in _inside(value, place):
            yield deeper, replace(fact, label=f"{ahead}{_lower(fact.label)}" if ahead else fact.label)


def _is_group(place: Place, value: Any) -> bool:
    """Whether something only holds fields that are told one by one: the training, the initialisation."""
    return len(place) == 1 and isinstance(value, Model) and not isinstance(value, Entry)


def _is_usual(info: Any, value: Any) -> bool:
    return not info.is_required() and value == info.get_default(call_default_factory=True)


def _told(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(input_name(part) if isinstance(part, str) else str(part) for part in value) or "none"
    if isinstance(value, Entry) and hasattr(value, "name"):
        return str(value.name)
    return said(name, value)


def _places(columns: Sequence[dict[Place, _Fact]]) -> list[Place]:
    """All places, each after those that stand before it in its own experiment."""
    places: list[Place] = []
    for column in columns:
        after = 0
        for place in column:
            if place in places:
                after = places.index(place) + 1
            else:
                places.insert(after, place)
                after += 1
    return places


def _differs(found: Sequence[_Fact | None]) -> bool:
    """Whether a row is worth telling: not where some have no such thing and the others have it as it usually is."""
    present = [fact for fact in found if fact is not None]
    if any(fact.value != present[0].value for fact in present):
        return True
    return len(present) < len(found) and not all(fact.usual for fact in present) and present[0].layer is None


def _label(place: Place, found: Sequence[_Fact | None]) -> str:
    labels = {fact.label for fact in found if fact is not None}
    return COMMON.get(place, _first(found).label) if len(labels) > 1 else _first(found).label


def _first(found: Sequence[_Fact | None]) -> _Fact:
    return next(fact for fact in found if fact is not None)


def _texts(found: Sequence[_Fact | None]) -> tuple[str, ...]:
    """What is told of each: where texts do not tell what differs, or are too long to be read, versions A, B, ..."""
    texts = tuple(MISSING if fact is None else fact.text for fact in found)
    values = [fact.value for fact in found if fact is not None]
    told_apart = len({text for text in texts if text}) >= len({repr(value) for value in values})
    if told_apart and not any(_unreadable(text) for text in texts):
        return texts
    versions: list[Any] = []
    for value in values:
        if value not in versions:
            versions.append(value)
    return tuple(MISSING if fact is None else chr(ord("A") + versions.index(fact.value) % 26) for fact in found)


def _unreadable(text: str) -> bool:
    """Painted points, or the name that a table is stored under."""
    return len(text) > MOST_TEXT or (len(text) > LONGEST and " " not in text)


def _merged(rows: Sequence[tuple[str, int | None, tuple[str, ...]]]) -> tuple[Row, ...]:
    """One row for what several layers have in common."""
    merged: dict[tuple[str, bool, tuple[str, ...]], list[int]] = {}
    for label, layer, values in rows:
        merged.setdefault((label, layer is not None, values), []).extend([] if layer is None else [layer])
    return tuple(Row(_titled(label, layers), values) for (label, _, values), layers in merged.items())


def _titled(label: str, layers: Sequence[int]) -> str:
    if not layers:
        return label
    ahead = f"Layer{'s' if len(layers) > 1 else ''} {', '.join(map(str, layers))}"
    return f"{ahead}: {_lower(label)}" if label else ahead


def _lower(text: str) -> str:
    """A label in the middle of a line; what is an abbreviation stays."""
    return text if text[1:2].isupper() or text[1:2].isdigit() else text[:1].lower() + text[1:]
