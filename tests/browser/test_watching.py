"""Press play and watch: everything moves, in the same nodes from first to last, and a zoom stays."""

import pytest
from playwright.sync_api import expect

from tests.browser.person import BOUNDARY, DIAGRAM, LOSS, Person

X_RANGE = "document.querySelector('.st-key-boundary .np-plot-node')._fullLayout.xaxis.range"

# Nearly every value of the map is at one of its ends.
DISCRETE = """() => {
  const z = document.querySelector(".st-key-boundary .np-plot-node").data[0].z.flatMap((row) => [...row]);
  return z.filter((value) => Math.abs(value) > 0.99).length > 0.9 * z.length;
}"""
EPOCH_DRAWN = "document.querySelector('.st-key-curves .np-plot-node').data[1].x.at(-1)"


@pytest.fixture
def training(stayer: Person) -> Person:
    """Somebody whose newcomer's run trains, slowly enough that every frame shows something new."""
    stayer.transport.get_by_label("Speed").select_option("100/s")
    stayer.play()
    return stayer


def test_a_newcomer_finds_everything_drawn(stayer):
    person = stayer
    assert person.status["state"] == "ready"
    person.reads("Step", "0")
    assert person.boundary.startswith("data:image/png")
    assert person.page.locator(".st-key-boundary .scatterlayer .point").count() == 500
    assert person.page.get_by_role("button", name=", unit ").count() == 4 + 2


def test_play_moves_boundary_diagram_curves_and_readouts(stayer):
    """From the press of play to the first moving frame: half a second on a quiet machine (see benchmarks/live.py)."""
    person = stayer
    person.rests_at(0)
    boundary, diagram = person.boundary, person.diagram
    person.press("Play")
    pressed = person.page.evaluate("performance.now()")
    person.differs(BOUNDARY, boundary)
    first = person.page.evaluate("(pressed) => performance.now() - pressed", pressed)
    person.differs(DIAGRAM, diagram)
    person.until("status.epoch > 20")
    drawn, curve = person.page.evaluate(EPOCH_DRAWN), person.page.evaluate(LOSS)
    person.frames(3)
    assert person.page.evaluate(EPOCH_DRAWN) > drawn > 1
    assert person.page.evaluate(LOSS) != curve
    assert first < 5000
    epoch = int(person.readout("Epoch").inner_text().replace(",", ""))
    person.goes_on(100)
    assert int(person.readout("Epoch").inner_text().replace(",", "")) > epoch
    assert person.readout("Epochs/s").inner_text() != "–"


def test_boundary_and_curves_move_together(training):
    training.frames(12)
    frames = [f for f in training.notes["frames"] if {"boundary", "curves"} <= set(f["views"])][-10:]
    assert len(frames) == 10
    seconds = (frames[-1]["now"] - frames[0]["now"]) / 1000
    assert 9 / seconds > 3  # ten and more on a quiet machine
    assert sorted({frame["step"] for frame in frames}) == [frame["step"] for frame in frames], "each shows a later step"


def test_the_nodes_are_the_same_from_first_to_last_frame_and_across_reruns(training):
    training.keep_nodes()
    training.frames(10)
    assert all(training.same_nodes)
    training.page.get_by_role("button", name="Log scales").click()
    training.page.wait_for_function(
        "() => document.querySelector('.st-key-curves .np-plot-node')._fullLayout.yaxis.type === 'log'"
    )
    training.tab("Training")
    training.changes_address(lambda: training.fill("L2", 0.001))
    for scheme, dark in (("dark", "true"), ("light", "false")):
        training.page.emulate_media(color_scheme=scheme)
        expect(training.page.locator(f".np-network[data-dark='{dark}']")).to_have_count(1)
    training.frames(10)
    assert all(training.same_nodes)


def test_solid_colours_and_test_points_show_at_once_while_paused(stayer):
    person = stayer
    person.train(epochs=1)
    soft = person.boundary
    person.page.get_by_role("button", name="Solid colours").click()
    person.differs(BOUNDARY, soft)
    person.page.get_by_role("button", name="Test points").click()
    person.page.wait_for_function("() => document.querySelectorAll('.st-key-boundary .point').length === 250")
    person.page.get_by_role("button", name="Test points").click()
    person.page.get_by_role("button", name="Solid colours").click()
    person.page.wait_for_function(f"() => !({DISCRETE})()")


def test_a_zoom_survives_frames_and_reruns(training):
    plot = training.page.locator(".st-key-boundary .nsewdrag").first
    box = plot.bounding_box()
    mouse = training.page.mouse
    mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6, steps=5)
    mouse.up()
    training.page.wait_for_function(f"() => {X_RANGE}[1] - {X_RANGE}[0] < 6")
    zoomed = training.page.evaluate(X_RANGE)
    training.frames(10)
    assert training.page.evaluate(X_RANGE) == pytest.approx(zoomed)
    training.page.get_by_role("button", name="Solid colours").click()
    training.page.wait_for_function(DISCRETE)
    training.frames(3)
    assert training.page.evaluate(X_RANGE) == pytest.approx(zoomed)
