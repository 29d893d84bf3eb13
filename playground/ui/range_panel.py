"""The learning-rate range test: the loss while the rate rises, and a rate to train with at one press (Smith 2017)."""

from __future__ import annotations

import streamlit as st

from playground.experiment import Experiment
from playground.ui import looking
from playground.ui.forms import fields, key_of, show_value
from playground.ui.plain import plain
from playground.ui.range_draft import Draft
from playground.ui.workbench import Workbench
from playground.web.explore_components import range_view

PAGE = "../../pages/explore.py"  # from the shell, which runs every page
SHOWN, NAME = "explore_view", "Learning rate"
AT = ("range",)
BEGIN = {"initial": "Initial weights", "present": "Present weights"}
ABOUT = (
    "Every step trains with a larger learning rate than the one before. Too small a rate moves nothing, a good one "
    "makes the loss fall, too large a one makes it explode."
)


def show(bench: Workbench) -> None:
    """Draw the view: how the test is made on the left, what it finds beside it."""
    draft = Draft.current()
    experiment = _subject(bench)
    if experiment is not None and draft.is_stale(experiment):
        draft.begin(experiment, bench.run)  # it takes a moment: it need not be asked for
    controls, picture = st.columns([9, 31], gap="small")
    with controls, st.container(key="range_controls"):
        st.markdown(ABOUT)
        _go(bench, draft, experiment)
        fields(draft, draft.settings, AT, skip=("begin",))
        _begin(draft)
        if experiment is not None and experiment.training.schedule.kind != "constant":
            st.caption("The schedule has no part in the test. It will start from the rate that you choose.")
    with picture:
        range_view(
            draft.job,
            now=None if experiment is None else experiment.training.optimizer.lr,
            height="var(--np-explore)",
            key="range_view",
            label="Learning-rate range test",
            on_use=lambda event: draft.use(bench, event.get("rate")),
            on_cancel=draft.cancel,
            on_gone=draft.gone,
        )


def _subject(bench: Workbench) -> Experiment | None:
    """What is tested: what is shown, or while that is a draft what trains."""
    return bench.experiment if bench.fits else bench.trained


def _go(bench: Workbench, draft: Draft, experiment: Experiment | None) -> None:
    """The button, and why there is no test."""
    st.button(
        "Test again",
        icon=":material/speed:",
        type="primary",
        key="range_go",
        width="stretch",
        on_click=lambda: draft.begin(experiment, bench.run),
        disabled=experiment is None,
        help="Make the test once more: from where your run is by now, if it begins from the present weights.",
    )
    if draft.problem:
        st.warning(plain(draft.problem))


def _begin(draft: Draft) -> None:
    """From which weights."""
    where = (*AT, "begin")
    key = key_of(where)
    show_value(key, draft.settings.begin)
    st.segmented_control(
        "Begin",
        list(BEGIN),
        format_func=BEGIN.get,
        required=True,
        key=key,
        on_change=lambda: draft.set(where, st.session_state[key]),
        label_visibility="collapsed",
        help="From the weights that the seed draws, or from where your run is now.",
    )


def invitation() -> None:
    """A button that goes to this view, to stand by the learning rate of a form."""
    if st.button(
        "Find a learning rate",
        icon=":material/speed:",
        type="tertiary",
        key="range_invitation",
        help="Lets the learning rate rise from step to step, and shows where the loss falls and where it explodes.",
    ):
        looking.choose(SHOWN, NAME)
        st.switch_page(PAGE)
