"""Many trainings at once, one for each combination of what is varied."""

from __future__ import annotations

import math

import streamlit as st

from playground.experiment import Experiment
from playground.experiment.axes import Field, fields, said
from playground.experiment.data import task_of
from playground.experiment.grids import MOST_AXES, MOST_EPOCHS, MOST_VALUES, Axis, Grid
from playground.experiment.usual import measure_names
from playground.settings import settings
from playground.ui.forms import show_value
from playground.ui.grid_draft import NAME, Draft, cells_of, too_much
from playground.ui.looking import PLAYGROUND
from playground.ui.plain import plain
from playground.ui.workbench import Workbench
from playground.web.explore_components import grid_view


def show(bench: Workbench) -> None:
    """Draw the view: what is varied on the left, all cells beside it."""
    experiment = bench.experiment if bench.fits else bench.trained
    if experiment is None:
        return
    draft = Draft.current(bench)
    if draft.opened:
        draft.opened = False
        st.switch_page(PLAYGROUND)
    grid, problem = draft.grid(experiment)
    controls, picture = st.columns([9, 31], gap="small")
    with controls, st.container(key="grid_controls"):
        _go(draft, grid, problem)
        known = fields(experiment)
        for index in range(len(draft.axes)):
            _axis(draft, index, known, experiment)
        if len(draft.axes) < MOST_AXES:
            st.button(
                "Vary something else, too",
                icon=":material/add:",
                type="tertiary",
                key="grid_add",
                on_click=draft.add,
                args=(experiment,),
                help="Every value of it is combined with all values of the others.",
            )
        _length(draft)
        _target(draft, experiment)
    bench.carry(NAME, grid.to_link(whole=False) if grid else None)
    with picture:
        _picture(bench, draft, draft.shown(grid), experiment)


def _go(draft: Draft, grid: Grid | None, problem: str) -> None:
    """The button, with the number of networks that it trains, and why there is none."""
    cells = cells_of(grid) if grid else ()
    able = sum(cell.problem is None for cell in cells)
    begun = grid is not None and draft.is_begun(grid)
    problem = problem or (too_much(grid) or "" if grid else "")
    shape = " × ".join(str(count) for count in grid.shape) if grid else ""
    label = "Train again" if begun else f"Train {able:,} networks" if able != 1 else "Train 1 network"
    st.button(
        label,
        icon=":material/grid_view:",
        type="primary",
        key="grid_go",
        width="stretch",
        disabled=not able or bool(problem),
        on_click=draft.begin,
        args=(grid,),
    )
    if grid:
        counted = f"{shape} = {len(cells):,}" if len(grid.shape) > 1 else shape
        # Here and not at the button, where it would lie over the page's views.
        noun = ("network" if begun else "combination") + ("" if len(cells) == 1 else "s")
        st.caption(
            f"{counted} {noun}",
            help="All of them train side by side, from the start, each as it would alone.",
        )
    if grid and able < len(cells):
        st.caption(f"{len(cells) - able:,} of them cannot be built: they are marked, and say why.")
    for text in (problem, draft.problem):
        if text:
            st.warning(plain(text))


def _axis(draft: Draft, index: int, known: dict[str, Field], experiment: Experiment) -> None:
    """What is varied along one axis, and its values."""
    axis = draft.axes[index]
    field = known[axis.at]
    key = f"grid_at_{index}"
    taken = {other.at for other in draft.axes} - {axis.at}
    offered = [at for at in known if at not in taken]
    show_value(key, axis.at)
    with st.container(border=True, key=f"grid_axis_{index}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"grid_row_{index}"):
            st.selectbox(
                ("Across", "Down", "And")[index],
                offered,
                format_func=lambda at: _named(known[at]),
                key=key,
                on_change=lambda: draft.choose(index, known[st.session_state[key]], experiment),
                help="What is varied: type to find anything that your experiment has.",
            )
            if len(draft.axes) > 1:
                st.button(
                    "Remove",
                    icon=":material/close:",
                    type="tertiary",
                    key=f"grid_remove_{index}",
                    on_click=draft.remove,
                    args=(index,),
                    help=f"Do not vary this: {field.label}.",
                )
        if field.choices:
            _choices(draft, index, field)
        else:
            _numbers(draft, index, field)
        if index in draft.errors:
            st.error(plain(draft.errors[index]))


def _named(field: Field) -> str:
    """A field in the list of all: the group first, where the label does not say it."""
    group = field.group
    return field.label if group in field.label or field.label.startswith("Layer ") else f"{field.label} · {group}"


def _choices(draft: Draft, index: int, field: Field) -> None:
    key = f"grid_choices_{index}_{field.at}"
    words = dict(field.choices)
    show_value(key, list(draft.axes[index].values))

    def changed() -> None:
        draft.set(index, {"at": field.at, "values": tuple(st.session_state[key])})

    st.multiselect(
        "Values",
        list(words),
        format_func=lambda value: words[value],
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        help=field.help,
    )


def _numbers(draft: Draft, index: int, field: Field) -> None:
    key = f"grid_values_{index}_{field.at}"
    points = draft.axes[index].points(field.kind == "integer")
    show_value(key, ", ".join(said(field, value).replace(",", "") for value in points))
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"grid_numbers_{index}"):
        st.text_input(
            f"Values of {field.label}",
            key=key,
            on_change=lambda: draft.values(index, field, st.session_state[key]),
            label_visibility="collapsed",
            help=f"{field.help} Numbers with commas between them.",
        )
        with st.popover("Range", icon=":material/linear_scale:", help="Fills the values in evenly."):
            _range(draft, index, field, points)


