"""What changed between two experiments, in plain words: "Learning rate 0.03 → 0.1", "Layer 3 added: Tanh"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from playground.experiment.data import CSV, Painted
from playground.experiment.entry import FROZEN, Entry, Model
from playground.experiment.experiment import Experiment
from playground.experiment.images import OwnImages
from playground.experiment.stack_differences import Change, stack_changes
from playground.experiment.stack_words import described

UNSET = {"activation": "automatic", "weights": "the network's", "biases": "the network's", "max_epochs": "never"}
"""What it means that a field is empty; elsewhere it means that something is off."""
LISTED = 3
"""Names told of a list; the rest is counted."""
LONGEST = 40
"""Characters of a value that is told; a longer one just differs."""


def differences(old: Experiment, new: Experiment) -> list[str]:
    """What was done to `old` to make it `new`: one short phrase for each change, none where they are equal.

    The order is that of the page: data, network, head, initialisation, training, seed. A phrase may hold a person's
    own text (names of columns and files): show it as text, never as markup.
    """
    return [
        *_data(old.data, new.data),
        *_stack(old.network, new.network),
        *_fields(old.head, new.head, before={"weights": "Head's ", "biases": "Head's ", FROZEN: "Head: "}),
        *_fields(old.init, new.init),
        *_fields(old.training, new.training),
        *_fields(old, new, skip=("v", "data", "network", "head", "init", "training")),
    ]


def summary(phrases: Sequence[str], most: int = 2) -> str:
    """The first `most` phrases as one line, and how many more there are; empty for none."""
    told, more = list(phrases[:most]), len(phrases) - most
    return "; ".join([*told, f"{more} more"] if more > 0 else told)


def _data(old: Any, new: Any) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"Data: {_named(old)} → {_named(new)}"
    elif isinstance(new, CSV) and old.table != new.table:
        yield f"Table: {old.name} → {new.name}" if old.name != new.name else f"Table {new.name} replaced"
    elif isinstance(new, OwnImages) and old.images != new.images:
        yield f"Images: {old.name} → {new.name}" if old.name != new.name else f"Images {new.name} replaced"
    elif isinstance(new, Painted) and old.points != new.points:
        yield f"Painted points {old.count} → {new.count}" if old.count != new.count else "Painted points changed"
    yield from _fields(old, new, before={"seed": "Data "}, skip=("table", "images", "name", "points"))


def _named(data: Any) -> str:
    return data.name if isinstance(data, (CSV, OwnImages)) else data.label


def _stack(old: Sequence[Any], new: Sequence[Any], block: str = "") -> Iterator[str]:
    """What happened to the layers; `block`: the number of the residual block they are in, with a dot."""
    for change in stack_changes(old, new):
        yield from _layer(change, block)


def _layer(change: Change, block: str) -> Iterator[str]:
    here = f"{block}{change.place + 1}"
    before, after = change.before, change.after
    if before is None or after is None:
        yield f"Layer {here} {'added' if before is None else 'removed'}: {described(after or before)}"
    elif change.moved_from is not None:
        yield f"Layer {block}{change.moved_from + 1} moved to {here}: {described(after)}"
    elif before.kind != after.kind:
        yield f"Layer {here}: {described(before)} → {described(after)}"
    else:
        yield from _fields(before, after, always=f"Layer {here}, {after.label}: ", skip=("layers",))
        yield from _stack(getattr(before, "layers", ()), getattr(after, "layers", ()), f"{here}.")


def _fields(
    old: Model, new: Model, *, always: str = "", before: dict[str, str] | None = None, skip: Sequence[str] = ()
) -> Iterator[str]:
    """The fields that both have and that differ. `always`: what stands before each; `before`: before some."""
    for name, info in type(new).model_fields.items():
        if name == "kind" or name in skip or name not in type(old).model_fields:
            continue
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            ahead, title = always or (before or {}).get(name, ""), info.title or name
            label = f"{ahead}{title[:1].lower()}{title[1:]}" if ahead else title
            yield from _field(name, label, was, now)


def _field(name: str, label: str, was: Any, now: Any) -> Iterator[str]:
    if name == FROZEN:
        yield f"{label.rpartition(': ')[0]}: {'frozen' if now else 'no longer frozen'}"
    elif isinstance(was, tuple) and isinstance(now, tuple):
        yield from _list(label, was, now)
    elif isinstance(was, Model) and isinstance(now, Model):
        if isinstance(now, Entry) and was.kind != now.kind:
            yield f"{label}: {was.label} → {now.label}"
            yield from _fields(was, now)
        else:
            # There is only one optimizer, and everybody knows what a learning rate is.
            yield from _fields(was, now, always="" if name == "optimizer" else f"{label}: ")
    elif isinstance(now, bool):
        yield f"{label} {'on' if now else 'off'}"
    elif isinstance(now, Model) and not isinstance(now, Entry):
        yield f"{label} on"
    elif isinstance(was, Model) and not isinstance(was, Entry):
        yield f"{label} off"
    else:
        told = said(name, was), said(name, now)
        if told[0] == told[1]:
            told = repr(was), repr(now)
        too_long = any(len(text) > LONGEST for text in told)
        yield f"{label} changed" if too_long else f"{label} {told[0]} → {told[1]}"


def _list(label: str, was: tuple, now: tuple) -> Iterator[str]:
    """Names that came and went; where none did, their order is another."""
    came = [name for name in now if name not in was]
    gone = [name for name in was if name not in now]
    for names, what in ((came, "added"), (gone, "removed")):
        if names:
            yield f"{label} {what}: {_names(names)}"
    if not came and not gone:
        yield f"{label}: another order"


def _names(names: Sequence[str]) -> str:
    more = len(names) - LISTED
    told = ", ".join(input_name(name) for name in names[:LISTED])
    return f"{told} and {more} more" if more > 0 else told


def input_name(name: str) -> str:
    """An input as the diagram writes it: x1_squared is x₁², sin_x2 is sin x₂; a column's name stays as it is."""
    signs = {"x1": "x₁", "x2": "x₂", "x1_squared": "x₁²", "x2_squared": "x₂²", "x1_x2": "x₁x₂"}
    function, _, of = name.partition("_")
    return f"{function} {signs[of]}" if function in ("sin", "cos") and of in signs else signs.get(name, name)


def said(name: str, value: Any) -> str:
    """The value of a field in words; what an empty one means is told by the field's name."""
    if value is None:
        return UNSET.get(name, "off")
    if isinstance(value, Entry):
        return value.label
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
