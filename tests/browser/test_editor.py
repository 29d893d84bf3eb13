"""The panel beside the views, by mouse and by keyboard: nothing is lost, nothing jumps, nothing sticks out."""

import pytest
from playwright.sync_api import Page, expect

FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.dataset.focus ?? node?.dataset.kind ?? node?.getAttribute("aria-label");
}"""


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Page:
    """The tab that most stories use, or a page of another size."""
    if hasattr(request, "param"):
        return request.getfixturevalue("new_page")(**request.param)
    return request.getfixturevalue("person").page


def opened(page: Page) -> Page:
    """The playground, with a run."""
    page.goto("/")
    expect(page.locator(".stack .card").first).to_be_visible()
    settled(page)
    return page


def settled(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def part(page: Page, name: str):
    """A control of the stack editor: "0:more" is the plus of the first layer."""
    return page.locator(f'.stack [data-focus="{name}"]')


def focus_comes_to(page: Page, name: str) -> None:
    page.wait_for_function(f"({FOCUSED})() === {name!r}")


def cards(page: Page) -> list[str]:
    return [name.split(",")[0].split(":")[0] for name in page.locator(".stack .name").evaluate_all(
        "all => all.map((name) => name.getAttribute('aria-label'))"
    )]  # fmt: skip


def show_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    settled(page)


def number(page: Page, field: str):
    return page.locator(f".st-key-field-{field} input")


def test_quick_presses_add_up(page):
    opened(page)
    for _ in range(6):
        part(page, "0:more").click()
    expect(part(page, "0:value")).to_have_value("10")
    expect(page.get_by_text("2 → 10", exact=True)).to_be_visible()
    expect(part(page, "0:value")).to_have_value("10")


def test_the_focus_stays_with_what_a_person_works_on(page):
    opened(page)
    part(page, "0:more").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 → 5", exact=True)).to_be_visible()
    focus_comes_to(page, "0:more")
    part(page, "1:name").focus()
    page.keyboard.press("Alt+ArrowUp")
    focus_comes_to(page, "0:name")
    assert cards(page)[1:3] == ["Tanh", "Linear"]
    page.keyboard.press("Alt+ArrowDown")
    focus_comes_to(page, "1:name")
    assert cards(page)[1:3] == ["Linear", "Tanh"]
    part(page, "3:remove").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".stack .card")).to_have_count(5)
    focus_comes_to(page, "add:3")


def test_a_layer_is_added_by_keyboard(page):
    opened(page)
    part(page, "add:4").focus()
    page.keyboard.press("Enter")
    focus_comes_to(page, "add:4")
    page.keyboard.press("Escape")
    expect(page.locator(".stack .palette")).to_have_count(0)
    page.keyboard.press("Enter")
    part(page, "choice:dropout").focus()
    page.keyboard.press("Enter")
    focus_comes_to(page, "4:name")
    assert cards(page)[5] == "Dropout"


@pytest.mark.parametrize("page", [{}], indirect=True)
def test_nothing_moves_when_a_layer_is_chosen(page):
    opened(page)
    for size in ({"width": 1366, "height": 768}, {"width": 1920, "height": 1080}):
        page.set_viewport_size(size)
        a_layer_is_chosen(page)


def a_layer_is_chosen(page: Page) -> None:
    places = (
        "() => [...document.querySelectorAll('.st-key-panel, .st-key-stack, .np-root')].map((node) => {"
        "const box = node.getBoundingClientRect(); return [box.x, box.y, box.width]; })"
    )
    expect(page.locator(".np-root")).to_have_count(4)
    expect(page.get_by_text("connected")).to_be_visible()
    before = page.evaluate(places)
    part(page, "0:name").click()
    expect(page.locator(".st-key-layer_settings")).to_be_visible()
    settled(page)
    assert page.evaluate(places) == before
    assert page.evaluate("document.querySelector('.st-key-panel').scrollTop") == 0
    page.get_by_role("button", name="Close these settings").click()
    expect(page.locator(".st-key-layer_settings")).to_have_count(0)


@pytest.mark.parametrize("page", [{"width": 390, "height": 844}], indirect=True)
def test_narrow_screens_show_the_network_first_and_nothing_sticks_out(page):
    opened(page)
    for size in ({"width": 390, "height": 844}, {"width": 760, "height": 900}):
        page.set_viewport_size(size)
        is_narrow(page)


def is_narrow(page: Page) -> None:
    for tab in ("Data", "Network", "Training"):
        show_tab(page, tab)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0
    tops = page.evaluate(
        "['diagram', 'boundary', 'panel'].map((key) => "
        "document.querySelector(`.st-key-${key}`).getBoundingClientRect().top)"
    )
    assert tops == sorted(tops)


def test_numbers_are_kept_as_typed(stayer):
    page = stayer.page
    show_tab(page, "Training")
    rate = number(page, "training-optimizer-lr")
    for typed in ("0.0001", "0.123456789", "1e-7", "0.03"):
        rate.fill(typed)
        rate.press("Enter")
        settled(page)
        expect(rate).to_have_value(typed)
    rate.fill("")
    rate.press("Tab")
    expect(page.get_by_text("This field is required.")).to_be_visible()
    rate.fill("0.5")
    rate.press("Enter")
    clip = number(page, "training-clip_norm")
    clip.fill("2.5")
    clip.press("Enter")
    settled(page)
    expect(clip).to_have_value("2.5")
    clip.fill("")
    clip.press("Enter")
    settled(page)
    expect(clip).to_have_value("")
    expect(rate).to_have_value("0.5")


def test_no_control_is_without_a_name_or_out_of_order(stayer):
    page = stayer.page
    walk = """(wrong) => {
      const found = [];
      const walk = (root) => root.querySelectorAll("*").forEach((node) => {
        if (wrong(node)) found.push(node.outerHTML.slice(0, 200));
        if (node.shadowRoot) walk(node.shadowRoot);
      });
      walk(document);
      return found;
    }"""
    unnamed = """(node) => node.matches("button, input, select") && node.offsetParent && ![
      node.getAttribute("aria-label"), node.getAttribute("aria-labelledby"), node.title, node.textContent.trim(),
      node.labels?.[0]?.textContent].some(Boolean)"""
    show_tab(page, "Network")
    part(page, "0:name").click()
    expect(page.locator(".st-key-layer_settings")).to_be_visible()
    for tab in ("Network", "Data", "Training"):
        show_tab(page, tab)
        assert page.evaluate(f"({walk})({unnamed})") == []
        assert page.evaluate(f"({walk})((node) => node.tabIndex > 0)") == []


def test_the_picker_moves_by_arrow(stayer):
    page = stayer.page
    show_tab(page, "Data")
    page.locator(".picker [data-kind=circle]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".picker [data-kind=xor]")).to_have_attribute("aria-checked", "true")
    focus_comes_to(page, "xor")
