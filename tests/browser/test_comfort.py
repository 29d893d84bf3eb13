"""Comfort: what axe-core says of every page and view, small screens, and calm for those who ask for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.person import Person, described, linear

VIEWS = ("Inside", "Results", "Code", "Network")
TABS = ("Data", "Training", "Network")
NARROW = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


def idle(page: Page) -> None:
    """Wait until the page's script has run."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()


def sound(page: Page, where: str, *rules: str) -> None:
    """axe-core finds nothing serious here, by these rules or by all."""
    options = {"options": {"runOnly": list(rules)}} if rules else {}
    expect(page.locator('[data-testid="stCode"] pre:not([tabindex])')).to_have_count(0)
    found = Axe().run(page, **options).response["violations"]
    serious = [
        f"{where}: {one['id']} ({one['help']}): {node['target']} {node['failureSummary'][:300]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
    assert not serious, "\n".join(serious)


@pytest.mark.parametrize("page", [{"dark": True}], ids=["dark"], indirect=True)
def test_axe_finds_contrast_in_the_dark(page: Page) -> None:
    """What light and dark have apart is colour."""
    Person(page).open()
    for view in VIEWS:
        page.get_by_role("radio", name=view, exact=True).click()
        idle(page)
        expect(page.locator(".np-root:not([data-ready])")).to_have_count(0)
        sound(page, view, "color-contrast")
    page.goto("/catalogue")
    expect(page.get_by_role("heading").first).to_be_visible()
    idle(page)
    sound(page, "the catalogue", "color-contrast")


def test_axe_finds_nothing_serious(page: Page) -> None:
    person = Person(page).open()
    for view in VIEWS:  # the last one is how the page opens, on its Network tab
        page.get_by_role("radio", name=view, exact=True).click()
        idle(page)
        expect(page.locator(".np-root:not([data-ready])")).to_have_count(0)
        sound(page, view)
    for tab in TABS[:-1]:
        person.tab(tab)
        idle(page)
        sound(page, f"the {tab} tab")
    for name in ("Share", "Take away", "Presets"):
        page.get_by_role("button", name=name).first.click()
        idle(page)
        sound(page, name)
        page.keyboard.press("Escape")
    page.goto("/catalogue")
    expect(page.get_by_role("heading").first).to_be_visible()
    idle(page)
    sound(page, "the catalogue")


@pytest.mark.parametrize("page", [NARROW], ids=["390 px"], indirect=True)
def test_a_phone_shows_everything_and_nothing_sticks_out(page: Page) -> None:
    person = Person(page).open(described(linear(3), {"kind": "tanh"}))
    for view in VIEWS:
        page.get_by_role("radio", name=view, exact=True).click()
        idle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= NARROW["width"]
    person.press("Play")
    person.goes_on()
    person.pause()
    for tab in TABS:
        panel = person.tab(tab)
        expect(panel).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= NARROW["width"]


def test_who_asks_for_calm_gets_it(new_page: Callable[..., Page]) -> None:
    page = new_page(calm=True)
    person = Person(page).open()
    person.play()
    lasting = """() => document.getAnimations().map(({ effect }) => effect.getComputedTiming())
      .filter(({ duration, iterations }) => duration * iterations > 100).length"""
    assert page.evaluate(lasting) == 0
    person.pause()
