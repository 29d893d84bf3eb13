"""The timeline: every view goes back to any moment and forward again, paused or training; a run goes on from there."""

import pytest
from playwright.sync_api import expect

from tests.browser.person import BOUNDARY, Person

FULL = "notes.steps.boundary === step && notes.steps.network === step && status.at === step"


@pytest.fixture
def trained(stayer: Person) -> Person:
    """Somebody whose run rests after three epochs, with the pictures at the end of each epoch."""
    if stayer.step == 0:
        stayer.drawn_at(0)
        stayer.pictures = {0: (stayer.boundary, stayer.diagram)}
        for _ in range(3):
            step = stayer.train(epochs=1)
            stayer.page.mouse.move(1, 1)  # nothing in the diagram is pointed at
            stayer.pictures[step] = stayer.boundary, stayer.diagram
        assert len(set(stayer.pictures.values())) == 4
    slide(stayer, "End")
    stayer.page.mouse.move(1, 1)
    shows(stayer, 75)
    return stayer


def slide(person: Person, key: str) -> None:
    person.page.get_by_role("slider", name="Timeline").press(key)


def shows(person: Person, step: int) -> None:
    """Everything shows the moment after `step` steps, just as it did then."""
    person.drawn_at(step)
    person.reads("Step", f"{step:,}")
    assert (person.boundary, person.diagram) == person.pictures[step]


def test_back_to_the_start_and_forward_to_now(trained):
    losses = trained.readout("Train loss").inner_text()
    slide(trained, "Home")
    shows(trained, 0)
    expect(trained.notice).to_contain_text("looking at the past")
    assert trained.readout("Train loss").inner_text() != losses
    assert trained.step == 75, "the run itself is where it was"
    slide(trained, "End")
    shows(trained, 75)
    trained.reads("Train loss", losses)


def test_the_mouse_drags_to_a_moment_and_the_run_goes_on_from_there(trained):
    box = trained.page.get_by_role("slider", name="Timeline").bounding_box()
    mouse = trained.page.mouse
    mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    mouse.down()
    for share in (0.9, 0.7, 0.5, 0.36):
        mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    trained.until("status.at !== null && status.moment.step < 40")
    mouse.up()
    slide(trained, "Home")
    for _ in range(25):
        slide(trained, "ArrowRight")
    trained.until(FULL, step=25)
    shows(trained, 25)
    trained.press("Go on from here")
    trained.rests_at(25)
    assert trained.status["timeline"] == {"first": 0, "last": 25}
    for step in (50, 75):
        trained.train(epochs=1)
        trained.page.mouse.move(1, 1)
        shows(trained, step)


def test_a_click_in_the_curves_goes_to_that_moment(trained):
    plot = trained.page.locator(".st-key-curves .nsewdrag").first
    box = plot.bounding_box()
    plot.hover(position={"x": box["width"] * 0.5, "y": box["height"] * 0.5})
    trained.page.wait_for_selector(".st-key-curves .hoverlayer .hovertext, .st-key-curves .hoverlayer .legend")
    trained.page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    trained.until("status.at !== null && notes.steps.boundary < 75")
    assert 20 < trained.status["moment"]["step"] < 60


def test_the_keys_scrub(trained):
    keys = trained.page.keyboard
    keys.press("Shift+ArrowLeft")
    trained.until("status.at !== null && notes.steps.boundary < 75")
    keys.press("Shift+ArrowRight")
    trained.until("status.at === null && notes.steps.boundary === 75")


def test_the_past_stands_still_while_the_run_goes_on(trained):
    trained.play()
    slide(trained, "Home")
    shows(trained, 0)
    trained.goes_on(100)
    shows(trained, 0)
    assert trained.status["state"] == "playing"
    expect(trained.transport.get_by_role("button", name="Live")).to_have_attribute("aria-pressed", "false")
    trained.press("Live")
    trained.differs(BOUNDARY, trained.pictures[0][0])
    trained.until("status.at === null && notes.steps.boundary >= step", step=trained.step)
