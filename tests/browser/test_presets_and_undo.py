"""A preset is found and tried out; what was changed is taken back with the keys, the list and the mouse."""

from playwright.sync_api import expect

from playground.experiment.presets import PRESETS, start


def test_a_preset_is_tried_and_everything_taken_back(person):
    person.open()
    page = person.page
    said = page.locator(".history .said")
    expect(said).to_have_text("No changes yet")

    # Find it with the keyboard alone: the field is where one types.
    page.get_by_role("button", name="Presets").click()
    expect(page.get_by_label("Search the presets")).to_be_focused()
    page.keyboard.type("momentum")
    expect(page.locator(".gallery .card:visible").first).to_contain_text("Momentum")
    taken = person.changes_address(lambda: page.keyboard.press("Enter"))
    assert taken == PRESETS["momentum"].experiment
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    note = page.locator(".st-key-lesson")
    expect(note).to_contain_text(PRESETS["momentum"].observe)
    expect(said).to_have_text("Preset: Momentum")

    # Two quick changes, and both back again by keys pressed as quickly.
    person.play()
    person.units("0", 5)
    expect(said).to_have_text("Layer 1, Linear: units 8 → 5")
    person.units("2", 6)
    expect(said).to_have_text("Layer 3, Linear: units 8 → 6")
    page.keyboard.press("Control+z")  # in a field the key is the field's own
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    # The server may hear of the two as one.
    page.wait_for_function("x => new URL(location).searchParams.get('x') === x", arg=taken.to_link())
    expect(said).to_contain_text("Undone: Layer")
    person.until("status.state === 'playing' && status.step > 0")
    expect(note).to_be_visible()
    person.changes_address(lambda: page.keyboard.press("Control+Shift+z"))
    assert person.experiment.network[0].units == 5
    person.changes_address(lambda: page.keyboard.press("Control+y"))
    assert person.experiment.network[2].units == 6

    # And all the way back at once, by the list of the steps.
    said.click()
    steps = page.locator(".history ol button")
    expect(steps.first).to_have_attribute("aria-current", "step")
    expect(steps).to_have_count(4)
    person.changes_address(steps.last.click)
    assert person.experiment == start()
    expect(note).to_have_count(0)
    expect(page.get_by_role("button", name="Nothing to undo")).to_be_visible()
    person.changes_address(page.get_by_role("button", name="Redo: Preset: Momentum").click)
    expect(note).to_be_visible()
    page.get_by_role("button", name="Close this note").click()
    expect(note).to_have_count(0)
