"""The transport in a real Chromium: buttons, keys, readouts, timeline and notices, against a hand-written stream."""

import math
from datetime import datetime

import pytest
from playwright.sync_api import Error, Page, expect

from tests.web.stage import Stage, Viewer
from tests.web.test_views import drawn, mount

PAST = {"at": 40, "moment": {"step": 40, "epoch": 1.6, "train_loss": 0.4, "test_loss": 0.7, "metric": None, "lr": 0.03}}


@pytest.fixture
def run_id(stage: Stage) -> str:
    return stage.name()


@pytest.fixture
def viewer(page: Page, stage: Stage, run_id: str) -> Viewer:
    """A transport on the page, which has drawn one status of a paused run."""
    mount(page, "bar", "transport", run_id)
    viewer = stage.viewer(run_id)
    drawn(page, viewer, viewer.send(state="paused"))
    return viewer


def control(viewer: Viewer) -> tuple[str, object]:
    message = viewer.hears("control")
    return message["op"], message["value"]


def standing_still(page: Page, stage: Stage) -> Viewer:
    """A transport whose time passes only where the test says so: a machine may be slower than the page is patient."""
    page.clock.install()
    run_id = stage.name()
    mount(page, "bar", "transport", run_id)
    viewer = stage.viewer(run_id)
    viewer.send(state="paused")
    expect(page.get_by_role("button", name="Play (space)")).to_have_count(1)
    for attempt in range(10):  # the moment to stop at must still lie ahead when the order arrives
        try:
            page.clock.pause_at(datetime.fromtimestamp(page.evaluate("Date.now()") / 1000 + 5))
            break
        except Error:
            if attempt == 9:
                raise
    return viewer


def draws(page: Page, viewer: Viewer, number: int) -> None:
    """Let time pass until a frame is drawn."""
    page.wait_for_function("n => connection().pending?.n === n", arg=number)
    page.clock.run_for(50)
    drawn(page, viewer, number)


def test_play_answers_at_once_and_waits_for_the_run(own_page, stage):
    page, viewer = own_page, standing_still(own_page, stage)
    page.get_by_role("button", name="Play (space)").click()
    assert page.get_by_role("button", name="Pause (space)").count() == 1  # before any answer
    assert control(viewer) == ("play", None)
    draws(page, viewer, viewer.send(state="paused"))  # still the state of before
    expect(page.get_by_role("button", name="Pause (space)")).to_have_count(1)
    draws(page, viewer, viewer.send(state="playing"))
    page.get_by_role("button", name="Pause (space)").click()
    assert control(viewer) == ("pause", None)


def test_what_a_run_does_not_confirm_is_no_longer_believed(own_page, stage):
    page = own_page
    standing_still(page, stage)
    page.get_by_role("button", name="Play (space)").click()
    expect(page.get_by_role("button", name="Pause (space)")).to_have_count(1)
    page.clock.run_for(2000)
    expect(page.get_by_role("button", name="Play (space)")).to_have_count(1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("One step (→ or .)", "step"), ("One epoch (E)", "epoch"), ("Reset to the same initial weights (R)", "reset")],
)
def test_buttons(page, viewer, name, expected):
    page.get_by_role("button", name=name).click()
    assert control(viewer) == (expected, None)


@pytest.mark.parametrize(
    ("key", "expected"),
    [(" ", "play"), (".", "step"), ("ArrowRight", "step"), ("e", "epoch"), ("E", "epoch"), ("r", "reset")],
)
def test_keys(page, viewer, key, expected):
    page.keyboard.press(key)
    assert control(viewer)[0] == expected


def test_new_weights_are_the_pages_business(page, viewer):
    page.keyboard.press("n")
    page.get_by_role("button", name="New weights (N)").click()
    assert [name for name, _ in page.evaluate("emitted")] == ["new_weights", "new_weights"]


@pytest.mark.parametrize("html", ["<input id=x>", "<textarea id=x></textarea>", "<div id=x contenteditable>a</div>"])
def test_keys_are_left_alone_while_somebody_types(page, viewer, html):
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', `<div>${html}</div>`)", html)
    page.locator("#x").focus()
    page.keyboard.type("ren .")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("e")
    assert control(viewer) == ("epoch", None)  # the first and only thing heard
    assert page.evaluate("emitted") == []


def test_space_presses_the_button_that_has_the_focus(page, viewer):
    page.get_by_role("button", name="One epoch (E)").focus()
    page.keyboard.press("Space")
    assert control(viewer) == ("epoch", None)


def test_after_a_mouse_click_space_means_play(page, viewer):
    page.get_by_role("button", name="One epoch (E)").click()
    page.keyboard.press("Space")
    assert [control(viewer)[0] for _ in range(2)] == ["epoch", "play"]


def test_keys_do_not_reach_the_page_behind(page, viewer):
    """Streamlit runs the page again at R."""
    page.evaluate("globalThis.heard = []; document.addEventListener('keydown', (e) => heard.push(e.key)); undefined")
    for key in ("r", "x"):
        page.keyboard.press(key)
    assert page.evaluate("heard") == ["x"]


def test_the_last_transport_has_the_keys(page, stage, viewer):
    other = stage.name()
    mount(page, "second", "transport", other)
    second = stage.viewer(other)
    page.keyboard.press("e")
    assert control(second) == ("epoch", None)
    assert viewer.heard.empty()


@pytest.mark.parametrize(("choice", "value"), [("10/s", 10), ("1000/s", 1000), ("max", None)])
def test_speed(page, viewer, choice, value):
    page.get_by_label("Speed, in steps a second").select_option("1/s")
    viewer.hears("control")
    page.get_by_label("Speed, in steps a second").select_option(choice)
    assert control(viewer) == ("speed", value)


