"""Sixty-four networks at one press: from the address to the end, looked at, and one of them opened."""

import re

from playwright.sync_api import expect

from playground.experiment.grids import Grid
from playground.experiment.presets import start
from playground.experiment.usual import first_grid
from tests.browser.person import Person

FEW = start().replace(data={"kind": "circle", "samples": 40})


def test_a_grid_of_eight_by_eight_to_its_end_and_a_cell_opened(person: Person):
    page = person.page
    grid = Grid.model_validate({**dict(first_grid(FEW)), "epochs": 20})
    page.goto(f"/explore?x={FEW.to_link()}&grid={grid.to_link(whole=False)}")
    view = page.locator(".np-grid")
    view.get_by_label("Full speed").check()
    page.get_by_role("button", name="Train 64 networks").click()
    expect(view).to_have_attribute("data-state", "done")
    expect(view).to_contain_text("Done: 20 epochs")
    expect(view.locator(".np-grid-details h4")).to_contain_text("Best: Learning rate")

    cells = view.locator(".np-grid-cells button")
    expect(cells).to_have_count(64)
    cells.first.focus()
    page.keyboard.press("ArrowDown")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(view.locator(".np-grid-details h4")).to_have_text("Learning rate 0.1 · Seed 1")
    number = view.locator(".np-grid-details dd").first.inner_text()
    assert re.fullmatch(r"[\d.]+", number)

    view.get_by_label("Luck").select_option("1")
    expect(cells).to_have_count(8)
    expect(view.locator(".np-grid-heat")).to_contain_text("median over 8 values of seed")
    view.get_by_label("Luck").select_option("")
    expect(cells).to_have_count(64)

    view.get_by_label("Measure", exact=True).select_option("train_loss")
    cells.nth(12).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".np-network")).to_have_attribute("data-ready", "true")
    opened = person.experiment
    assert (opened.training.optimizer.lr, opened.seed) == (0.1, 1)
    expect(page.get_by_role("button", name="Cell of a grid: Learning rate 0.1, Seed 1", exact=True)).to_be_visible()

    page.get_by_role("link", name="Explore").click()
    expect(view).to_contain_text("Done: 20 epochs")
    expect(view.get_by_label("Measure", exact=True)).to_have_value("train_loss")
    assert Grid.from_link(re.search("grid=([^&]+)", page.url)[1], opened).axes == grid.axes
    page.reload()
    expect(view).to_contain_text("Done: 20 epochs")
