"""Weights, biases, silence and frost, set by hand in the network diagram."""

import queue

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from playground.web.assets import assets
from tests.web.stage import Stage, Viewer, network
from tests.web.test_views import diagram, drawn, mount

WHERE = """async ([column, from, to, share]) => {
  const m = await import(STATIC + 'network-layout.js');
  const box = document.querySelector('.np-net-overlay').getBoundingClientRect();
  const layout = m.arrange(connection().views.network.base, box.width, 400);
  const curve = m.curve(layout, layout.columns[column - 1].rows[from], layout.columns[column].rows[to]);
  const x = curve.x0 + (curve.x1 - curve.x0) * share;
  return [box.left + x, box.top + m.heightAt(curve, x)];
}"""


@pytest.fixture
def run_id(stage: Stage) -> str:
    return stage.name()


@pytest.fixture
def viewer(page: Page, stage: Stage, run_id: str) -> Viewer:
    """A network of two inputs, three units and one output, drawn: every weight is 0.5, every bias 0."""
    return diagram(page, stage, run_id)


def neuron(page: Page, name: str):
    return page.get_by_role("button", name=name)


def card(page: Page):
    return page.get_by_role("dialog")


def number(page: Page):
    return card(page).get_by_role("spinbutton")


def hears(viewer: Viewer, op: str) -> dict:
    """The value of the next control of this kind."""
    while (control := viewer.hears("control"))["op"] != op:
        pass
    return control["value"]


def said(viewer: Viewer) -> list[dict]:
    """The controls that have come until now."""
    heard = []
    while True:
        try:
            message = viewer.heard.get_nowait()
        except queue.Empty:
            return [message["value"] for message in heard if message["t"] == "control"]
        heard.append(message)


def press_link(page: Page, column: int, start: int, to: int) -> None:
    page.mouse.click(*page.evaluate(WHERE, [column, start, to, 0.2]))


def luminance(page: Page, name: str) -> float:
    """Of the pixel in the middle of a neuron's tile, 0 to 255."""
    box = neuron(page, name).bounding_box()
    at = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    script = """([x, y]) => {
      const canvas = document.querySelector('.np-net-canvas');
      const { left, top } = canvas.getBoundingClientRect();
      return [...canvas.getContext('2d').getImageData(x - left, y - top, 1, 1).data].slice(0, 3);
    }"""
    return float(np.mean(page.evaluate(script, at)))


# -- opening, typing, leaving ---------------------------------------------------------------------------------------


def test_a_neurons_bias_is_typed(page, viewer):
    neuron(page, "Linear 3 · tanh, unit 2").click()
    expect(card(page)).to_have_accessible_name("Linear 3 · tanh, unit 2: Bias")
    expect(card(page)).to_contain_text("tanh( 0.50·x₁ + 0.50·x₂ + 0 )")
    expect(number(page)).to_be_focused()
    page.keyboard.type("1.75")
    page.keyboard.press("Enter")
    expect(card(page)).to_be_hidden()
    target = {"path": [0], "unit": 1, "input": None}
    while (value := hears(viewer, "weight"))["value"] != 1.75:
        assert value == target | {"value": value["value"]}
    assert value == target | {"value": 1.75}
    expect(neuron(page, "Linear 3 · tanh, unit 2")).to_be_focused()


def test_a_weight_is_stepped_with_the_arrow_keys(page, viewer):
    press_link(page, 2, 1, 0)
    expect(card(page)).to_have_accessible_name("Output, blue: Weight from unit 2")
    for key, value in [("ArrowUp", 0.6), ("Shift+ArrowUp", 1.6), ("Alt+ArrowDown", 1.59), ("ArrowDown", 1.49)]:
        page.keyboard.press(key)
        expect(number(page)).to_have_value(str(value))
    while (heard := hears(viewer, "weight"))["value"] != 1.49:
        pass
    assert heard == {"path": "head", "unit": 0, "input": 1, "value": 1.49}


