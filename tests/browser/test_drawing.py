"""Draw a seven on a network that has just learnt to read, and take one of its sums apart by hand."""

import re

from playwright.sync_api import expect

from playground.experiment.presets import PRESETS
from tests.browser.person import Person

SEVEN = [(0.26, 0.22), (0.5, 0.2), (0.73, 0.21), (0.62, 0.42), (0.52, 0.62), (0.45, 0.82)]


def test_a_drawn_seven_is_recognised(person: Person):
    page = person.page
    page.goto(f"/images?x={PRESETS['lenet'].experiment.to_link()}")
    said = page.locator(".np-prediction-said")
    expect(said).not_to_be_empty()
    person.play()
    page.get_by_role("radio", name="Draw", exact=True).click()
    person.until("status.metric?.test > 0.9")
    person.press("Pause")

    box = page.locator(".np-draw-pad canvas").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    expect(said).to_have_text(re.compile(r"^7, "))  # while the pen is still down
    page.mouse.up()
    expect(said).to_have_text(re.compile(r"^7, (9\d\.\d|100) %$"))

    page.get_by_role("radio", name="By hand", exact=True).click()
    page.get_by_label("Kernel", exact=True).select_option("Learnt: convolution 2")
    output = page.locator(".np-hand-map canvas").last
    expect(output).to_have_attribute("aria-label", re.compile("output 10 × 10"))
    expect(page.locator(".np-hand-formula")).to_contain_text("channel 6")

    page.get_by_role("radio", name="Draw", exact=True).click()
    page.get_by_role("button", name="Clear").click()  # the drawing was kept meanwhile
    expect(said).to_have_text(re.compile(" – (right|it is)"))