def test_speed_follows_the_run(page, viewer):
    drawn(page, viewer, viewer.send(speed=100.0))
    expect(page.get_by_label("Speed, in steps a second")).to_have_value("100")


def test_readouts(page, viewer):
    drawn(page, viewer, viewer.send(step=12345, epoch=493.8, lr=0.0001, train_loss=None))
    shown = {
        name: page.locator(f"[data-name={name}] dd").inner_text() for name in ("epoch", "step", "train", "metric", "lr")
    }
    assert shown == {"epoch": "493", "step": "12,345", "train": "–", "metric": "80.0 %", "lr": "0.0001"}


def test_nothing_moves_when_numbers_and_notices_change(page, viewer):
    parts = ".np-readouts > div, .np-buttons, .np-timeline, .np-foot, .np-transport"
    box = "(n) => [n.className, n.dataset.name, n.getBoundingClientRect()]"
    boxes = f"[...document.querySelectorAll('{parts}')].map({box})"
    drawn(page, viewer, viewer.send(step=10_000, epoch=400.0, train_loss=0.1111, epochs_per_second=1.0))
    before = page.evaluate(boxes)
    notice = {"level": "warning", "text": "A long notice. " * 60, "id": 1}
    drawn(
        page,
        viewer,
        viewer.send(step=99_999, epoch=888.0, train_loss=0.8888, epochs_per_second=88_888.0, notice=notice),
    )
    assert page.evaluate(boxes) == before


# -- the timeline ----------------------------------------------------------------------------------------------------


def drag(page: Page, share: float) -> None:
    box = page.get_by_role("slider").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 9, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 9 + (box["width"] - 18) * share, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()


def test_dragging_looks_at_the_past_and_live_returns(page, viewer):
    drag(page, 0.4)
    while (watch := viewer.hears("watch"))["at"] != 39:
        viewer.send(state="paused", at=watch["at"], moment=PAST["moment"])
    drawn(page, viewer, viewer.send(state="paused", **{**PAST, "at": 39}))
    expect(page.locator(".np-thumb")).to_have_text("step 40 · epoch 1.6")
    expect(page.locator(".np-notice")).to_contain_text("looking at the past")
    assert page.locator("[data-name=train] dd").inner_text() == "0.4000"
    page.get_by_role("button", name="Live").click()
    while viewer.hears("watch")["at"] is not None:
        pass
    drawn(page, viewer, viewer.send(state="paused"))
    assert page.locator("[data-name=train] dd").inner_text() == "0.2500"


def test_the_track_is_logarithmic(page, viewer):
    drawn(page, viewer, viewer.send(state="paused", step=1_000_000, timeline={"first": 0, "last": 1_000_000}))
    drag(page, 0.5)
    at = page.evaluate("connection().at")
    assert at == pytest.approx(1000 * (math.sqrt(1001) - 1), rel=0.05), "half the track is half the octaves"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Shift+ArrowLeft")
    assert page.evaluate("connection().at") == pytest.approx((at + 1000) * 1001**-0.01 - 1000, abs=2)
    for _ in range(60):
        page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("connection().at") is None  # the right end is now


def test_the_arrows_take_single_steps_of_a_short_run(page, viewer):
    slider = page.get_by_role("slider")
    slider.press("Home")
    for step in (1, 2, 3):
        slider.press("ArrowRight")
        assert page.evaluate("connection().at") == step
    slider.press("ArrowLeft")
    assert page.evaluate("connection().at") == 2


def test_go_on_from_here(page, viewer):
    branch = page.get_by_role("button", name="Go on from here")
    expect(branch).to_be_disabled()
    drag(page, 0.4)
    branch.click()
    assert control(viewer) == ("rewind", 39)
    assert page.evaluate("connection().at") is None


def test_playing_follows_the_run_again(page, viewer):
    drag(page, 0.4)
    page.keyboard.press("Space")
    assert control(viewer) == ("play", None)
    assert page.evaluate("connection().at") is None


def test_a_reset_takes_the_past_away(page, viewer):
    drag(page, 0.4)
    drawn(page, viewer, viewer.send(state="ready", step=0, epoch=0.0, at=40))
    assert page.evaluate("connection().at") is None


def test_the_thumb_stays_under_the_finger_while_the_run_goes_on(page, viewer):
    box = page.get_by_role("slider").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 9, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    held, notch = page.evaluate("connection().at"), page.get_by_role("slider").input_value()
    for step in (110, 120, 130):
        drawn(page, viewer, viewer.send(step=step))
    assert page.evaluate("connection().at") == held
    assert page.get_by_role("slider").input_value() == notch
    page.mouse.up()


# -- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_refusal_is_told_and_the_button_springs_back(page, viewer):
    page.get_by_role("button", name="Play (space)").click()
    viewer.say({"t": "error", "text": "The server is full: it trains as many runs as it can."})
    expect(page.locator(".np-notice")).to_have_text("The server is full: it trains as many runs as it can.")
    expect(page.get_by_role("button", name="Play (space)")).to_have_count(1)


def test_the_connection_is_always_visible(page, stage, run_id, viewer):
    expect(page.locator(".np-link")).to_have_text("connected")
    viewer.close(1012)
    stage.viewer(run_id)
    expect(page.locator(".np-link")).to_have_text("connected")


def test_the_list_of_keys_opens_and_closes(page, viewer):
    page.keyboard.press("?")
    expect(page.locator("div.np-help")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("div.np-help")).to_be_hidden()
