"""Results and planes: what the network gets wrong, seen where it lies, now and at any moment of the past."""

import re

from playwright.sync_api import Locator, expect

from playground.experiment import REGISTRIES, Experiment, edits
from tests.browser.person import BOUNDARY, DIAGRAM, Person, described, linear

STACK = (linear(4), {"kind": "tanh"})
MARKED = "document.querySelector('.st-key-boundary .np-plot-node').data?.[3]?.x?.length ?? -1"
AXES = """(() => {
  const { xaxis, yaxis } = document.querySelector('.st-key-boundary .np-plot-node').layout;
  return [xaxis.title.text, yaxis.title.text];
})()"""


def on_table(kind: str) -> Experiment:
    """Four tanh units on a table, three in ten rows kept back."""
    table = REGISTRIES["data"][kind](kind=kind, test_fraction=0.3)
    return edits.with_data(described(*STACK), table)


def look_at(person: Person, view: str) -> None:
    person.page.get_by_role("radiogroup", name="Look at").get_by_text(view, exact=True).click()


def cell(person: Person, actual: str, predicted: str) -> Locator:
    return person.page.get_by_role("button", name=f"actual {actual}, predicted {predicted}:")


def count(where: Locator) -> int:
    return int(re.search(r": (\d+) of", where.get_attribute("aria-label"))[1])


def until(person: Person, expression: str, value: object) -> None:
    """Wait until a JavaScript expression has this value."""
    person.page.wait_for_function(f"value => JSON.stringify({expression}) === JSON.stringify(value)", arg=value)


def test_mistakes_are_seen_in_the_plot_and_in_the_past(person):
    person.open(on_table("wine"))
    look_at(person, "Results")
    wrong = cell(person, "grower 3", "grower 1")
    expect(wrong).to_be_visible()
    at_first = count(wrong)
    wrong.click()
    expect(wrong).to_have_attribute("aria-pressed", "true")
    until(person, MARKED, at_first)
    person.page.get_by_role("button", name="One epoch").click()
    person.until("status.epoch >= 1 && status.state !== 'playing' && notes.steps.confusion === status.step")
    now = count(wrong)
    until(person, MARKED, now)
    expect(person.page.locator(".np-confusion tfoot")).to_contain_text(" of 54 (")
    expect(person.page.locator(".st-key-roc .main-svg").first).to_be_visible()

    person.page.get_by_role("slider", name="Timeline").press("Home")
    person.until("notes.steps.confusion === 0 && notes.steps.roc === 0 && notes.steps.boundary === 0")
    assert count(wrong) == at_first
    until(person, MARKED, at_first)
    person.page.get_by_role("slider", name="Timeline").press("End")
    person.until("notes.steps.confusion === status.step")

    person.page.get_by_text("Training points", exact=True).click()
    expect(person.page.locator(".np-confusion tfoot")).to_contain_text(" of 124 (")
    wrong.click()
    until(person, MARKED, -1)


def test_a_table_is_looked_at_in_a_plane_of_ones_own(person):
    person.open(on_table("diabetes"))
    person.drawn_at(0)
    tiles = person.diagram
    person.page.get_by_role("button", name="Plane").click()
    body = person.page.get_by_test_id("stPopoverBody")
    body.get_by_text("Two inputs", exact=True).click()
    until(person, AXES, ["age", "body mass index"])
    body.get_by_role("combobox", name="Across").click()
    person.page.get_by_role("option", name="blood pressure", exact=True).click()
    until(person, AXES, ["blood pressure", "body mass index"])
    person.differs(DIAGRAM, tiles)
    before = person.boundary
    body.get_by_text("As in a row", exact=True).click()
    person.differs(BOUNDARY, before)
    expect(body).to_contain_text("progression after one year of this row:")
    person.page.keyboard.press("Escape")

    look_at(person, "Results")
    residuals = person.page.get_by_role("figure", name=re.compile("^Residuals of disease progression"))
    expect(residuals).to_contain_text("R²")
    told = residuals.inner_text()
    person.page.get_by_role("button", name="One epoch").click()
    person.page.wait_for_function(
        "told => document.querySelector('.st-key-residuals .np-plot-node').innerText !== told", arg=told
    )
