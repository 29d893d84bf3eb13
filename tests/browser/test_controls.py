"""Play, pause, one step, one epoch, reset, new weights, speed; with the mouse and with the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.person import DIAGRAM, Person, described, linear


@pytest.fixture
def newcomer(stayer: Person) -> Person:
    """Somebody whose run is at its beginning."""
    if stayer.step:
        stayer.press("Reset")
    stayer.rests_at(0)
    stayer.page.mouse.move(1, 1)  # nothing in the diagram is pointed at
    return stayer


def test_pause_one_step_one_epoch(newcomer):
    newcomer.play()
    at = newcomer.pause()
    newcomer.rests_at(at)
    assert newcomer.train(steps=1) == at + 1
    per_epoch = newcomer.status["steps_per_epoch"]
    assert per_epoch == 25
    assert newcomer.train(epochs=1) == ((at + 1) // 25 + 1) * 25, "to the end of the epoch it is in"
    assert newcomer.train(epochs=1) % 25 == 0
    expect(newcomer.notice).to_contain_text("Paused")


def test_reset_goes_back_to_the_same_initial_weights(newcomer):
    diagram, loss = newcomer.diagram, newcomer.readout("Test loss").inner_text()
    link = newcomer.experiment
    newcomer.train(epochs=2)
    assert newcomer.diagram != diagram
    newcomer.press("Reset")
    newcomer.rests_at(0)
    newcomer.page.mouse.move(1, 1)
    assert newcomer.diagram == diagram
    newcomer.reads("Test loss", loss)
    assert newcomer.experiment == link


def test_new_weights_are_others_and_the_address_says_which(newcomer):
    newcomer.train(epochs=1)
    before, diagram, run = newcomer.experiment, newcomer.diagram, newcomer.run
    newcomer.keep_nodes()
    after = newcomer.changes_address(lambda: newcomer.press("New weights"))
    assert after.seed != before.seed
    assert after.replace(seed=before.seed) == before
    newcomer.rests_at(0)
    newcomer.differs(DIAGRAM, diagram)
    assert newcomer.run == run
    assert all(newcomer.same_nodes)


def test_the_keys_do_what_the_buttons_do(newcomer):
    keys = newcomer.page.keyboard
    keys.press(".")
    newcomer.rests_at(1)
    keys.press("ArrowRight")
    newcomer.rests_at(2)
    keys.press("e")
    newcomer.rests_at(25)
    keys.press(" ")
    newcomer.until("status.state === 'playing' && status.step > 25")
    keys.press(" ")
    newcomer.until("status.state === 'paused'")
    keys.press("r")
    newcomer.rests_at(0)
    seed = newcomer.experiment.seed
    assert newcomer.changes_address(lambda: keys.press("n")).seed != seed
    keys.press("?")
    help = newcomer.page.get_by_text("back to the same initial weights")
    expect(help).to_be_visible()
    keys.press("?")
    expect(help).to_be_hidden()


def test_keys_pressed_while_typing_are_text(newcomer):
    seed = newcomer.experiment.seed
    newcomer.train(steps=1)
    newcomer.tab("Training")
    field = newcomer.page.get_by_role("spinbutton", name="Learning rate")
    field.select_text()
    field.press_sequentially("e r n . ?")
    field.select_text()
    newcomer.changes_address(lambda: field.press_sequentially("0.5\n"))
    newcomer.page.locator(".np-notice").click()
    newcomer.page.keyboard.press(".")
    newcomer.rests_at(2)
    assert newcomer.experiment.seed == seed


def test_a_button_pressed_by_keyboard_is_not_pressed_twice(newcomer):
    """The space bar on a focused button means that button, not play."""
    newcomer.transport.get_by_role("button", name="One step").focus()
    newcomer.page.keyboard.press(" ")
    newcomer.rests_at(1)
    newcomer.page.keyboard.press(" ")
    newcomer.rests_at(2)


def test_speed_is_kept(newcomer):
    newcomer.transport.get_by_label("Speed").select_option("10/s")
    newcomer.play()
    newcomer.goes_on(10)
    assert newcomer.status["speed"] == 10
    assert newcomer.status["steps_per_second"] < 40
    newcomer.transport.get_by_label("Speed").select_option("max")
    newcomer.until("status.steps_per_second > 60")


RELU = {"kind": "relu"}
STEEP = {"kind": "sgd", "lr": 100.0, "momentum": 0.9}


@pytest.mark.parametrize(
    ("loss", "data", "blocks", "place"),
    [("mse", "plane", 2, r"the head \(Linear 1\)"), ("cross_entropy", "circle", 4, r"layer \d \(Linear 8\)")],
)
def test_divergence_is_told_with_its_place_and_advice_and_reset_heals(person, loss, data, blocks, place):
    layers = [linear(8), RELU] * blocks
    person.open(described(*layers, data={"kind": data}, optimizer=STEEP, loss={"kind": loss}))
    person.press("Play")
    person.until("status.state === 'diverged'")
    expect(person.notice).to_have_text(
        re.compile(rf"^Stopped at step \d+ in {place}: its .+\. Lower the learning rate below \d+, or clip")
    )
    assert person.notice.get_attribute("data-level") == "error"
    person.press("Reset")
    person.rests_at(0)
    expect(person.notice).to_contain_text("Press play")
    person.tab("Training")
    person.fill("Learning rate", 0.01)
    person.until("status.lr === 0.01")
    person.train(epochs=2)
    assert person.status["train_loss"] < 100
