"""What a person takes away works without us, and what they bring back is taken in."""

import json

from playwright.sync_api import expect

from playground.experiment import Experiment
from tests.browser.person import Person, described, linear

STACK = (linear(4), {"kind": "tanh"})
PIXELS = "document.getElementById('picture').toDataURL()"


def test_a_run_is_taken_away_and_brought_back(person: Person, tmp_path):
    person.open(described(*STACK))
    person.train(epochs=2)
    page = person.page
    page.get_by_role("button", name="Take away").click()
    sheet = page.locator(".st-key-takeaway_sheet")

    def taken(name: str):
        with page.expect_download() as download:
            sheet.get_by_role("button", name=name, exact=True).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    film, experiment, weights = taken("Film"), taken("Experiment"), taken("Weights")
    assert Experiment.model_validate(json.loads(experiment.read_text())) == person.experiment
    assert taken("Network as SVG").read_text().startswith("<svg")

    uploader = sheet.locator("input[type=file]")
    uploader.set_input_files(weights)
    expect(sheet.get_by_text("The weights are in.")).to_be_visible()
    expect(uploader).to_have_count(1)  # a new one takes the place of the one that was used
    broken = tmp_path / "broken.json"
    broken.write_text('{"v": 1, "data": {"kind": "<img src=x onerror=alert(1)>"}}')
    uploader.set_input_files(broken)
    expect(sheet.get_by_role("alert")).to_contain_text("This file does not describe an experiment")
    expect(uploader).to_have_count(1)
    other = tmp_path / "other.json"
    other.write_text(described(linear(7)).model_dump_json())
    person.changes_address(lambda: uploader.set_input_files(other))
    assert person.experiment.network[0].units == 7

    _plays(person, film)


def _plays(person: Person, film) -> None:
    """From the disk and without a network: it draws, plays to its end, and goes to any moment."""
    context = person.page.context
    errors: list[str] = []
    asked: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    context.set_offline(True)
    try:
        page.goto(film.as_uri())
        page.wait_for_selector("body[data-ready]")
        page.get_by_label("Speed").select_option("4")
        expect(page.get_by_role("button", name="Play")).to_be_visible()  # it began by itself, and is at its end now
        slider = page.get_by_role("slider", name="Moment of the run")
        assert slider.input_value() == slider.get_attribute("max") != "0"
        last = page.evaluate(PIXELS)
        expect(page.locator("#moment")).to_have_text("epoch 2")
        slider.focus()
        slider.press("Home")
        expect(page.locator("#moment")).to_have_text("epoch 0")
        assert page.evaluate(PIXELS) != last
        slider.press("End")
        assert page.evaluate(PIXELS) == last
        assert not errors and asked == [film.as_uri()]
    finally:
        context.set_offline(False)
        page.close()
