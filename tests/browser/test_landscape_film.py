"""The films of a run through its landscape and of a race, and a comparison, play from the disk: no server, no network,
nothing but the browser."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from playground import Experiment, Trainer
from playground.experiment.races import TerrainRace, line_up
from playground.experiment.terrains import TERRAINS
from playground.export import TAKEAWAYS, staged
from playground.figures import compare, race
from playground.lenses.landscape.comparing import Result, Side
from playground.runs.wire import encode
from playground.training.races import terrain
from tests.browser.person import described, linear, swung

EYE = """Object.values(document.getElementById('surface')._fullLayout.scene._scene.getCamera().eye)
    .map((side) => side.toFixed(4))"""
TICK = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"  # a hand is no faster
BALL = "[2, 0].map((trace) => JSON.stringify([...document.getElementById('above')._fullData[trace].x].at(-1)))"
PATH = "document.getElementById('surface')._fullData[1].x.length"


def raced() -> bytes:
    """The film of a short race on a terrain."""
    ground = TERRAINS["bowl"](kind="bowl")
    wanted = TerrainRace(terrain=ground, racers=line_up("bowl"), start=ground.start, steps=20)
    field, ran = race.racers(wanted.racers), encode(race.terrain_race(terrain.run(wanted)))
    return staged.race_page("Race on a bowl", "", field, ran, json.loads(encode(race.terrain_ground(ground))))


def compared() -> bytes:
    """The page of two bowls."""
    axis = np.linspace(-1, 1, 11)
    bowl = np.add.outer(axis**2, axis**2) + 0.1
    sides = tuple(Side(3, "r2", train_loss=0.1 * steep, surface=steep * bowl) for steep in (1, 5))
    result = encode(compare.comparison(Result(axis, axis, sides, whole=True)))
    return staged.comparison_page("Two bowls", "", ("Flat", "Steep"), result, log=True)


def test_the_film_plays_from_its_file_and_the_camera_stays(browser: Browser, tmp_path):
    experiment: Experiment = described(linear(4), {"kind": "tanh"})
    trainer = Trainer(experiment, device="cpu", engine="torch")
    trainer.advance(steps=30)
    file = tmp_path / "film.html"
    file.write_bytes(TAKEAWAYS["landscape_film"](trainer, frames=4, resolution=11))
    context = browser.new_context(offline=True, reduced_motion="reduce", viewport={"width": 820, "height": 480})
    page = context.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(file.as_uri())
        page.wait_for_selector("body[data-shown='3']")  # whom movement troubles sees the end, at rest
        assert page.evaluate(PATH) == 31
        slider = page.get_by_role("slider", name="Moment of the run")
        slider.focus()
        slider.press("Home")
        page.wait_for_selector("body[data-shown='0']")
        assert page.evaluate(PATH) == 1
        begun = page.evaluate(BALL)

        box = page.locator("#surface").bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        before = page.evaluate(EYE)
        page.mouse.move(*middle)
        page.mouse.down()
        for part in range(1, 4):
            page.evaluate(TICK)
            page.mouse.move(middle[0] + 30 * part, middle[1] + 7 * part)
        page.evaluate(TICK)
        page.mouse.up()
        turned = page.evaluate(EYE)
        assert swung(before, turned, box["height"]) == pytest.approx(90, abs=2), "as far as the hand, however slow"

        page.get_by_role("button", name="Play").click()
        page.wait_for_selector("body[data-shown='3']")
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        assert page.evaluate(EYE) == turned
        (ball, surface), (first, same) = page.evaluate(BALL), begun
        assert ball != first
        assert surface == same
        assert asked == [file.as_uri()]

        file.write_bytes(raced())
        page.goto(file.as_uri())
        expect(page.locator(".np-race output")).to_have_text("step 20 of 20")  # at rest at the end, again
        expect(page.get_by_role("row", name=re.compile("^Adam "))).to_contain_text(re.compile("[0-9]"))
        expect(page.locator(".np-race[data-ready] .np-race-solid canvas").first).to_be_visible()
        page.get_by_role("slider", name="Moment of the race").press("Home")
        expect(page.locator(".np-race output")).to_have_text("step 0 of 20")

        file.write_bytes(compared())
        page.goto(file.as_uri())
        expect(page.locator(".np-compare")).to_have_attribute("data-drawn", "true")
        expect(page.get_by_role("row", name=re.compile("^Steep "))).to_contain_text("0.5")
        expect(page.locator(".np-compare")).not_to_have_attribute("data-failure", re.compile("."))
        assert not errors
        assert set(asked) == {file.as_uri()}
    finally:
        context.close()
