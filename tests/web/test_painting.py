"""The painting tools in a real Chromium: what a pointer, a finger or the keys paint, and what Python is told of it."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from playground.experiment import painting
from playground.settings import settings
from tests.web.stage import Stage, boundary, typed
from tests.web.test_modules import run
from tests.web.test_views import slope

PLACES = np.array([[-4.0, -4.0], [4.0, 4.0], [4.0, -4.0]])
START = painting.encode(PLACES, np.array([0, 1, 1]))
PAINT = {
    "points": START,
    "task": "classification",
    "source": "Circle",
    "names": [f"class {letter}" for letter in "ABCDE"],
    "colours": ["#f59322", "#0877bd", "#45c985", "#a84f70", "#1c1749"],
    "edges": {"train": {"color": "#ffffff", "width": 0.8}, "test": {"color": "#2f3440", "width": 1.1}},
    "sizes": {"few": 6.5, "many": 5},
    "most": settings.max_painted,
    "seen": 0,
    "invited": 0,
    "error": "",
}


class Easel:
    """A boundary to paint on, and what came of it."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page, self.run_id = page, stage.name()
        self.show()
        self.viewer = stage.viewer(self.run_id)
        self.viewer.send({"boundary": self.figure(PLACES)})
        page.wait_for_selector(".np-plot[data-ready] .heatmaplayer image")

    def figure(self, places: np.ndarray, rev: int = 1) -> dict:
        view = boundary(slope(), rev=rev)
        for part, chosen in (("train", places[:-1]), ("test", places[-1:])):
            x, y = typed(chosen[:, 0]), typed(chosen[:, 1])
            view["base"]["data"].append({"type": "scatter", "mode": "markers", "name": part, "x": x, "y": y})
        return view

    def show(self, **paint: object) -> None:
        data = {"view": "boundary", "run_id": self.run_id, "height": "400px", "options": {}, "paint": PAINT | paint}
        self.page.evaluate("a => mount(...a)", ["plot", "plot", data])

    def open(self) -> "Easel":
        self.page.get_by_role("button", name="Paint", exact=True).click()
        self.box = self.page.locator(".np-paint-surface").bounding_box()
        return self

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place of the plane in pixels of the page."""
        box = self.box
        return box["x"] + (x + 6) / 12 * box["width"], box["y"] + (6 - y) / 12 * box["height"]

    def tool(self, name: str) -> None:
        self.page.get_by_role("group", name="Painting tools").get_by_role("button", name=name).click()

    def drag(self, *places: tuple[float, float], button: str = "left") -> None:
        mouse = self.page.mouse
        mouse.move(*self.at(*places[0]))
        mouse.down(button=button)
        for place in places[1:]:
            mouse.move(*self.at(*place), steps=6)
        mouse.up(button=button)

    @property
    def told(self) -> list[dict]:
        return [value for name, value in self.page.evaluate("emitted") if name == "paint"]

    @property
    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Places and labels of what Python was told last."""
        return painting.decode(self.told[-1]["points"])

    def says(self, text: str) -> None:
        expect(self.page.locator(".np-paint-chip")).to_have_text(text)


@pytest.fixture
def easel(page: Page, stage: Stage) -> Iterator[Easel]:
    yield Easel(page, stage)


# -- the text of points -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 2, 3, 500])
def test_a_set_of_points_has_the_same_text_in_the_browser(shared, count):
    rng = np.random.default_rng(count)
    places, labels = rng.uniform(-6.5, 6.5, (count, 2)), rng.integers(0, 256, count)
    text = painting.encode(places, labels)
    drawn = [[*place, int(label)] for place, label in zip(places.tolist(), labels, strict=True)]
    assert run(shared, "paint-points.js", "m.pack(new Set(a[0].map((each) => m.point(...each))))", drawn) == text
    there = run(shared, "paint-points.js", "[...m.unpack(a[0])].map((p) => [m.xOf(p), m.yOf(p), m.labelOf(p)])", text)
    here = painting.decode(text)
    assert np.allclose(np.array(there).reshape(-1, 3), np.column_stack(here))


def test_a_painting_steps_back_and_forth_and_takes_in_what_others_do(shared):
    one, two, three = (painting.encode(PLACES[:n], np.arange(n)) for n in (1, 2, 3))
    script = """(() => {
      const p = new m.Painting(a[0]), seen = [];
      const note = () => seen.push([p.text, p.points.size, p.canUndo, p.canRedo]);
      for (const each of m.unpack(a[1])) p.points.add(each);
      p.commit(); note();
      p.commit(); p.go(-1); note();
      p.adopt(a[1]); note();
      p.adopt(a[2]); note();
      p.go(-1); p.points.clear(); p.cancel(); note();
      p.points.clear(); p.commit(); note();
      return seen;
    })()"""
    seen = run(shared, "paint-points.js", script, one, two, three)
    assert seen == [
        [two, 2, True, False],
        [one, 1, False, True],
        [two, 2, True, False],
        [three, 3, True, False],
        [two, 2, True, True],
        ["", 0, True, False],
    ]


