"""Let six optimizers race: to the end, from another start, and on one's own network."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person, swung

CAMERA = "Object.values(document.querySelector('.np-race-solid')._fullLayout.scene._scene.getCamera().eye)"


def test_six_optimizers_race_to_the_end(person: Person):
    page = person.page
    page.goto("/landscape")
    page.get_by_role("radio", name="Race").click()
    race = page.locator(".np-race")
    moment = race.locator("output")
    scrub = race.get_by_label("Moment of the race")
    race.get_by_label("Speed").select_option("4")
    expect(moment).to_have_text("step 450 of 450")
    for name in ("SGD", "Momentum", "Nesterov", "RMSprop", "Adagrad", "Adam"):
        expect(race.get_by_role("row", name=re.compile(f"^{name} "))).to_contain_text("arrived at step")

    solid = race.locator(".np-race-solid").bounding_box()
    before = page.evaluate(CAMERA)
    page.mouse.move(solid["x"] + 200, solid["y"] + 120)
    page.mouse.down()
    page.mouse.move(solid["x"] + 320, solid["y"] + 140, steps=4)
    page.mouse.up()
    turned = page.evaluate(CAMERA)
    assert swung(before, turned, solid["height"]) == pytest.approx(120, abs=2), "as far as the hand, however slow"

    above = race.locator(".np-race-above").bounding_box()
    page.mouse.click(above["x"] + above["width"] * 0.3, above["y"] + above["height"] * 0.3)
    expect(moment).not_to_have_text("step 450 of 450")
    expect(race).to_have_attribute("data-state", "done")
    expect(moment).to_have_text(re.compile("of 450"))
    scrub.press("End")
    expect(moment).to_have_text("step 450 of 450")
    assert "arrived" not in race.get_by_role("row", name=re.compile("^Adam ")).inner_text(), "it is caught elsewhere"
    assert page.evaluate(CAMERA) == pytest.approx(turned), "the camera stays where it was left"

    page.get_by_role("radio", name="This network").click()
    expect(race).to_have_attribute("data-ground", "false")
    page.get_by_role("button", name="Race", exact=True).click()
    expect(race).to_contain_text("lies in this plane")
    scrub.press("End")
    expect(moment).to_have_text("step 750 of 750")
    expect(race.get_by_role("row", name=re.compile("^Adam "))).to_contain_text("leads")
