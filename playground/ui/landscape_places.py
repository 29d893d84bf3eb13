"""What two of the planes need to know: where a straight line begins, and which two weights are the axes."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import streamlit as st

from playground.data import input_names
from playground.experiment import walk
from playground.network.shapes import HEAD
from playground.runs import hub
from playground.runs.hubs import LANDMARKS
from playground.ui.plain import plain
from playground.ui.workbench import Workbench

KEY = "landscape:"
STEP, KEPT = "step", "kept"
POINTS = KEY + "points"
"""The points that were kept, of every run: by their names, what they are called; the latest is the last."""
WEIGHTS = (("first_weight", "Across", 0), ("second_weight", "Upwards", 1))


def kept(name: str, otherwise: Any = None) -> Any:
    """What was chosen last on the page of landscapes."""
    return st.session_state.get(KEY + name, otherwise)


def line(bench: Workbench) -> None:
    """Where the straight line begins."""
    st.segmented_control(
        "From",
        [STEP, KEPT],
        format_func={STEP: "A step", KEPT: "Kept point"}.get,
        default=STEP,
        required=True,
        key=KEY + "from",
        persist_state="session",
        help="The line begins at an earlier step of this run, or at weights that you kept: of another run, say.",
    )
    if kept("from", STEP) == STEP:
        st.number_input(
            "Step", min_value=0, value=0, key=KEY + "start", persist_state="session", help="0 is the initial weights."
        )
        return
    if points := _points(bench):
        if kept("landmark") not in points:
            st.session_state[KEY + "landmark"] = next(reversed(points))
        st.selectbox(
            "Kept point",
            list(reversed(points)),
            format_func=points.get,
            key=KEY + "landmark",
            persist_state="session",
            help="Where the line begins. The points kept last are here, four at most.",
        )
    st.button(
        "Keep this point",
        icon=":material/keep:",
        on_click=_keep,
        args=(bench,),
        help="Remembers the weights as they are now. Then choose other initial weights, train again, and look at what "
        "lies between the two.",
    )
    other = st.text_input(
        "Or the address of another run",
        key=KEY + "other",
        placeholder="paste it here",
        help="The page address of another tab or person on this server, with a network of the same shape.",
    )
    st.button("Keep its point", on_click=_keep_other, args=(bench,), disabled=not other)
    told = st.session_state.get(KEY + "told")
    if told:
        (st.caption if told[0] else st.error)(plain(told[1]))


def _keep(bench: Workbench) -> None:
    _keep_of(bench, bench.run, "This run")


def _keep_other(bench: Workbench) -> None:
    text = str(st.session_state.get(KEY + "other") or "")
    run = text.partition("run=")[2].partition("&")[0] or text.strip()
    _keep_of(bench, run, "The other run")


def _keep_of(bench: Workbench, run: str | None, whose: str) -> None:
    """Keep the weights of `run` beside the run of this page."""
    try:
        data = hub().fetch(run or "", "weights")
        name = blake2b(data, digest_size=8).hexdigest()
        hub().keep_landmark(bench.run or "", name, data)
        info = hub().get(run or "")
    except KeyError:
        st.session_state[KEY + "told"] = False, "There is no such run on this server."
    except (TimeoutError, ValueError) as problem:
        st.session_state[KEY + "told"] = False, str(problem)
    else:
        st.session_state[KEY + "landmark"] = name
        points = {**_points(bench), name: f"{whose} at step {info.step:,}" if info else whose}
        latest = [*(other for other in points if other != name), name][-LANDMARKS:]
        st.session_state[POINTS] = {**kept("points", {}), bench.run: {one: points[one] for one in latest}}
        st.session_state[KEY + "told"] = True, f"Kept: {points[name]}."


def _points(bench: Workbench) -> dict[str, str]:
    """Those that were kept beside the run of this page."""
    return kept("points", {}).get(bench.run, {})


def weights(bench: Workbench) -> None:
    """Which two weights."""
    for name, label, place in WEIGHTS:
        _weight(bench, name, label, place)


def _weight(bench: Workbench, name: str, label: str, place: int) -> None:
    """Three small fields: layer, unit, and which of its inputs."""
    layers = _layers(bench)
    key = KEY + name
    which, unit, source = st.columns([4, 3, 3], gap="small", vertical_alignment="bottom")
    with which:
        layer = st.selectbox(label, list(layers), key=f"{key}:layer", persist_state="session", help="A linear layer.")
    _, units, inputs = layers[layer]
    with unit:
        st.number_input(
            "Unit", 1, units, 1, key=f"{key}:unit:{units}", persist_state="session", help="Counted from the top."
        )
    with source:
        st.number_input(
            "Input",
            0,
            inputs,
            min(place + 1, inputs),
            key=f"{key}:input:{inputs}",
            persist_state="session",
            help="Which weight of the unit, counted from the top; 0 is its bias.",
        )


def _layers(bench: Workbench) -> dict[str, tuple[Any, int, int]]:
    """The linear layers by name: path, units, inputs."""
    experiment = bench.trained or bench.experiment
    cards = {card.path: card for card in bench.summary.cards} if bench.summary else {}
    found = {}
    for path, layer in walk(experiment.network):
        if layer.kind == "linear" and path in cards:
            found[f"Layer {'.'.join(str(i + 1) for i in path)}"] = (list(path), cards[path].outputs, cards[path].inputs)
    head = bench.summary.head if bench.summary else None
    if head:
        found["Output"] = (HEAD, head.outputs, head.inputs)
    return found or {"Output": (HEAD, 1, len(input_names(experiment.data)))}


def _chosen_weight(bench: Workbench, name: str, place: int) -> dict[str, Any]:
    layers = _layers(bench)
    layer = kept(f"{name}:layer")
    path, units, inputs = layers[layer if layer in layers else next(iter(layers))]
    unit = min(kept(f"{name}:unit:{units}", 1), units)
    source = min(kept(f"{name}:input:{inputs}", place + 1), inputs)
    return {"path": path, "unit": unit - 1, "input": source - 1 if source else None}


def weight_options(bench: Workbench) -> dict[str, Any]:
    """The two weights, as options of `PlaneLens`."""
    return {name: _chosen_weight(bench, name, place) for name, _, place in WEIGHTS}


def line_options(bench: Workbench) -> dict[str, Any]:
    """Where the line begins, as options of `PlaneLens`."""
    if kept("from", STEP) == KEPT:
        return {"landmark": kept("landmark")} if kept("landmark") in _points(bench) else {"start": 0}
    return {"start": kept("start", 0) or 0}
