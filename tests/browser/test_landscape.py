"""Watch a run roll through its loss landscape, turn it round, and put the run somewhere else."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import no_failures
from tests.browser.person import Person, swung
from tests.browser.room import leave
from tests.browser.serving import Server

SOLID, ABOVE = ".st-key-landscape .np-plot-node", ".st-key-contour .np-plot-node"
EYE = f"Object.values(document.querySelector('{SOLID}')._fullLayout.scene._scene.getCamera().eye)"
NODES = f"['{SOLID}', '{SOLID} canvas', '{ABOVE}', '{ABOVE} .main-svg'].map((place) => document.querySelector(place))"
SURFACE = f"document.querySelector('{SOLID}').data[0].z.flatMap((row) => [...row]).join()"
PATH = f"document.querySelector('{SOLID}').data[1].x.length"
TICK = "() => new Promise((done) => requestAnimationFrame(done))"  # a hand is no faster than the screen
HERE = f"[...document.querySelector('{ABOVE}').data[2].x, ...document.querySelector('{ABOVE}').data[2].y]"


def train(person: Person, epochs: int) -> None:
    """Train so many epochs more, by button, until the surface shows it."""
    step = person.status["step"] + 25 * epochs
    for _ in range(epochs):
        person.press("One epoch")
    person.until("status.step === step && status.state === 'paused' && notes.steps.contour === step", step=step)


@pytest.fixture
def watching(_staying: Person, server: Server) -> Iterator[Person]:
    """Somebody who looks at the landscape of a newcomer's run; the second story begins where the first one ended."""
    page = _staying.page
    with no_failures(server, page.errors):
        if page.url == "about:blank":
            page.goto("/landscape")
            for place in (SOLID, ABOVE):
                page.wait_for_selector(f".np-root[data-ready] > {place.split()[1]}")
        else:
            _staying.press("Reset")
            _staying.until("status.step === 0 && notes.steps.contour === 0")
        page.wait_for_function(f"() => {PATH} > 0")
        yield _staying
        leave(page)


def test_the_surface_moves_and_the_camera_stays(watching):
    page = watching.page
    page.evaluate(f"() => (window.nodes = {NODES})")
    first = page.evaluate(SURFACE)
    watching.transport.get_by_label("Speed").select_option("100/s")
    watching.play()
    page.wait_for_function(f"(first) => {SURFACE} !== first && {PATH} > 20", arg=first)
    before = page.evaluate(EYE)
    box = page.locator(SOLID).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.6)
    page.mouse.down()
    for part in range(1, 5):
        page.evaluate(TICK)
        page.mouse.move(box["x"] + box["width"] * (0.4 + 0.05 * part), box["y"] + box["height"] * 0.58)
    page.mouse.up()
    turned, surface = page.evaluate(EYE), page.evaluate(SURFACE)
    by_hand = pytest.approx(0.2 * box["width"], abs=2)
    assert swung(before, turned, box["height"]) == by_hand, "as far as the hand, however slow"
    step = watching.status["step"]
    page.wait_for_function(f"(surface) => {SURFACE} !== surface", arg=surface)
    watching.frames(6)
    assert page.evaluate(EYE) == pytest.approx(turned)
    assert watching.status["step"] > step, "turning is no press: the run goes on where it was"
    assert all(page.evaluate(f"() => {NODES}.map((node, index) => node === window.nodes[index])"))


def test_a_press_puts_the_run_there_and_the_film_is_taken_away(watching):
    page = watching.page
    train(watching, 3)
    low = watching.status["train_loss"]
    map_ = page.locator(f"{ABOVE} .nsewdrag").bounding_box()
    page.mouse.click(map_["x"] + map_["width"] * 0.9, map_["y"] + map_["height"] * 0.1)
    watching.until(f"status.train_loss !== {low}")
    assert watching.status["step"] == 75
    high = watching.status["train_loss"]
    page.locator(ABOVE).focus()
    for key in ("Shift+ArrowLeft", "Shift+ArrowDown", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    watching.until(f"status.train_loss !== {high}")
    page.wait_for_function(f"() => {HERE}.join() === '0,0'")
    page.get_by_text("Hold the plane still").click()
    page.get_by_role("radio", name="Test").click()
    held = page.evaluate(f"() => {SURFACE}")
    train(watching, 1)
    page.wait_for_function(f"() => {HERE}.join() !== '0,0'")
    page.get_by_role("combobox", name="Plane").click()
    page.get_by_role("option", name="Principal components of the path").click()
    page.wait_for_function(f"(held) => {SURFACE} !== held", arg=held)
    expect(page.locator(f"{ABOVE} .xtitle")).to_contain_text(re.compile("principal component 1"))
    page.get_by_role("button", name="Take away").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Film").click()
    assert download.value.suggested_filename.endswith("-landscape.html")
    assert b"plotly" in download.value.path().read_bytes()
