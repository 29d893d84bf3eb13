"""Pictures to keep: asked of the stream, saved as files, in which names stay names."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.web.stage import boundary, network

SVG = "{http://www.w3.org/2000/svg}"
VIEWS = [
    {"view": "boundary", "label": "Boundary", "options": {"discrete": True}},
    {"view": "network", "label": "Network", "options": {"plane": None}},
]
HOSTILE = '</text><script>globalThis.hit = 1</script><image href="x" onerror="globalThis.hit = 1"/> & \u0007"\''


@pytest.fixture
def viewer(page: Page, stage):
    """The stream of a page with nothing but the buttons, at rest."""
    run_id = stage.name()
    data = {"run_id": run_id, "pictures": VIEWS, "stem": "spiral-1a2b"}
    page.evaluate("a => mount(...a)", ["pictures", "pictures", data])
    viewer = stage.viewer(run_id)
    assert viewer.hears("watch")["views"] == {}
    viewer.send({})
    return viewer


def saved(page: Page, viewer, name: str, views: dict) -> tuple[str, bytes]:
    """Press a button and answer what it asks for: the file's name and what is in it."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
        asked = viewer.hears("watch")["views"]
        assert asked.keys() == views.keys()
        viewer.send(views)
    assert viewer.hears("watch")["views"] == {}, "it is asked for only once"
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_a_view_that_nobody_watches_is_asked_for_once(page, viewer):
    file, data = saved(page, viewer, "Boundary as SVG", {"boundary": boundary(np.zeros((8, 8)))})
    assert file == "spiral-1a2b-boundary.svg"
    drawing = ElementTree.fromstring(data)
    assert drawing.tag == f"{SVG}svg" and drawing.get("width") == "720"
    assert drawing.find(f".//{SVG}image") is not None
    file, data = saved(page, viewer, "Boundary as PNG", {"boundary": boundary(np.ones((8, 8)), base=False)})
    assert file.endswith("boundary.png") and data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 3 * 720


def test_the_diagram_is_drawn_whole_and_names_stay_names(page, viewer):
    view = network(units=3, hidden=2)
    head = view["base"]["columns"][-1]
    head["names"], head["label"] = [HOSTILE], f"Output {HOSTILE}"
    view["base"]["columns"][1] |= {"label": HOSTILE}
    page.evaluate("() => { globalThis.hit = 0; }")
    _file, data = saved(page, viewer, "Network as SVG", {"network": view})
    drawing = ElementTree.fromstring(data)
    assert {element.tag.removeprefix(SVG) for element in drawing.iter()} <= {
        "svg", "title", "rect", "path", "image", "circle", "text"
    }  # fmt: skip
    assert not [name for element in drawing.iter() for name in element.attrib if name.startswith("on")]
    assert all(image.get("href").startswith("data:image/png") for image in drawing.iter(f"{SVG}image"))
    curves = [path for path in drawing.iter(f"{SVG}path") if path.get("stroke-opacity")]
    assert len(curves) == 2 * 3 + 3 * 3 + 3, "a line for every weight"
    assert any("<script>" in (text.text or "") for text in drawing.iter(f"{SVG}text"))
    _file, png = saved(page, viewer, "Network as PNG", {"network": {**view, "base": view["base"]}})
    assert png.startswith(b"\x89PNG") and int.from_bytes(png[16:20], "big") >= 3 * 960
    assert page.evaluate("globalThis.hit") == 0


def test_a_view_that_fails_is_told_beside_the_buttons(page, viewer):
    page.get_by_role("button", name="Boundary as PNG").click()
    viewer.hears("watch")
    viewer.send({"boundary": {"rev": 1, "error": "This view failed: no plane"}})
    expect(page.get_by_role("status")).to_have_text("No picture could be made: This view failed: no plane.")
    expect(page.get_by_role("button", name="Boundary as PNG")).to_be_enabled()
