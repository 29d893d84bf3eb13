"""Forms made from the registry: a widget for each parameter, with its bounds, its sentence and its error in place."""

from __future__ import annotations

import math
import types
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types
import streamlit as st
from pydantic.fields import FieldInfo

from playground.experiment.entry import Entry, Model
from playground.experiment.registry import REGISTRIES
from playground.ui.workbench import Path, Workbench


def key_of(path: Path) -> str:
    """The widget key of the field at `path`: one field, one key, on every page."""
    return "field:" + "/".join(str(part) for part in path)


def bounds(info: FieldInfo) -> tuple[float | None, float | None]:
    """Least and greatest value a number field allows; an open bound moves in by one part in a million."""
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


def fields(bench: Workbench, model: Model, path: Path, *, skip: tuple[str, ...] = (), columns: int = 2) -> None:
    """A widget for every plain parameter of `model`, which stands at `path` in the experiment."""
    names = [name for name, info in _parameters(model).items() if name not in skip and _kind(info) != "other"]
    for start in range(0, len(names), columns):
        slots = st.columns(columns)
        for slot, name in zip(slots, names[start : start + columns], strict=False):
            with slot:
                field(bench, model, path, name)


def _parameters(model: Model) -> dict[str, FieldInfo]:
    return {name: info for name, info in type(model).model_fields.items() if name not in ("kind", "v")}


def _plain(info: FieldInfo) -> tuple[Any, bool]:
    """The annotation without `| None`, and whether None was allowed."""
    options = get_args(info.annotation) if get_origin(info.annotation) in (Union, types.UnionType) else ()
    if types.NoneType in options:
        rest = [option for option in options if option is not types.NoneType]
        return (rest[0] if len(rest) == 1 else Union[tuple(rest)]), True  # noqa: UP007
    return info.annotation, False


def _kind(info: FieldInfo) -> str:
    annotation, _ = _plain(info)
    if get_origin(annotation) is Literal:
        return "choice"
    return {bool: "switch", int: "number", float: "number"}.get(annotation, "other")


def field(bench: Workbench, model: Model, path: Path, name: str, *, label: str | None = None) -> None:
    """The widget of one parameter; a value that is refused stays out, and its reason stands below the widget."""
    info, value, where = type(model).model_fields[name], getattr(model, name), (*path, name)
    key = key_of(where)
    label = label or info.title or name

    def changed() -> None:
        bench.set(where, st.session_state[key])

    common = {"key": key, "help": info.description, "on_change": changed}
    kind = _kind(info)
    if kind == "switch":
        st.session_state[key] = value
        st.toggle(label, **common)
    elif kind == "choice":
        st.session_state[key] = value
        st.selectbox(label, get_args(_plain(info)[0]), format_func=_words, **common)
    else:
        _number(label, info, value, common)
    if where in bench.errors:
        st.error(bench.errors[where])


def _words(value: str) -> str:
    return value.replace("_", " ").capitalize()


def _number(label: str, info: FieldInfo, value: float | None, common: dict[str, Any]) -> None:
    annotation, _optional = _plain(info)
    whole = annotation is int
    least, most = bounds(info)
    extra = info.json_schema_extra or {}
    step = extra.get("step") or (1 if whole else 0.1)
    if extra.get("log"):
        step = _decade(value)
    cast = int if whole else float
    st.session_state[common["key"]] = None if value is None else cast(value)
    st.number_input(
        label,
        min_value=None if least is None else cast(least),
        max_value=None if most is None else cast(most),
        step=cast(step),
        format="%d" if whole else "%g",
        placeholder="off",
        **common,
    )


def _decade(value: float | None) -> float:
    """A step for numbers chosen on a logarithmic scale: a tenth to a whole of the value."""
    return 10.0 ** math.floor(math.log10(value) + 1e-9) if value else 0.001


def entry_choice(
    bench: Workbench, family: str, path: Path, *, label: str, among: dict[str, type[Entry]] | None = None
) -> None:
    """A choice among the entries of a registry, with the chosen one's sentence, formula and parameters below it.

    What the old and the new entry both have (a learning rate, say) is not carried over: each entry's own defaults are
    sensible for it, another's would often diverge.
    """
    entries = among or REGISTRIES[family]
    current = bench.experiment
    for part in path:
        current = getattr(current, part) if isinstance(part, str) else current[part]
    key = key_of((*path, "kind"))

    def changed() -> None:
        bench.set(path, entries[st.session_state[key]](kind=st.session_state[key]))

    st.session_state[key] = current.kind
    st.selectbox(
        label,
        list(entries),
        format_func=lambda kind: entries[kind].label,
        key=key,
        help=current.about,
        on_change=changed,
    )
    if path in bench.errors:
        st.error(bench.errors[path])
    fields(bench, current, path)