def test_escape_takes_it_back(page, viewer):
    press_link(page, 1, 1, 2)
    page.keyboard.press("Shift+ArrowDown")
    assert hears(viewer, "weight") == {"path": [0], "unit": 2, "input": 1, "value": -0.5}
    page.keyboard.press("Escape")
    assert hears(viewer, "weight") == {"path": [0], "unit": 2, "input": 1, "value": 0.5}
    expect(card(page)).to_be_hidden()


def test_escape_without_a_change_says_nothing(page, viewer):
    neuron(page, "Output, blue").click()
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()
    assert said(viewer) == []


def test_the_blank_of_the_diagram_closes_the_card(page, viewer):
    neuron(page, "Linear 3 · tanh, unit 1").click()
    page.mouse.click(8, 380)
    expect(card(page)).to_be_hidden()


def test_the_slider_sends_few_values_and_always_the_last(page, viewer):
    neuron(page, "Linear 3 · tanh, unit 1").click()
    said(viewer)
    slider = card(page).get_by_role("slider")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for share in np.linspace(0.5, 0.9, 60):
        page.mouse.move(box["x"] + box["width"] * share, middle)
    page.mouse.up()
    last = float(slider.input_value())
    assert last > 2
    expect(number(page)).to_have_value(f"{last:g}")
    values = [hears(viewer, "weight")["value"]]
    while values[-1] != last:
        values.append(hears(viewer, "weight")["value"])
    assert len(values) < 60
    assert values == sorted(values)


def test_nonsense_is_not_sent(page, viewer):
    neuron(page, "Linear 3 · tanh, unit 1").click()
    for text in ("1e9", "-", "e"):
        number(page).fill("") if text == "-" else number(page).press("Control+a")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(card(page)).to_be_hidden()
    assert all(abs(value["value"]) <= 1e6 for value in said(viewer))


# -- every number of a neuron, by keyboard too ----------------------------------------------------------------------


