"""Points that a straight line can begin at: kept beside the run, told apart, and chosen among."""

import streamlit as st

from playground.runs import hub
from playground.ui import landscape_options, landscape_places
from playground.ui.landscape_places import KEPT, KEY


def line(bench):
    st.session_state[KEY + "directions"], st.session_state[KEY + "from"] = "line", KEPT
    landscape_places.line(bench)
    st.session_state["options"] = landscape_options.plane_options(bench)


def press(page, label: str):
    return next(button for button in page.button if button.label == label).click().run()


def test_the_points_kept_are_chosen_among(shared, draw):
    page = draw(shared, line)
    assert not page.selectbox
    assert page.session_state["options"]["start"] == 0, "there is no point yet"
    press(page, "Keep this point")
    first = page.session_state["options"]["landmark"]
    assert page.selectbox[0].options == ["This run at step 0"]

    other = hub().create(shared.trained.model_copy(update={"seed": 7}))
    page.text_input[0].set_value(f"http://localhost/landscape?run={other}&x=1").run()
    press(page, "Keep its point")
    assert page.session_state["options"]["landmark"] != first, "the one kept last is the one that is shown"
    assert page.selectbox[0].options == ["The other run at step 0", "This run at step 0"]
    page.selectbox[0].set_value(first).run()
    assert page.session_state["options"]["landmark"] == first

    page.text_input[0].set_value("run=nobody").run()
    press(page, "Keep its point")
    assert [error.value for error in page.error] == ["There is no such run on this server."]
    assert len(page.selectbox[0].options) == 2
    assert not page.exception