def _range(draft: Draft, index: int, field: Field, points: tuple) -> None:
    """A range in place of the values."""
    # Other fields once the values are others: those of a popover that is closed cannot be set to anything.
    keys = [f"grid_{part}_{index}_{field.at}_{draft.edits}" for part in ("low", "high", "count", "log")]
    *ends, many, log = draft.range_of(index, field, _ends(draft.axes[index], field, points))
    whole = field.kind == "integer"

    def fill() -> None:
        low, high, count, log = (st.session_state[key] for key in keys)
        low, high = sorted((low, high))
        given = {"at": field.at, "low": low, "high": high, "count": count, "log": log}
        draft.set(index, given)

    shape = {"format": "%d"} if whole else {"format": "%g", "step": 0.001}
    cast = int if whole else float
    low, high = (None if end is None else cast(end) for end in (field.low, field.high))
    for key, label, end in zip(keys[:2], ("From", "To"), ends, strict=True):
        help = "Where the values begin." if label == "From" else "Where the values end."
        st.number_input(label, low, high, end, key=key, on_change=fill, help=help, **shape)
    help = "Values from one end to the other, both told."
    st.number_input("How many", 2, MOST_VALUES, many, key=keys[2], on_change=fill, help=help)
    st.toggle("Logarithmic", log, key=keys[3], on_change=fill, help="Each is so many times the one before.")
    if index in draft.errors:
        st.error(plain(draft.errors[index]))


def _ends(axis: Axis, field: Field, points: tuple) -> tuple[float, float, int, bool]:
    """The range that an axis is, or that its values lie in: from, to, how many, whether logarithmic."""
    if not axis.values:
        return *((int(end) if field.kind == "integer" else end) for end in (axis.low, axis.high)), axis.count, axis.log
    numbers = [value for value in points if value is not None] or [0, 1]
    cast = int if field.kind == "integer" else float
    low, high = (_within(cast(end(numbers)), field) for end in (min, max))
    return low, high, max(2, len(points)), field.log and low > 0


def _within(value: float, field: Field) -> float:
    """The nearest number that a field may have: others may be typed, and are then marked, but no form has them."""
    least, most = (-math.inf if field.low is None else field.low), (math.inf if field.high is None else field.high)
    return type(value)(min(max(value, least), most))


def _length(draft: Draft) -> None:
    show_value("grid_epochs", draft.epochs)

    def changed() -> None:
        draft.epochs = st.session_state["grid_epochs"]

    st.number_input(
        "Epochs",
        1,
        MOST_EPOCHS,
        step=100,
        key="grid_epochs",
        on_change=changed,
        help="How many times each network sees all its training data.",
    )


def _target(draft: Draft, experiment: Experiment) -> None:
    """What is good enough: the epochs until then are one of the things to look at."""
    names = measure_names("R²" if task_of(experiment.data) == "regression" else "accuracy")
    show_value("grid_measure", draft.measure)
    show_value("grid_target", draft.target)

    def changed() -> None:
        draft.measure, draft.target = st.session_state["grid_measure"], st.session_state["grid_target"]

    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.selectbox(
        "Good enough",
        list(names),
        format_func=names.get,
        key="grid_measure",
        on_change=changed,
        help="The epochs that each network takes to get there are counted.",
    )
    right.number_input(
        "Target",
        value=None,
        step=0.01,
        format="%g",
        key="grid_target",
        on_change=changed,
        placeholder="none",
        help="A loss counts once it is at most this, an accuracy once it is at least this.",
    )


def _picture(bench: Workbench, draft: Draft, grid: Grid | None, experiment: Experiment) -> None:
    if grid is None:
        st.info(f"Up to {settings.max_cells} networks can train side by side.")
        return
    begun = draft.is_begun(grid)
    pairs = zip(grid.axes, grid.labels, grid.texts, strict=True)
    metric = "R²" if task_of(grid.base.data) == "regression" else "accuracy"
    cells, known = cells_of(grid), fields(grid.base)
    grid_view(
        draft.job if begun else None,
        axes=[
            {
                "label": label,
                "values": list(texts),
                "seed": axis.at in ("seed", "data.seed"),
                "ordered": known[axis.at].is_number,
            }
            for axis, label, texts in pairs
        ],
        problems={str(cell.index): cell.problem for cell in cells if cell.problem},
        measures=measure_names(metric),
        target={"measure": grid.measure, "value": grid.target},
        unlike=any(axis.at.startswith("training.loss") for axis in grid.axes),
        epochs=grid.epochs,
        fast=draft.fast,
        height="var(--np-explore)",
        key="grid_view",
        label=f"{math.prod(grid.shape)} networks by {' and '.join(grid.labels)}",
        on_open=lambda event: draft.open(bench, event.get("index")),
        on_act=draft.act,
        on_gone=draft.gone,
    )
