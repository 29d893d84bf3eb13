"""Painted points: what the tools on the boundary are told, what becomes of a stroke, and their part of the Data tab."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import streamlit as st

from playground.data import load
from playground.data.loading import CLASS_LETTERS
from playground.data.painted import painted_from
from playground.experiment import Experiment, edits, painting
from playground.experiment.data import Painted, task_of
from playground.experiment.differences import differences, summary
from playground.figures import theme
from playground.settings import settings
from playground.ui.forms import key_of, show_error, show_value
from playground.ui.workbench import Workbench

AT = ("data",)
POINTS = (*AT, "points")
TASK = (*AT, "as_task")
TASKS = {"classification": "Classes", "regression": "Values"}
SEEN = "paint_seen"
INVITED = "paint_invited"
STROKE = "paint_stroke"


def offer(bench: Workbench) -> dict[str, Any] | None:
    """What the tools on the boundary are told; None where the data are not points of the plane.

    points: all points as they are now, also those of a synthetic set, which the first stroke turns into painted ones;
    source: what that set is called, None where the points are painted already; seen: the last stroke that was taken
    in; invited: how often the tools were asked to open by themselves.
    """
    data = bench.experiment.data
    if data.family != "plane":
        return None
    task = task_of(data)
    edges = {"train": theme.POINT_EDGE, "test": theme.TEST_EDGE}
    if task == "regression":
        edges["train"] = theme.FAINT
    return {
        "points": _points(data),
        "task": task,
        "source": None if isinstance(data, Painted) else data.label,
        "names": [f"class {letter}" for letter in CLASS_LETTERS],
        "colours": [theme.class_colour(index) for index in range(painting.MOST_CLASSES)],
        "edges": {part: {"color": colour, "width": 1.1 if part == "test" else 0.8} for part, colour in edges.items()},
        "sizes": {"few": theme.POINT_SIZE, "many": theme.SMALL_POINT_SIZE},
        "most": settings.max_painted,
        "seen": st.session_state.get(SEEN, 0),
        "invited": st.session_state.get(INVITED, 0),
        "error": bench.error(POINTS),
    }


@lru_cache(maxsize=64)
def _points(data: Any) -> str:
    return data.points if isinstance(data, Painted) else painted_from(data, load(data)).points


def stroke(bench: Workbench, event: dict[str, Any]) -> None:
    """Take in a stroke, or a part of it: all points that are on the canvas now.

    What cannot be trained on is refused, and told there. The parts of a stroke are one step of the history.
    """
    serial, points, task = event.get("serial"), event.get("points"), event.get("task")
    if isinstance(serial, int):
        st.session_state[SEEN] = serial
    data = bench.experiment.data
    # The data may have become others while the stroke was on its way; then it is about points that are gone.
    if not isinstance(points, str) or data.family != "plane" or task != task_of(data):
        return
    before = bench.history.now.serial
    if bench.change(lambda experiment: _with(experiment, points=points), POINTS):
        _one_step(bench, event.get("stroke"), before)


def _one_step(bench: Workbench, name: Any, before: int) -> None:
    """Remember which step the stroke called `name` made, and fuse it with the one that its last part made."""
    history = bench.history
    if history.now.serial == before:
        return
    if name and st.session_state.get(STROKE) == (name, before) and len(history.past) > 2:
        history.fuse(summary(differences(history.past[-3].experiment, bench.experiment)))
    st.session_state[STROKE] = (name, history.now.serial)


def invite() -> None:
    """Have the painting tools open by themselves."""
    st.session_state[INVITED] = st.session_state.get(INVITED, 0) + 1


def drawn_there(data: Any) -> tuple[str, ...]:
    """The fields of painted points that are drawn here, or make no sense now."""
    if not isinstance(data, Painted):
        return ()
    return ("as_task", "label_noise") if data.as_task == "regression" else ("as_task",)


def show(bench: Workbench, data: Painted) -> None:
    """The part of the Data tab: how many points of what, and whether they are classes or values."""
    key = key_of(TASK)
    show_value(key, data.as_task)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Points have",
            list(TASKS),
            format_func=TASKS.get,
            key=key,
            required=True,
            on_change=lambda: choose_task(bench, st.session_state[key]),
            help="Classes to tell apart, or values to predict. Points are converted: classes lie evenly from −1 to +1.",
        )
        st.button("Paint", icon=":material/brush:", key="paint", help="Opens the tools on the plot.", on_click=invite)
    st.caption(counted(data))
    show_error(bench, POINTS)


def counted(data: Painted) -> str:
    """How many points there are, in words."""
    total = f"{data.count:,} of at most {settings.max_painted:,} points"
    if data.as_task == "regression":
        return f"{total}."
    labels = data.labels.tolist()
    parts = [f"{labels.count(k)} of class {CLASS_LETTERS[k]}" for k in range(data.classes) if k in labels]
    return f"{total}: {', '.join(parts[:-1])} and {parts[-1]}."


def choose_task(bench: Workbench, task: str) -> None:
    """Make classes of values, or values of classes."""
    data = bench.experiment.data
    if isinstance(data, Painted) and task in TASKS and task != data.as_task:
        points = painting.converted(data.points, task)
        bench.change(lambda experiment: _with(experiment, points=points, as_task=task), POINTS)


def _with(experiment: Experiment, **changes: Any) -> Experiment:
    data = experiment.data
    start = painted_from(data, load(data))
    return edits.fit_loss(experiment, Painted.model_validate({**dict(start), **changes}))
