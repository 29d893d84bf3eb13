"""One screen shows the whole act: nothing overflows, nothing jumps, in light and in dark."""

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person, described, linear

SIZES = {"a large screen": {"width": 1920, "height": 1080}, "a projector": {"width": 1366, "height": 768}}
PARTS = (".np-transport [data-act=toggle]", ".np-timeline", ".st-key-panel", ".np-network", ".st-key-boundary .np-plot",
         ".st-key-curves .np-plot")  # fmt: skip

OVERFLOW = (
    "document.documentElement.scrollWidth > innerWidth || document.querySelector('.stMain').scrollWidth > innerWidth"
)

FITS = """[...document.querySelectorAll(".np-plot .main-svg")].every((plot) =>
  plot.getBoundingClientRect().right <= innerWidth)"""


def boxes(person: Person) -> dict[str, dict[str, float]]:
    return {part: person.page.locator(part).bounding_box() for part in PARTS}


def test_everything_is_on_one_screen(new_page):
    person = Person(new_page()).open()
    assert person.page.title()
    for size in SIZES.values():
        person.page.set_viewport_size(size)
        person.page.wait_for_function(f"() => {FITS}")
        all_is_on_screen(person, size)


def all_is_on_screen(person: Person, size: dict[str, int]) -> None:
    page = person.page
    for part, box in boxes(person).items():
        assert box["x"] >= 0 and box["y"] >= 0, part
        assert box["x"] + box["width"] <= size["width"] + 1, part
        assert box["y"] + box["height"] <= size["height"] + 1, part
        assert box["width"] > 40 and box["height"] > 20, part
    for tab in ("Data", "Training", "Network"):
        person.tab(tab)
        assert not page.evaluate(OVERFLOW), tab
    panel = page.locator(".st-key-panel").bounding_box()
    assert panel["x"] + panel["width"] <= page.locator(".np-network").bounding_box()["x"], "nothing lies over another"


def test_nothing_jumps_while_it_trains_and_when_a_form_changes(person):
    person.open()
    before = boxes(person)
    person.play()
    person.frames(10)
    assert boxes(person) == before
    person.pause()
    person.tab("Training")
    person.page.get_by_role("spinbutton", name="Learning rate").wait_for()
    after = boxes(person)
    for part in PARTS:
        if part != ".st-key-panel":
            assert after[part] == before[part], part


@pytest.mark.parametrize("page", [{"dark": True, "width": 1920, "height": 1080}], indirect=True)
def test_dark_is_dark_everywhere(page):
    person = Person(page).open()
    assert page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor") == (
        "rgb(17, 22, 29)"
    )
    assert page.evaluate("[...document.querySelectorAll('.np-root')].map((root) => root.dataset.dark)") == ["true"] * 4
    text = page.evaluate("getComputedStyle(document.querySelector('.st-key-curves .xtick text')).fill")
    assert min(int(part) for part in text.removeprefix("rgb(").rstrip(")").split(",")[:3]) > 120, "light on dark"
    paper = page.evaluate("document.querySelector('.st-key-curves .np-plot-node')._fullLayout.paper_bgcolor")
    assert paper in ("rgba(0,0,0,0)", "rgba(0, 0, 0, 0)", "#11161d")
    person.train(steps=1)


def test_a_wide_and_deep_network_keeps_to_its_place(person):
    layers = [layer for _ in range(8) for layer in (linear(48), {"kind": "relu"})]
    person.open(described(*layers))
    assert not person.page.evaluate(OVERFLOW)
    expect(person.page.locator(".np-net-more").first).to_contain_text("more")
    person.train(steps=1)
