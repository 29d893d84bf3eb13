"""Runs side by side in a real Chromium: what is pressed is asked for, and what differs is told."""

import numpy as np
import orjson
import pytest
from playwright.sync_api import expect

from playground.ui.runs_rows import METRICS, curves, thinned
from tests.web.test_jobs import Studio, studio  # noqa: F401  (a fixture)
from tests.web.test_modules import run
from tests.web.test_views import mount

STEPS = np.arange(3000.0)
HISTORY = {
    "step": STEPS, "epoch": STEPS / 25, "train_loss": 1 / (1 + STEPS), "test_loss": 2 / (1 + STEPS),
    "train_accuracy": STEPS / 3000, "test_accuracy": STEPS / 3000, "lr": np.full(3000, 0.03),
}  # fmt: skip
PICTURE = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
NAMES = {"a": "", "b": "<b>Bold</b>", "c": "", "d": ""}
RATES = {"a": "0.01", "b": "0.02", "c": "0.03", "d": "0.04"}


def row(name: str, **changes) -> dict:
    return {
        "id": name, "name": NAMES[name], "title": "Circle: 4 tanh", "recipe": f"SGD {RATES[name]}", "data": "Circle",
        "starred": name == "c", "updated": 1_700_000_000, "state": "paused", "here": name == "a", "epoch": 120.0,
        "train_loss": 0.1, "test_loss": ord(name) / 100, "train_metric": 0.9, "test_metric": 0.8, "metric": "accuracy",
    } | changes  # fmt: skip


def look(*pinned: str, **changes) -> dict:
    rates = {"label": "Learning rate", "values": [RATES[name] for name in pinned]}
    return {
        "runs": [row(name) for name in NAMES], "pinned": list(pinned), "contrast": [rates], "comparable": True,
        "curves": {name: curves(HISTORY) for name in pinned},
        "colours": ["#e69f00", "#56b4e9", "#009e73"], "job": "one", "height": "515px", "note": "", "deleted": None,
        "done": None,
    } | changes  # fmt: skip


@pytest.fixture
def view(page, studio):  # noqa: F811
    studio.put(data=orjson.dumps({"a": {"image": PICTURE, "step": 3}, "b": {"problem": "Its table <i>is</i> gone."}}))
    mount(page, "runs", "runs", None, **look("a", "b"))
    shown = page.locator(".np-runs")
    expect(shown).to_have_attribute("data-drawn", "2")
    return shown


def asked(page) -> list[dict]:
    """What the last report holds, without serial numbers."""
    name, report = page.evaluate("emitted.at(-1)")
    assert name == "act"
    return [{key: value for key, value in event.items() if key != "serial"} for event in report["events"]]


def test_only_what_differs_is_told_and_who_is_ahead(page, view):
    table = view.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Learning rate 0.01", "<b>Bold</b>"])
    expect(table.get_by_role("row", name="Learning rate 0.01 0.02")).to_be_visible()
    expect(table.locator("[data-best=true]")).to_have_text(["0.9700"])
    picture = table.get_by_role("button", name="What Learning rate 0.01 answers everywhere")
    expect(picture.locator("img")).to_have_attribute("src", PICTURE)
    before = picture.bounding_box()["width"]
    picture.click()
    assert picture.bounding_box()["width"] > 1.5 * before
    expect(table).to_contain_text("Its table <i>is</i> gone.")
    traces = "document.querySelector('.np-runs-plot').data.map(({ name, y }) => [name, y.length])"
    assert page.evaluate(traces) == [["Learning rate 0.01", 400]] * 2 + [["<b>Bold</b>", 400]] * 2
    mount(page, "runs", "runs", None, **look("a", "b", comparable=False))
    expect(table.locator("[data-best=true]")).to_have_count(0)


def test_everything_that_was_pressed_is_told_until_it_is_done(page, view):
    def button(name: str):
        return view.get_by_role("button", name=name, exact=True)

    runs = view.get_by_label("Your runs").get_by_role("listitem")
    runs.nth(2).locator(".np-run-press").click()
    expect(runs.nth(2).locator(".np-run-press")).to_have_attribute("aria-pressed", "true")
    button("Star <b>Bold</b>").click()
    assert asked(page) == [{"op": "pin", "ids": ["a", "b", "c"]}, {"op": "star", "id": "b", "on": True}]
    visit = page.evaluate("emitted.at(-1)[1].visit")
    done = {"visit": visit, "serial": 2}
    mount(page, "runs", "runs", None, **look("a", "b", "c", done=done))
    runs.nth(3).locator(".np-run-press").click()  # there is room for no more
    button("Continue: Learning rate 0.03").click()
    assert asked(page) == [{"op": "continue", "id": "c", "pinned": ["a", "b", "c"]}]
    deleted = {"id": "d", "name": "Circle"}
    mount(page, "runs", "runs", None, **look("a", "b", "c", done={**done, "serial": 3}, deleted=deleted))
    view.get_by_role("button", name="Undo").click()
    assert asked(page) == [{"op": "restore", "id": "d"}]


