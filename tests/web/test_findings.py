"""The sentences about the inside of a network in a real Chromium."""

import orjson
from playwright.sync_api import Page, expect

from playground.runs.wire import encode
from tests.web.stage import Stage
from tests.web.test_views import drawn, mount

GOOD = {
    "level": "fine",
    "title": "The gradient reaches every layer",
    "text": "All get about as much.",
    "why": "Nothing.",
}
BAD = {"level": "warning", "title": "Vanishing gradients", "text": "Layer <1> hardly learns.", "why": "Told when."}


def test_a_sentence_comes_and_goes_and_is_written_once(page: Page, stage: Stage):
    run_id = stage.name()
    mount(page, "findings", "findings", run_id, height="58px")
    viewer = stage.viewer(run_id)

    def tell(*findings: dict) -> None:
        view = {"rev": 1, "base": {}, "frame": {"findings": findings}}
        drawn(page, viewer, viewer.send({"findings": orjson.loads(encode(view))}))

    told = page.get_by_role("list", name="What the inside of the network shows").get_by_role("listitem")
    tell(GOOD)
    expect(told).to_have_text(["The gradient reaches every layerAll get about as much."])
    tell(BAD, GOOD)
    expect(told.first).to_have_text("⚠ Vanishing gradientsLayer <1> hardly learns.")
    expect(told.first).to_have_attribute("data-level", "warning")
    expect(told.first).to_have_attribute("title", "Told when.")
    page.evaluate("globalThis.kept = document.querySelector('.np-findings li')")
    tell(BAD, GOOD)
    assert page.evaluate("kept === document.querySelector('.np-findings li')"), "read out once, not at every frame"
    tell()
    expect(told).to_have_count(0)
