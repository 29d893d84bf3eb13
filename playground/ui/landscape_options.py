"""What a person looks at on the page of landscapes: which plane, which height, how far and how finely.

A way of looking, not part of the experiment: kept for this browser tab.
"""

from __future__ import annotations

import random
from typing import Any

import streamlit as st

from playground.data import class_names
from playground.experiment.data import SEED_LIMIT
from playground.lenses.landscape.entries import DIRECTIONS, PlaneLens
from playground.runs import hub
from playground.ui import landscape_places
from playground.ui.landscape_places import KEY
from playground.ui.workbench import Workbench

RANDOM = ("filter", "layer", "raw", "gradient", "line")
"""The planes in which a direction is drawn at random."""
RESOLUTIONS = (11, 21, 31, 41, 51, 71, 101)
RADII = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
AXES = {"x": "First direction", "y": "Second"}
AT_FIRST = {"directions": "filter", "seed": 0, "radius": 1.0, "resolution": 41, "part": "train", "height": "loss"}


def kept(name: str, otherwise: Any = None) -> Any:
    """What was chosen last."""
    return landscape_places.kept(name, AT_FIRST.get(name, otherwise))


def show(bench: Workbench, slices: bool = False) -> None:
    """The controls, from what matters most to what is rarely turned. slices: of a line, not of a surface."""
    st.selectbox(
        "Plane",
        list(DIRECTIONS),
        format_func=lambda kind: DIRECTIONS[kind][0],
        key=KEY + "directions",
        persist_state="session",
        help="A network has as many directions as weights. A picture shows two of them: which? The run's own "
        "way shows best on the principal components of its path.",
    )
    directions = kept("directions")
    st.caption(DIRECTIONS[directions][1])
    if directions == "weights":
        landscape_places.weights(bench)
    if directions == "line":
        landscape_places.line(bench)
    if directions in RANDOM:
        _seed()
    if slices:
        _axis()
    _hold(bench)
    if not slices:
        _heights(bench)
    _log(slices)
    _scale(slices)
    st.caption(
        "Biases and the scales of norms stay where they are in random directions; dropout is off, and batch norm has "
        "its running statistics. The run itself is only moved where you press."
    )


def _axis() -> None:
    st.segmented_control(
        "Along",
        list(AXES),
        format_func=AXES.get,
        default="x",
        required=True,
        key=KEY + "axis",
        persist_state="session",
        help="Which of the plane's two directions the line follows.",
    )


def _log(slices: bool) -> None:
    st.toggle(
        "Logarithmic height",
        key=KEY + "log",
        persist_state="session",
        disabled=kept("height") == "score" and not slices,
        help="Each step up is ten times the loss: the bottom of a valley is seen, too.",
    )


def _scale(slices: bool) -> None:
    st.select_slider(
        "Reach",
        RADII,
        value=AT_FIRST["radius"],
        format_func=lambda radius: f"{radius:g}",
        key=KEY + "radius",
        persist_state="session",
        help=PlaneLens.parameters()["radius"].description,
    )
    if not slices:
        st.select_slider(
            "Resolution",
            RESOLUTIONS,
            value=AT_FIRST["resolution"],
            format_func=lambda side: f"{side} × {side}",
            key=KEY + "resolution",
            persist_state="session",
            help="Places at which the loss is measured. A large network is shown coarse first, then ever finer.",
        )


def _seed() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            "Seed",
            min_value=0,
            max_value=SEED_LIMIT - 1,
            value=0,
            key=KEY + "seed",
            persist_state="session",
            help="Which random directions: the same number gives the same.",
        )
        st.button("New directions", icon=":material/casino:", on_click=_new_seed, help="Draws other random directions.")


def _new_seed() -> None:
    st.session_state[KEY + "seed"] = random.randrange(SEED_LIMIT)


def _hold(bench: Workbench) -> None:
    st.toggle(
        "Hold the plane still",
        key=KEY + "hold",
        on_change=_held,
        args=(bench,),
        persist_state="session",
        help="The surface stays as it is now, and the run moves through it. Otherwise the plane follows the run.",
    )


def _held(bench: Workbench) -> None:
    info = hub().get(bench.run) if bench.run else None
    st.session_state[KEY + "anchor"] = info.step if info and st.session_state.get(KEY + "hold") else None


def _heights(bench: Workbench) -> None:
    names = {"loss": "Loss", "score": "R²" if _is_regression(bench) else "Accuracy"}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            "Height",
            list(names),
            format_func=names.get,
            default="loss",
            required=True,
            key=KEY + "height",
            persist_state="session",
            help="What the surface is as high as: the loss, or how much is right.",
        )
        st.segmented_control(
            "Samples",
            ["train", "test"],
            format_func=str.capitalize,
            default="train",
            required=True,
            key=KEY + "part",
            persist_state="session",
            help="Those it trains on, or those kept back to test on; of images, some hundreds of either.",
        )


def _is_regression(bench: Workbench) -> bool:
    return bench.summary is not None and not class_names((bench.trained or bench.experiment).data)


def plane_options(bench: Workbench) -> dict[str, Any]:
    """What the lenses of landscapes are asked for: the options of `PlaneLens`."""
    directions = kept("directions")
    options: dict[str, Any] = {"directions": directions, "radius": kept("radius")}
    if directions in RANDOM or directions == "pca":
        options["seed"] = kept("seed") or 0
    if kept("hold") and kept("anchor") is not None:
        options["anchor"] = kept("anchor")
    if directions == "line":
        options |= landscape_places.line_options(bench)
    if directions == "weights":
        options |= landscape_places.weight_options(bench)
    return options


def drawing_options() -> dict[str, Any]:
    """How the heights are drawn: the options of the figures."""
    height = kept("height") or "loss"
    return {"height": height, "log": bool(kept("log")) and height == "loss"}


def view_options(bench: Workbench) -> dict[str, Any]:
    """The options of the live views "landscape" and "contour"."""
    surface = {"resolution": kept("resolution"), "part": kept("part") or "train"}
    return {**plane_options(bench), **surface, **drawing_options()}


def slice_options(bench: Workbench) -> dict[str, Any]:
    """The options of the live view "slice"."""
    return {**plane_options(bench), "axis": kept("axis") or "x", "log": bool(kept("log"))}
