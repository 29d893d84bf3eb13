"""The confusion matrix in a real Chromium: a table of buttons, by mouse and by keyboard."""

import numpy as np
import orjson
import pytest
from playwright.sync_api import Page, expect

from playground.figures import confusion
from playground.runs.wire import encode
from tests.web.stage import Stage, Viewer
from tests.web.test_views import drawn, mount

DATA = {"height": "300px", "options": {"part": "test"}, "mark": None}
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def run_id(stage: Stage) -> str:
    return stage.name()


def view(counts: list[list[int]], names: tuple[str, ...], rev: int = 1, base: bool = True) -> dict:
    """As the server sends it."""
    dataset = type("Data", (), {"classes": names})
    arrays = {"counts": np.array(counts)}
    sent = {"rev": rev, "frame": confusion.frame(arrays, dataset)}
    if base:
        sent["base"] = confusion.base(arrays, dataset)
    return orjson.loads(encode(sent))


def matrix(page: Page, stage: Stage, run_id: str, counts: list[list[int]], names: tuple[str, ...]) -> Viewer:
    mount(page, "results", "confusion", run_id, **DATA)
    viewer = stage.viewer(run_id)
    drawn(page, viewer, viewer.send({"confusion": view(counts, names)}))
    page.wait_for_selector(".np-confusion[data-ready] table")
    return viewer


def cell(page: Page, label: str):
    return page.get_by_role("button", name=label)


def test_counts_shares_and_measures(page, stage, run_id):
    matrix(page, stage, run_id, [[8, 2], [0, 10]], ("cat", "dog"))
    grid = page.get_by_role("grid", name="Confusion matrix of the test points")
    rows = [row.all_inner_texts() for row in (grid.locator("tbody tr").nth(k).locator("td") for k in range(2))]
    assert [text.split() for text in rows[0][:2]] == [["8", "80.0", "%"], ["2", "20.0", "%"]]
    assert rows[0][2:] == ["100 %", "80.0 %", "88.9 %", "10"]
    assert rows[1][2:] == ["83.3 %", "100 %", "90.9 %", "10"]
    expect(grid.locator("tfoot")).to_contain_text("Right: 18 of 20 (90.0 %)")
    expect(cell(page, "actual cat, predicted dog: 2 of 10")).to_be_visible()


def test_a_cell_is_pressed_and_pressed_again(page, stage, run_id):
    viewer = matrix(page, stage, run_id, [[8, 2], [0, 10]], ("cat", "dog"))
    wrong = cell(page, "actual cat, predicted dog")
    wrong.click()
    expect(wrong).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".np-confusion-said")).to_have_text("Marked in the plot: 2 test points, cat but taken for dog.")
    node = wrong.element_handle()
    drawn(page, viewer, viewer.send({"confusion": view([[9, 1], [0, 10]], ("cat", "dog"), base=False)}))
    assert page.evaluate("node => node.isConnected && node.ariaPressed === 'true'", node), "nothing is built anew"
    expect(page.locator(".np-confusion-said")).to_contain_text("1 test point,")
    wrong.click()
    expect(wrong).to_have_attribute("aria-pressed", "false")
    pressed = {"actual": 0, "predicted": 1}
    assert page.evaluate("emitted") == [["mark", {**pressed, "on": True}], ["mark", {**pressed, "on": False}]]


def test_by_keyboard(page, stage, run_id):
    """One Tab leads into the table, arrows from cell to cell, and no further than its edge."""
    matrix(page, stage, run_id, [[8, 2], [0, 10]], ("cat", "dog"))
    page.keyboard.press("Tab")
    expect(cell(page, "actual cat, predicted cat")).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(cell(page, "actual cat, predicted dog")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("emitted") == [["mark", {"actual": 0, "predicted": 1, "on": True}]]


def test_other_classes_make_another_table(page, stage, run_id):
    viewer = matrix(page, stage, run_id, [[8, 2], [0, 10]], ("cat", "dog"))
    three = ("a", "b", "c")
    drawn(page, viewer, viewer.send({"confusion": view(np.eye(3, dtype=int).tolist(), three, rev=2)}))
    expect(page.locator(".np-confusion-cell")).to_have_count(9)
    # A part without points, and a class that never occurs.
    drawn(page, viewer, viewer.send({"confusion": view([[0] * 3] * 3, three, rev=2, base=False)}))
    expect(page.locator(".np-confusion-said")).to_have_text("There are no test points.")
    expect(page.locator("tbody tr").first.locator(".np-confusion-number").first).to_have_text("–")


def test_names_of_strangers_are_text(page, stage, run_id):
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    matrix(page, stage, run_id, [[8, 2], [0, 10]], (HOSTILE, "**dog**"))
    assert page.locator(".np-confusion img").count() == 0
    expect(page.locator("thead .np-confusion-class").first).to_have_text(HOSTILE)
    assert not dialogs
