"""The figure of two terrains, as the browser makes it: one scale for both, and names that are only text."""

import contextlib

import numpy as np
import orjson
import pytest
from playwright.sync_api import TimeoutError, expect

import playground.runs
from playground.figures.compare import comparison
from playground.lenses.landscape.comparing import Result, Side
from playground.runs.wire import encode
from tests.web.test_jobs import Studio
from tests.web.test_views import mount

X = np.linspace(-1.0, 1.0, 11)
BOWL = np.add.outer(X**2, X**2) + 0.01
CURVE = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, 0.01]])
FIGURE = """async ([packed, log, names]) => {
  const { figureOf } = await import(STATIC + "compare-figure.js");
  const { unpackAll } = await import(STATIC + "arrays.js");
  const theme = { text: "#000", surface: "#fff", border: "#ccc", faint: "#eee", font: "sans", background: "#fff" };
  const look = { names, colours: ["#111", "#222"], log, terrain: [[0, "#000"], [1, "#fff"]] };
  const { data, layout } = figureOf(unpackAll(packed), look, theme, { width: 1000, height: 500 });
  return {
    data: data.map(({ type, scene, xaxis, cmin, cmax, zmin, zmax, z }) => ({
      type, scene, xaxis, low: cmin ?? zmin, high: cmax ?? zmax, most: z && Math.max(...z.flatMap((row) => [...row])),
    })),
    ranges: [layout.scene, layout.scene2].map((scene) => scene?.zaxis.range),
    titles: layout.annotations.map(({ text }) => text), loss: layout.yaxis3.type,
  };
}"""


def figure(page, result: Result, log: bool, names=("One", "Two")):
    return page.evaluate(FIGURE, [orjson.loads(encode(comparison(result))), log, list(names)])


def result(first, second) -> Result:
    return Result(X, X, tuple(Side(5, "accuracy", curve=CURVE, surface=surface) for surface in (first, second)), True)


def test_both_terrains_share_heights_and_colours(shared):
    for log in (False, True):
        found = figure(shared, result(BOWL, 7 * BOWL), log)
        surfaces = [trace for trace in found["data"] if trace["type"] == "surface"]
        maps = [trace for trace in found["data"] if trace["type"] == "contour"]
        assert [trace["scene"] for trace in surfaces] == ["scene", "scene2"] and len(maps) == 2
        assert len({(trace["low"], trace["high"]) for trace in (*surfaces, *maps)}) == 1
        assert found["ranges"][0] == found["ranges"][1]
        assert found["ranges"][0][1] > max(trace["most"] for trace in surfaces)
        assert found["loss"] == ("log" if log else None)
        assert [trace["xaxis"] for trace in found["data"] if trace["type"] == "scatter"] == [
            "x",
            "x2",
            "x3",
            "x3",
            "x4",
            "x4",
        ]


def test_before_there_is_a_surface_there_are_the_curves(shared):
    found = figure(shared, result(None, None), True)
    assert [trace["xaxis"] for trace in found["data"]] == ["x4", "x4"] and found["ranges"] == [None, None]


def test_a_logarithm_that_cannot_be_is_not_drawn(shared):
    assert figure(shared, result(BOWL - 0.01, BOWL), True)["loss"] is None


def test_names_are_text(shared):
    titles = figure(shared, result(BOWL, BOWL), False, ("<b>One</b>", "A & B"))["titles"]
    assert "&lt;b&gt;One&lt;/b&gt;" in titles[0] and "A &amp; B" in titles[1]


@pytest.fixture
def studio(monkeypatch) -> Studio:
    made = Studio()
    monkeypatch.setattr(playground.runs, "hub", lambda: made)
    return made


LOOK = {
    "job": "one", "names": ["One", "Two"], "colours": ["#111", "#222"], "height": "300px", "label": "Both",
    "log": False, "terrain": [[0, "#000"], [1, "#fff"]],
}  # fmt: skip
EYES = """() => ["scene", "scene2"].map((name) => {
  const { eye } = document.querySelector(".np-compare-plot")._fullLayout[name]._scene.getCamera();
  return [eye.x, eye.y, eye.z].map((place) => place.toFixed(4)).join();
})"""


def test_one_camera_looks_at_both(page, studio):
    studio.put(data=encode(comparison(result(BOWL, 7 * BOWL))))
    mount(page, "compare", "compare", None, **LOOK)
    view = page.locator(".np-compare")
    page.wait_for_selector(".np-compare[data-ready]")
    before = page.evaluate(EYES)
    box = page.locator(".np-compare-plot").bounding_box()
    x, y = box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"]
    turned = f"(before) => {{ const [a, b] = ({EYES})(); return a === b && a !== before; }}"
    for patience in (3_000, 3_000, 3_000, 60_000):  # a press that comes while the plot is being drawn moves nothing
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y + 8, steps=8)
        page.mouse.up()
        with contextlib.suppress(TimeoutError):
            page.wait_for_function(turned, arg=before[0], timeout=patience)
            break
    else:
        raise AssertionError("nothing turns")
    expect(view.get_by_role("row", name="One")).to_contain_text("0.291")


def test_it_can_be_stopped_and_says_why_it_failed(page, studio):
    studio.put("working", text="Training both", share=0.3)
    mount(page, "compare", "compare", None, **LOOK)
    view = page.locator(".np-compare")
    expect(view.get_by_role("status")).to_have_text("Training both")
    view.get_by_role("button", name="Cancel").click()
    assert page.evaluate("emitted") == [["cancel", "one"]]
    studio.put("failed", text="It diverged <b>here</b>.")
    expect(view.get_by_role("status")).to_have_text("It diverged <b>here</b>.")
    expect(view.get_by_role("button", name="Cancel")).to_be_hidden()
