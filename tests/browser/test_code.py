"""The code of the experiment, on the page."""

import pytest
from playwright.sync_api import expect

from playground.export import notebook, script
from tests.browser.person import Person

pytestmark = pytest.mark.browser


def test_the_code_follows_and_is_taken_along(person: Person):
    person.open()
    page = person.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("radio", name="Code").click()
    code = page.locator(".st-key-code_view code")
    expect(code).to_contain_text("nn.Linear(2, 4)")
    person.play()
    after = person.changes_address(lambda: person.units("0", 7))
    expect(code).to_contain_text("nn.Linear(2, 7)")

    page.get_by_role("button", name="Copy to clipboard").click()
    assert page.evaluate("navigator.clipboard.readText()") == script(after).strip()
    for name, text in (("Script", script(after)), ("Notebook", notebook(after))):
        with page.expect_download() as started:
            page.get_by_role("button", name=name).click()
        assert started.value.path().read_text("utf-8") == text

    # It is long: it scrolls in a frame of its own, and what stands beside it stays in sight.
    frame = page.locator(".st-key-code_view pre")
    assert frame.evaluate("pre => pre.scrollHeight > 2 * pre.clientHeight && pre.clientHeight > 200")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= page.viewport_size["height"]
    person.until("status.state === 'playing' && status.step > 0")
