"""The catalogue: every registry entry, with its label, its sentence, and no error."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from playground.experiment.registry import REGISTRIES
from playground.ui.catalogue import FAMILIES, TITLES
from tests.browser.conftest import no_failures


@pytest.fixture(scope="module")
def reading(tab, server) -> Iterator[Page]:
    with no_failures(server, tab.page.errors):
        tab.page.goto("/catalogue")
        yield tab.page


def test_every_registry_has_its_place():
    assert set(TITLES) == set(FAMILIES) > set(REGISTRIES)


@pytest.mark.parametrize("family", TITLES)
def test_every_entry_is_shown(reading, family):
    reading.get_by_role("radio", name=TITLES[family]).click()
    entries = FAMILIES[family]
    names = reading.locator(".stMain .stMarkdown p:has(> strong + code) > strong")
    expect(names).to_have_text([entry.label for entry in entries.values()])
    kinds = reading.locator(".stMain .stMarkdown p:has(> strong + code) > code")
    expect(kinds).to_have_text(list(entries))
    for entry in entries.values():
        expect(reading.get_by_text(entry.about.split("$")[0].strip()[:60]).first).to_be_attached()
    assert reading.locator(".katex-error").count() == 0
    assert reading.get_by_role("alert").count() == 0
