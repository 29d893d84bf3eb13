"""From the learning rate in the Training tab to a better one, and back."""

import re

from playwright.sync_api import expect

from tests.browser.person import Person, described, linear


def test_a_learning_rate_is_found_and_used(person: Person):
    page = person.page
    person.open(described(linear(6), {"kind": "tanh"}, optimizer={"kind": "sgd", "lr": 0.0003}))
    page.get_by_role("tab", name="Training").click()
    page.get_by_role("button", name="Find a learning rate").click()
    test = page.get_by_role("group", name="Learning-rate range test")
    expect(test).to_have_attribute("data-state", "done")
    expect(test.get_by_role("status")).to_contain_text("The loss falls fastest at")
    use = test.get_by_role("button", name=re.compile("^Use 0"))
    found = float(use.inner_text().split()[1])
    assert found > 0.003, "ten times the one that is too small, at least"
    person.changes_address(use.click)
    assert person.experiment.training.optimizer.lr == found
    expect(test.get_by_role("button", name=f"{found:g} is in use")).to_be_disabled()
    person.reads("Learning rate", f"{found:g}")

    slider = test.get_by_label("Learning rate to use")
    slider.press("ArrowLeft")
    expect(use).to_be_enabled()
    box = test.locator(".np-range-plot").bounding_box()
    page.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    expect(use).not_to_have_text(f"Use {found:g}")
    chosen = float(use.inner_text().split()[1])
    assert chosen < found
    person.changes_address(use.click)
    assert person.experiment.training.optimizer.lr == chosen

    page.get_by_role("link", name="Playground").click()
    person.changes_address(page.get_by_role("button", name="Undo").click)
    assert person.experiment.training.optimizer.lr == found