def test_what_is_missing_is_said(shared):
    def lack(labels, task="classification"):
        text = painting.encode(PLACES[: len(labels)], np.array(labels, int)) if labels else ""
        return run(shared, "paint-points.js", "m.lack(new Set(m.unpack(a[0])), a[1])", text, task)

    assert lack([]) and lack([0]) and lack([1, 1]) and lack([3], "regression")
    assert lack([0, 1]) == lack([5, 5], "regression") == lack([4, 4, 2]) == ""


# -- strokes ----------------------------------------------------------------------------------------------------------


def test_a_click_paints_a_point_and_nothing_of_the_plot_moves(easel):
    nodes = "[...document.querySelectorAll('.np-plot-node, .main-svg')]"
    easel.page.evaluate(f"() => {{ globalThis.kept = {nodes}; }}")
    easel.open()
    easel.says("Your first stroke turns Circle into points of your own.")
    easel.page.mouse.click(*easel.at(1.0, 2.0))
    places, labels = easel.points
    assert len(places) == 4
    new = np.abs(places - [1.0, 2.0]).max(axis=1) < 0.05
    assert labels[new].tolist() == [0]
    assert easel.told[-1]["task"] == "classification"
    assert easel.page.evaluate(f"{nodes}.every((node, i) => node === kept[i])")
    assert (
        easel.page.evaluate("document.querySelector('.scatterlayer').checkVisibility({visibilityProperty: true})")
        is False
    )


def test_a_drag_paints_a_line_however_fast_it_is(easel):
    easel.open().tool("Paint points of class B")
    easel.drag((-5, 0), (5, 0))
    places, labels = easel.points
    new = places[np.abs(places[:, 1]) < 0.5]
    gaps = np.diff(np.sort(new[:, 0])) / 12 * easel.box["width"]
    assert len(new) > 15 and (gaps < 20).all()
    assert (labels[np.abs(places[:, 1]) < 0.5] == 1).all()
    assert len(easel.told) == 1, "one stroke, one message"


def test_a_long_stroke_comes_in_parts_while_the_network_learns(easel):
    """The stage's run is playing. Each part waits for the answer to the one before."""
    easel.open()
    easel.viewer.send()
    easel.page.wait_for_function("connection().stats.drawn >= 2")
    easel.tool("Spray")
    easel.page.mouse.move(*easel.at(0, 0))
    easel.page.mouse.down()
    parts = "emitted.filter(([name]) => name === 'paint').length"
    for count in (1, 2):
        easel.page.wait_for_function(f"{parts} === {count}")
        part = easel.told[-1]
        easel.show(points=part["points"], seen=part["serial"], source=None)
    easel.page.mouse.up()
    first, second, last = easel.told[:2] + easel.told[-1:]
    assert len({part["stroke"] for part in easel.told}) == 1
    assert len(first["points"]) < len(second["points"]) <= len(last["points"])
    easel.tool("Undo")
    assert easel.told[-1]["points"] == START, "one stroke, one step"
    assert easel.told[-1]["stroke"] is None


def test_the_spray_scatters_and_keeps_on_while_it_is_held(easel):
    easel.open().tool("Spray")
    easel.page.mouse.move(*easel.at(0, 0))
    easel.page.mouse.down()
    easel.page.wait_for_function("Number(document.querySelector('.np-paint-count').textContent) >= 8")
    easel.page.mouse.up()
    places, _ = easel.points
    new = places[np.abs(places).max(axis=1) < 3.9]
    assert len(new) >= 5
    pixels = new / 12 * [easel.box["width"], easel.box["height"]]
    assert np.hypot(*pixels.T).max() <= 23


@pytest.mark.parametrize("button", ["left", "right"])
def test_the_eraser_takes_away_what_it_passes(easel, button):
    easel.open()
    if button == "left":
        easel.tool("Eraser")
    easel.drag((3, -4), (5, -4), button=button)
    places, labels = easel.points
    assert len(places) == 2 and sorted(labels) == [0, 1]


def test_steps_back_and_forth_and_a_clear_canvas(easel):
    easel.open()
    easel.page.mouse.click(*easel.at(0, 0))
    easel.tool("Undo")
    assert easel.told[-1]["points"] == START
    easel.tool("Redo")
    assert len(easel.points[0]) == 4
    easel.tool("Clear")
    assert len(easel.told) == 3, "nothing is no data: the network keeps what it has"
    easel.says("Click or drag to paint. The network keeps the points before.")
    easel.page.mouse.click(*easel.at(0, 0))
    easel.page.mouse.click(*easel.at(1, 0))
    easel.says("Now paint another class. The network keeps the points before.")
    assert len(easel.told) == 3
    easel.tool("Paint points of class C")
    easel.page.mouse.click(*easel.at(2, 0))
    assert sorted(easel.points[1]) == [0, 0, 2]


