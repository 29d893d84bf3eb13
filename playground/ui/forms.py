"""Forms made from the registry: a widget for each parameter, with its bounds, its sentence and its error in place."""

from __future__ import annotations

import math
import types
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Union, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from playground.experiment.entry import Entry, Model
from playground.experiment.places import limits_of as bounds
from playground.experiment.registry import REGISTRIES
from playground.ui.changes import Path, value_at
from playground.ui.plain import plain
from playground.ui.workbench import Workbench

_NOTHING = object()


def key_of(path: Path) -> str:
    """The widget key of the field at `path`: one field, one key, on every page."""
    return "field:" + "/".join(str(part) for part in path)


def show_value(key: str, value: Any) -> None:
    """Have the widget of `key`, drawn next, show `value`.

    Set only where it differs: what is set in a script run overrides in the browser what a person has typed meanwhile.
    """
    if st.session_state.get(key, _NOTHING) != value:
        st.session_state[key] = value


def show_error(bench: Workbench, at: Path) -> None:
    """What is wrong with the field at `at`, below its widget."""
    if message := bench.error(at):
        st.error(plain(message))


def simple(model: type[Model]) -> tuple[str, ...]:
    """The parameters of `model` that a form draws by itself: numbers, switches and choices among words."""
    return tuple(name for name, info in model.model_fields.items() if name not in ("kind", "v") and _kind(info))


def _annotation(info: FieldInfo) -> tuple[Any, bool]:
    """The annotation without `| None`, and whether None is allowed."""
    options = get_args(info.annotation) if get_origin(info.annotation) in (Union, types.UnionType) else ()
    if types.NoneType in options:
        rest = [option for option in options if option is not types.NoneType]
        return (rest[0] if len(rest) == 1 else None), True
    return info.annotation, False


def _kind(info: FieldInfo) -> str:
    """ "choice", "switch" or "number"; empty for what needs more than one widget."""
    annotation, _ = _annotation(info)
    if get_origin(annotation) is Literal:
        return "choice"
    return {bool: "switch", int: "number", float: "number"}.get(annotation, "")


def fields(bench: Workbench, model: Model, path: Path, *, skip: Iterable[str] = (), columns: int = 2) -> None:
    """A widget for every plain parameter of `model`, which stands at `path` in the experiment."""
    names = [name for name in simple(type(model)) if name not in skip]
    for start in range(0, len(names), columns):
        slots = st.columns(columns, vertical_alignment="bottom")
        for slot, name in zip(slots, names[start : start + columns], strict=False):
            with slot:
                field(bench, model, path, name)


def field(
    bench: Workbench,
    model: Model,
    path: Path,
    name: str,
    *,
    label: str | None = None,
    words: Mapping[str, str] | None = None,
) -> None:
    """The widget of one parameter; a value that is refused stays out, and its reason stands below the widget.

    label: in place of the parameter's own; words: what the values of a choice are called, where they do not say it.
    """
    info, value, where = type(model).model_fields[name], getattr(model, name), (*path, name)
    key, kind = key_of(where), _kind(info)
    label = label or info.title or name

    def changed() -> None:
        bench.set(where, st.session_state[key])

    common = {"key": key, "help": info.description, "on_change": changed}
    if kind == "number":
        _number(label, info, value, common)
    else:
        show_value(key, value)
        if kind == "switch":
            st.toggle(label, **common)
        else:
            st.selectbox(
                label, get_args(_annotation(info)[0]), format_func=words.__getitem__ if words else _words, **common
            )
    show_error(bench, where)


def _words(value: str) -> str:
    return value.replace("_", " ").capitalize()


def _number(label: str, info: FieldInfo, value: float | None, common: dict[str, Any]) -> None:
    annotation, optional = _annotation(info)
    cast = int if annotation is int else float
    least, most = bounds(info)
    show_value(common["key"], None if value is None else cast(value))
    st.number_input(
        label,
        value=None,  # the session state has it; None also means that it is not filled with the least when emptied
        required=not optional,
        min_value=None if least is None else cast(least),
        max_value=None if most is None else cast(most),
        step=cast(step_of(info, value)),
        format="%d" if cast is int else "%g",  # in the browser %g rounds nothing
        placeholder="off" if optional else None,
        **common,
    )


def step_of(info: FieldInfo, value: float | None) -> float:
    """What the plus and minus of a number field add.

    Where a parameter is chosen on a logarithmic scale it is the largest of 1, 2, 5 times a power of ten that is at most
    half of `value`: repeated minus comes near to zero and never there.
    """
    extra = info.json_schema_extra or {}
    if not extra.get("log"):
        return extra.get("step") or (1 if _annotation(info)[0] is int else 0.1)
    if not value:
        return 0.001
    half = abs(value) / 2 * (1 + 1e-9)
    power = 10.0 ** math.floor(math.log10(half))
    digit = next(digit for digit in (5, 2, 1) if digit * power <= half)
    return float(f"{digit * power:.6g}")


def about(entry: type[Entry] | Entry) -> str:
    """An entry's sentence and formula, as a tooltip takes them."""
    return entry.about + (f"\n\n${entry.formula}$" if entry.formula else "")


def entry_choice(
    bench: Workbench, family: str, path: Path, *, label: str, among: dict[str, type[Entry]] | None = None
) -> None:
    """A choice among the entries of a registry, with the chosen one's parameters below it.

    What the old and the new entry both have (a learning rate, say) is not carried over: each entry's own defaults are
    sensible for it, another's would often diverge.
    """
    entries = among or REGISTRIES[family]
    current = value_at(bench.experiment, path)
    key = key_of((*path, "kind"))

    def changed() -> None:
        kind = st.session_state[key]
        if kind in entries:  # a browser can say anything
            bench.set(path, entries[kind](kind=kind))

    show_value(key, current.kind)
    st.selectbox(
        label,
        list(entries),
        format_func=lambda kind: entries[kind].label,
        key=key,
        help=about(current),
        on_change=changed,
    )
    show_error(bench, path)
    fields(bench, current, path)


def optional_entry_choice(
    bench: Workbench, path: Path, *, label: str, among: dict[str, type[Entry]], otherwise: str
) -> None:
    """As `entry_choice`, with nothing chosen as the first choice, which is called `otherwise`."""
    current = value_at(bench.experiment, path)
    key = key_of((*path, "kind"))

    def changed() -> None:
        kind = st.session_state[key]
        if not kind or kind in among:  # a browser can say anything
            bench.set(path, among[kind](kind=kind) if kind else None)

    show_value(key, current.kind if current else "")
    st.selectbox(
        label,
        ["", *among],
        format_func=lambda kind: among[kind].label if kind else otherwise,
        key=key,
        on_change=changed,
        help=about(current) if current else f"{otherwise}, unless another is chosen here.",
    )
    show_error(bench, path)
    if current:
        fields(bench, current, path)
