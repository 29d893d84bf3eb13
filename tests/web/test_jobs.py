"""The studio's jobs as a browser hears of them, and the player of races that follows one, in a real Chromium."""

import json
from http.client import HTTPConnection
from types import SimpleNamespace

import numpy as np
import orjson
import pytest
from playwright.sync_api import Page, expect

import playground.runs
from playground.experiment.races import TerrainRace, line_up
from playground.figures import race as figure
from playground.runs import JobInfo
from playground.runs.wire import encode
from playground.training.races.terrain import run
from tests.web.test_modules import run as script
from tests.web.test_views import mount

HOSTILE = "<img src=x onerror=alert(1)>"
PLAYER = "document.querySelector('.np-race')"


class Studio:
    """Jobs that a test writes by hand, in the place of a hub."""

    def __init__(self):
        self.jobs: dict[str, JobInfo] = {}

    def job(self, job_id: str) -> JobInfo:
        return self.jobs[job_id]

    def put(self, state: str = "done", data: bytes = b"", share: float = 1.0, text: str = "", revision: int = 1):
        self.jobs["one"] = JobInfo("one", "race", state, share, text, revision, data)


@pytest.fixture
def studio(monkeypatch) -> Studio:
    made = Studio()
    monkeypatch.setattr(playground.runs, "hub", lambda: made)
    return made


@pytest.fixture(scope="module")
def race() -> TerrainRace:
    """Of six on a bowl: most arrive."""
    return TerrainRace(terrain={"kind": "bowl"}, racers=line_up("bowl"), start=(-0.6, 0.3), steps=40)


@pytest.fixture(scope="module")
def result(race):
    return run(race)


def data_of(race: TerrainRace, **more) -> dict:
    ground = orjson.loads(encode(figure.terrain_ground(race.terrain, race.start)))
    racers = figure.racers(race.racers)
    return {"job": "one", "racers": racers, "ground": ground, "pick": True, "height": "300px", "label": "Race"} | more


def ask(server, path: str, **headers: str) -> SimpleNamespace:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    told = response.getheader("X-Job")
    answer = SimpleNamespace(status=response.status, job=told and json.loads(told), body=response.read())
    connection.close()
    return answer


def test_a_job_says_how_it_stands_and_its_result_once(server, studio):
    studio.put("working", b"coarse", 0.5, "Measuring – slowly", 3)
    first = ask(server, "/np/jobs/one")
    assert (first.status, first.body) == (200, b"coarse")
    assert first.job == {"state": "working", "share": 0.5, "text": "Measuring – slowly", "revision": 3}
    assert ask(server, "/np/jobs/one?after=2").body == b"coarse"
    assert ask(server, "/np/jobs/one?after=3").body == b""
    for odd in ("-1", "x", "³", "9" * 99):
        assert ask(server, f"/np/jobs/one?after={odd.encode().hex() if odd == '³' else odd}").body == b"coarse"


def test_a_job_that_is_gone_and_a_stranger_get_nothing(server, studio):
    assert ask(server, "/np/jobs/none").status == 404
    studio.put(data=b"secret")
    stranger = ask(server, "/np/jobs/one", Origin="https://elsewhere.example")
    assert (stranger.status, stranger.body) == (403, b"")


def test_moments_between_moments(shared, race, result):
    payload = orjson.loads(encode([figure.terrain_ground(race.terrain), figure.terrain_race(result)]))
    middle, ends, events = script(
        shared,
        "race-course.js",
        """(async () => {
          const { unpackAll } = await import(STATIC + "arrays.js");
          const [ground, race] = unpackAll(a[0]);
          const course = new m.Course(race, new m.Ground(ground));
          const events = [0, course.last].map((at) => course.racers.map((_, index) => course.event(index, at)?.kind));
          return [course.at(5, 10.5), course.racers.map((_, index) => course.at(index, 1000)), events];
        })()""",
        payload,
    )
    path = result.paths[5]
    assert (middle["x"], middle["y"]) == pytest.approx(tuple((path[10] + path[11]) / 2), abs=1e-5)
    assert middle["z"] == pytest.approx(race.terrain.value(middle["x"], middle["y"]), abs=0.3), "on the surface"
    assert [end["x"] for end in ends] == pytest.approx(list(result.paths[:, -1, 0]), abs=1e-5)
    assert [event for event in events[0] if event] == []
    assert events[1] == ["arrived" if step >= 0 else None for step in result.arrived]


