"""Ask a network why, fool it, and look at what it dreams of, in a real browser while it learns."""

import re

from playwright.sync_api import expect

from tests.browser.person import CONNECTION, Person
from tests.lenses.moments import experiment_of
from tests.lenses.seeing import STACK

DIGITS = experiment_of({"kind": "digits"}, STACK)
FRAMES = f"{CONNECTION}.notes.frames.filter((frame) => frame.views.includes('%s')).length"
DATA = "document.querySelector('.st-key-%s .np-plot-node')?.data"


def test_why_fool_it_and_dream(person: Person):
    page = person.page
    page.goto(f"/images?x={DIGITS.to_link()}")
    page.get_by_role("radio", name="Why", exact=True).click()
    why = page.locator(".st-key-why")
    title = why.locator(".np-board-above").first
    expect(title).to_have_text(re.compile(r"^Why “\d”\? "))
    person.play()
    seen = page.evaluate(FRAMES % "why")
    page.wait_for_function(f"() => {FRAMES % 'why'} > {seen} + 2")  # it moves while the network learns

    box = why.locator("canvas").bounding_box()
    every = why.locator(".np-board-above").last.bounding_box()
    page.mouse.click(box["x"] + 12, every["y"] + every["height"] + 12)  # the first of the classes
    expect(title).to_have_text(re.compile(r"^Why “0”\? "))
    expect(page.locator(".st-key-why_bar").get_by_role("combobox")).to_have_value("Why “0”?")

    page.get_by_role("radio", name="Fool it", exact=True).click()
    fool = page.locator(".st-key-fool")
    expect(fool.locator(".np-board-above").first).to_have_text(re.compile("has become|Still|before anything"))
    page.wait_for_function(f"() => {DATA % 'robustness'}?.[1].y?.[0] > 0")
    page.wait_for_function(f"() => {DATA % 'fool_shares'}?.[0].y?.length === 10")
    person.press("Pause")

    page.get_by_role("radio", name="Dream", exact=True).click()
    expect(page.locator(".st-key-dream .np-board-said")).to_have_text(re.compile(r"^\d\d+ steps uphill"))