def test_a_run_is_named_by_keyboard_and_nothing_else_happens(page, view):
    first = view.get_by_label("Your runs").get_by_role("listitem").first
    first.get_by_role("button", name="Rename").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("The first & best")
    page.keyboard.press("Enter")
    assert asked(page) == [{"op": "rename", "id": "a", "name": "The first & best"}]
    expect(first).to_contain_text("The first & best")
    expect(first.locator(".np-run-press")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(view.locator(".np-run-press").nth(1)).to_be_focused()


def test_runs_are_found(page, view):
    runs = view.get_by_label("Your runs").get_by_role("listitem")
    view.get_by_label("Search your runs").fill("bold circle")
    expect(runs).to_have_count(1)
    view.get_by_label("Search your runs").fill("SGD 0.09")
    expect(view).to_contain_text("No run is like this.")
    view.get_by_label("Search your runs").fill("")
    view.get_by_label("Which runs").select_option("Starred")
    expect(runs).to_have_count(1)
    view.get_by_label("Which runs").select_option("All runs")
    expect(runs).to_have_count(4)


def test_who_has_nothing_is_shown_something(page):
    mount(page, "runs", "runs", None, **look(runs=[], job=None))
    page.get_by_role("button", name="Show me").click()
    assert asked(page) == [{"op": "demo"}]
    expect(page.get_by_role("button", name="Three networks begin")).to_be_disabled()


@pytest.mark.parametrize(("scores", "lowest"), [([-20, 0.5], -1), ([-20, -5], -10), ([], -1)])
def test_however_bad_an_r2_is_the_best_of_it_is_seen(shared, scores, lowest):
    curve = {"epoch": [0, 1], "step": [0, 9], "test_loss": [2, 1], "test_metric": scores, "metric": "R²"}
    script = """m.figureOf({run: a[0]}, [{id: "run", label: "A", colour: "#000"}],
      {part: "test", by: "epoch", smooth: 0}, {}, {width: 800, height: 300}).layout.yaxis2.autorangeoptions.clipmin"""
    assert run(shared, "runs-curves.js", script, curve) == lowest


@pytest.mark.parametrize("weight", [0.5, 0.98])
def test_smoothing_is_the_average_whose_weights_fall_off(shared, weight):
    values = [3.0, 1.0, 4.0, 1.0]
    weights = [weight**3, weight**2, weight, 1.0]
    expected = [np.average(values[: n + 1], weights=weights[3 - n :]) for n in range(4)]
    known = run(shared, "runs-curves.js", "[...m.smoothed(a[0].toSpliced(2, 0, NaN), a[1])]", values, weight)
    assert np.isnan(known.pop(2)) and known == pytest.approx(expected)


@pytest.mark.parametrize(
    ("names", "rows", "labels"),
    [
        (["", ""], [], ["T", "T (2)"]),
        (["", "Mine"], [["lr", "0.1", "0.2"]], ["lr 0.1", "Mine"]),
        (
            ["", "", ""],
            [["Data", "Circle", "Iris", "Circle"], ["lr", "1", "1", "2"]],
            ["Circle, lr 1", "Iris", "Circle, lr 2"],
        ),
        (["", ""], [["Dropout", "", "0.5"]], ["T", "Dropout 0.5"]),
    ],
)
def test_runs_are_called_by_what_tells_them_apart(shared, names, rows, labels):
    runs = [{"name": name, "title": "T"} for name in names]
    contrast = [{"label": label, "values": values} for label, *values in rows]
    assert run(shared, "runs-view.js", "m.labelsOf(a[0], a[1])", runs, contrast) == labels


@pytest.mark.parametrize(
    ("values", "sign", "place"), [([3, 1, 2], -1, 1), ([3, 1, 3], 1, False), ([None, 1], 1, False)]
)
def test_the_best_is_the_only_one_that_is_ahead(shared, values, sign, place):
    assert run(shared, "runs-board.js", "m.best(a[0], a[1])", values, sign) == place


@pytest.mark.parametrize("count", [0, 1, 399, 401, 5000])
def test_a_long_history_is_thinned_evenly(count):
    rows = thinned(count)
    assert len(rows) == min(count, 400) and len(set(rows)) == len(rows)
    assert count == 0 or (rows[0], rows[-1]) == (0, count - 1)
    assert set(METRICS.values()) == {"accuracy", "R²"}
