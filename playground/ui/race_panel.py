"""A race of optimizers: who runs and with which settings, on which ground, and the player that shows it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
import streamlit as st

from playground.experiment import REGISTRIES
from playground.experiment.races import MOST_RACERS
from playground.experiment.terrains import TERRAINS, Terrain
from playground.figures import race as figure
from playground.figures.theme import RACERS
from playground.runs.wire import encode
from playground.ui.forms import about, field, fields, key_of, show_value
from playground.ui.race_draft import NETWORK, VARIANTS, Draft, variant_of
from playground.ui.workbench import Workbench
from playground.web.components import race_view

GROUNDS = {"terrain": "Analytic terrain", NETWORK: "This network"}
NAMES = {"momentum": "Momentum", "nesterov": "Nesterov"}
BEGIN = {"initial": "Initial weights", "present": "Present weights"}
NOISES = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
PLANES = {"principal": "Principal plane", "random": "Random plane"}
SURFACE = "The surface is the training loss without dropout, with the best racer's running statistics in batch norm."
PRESS = "Press on the map to let the race begin there. Stars are the global minima."


def show(bench: Workbench) -> None:
    """Draw the view: what is set up on the left, the race beside it."""
    draft = Draft.current()
    controls, player = st.columns([9, 31], gap="small")
    with controls, st.container(key="race_controls"):
        _ground(draft)
        _field(draft)
        _settings(draft)
        with st.container(key="race_begin"):
            _go(bench, draft)
    if not draft.on_network and draft.is_stale:
        draft.begin()  # worked out in a moment: every change is raced at once
    with player:
        _player(bench, draft)


def _ground(draft: Draft) -> None:
    """On what they race."""

    def changed() -> None:
        draft.choose(NETWORK if st.session_state["race_on"] == NETWORK else draft.terrain)

    show_value("race_on", NETWORK if draft.on_network else "terrain")
    st.segmented_control(
        "On",
        list(GROUNDS),
        format_func=GROUNDS.get,
        required=True,
        key="race_on",
        on_change=changed,
        label_visibility="collapsed",
        help="A terrain given by a formula, or the loss of the network that you have built.",
    )
    if not draft.on_network:
        terrain = draft.race.terrain
        show_value("race_terrain", terrain.kind)
        st.selectbox(
            "Terrain",
            list(TERRAINS),
            format_func=lambda kind: TERRAINS[kind].label,
            key="race_terrain",
            on_change=lambda: draft.choose(st.session_state["race_terrain"]),
            help=about(terrain),
        )
        st.caption(f"${terrain.formula}$")
        fields(draft, terrain, (draft.chosen, "terrain"))


def _field(draft: Draft) -> None:
    """Who races: a row each."""
    st.caption("Optimizer and learning rate", help="Who races, and how far each step goes along the gradient.")
    marks = (f".stApp .st-key-racer_{index} {{ border-left-color: {colour}; }}" for index, colour in enumerate(RACERS))
    with st.container(key="race_field"):
        st.html(f"<style>{' '.join(marks)}</style>")
        for index, racer in enumerate(draft.race.racers):
            with st.container(key=f"racer_{index}", horizontal=True, vertical_alignment="center"):
                _racer(draft, index, racer)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add",
            icon=":material/add:",
            key="race_add",
            on_click=draft.add,
            disabled=len(draft.race.racers) >= MOST_RACERS,
            help=f"Another optimizer in the race, {MOST_RACERS} at most.",
        )
        st.button(
            "The usual six",
            key="race_usual",
            on_click=draft.begin_usual,
            help="The textbook's optimizers, with learning rates that go well here, and this race's other defaults.",
        )


def _racer(draft: Draft, index: int, racer: Any) -> None:
    at = (draft.chosen, "racers", index)
    key = key_of((*at, "variant"))
    show_value(key, variant_of(racer))
    st.selectbox(
        "Optimizer",
        list(VARIANTS),
        format_func=lambda variant: NAMES.get(variant) or REGISTRIES["optimizer"][VARIANTS[variant]["kind"]].label,
        key=key,
        on_change=lambda: draft.vary(index, st.session_state[key]),
        label_visibility="collapsed",
        help=about(racer.optimizer),
    )
    field(draft, racer.optimizer, (*at, "optimizer"), "lr")
    help = "Its other settings, and its name."
    more = st.popover("", icon=":material/tune:", help=help, key=f"racer_more_{index}", on_change="rerun")
    # Drawn when it opens: what is in a closed one is not in the browser, and could not be told what it shows.
    if more.open:
        with more:
            st.markdown(about(racer.optimizer))
            fields(draft, racer.optimizer, (*at, "optimizer"), skip=("lr",))
            _name(draft, at, racer)
    st.button(
        "",
        icon=":material/close:",
        key=f"racer_remove_{index}",
        on_click=lambda: draft.remove(index),
        disabled=len(draft.race.racers) == 1,
        help="Take this one out of the race.",
    )


def _name(draft: Draft, at: tuple, racer: Any) -> None:
    where = (*at, "name")
    show_value(key_of(where), racer.name)
    st.text_input(
        "Name",
        key=key_of(where),
        placeholder=racer.title,
        max_chars=24,
        on_change=lambda: draft.set(where, st.session_state[key_of(where)]),
        help="What it is called in the race; empty: after its optimizer.",
    )


def _settings(draft: Draft) -> None:
    """How far they race, and from where."""
    at = (draft.chosen,)
    if not draft.on_network:
        steps, noise = st.columns(2, gap="small")
        with steps:
            field(draft, draft.race, at, "steps")
        with noise:
            _noise(draft, (*at, "noise"))
        return
    fields(draft, draft.race, at, skip=("seed", "begin", "plane"))
    for name, words, text in (
        ("begin", BEGIN, "From the weights that the seed draws, or from where your run is now."),
        ("plane", PLANES, "Two directions in which all the paths spread most, or two filter-normalised random ones."),
    ):
        key = key_of((*at, name))
        show_value(key, getattr(draft.race, name))
        st.segmented_control(
            name.capitalize(),
            list(words),
            format_func=words.get,
            required=True,
            key=key,
            on_change=lambda name=name, key=key: draft.set((*at, name), st.session_state[key]),
            label_visibility="collapsed",
            help=text,
        )


def _noise(draft: Draft, where: tuple) -> None:
    key = key_of(where)
    show_value(key, min(NOISES, key=lambda noise: abs(noise - draft.race.noise)))
    st.select_slider(
        "Noise",
        NOISES,
        key=key,
        on_change=lambda: draft.set(where, st.session_state[key]),
        help=type(draft.race).model_fields["noise"].description,
    )


def _go(bench: Workbench, draft: Draft) -> None:
    """The button, and why there is no race."""

    def race() -> None:
        draft.again()
        draft.begin(bench.run, bench.trained)

    st.button(
        "Race",
        icon=":material/flag:",
        type="primary",
        key="race_go",
        width="stretch",
        on_click=race,
        disabled=draft.on_network and bench.trained is None,
        help="Let them all start again; where there is noise, with another draw of it.",
    )
    if draft.problem:
        st.warning(draft.problem)


def _player(bench: Workbench, draft: Draft) -> None:
    label = "Race on this network" if draft.on_network else f"Race on {draft.race.terrain.label}"
    race_view(
        draft.job,
        figure.racers(draft.race.racers),
        height="var(--np-landscape)",
        key="race_view",
        label=label,
        ground=None if draft.on_network else ground_of(draft.race.terrain, draft.race.start),
        pick=not draft.on_network,
        hint=SURFACE if draft.on_network else PRESS,
        on_start=lambda event: draft.start_at(event.get("x"), event.get("y")),
        on_cancel=draft.cancel,
        on_gone=draft.gone,
    )


@lru_cache(maxsize=64)
def ground_of(terrain: Terrain, start: tuple[float, float]) -> dict[str, Any]:
    """The ground of an analytic terrain as it travels to a browser."""
    return orjson.loads(encode(figure.terrain_ground(terrain, start)))