def test_who_left_the_race_stays_where_it_was_last(shared):
    nan = float("nan")
    one = {"x": [0.0, 1.0, nan], "y": [0.0, 1.0, nan], "loss": [3.0, 2.0, nan], "diverged": 2, "arrived": None}
    two = {"x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 2.0], "loss": [3.0, 2.5, 2.4], "diverged": None, "arrived": None}
    arrays = [{name: np.array(v) if isinstance(v, list) else v for name, v in each.items()} for each in (one, two)]
    payload = orjson.loads(encode({"steps": np.arange(3), "racers": arrays}))
    at, event, leader, behind = script(
        shared,
        "race-course.js",
        """(async () => {
          const { unpackAll } = await import(STATIC + "arrays.js");
          const course = new m.Course(unpackAll(a[0]), null);
          const leaders = [0, 1, 2].map((at) => course.leader(at));
          return [course.at(0, 2), course.event(0, 2), leaders, course.behind(0, 2)];
        })()""",
        payload,
    )
    assert (at["x"], at["loss"], at["over"]) == (1.0, 2.0, True)
    assert event == {"kind": "diverged", "step": 2}
    assert leader == [-1, 0, 1]
    assert behind == 2


@pytest.fixture
def calm(page: Page):
    """Somebody who asked for calm: nothing plays by itself."""
    page.emulate_media(reduced_motion="reduce")
    yield page
    page.emulate_media(reduced_motion="no-preference")


def test_who_asked_for_calm_sees_the_end_at_once_and_steps_through_the_race(calm: Page, studio, race, result):
    page = calm
    studio.put("working", data=encode(figure.terrain_race(result._replace(taken=10))), share=0.3)
    mount(page, "race", "race", None, **data_of(race))
    page.wait_for_selector(".np-race[data-ready][data-state=working]")
    expect(page.locator(".np-race-player output")).to_have_text("step 0 of 10")
    studio.put(data=encode(figure.terrain_race(result)), revision=2)
    expect(page.locator(".np-race-player output")).to_have_text("step 40 of 40")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    for racer, step in zip(figure.racers(race.racers), result.arrived, strict=True):
        told = f"arrived at step {step}" if step >= 0 else racer["name"]
        expect(page.get_by_role("row", name=racer["name"])).to_contain_text(told)
    assert (result.arrived > 0).sum() >= 3

    page.get_by_role("button", name="One step back").click()
    expect(page.locator(".np-race-player output")).to_have_text("step 39 of 40")
    page.get_by_label("Moment of the race").press("ArrowLeft")
    expect(page.locator(".np-race-player output")).to_have_text("step 38 of 40")
    page.get_by_role("button", name="Back to the start").click()
    expect(page.locator(".np-race-player output")).to_have_text("step 0 of 40")
    assert "arrived" not in page.locator(".np-race-table").inner_text()
    last = page.evaluate("""() => {
      const node = document.querySelector('.np-race-solid');
      return node._fullLayout.scene._scene.traces[node._fullData[7].uid].data.x;
    }""")
    assert last == pytest.approx([-0.6] * 6), "the balls in three dimensions are back as well"


def test_a_press_on_the_map_and_the_keys_choose_a_start(calm: Page, studio, race, result):
    page = calm
    studio.put(data=encode(figure.terrain_race(result)))
    mount(page, "race", "race", None, **data_of(race, racers=[{"name": HOSTILE, "colour": "#123456"}] * 6))
    page.wait_for_selector(".np-race-above[data-pick=true] .np-race-plot[tabindex]")
    area = page.evaluate("""() => {
      const node = document.querySelector('.np-race-above .np-race-plot');
      const { left, top } = node.getBoundingClientRect();
      const { xaxis, yaxis } = node._fullLayout;
      return [left + xaxis._offset, top + yaxis._offset, xaxis._length, yaxis._length];
    }""")
    page.mouse.click(area[0] + 0.75 * area[2], area[1] + 0.25 * area[3])
    page.wait_for_function("() => emitted.length === 1")
    name, place = page.evaluate("emitted[0]")
    assert name == "start"
    assert (place["x"], place["y"]) == (pytest.approx(1.5, abs=0.02), pytest.approx(1.5, abs=0.02))
    page.locator(".np-race-above .np-race-plot").focus()
    for key in ("ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.wait_for_function("() => emitted.length === 2")
    assert page.evaluate("emitted[1][1].x") == pytest.approx(0.02 * 6, abs=0.02)
    assert page.locator(".np-race img").count() == 0


def test_work_under_way_is_told_and_can_be_cancelled(page: Page, studio, race):
    studio.put("working", share=0.4, text="Training, 40% done", revision=0)
    mount(page, "race", "race", None, **data_of(race, ground=None, pick=False))
    expect(page.locator(".np-race-told")).to_contain_text("Training, 40% done")
    assert page.evaluate(f"{PLAYER}.querySelector('progress').value") == pytest.approx(0.4)
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_function("() => emitted.length === 1")
    assert page.evaluate("emitted[0]") == ["cancel", "one"]
    studio.put("failed", text=f"It broke. {HOSTILE}", revision=0)
    expect(page.locator(".np-race-told")).to_contain_text(HOSTILE)
    assert page.locator(".np-race img").count() == 0
    studio.jobs.clear()
    mount(page, "race", "race", None, **data_of(race, job="two"))
    page.wait_for_function("() => emitted.some(([name, id]) => name === 'gone' && id === 'two')")