def test_every_weight_of_a_neuron_is_reached_from_its_tile(page, viewer):
    neuron(page, "Output, blue").focus()
    page.keyboard.press("Enter")
    expect(number(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(card(page).get_by_role("button", name="bias 0")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(card(page)).to_have_accessible_name("Output, blue: Weight from unit 3")
    expect(number(page)).to_be_focused()
    page.keyboard.press("ArrowUp")
    assert hears(viewer, "weight") == {"path": "head", "unit": 0, "input": 2, "value": 0.6}


# -- while it trains ------------------------------------------------------------------------------------------------


def test_the_card_follows_the_training_and_keeps_what_is_typed(page, viewer):
    press_link(page, 1, 0, 0)
    drawn(page, viewer, viewer.send({"network": network(weight=0.75, base=False)}))
    expect(number(page)).to_have_value("0.75")
    page.keyboard.type("2.")
    drawn(page, viewer, viewer.send({"network": network(weight=0.8, base=False)}))
    assert number(page).input_value() in ("2.", "2")
    expect(card(page).locator(".np-formula")).to_contain_text("0.80·x₁")


def test_the_card_stays_when_the_network_is_drawn_anew_and_goes_with_its_layer(page, viewer):
    neuron(page, "Linear 3 · tanh, unit 3").click()
    drawn(page, viewer, viewer.send({"network": network(units=3, rev=2)}))
    expect(number(page)).to_be_focused()
    drawn(page, viewer, viewer.send({"network": network(units=2, rev=3)}))
    expect(card(page)).to_be_hidden()


def test_the_past_is_only_looked_at(page, viewer):
    neuron(page, "Linear 3 · tanh, unit 1").click()
    page.evaluate("connection().seek(40)")
    while viewer.hears("watch")["at"] != 40:
        pass
    drawn(page, viewer, viewer.send({"network": network(base=False)}, at=40))
    expect(number(page)).to_be_disabled()
    card(page).get_by_role("button", name="Back to now").click()
    assert viewer.hears("watch")["at"] is None
    drawn(page, viewer, viewer.send({"network": network(base=False)}))
    expect(number(page)).to_be_enabled()


# -- silence and frost ----------------------------------------------------------------------------------------------


def test_a_neuron_is_silenced_and_comes_back(page, viewer):
    before = luminance(page, "Linear 3 · tanh, unit 2")
    neuron(page, "Linear 3 · tanh, unit 2").click()
    silence = card(page).get_by_role("button", name="Silence neuron")
    silence.click()
    assert hears(viewer, "silence") == {"path": [0], "unit": 1, "on": True}
    drawn(page, viewer, viewer.send({}, silenced=[[[0], 1]]))  # a frame that brings no more than this
    expect(silence).to_have_attribute("aria-pressed", "true")
    expect(neuron(page, "Linear 3 · tanh, unit 2, silenced")).to_be_visible()
    assert luminance(page, "Linear 3 · tanh, unit 2") < before - 60  # crossed out
    silence.click()
    assert hears(viewer, "silence")["on"] is False
    drawn(page, viewer, viewer.send({}, silenced=[]))
    expect(neuron(page, "Linear 3 · tanh, unit 2, silenced")).to_have_count(0)
    assert luminance(page, "Linear 3 · tanh, unit 2") == pytest.approx(before, abs=2)


def test_a_layer_is_frozen_and_thawed(page, viewer):
    neuron(page, "Output, blue").click()
    freeze = card(page).get_by_role("button", name="Freeze layer")
    freeze.click()
    expect(freeze).to_have_attribute("aria-pressed", "true")  # at once, before the server answers
    assert page.evaluate("emitted") == [["edit", {"op": "frozen", "path": "head", "on": True}]]
    frost = page.get_by_role("button", name="Output is frozen")
    expect(frost).to_be_visible()
    drawn(page, viewer, viewer.send({}, frozen=["head"]))
    frost.click()
    assert page.evaluate("emitted.at(-1)") == ["edit", {"op": "frozen", "path": "head", "on": False}]
    expect(frost).to_be_hidden()
    drawn(page, viewer, viewer.send({}, frozen=[]))
    expect(frost).to_be_hidden()
    expect(freeze).to_have_attribute("aria-pressed", "false")


def test_the_past_shows_what_was_true_then(page, viewer):
    drawn(page, viewer, viewer.send({}, silenced=[[[0], 0]]))
    expect(neuron(page, "Linear 3 · tanh, unit 1, silenced")).to_be_visible()
    then = {"step": 40, "silenced": [[[0], 2]], "frozen": ["head"]}
    drawn(page, viewer, viewer.send({}, at=40, moment=then, silenced=[[[0], 0]]))
    expect(neuron(page, "Linear 3 · tanh, unit 3, silenced")).to_be_visible()
    expect(neuron(page, "Linear 3 · tanh, unit 1, silenced")).to_have_count(0)
    expect(page.get_by_role("button", name="Output is frozen")).to_be_visible()


# -- where it stands ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844), (700, 420)])
def test_the_card_is_whole_on_every_screen(page, stage, run_id, width, height):
    page.set_viewport_size({"width": width, "height": height})
    mount(page, "net", "network", run_id, height="400px", options={})
    viewer = stage.viewer(run_id)
    drawn(page, viewer, viewer.send({"network": network(units=4, hidden=2)}))
    for name in ("Linear 4 · tanh, unit 1", "Linear 4 · tanh, unit 4", "Output, blue"):
        neuron(page, name).first.click()
        box = card(page).bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
        page.keyboard.press("Escape")


def test_a_finger_reaches_a_weight_and_calls_up_no_keyboard(browser, server, stage, run_id):
    with browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(server.url)
        page.evaluate("path => { globalThis.STATIC = path }", f"/np/static/{assets().version}/")
        viewer = diagram(page, stage, run_id)
        x, y = page.evaluate(WHERE, [1, 0, 0, 0.5])
        page.touchscreen.tap(x, y + 8)
        expect(card(page)).to_have_accessible_name("Linear 3 · tanh, unit 1: Weight from x₁")
        expect(card(page).get_by_role("slider")).to_be_focused()
        card(page).get_by_role("button", name="bias 0").tap()
        expect(card(page)).to_have_accessible_name("Linear 3 · tanh, unit 1: Bias")
        assert said(viewer) == []