def test_by_keyboard_alone(easel):
    easel.open()
    easel.page.locator(".np-paint-surface").focus()
    for key in ("2", "ArrowRight", "Shift+ArrowUp", "Enter"):
        easel.page.keyboard.press(key)
    places, labels = easel.points
    new = np.abs(places - [0.25, 1.0]).max(axis=1) < 0.01
    assert labels[new].tolist() == [1]
    easel.says("Painted. 4 points.")
    easel.page.keyboard.press("Delete")
    assert easel.told[-1]["points"] == START
    easel.page.keyboard.press("Control+z")
    assert len(easel.points[0]) == 4
    easel.page.keyboard.press("Control+Shift+z")
    assert easel.told[-1]["points"] == START
    easel.page.keyboard.press("Escape")
    expect(easel.page.get_by_role("button", name="Paint", exact=True)).to_be_focused()
    expect(easel.page.get_by_role("group", name="Painting tools")).to_be_hidden()


def test_by_finger(profile, server, stage):
    context = profile.browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(server.url)
    page.evaluate("path => { globalThis.STATIC = path }", f"/np/static/{_version()}/")
    easel = Easel(page, stage)
    page.get_by_role("button", name="Paint", exact=True).tap()
    easel.box = page.locator(".np-paint-surface").bounding_box()
    page.touchscreen.tap(*easel.at(2, 1))
    places, _ = easel.points
    assert (np.abs(places - [2, 1]).max(axis=1) < 0.05).any()
    bar = page.locator(".np-paint-tools").bounding_box()
    assert bar["x"] >= 0 and bar["x"] + bar["width"] <= 390
    context.close()


def _version() -> str:
    from playground.web.assets import assets

    return assets().version


def test_values_are_painted_with_a_slider(easel):
    values = painting.encode(PLACES, painting.labels_of(np.array([-1.0, 0.5, 1.0])))
    easel.show(task="regression", points=values)
    easel.open()
    slider = easel.page.get_by_role("slider", name="Value of the points")
    slider.fill("-0.5")
    expect(easel.page.locator(".np-paint-labels output")).to_have_text("−0.50")
    easel.page.mouse.click(*easel.at(0, 0))
    places, labels = easel.points
    new = np.abs(places).max(axis=1) < 0.05
    assert np.allclose(painting.values_of(labels[new]), [-0.5], atol=0.005)
    assert easel.told[-1]["task"] == "regression"


def test_no_more_than_may_be(easel):
    easel.show(most=5)
    easel.open()
    easel.drag((-5, 0), (5, 0))
    assert len(easel.points[0]) == 5
    easel.says("5 points are the most.")


# -- what Python says -------------------------------------------------------------------------------------------------


def test_an_answer_that_is_behind_takes_no_stroke_away(easel):
    easel.open()
    easel.page.mouse.click(*easel.at(0, 0))
    easel.page.mouse.click(*easel.at(2, 2))
    first, second = easel.told
    count = easel.page.locator(".np-paint-count")
    easel.show(points=first["points"], seen=first["serial"], source=None)
    expect(count).to_have_text("5")
    easel.show(points=second["points"], seen=second["serial"], source=None)
    expect(count).to_have_text("5")
    easel.show(points=START, seen=second["serial"], source=None)
    expect(count).to_have_text("3")  # somebody undid it


def test_a_refused_stroke_is_taken_back_and_told(easel):
    easel.open()
    easel.page.mouse.click(*easel.at(0, 0))
    easel.show(points=START, seen=easel.told[-1]["serial"], error="1,001 painted points are too many.")
    easel.says("1,001 painted points are too many.")
    expect(easel.page.locator(".np-paint-count")).to_have_text("3")


def test_other_data_are_a_fresh_canvas_and_a_table_has_none(easel):
    easel.open()
    easel.page.mouse.click(*easel.at(0, 0))
    easel.show(points=painting.encode(PLACES[:2], np.array([0, 1])), seen=easel.told[-1]["serial"], source="Spiral")
    expect(easel.page.locator(".np-paint-count")).to_have_text("2")
    expect(easel.page.get_by_role("button", name="Undo")).to_be_disabled()
    easel.page.evaluate(
        "a => mount(...a)", ["plot", "plot", {"view": "boundary", "run_id": easel.run_id, "height": "400px"}]
    )
    expect(easel.page.locator(".np-paint")).to_have_count(0)
    assert easel.page.evaluate("document.querySelector('.np-plot').dataset.painting") is None


def test_the_tools_open_when_python_asks_and_points_that_test_keep_their_ring(easel):
    easel.show(invited=1)
    expect(easel.page.get_by_role("group", name="Painting tools")).to_be_visible()
    easel.box = easel.page.locator(".np-paint-surface").bounding_box()
    script = """([x, y]) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
      const canvas = document.querySelector('.np-paint-surface canvas');
      const [left, top] = [(x + 6) / 12 * canvas.width, (6 - y) / 12 * canvas.height].map(Math.round);
      const { data } = canvas.getContext('2d').getImageData(left - 6, top - 6, 13, 13);
      done([...data].some((_, i) => i % 4 === 0 && data[i + 3] > 200 && data[i] + data[i + 1] + data[i + 2] < 290));
    })))"""
    assert [easel.page.evaluate(script, place.tolist()) for place in PLACES] == [False, False, True]
