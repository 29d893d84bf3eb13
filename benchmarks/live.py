"""What a person sees of speed: a second visit, press of play to first moving frame, frames a second, a spiral learnt.

    python -m benchmarks live

A real server and a real Chromium on this machine, with what the newcomer finds and with a larger network.
"""

import contextlib
import importlib.util
import math
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playground.experiment import Experiment
from playground.experiment.presets import PRESETS, start

PRESSES = 5
FRAMES = 60
VISITS = 5
SEEDS = range(8)
LEARNT = 0.05
"""Test loss at which a spiral counts as learnt."""
LEARNT_SECONDS = 4.0
PATIENCE = 20.0
"""Seconds after which a spiral counts as one that is not learnt: from some weights training gets stuck."""

EXPERIMENTS: dict[str, Experiment] = {"circle, 2-4-2-1": start(), "spiral, 2-8-8-8-1": PRESETS["spiral"].experiment}

# From the press to the first animation frame in which the boundary's picture is another one.
FIRST_FRAME = """() => new Promise((resolve) => {
  const picture = () => document.querySelector(".st-key-boundary .heatmaplayer image").href.baseVal;
  const before = picture();
  const pressed = performance.now();
  document.querySelector(".np-transport [data-act=toggle]").click();
  const look = () => (picture() === before ? requestAnimationFrame(look) : resolve(performance.now() - pressed));
  requestAnimationFrame(look);
})"""

# From the press to the first animation frame in which the readouts have a test loss that is low enough.
UNTIL_LEARNT = """([loss, seconds]) => new Promise((resolve) => {
  const connection = [...__networkPlayground.connections.values()].at(-1);
  const pressed = performance.now();
  document.querySelector(".np-transport [data-act=toggle]").click();
  const look = () => {
    const passed = (performance.now() - pressed) / 1000;
    const { test_loss: now, step, epoch, epochs_per_second: pace } = connection.status;
    if (step > 0 && now < loss) resolve({ seconds: passed, epoch, pace });
    else if (passed > seconds) resolve({ seconds: null, epoch, pace, now });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def what_is_missing() -> str | None:
    """What the measurement needs and this machine lacks."""
    if importlib.util.find_spec("playwright") is None:
        return "Playwright"
    from tests.browser import chromium

    return None if chromium.find() else "Chromium"


@contextlib.contextmanager
def somebody() -> Iterator:
    """A person in front of the playground. They and their browser belong to the tests."""
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium
    from tests.browser.person import Person
    from tests.browser.serving import Server

    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.ARGUMENTS))
        context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=server.url)
        yield Person(context.new_page())
        browser.close()


def visits(person) -> tuple[float, float]:
    """Milliseconds of a second visit, medians: to the first paint with something in it, and until all is drawn."""
    person.open()
    paints, whole = [], []
    for _ in range(VISITS):
        person.page.goto("about:blank")
        person.open()
        paints.append(person.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        whole.append(person.page.evaluate("performance.now()"))
    return statistics.median(paints), statistics.median(whole)


def first_frames(person) -> list[float]:
    """Milliseconds from press to first moving frame; each press starts from rest at step 0."""
    found = []
    for _ in range(PRESSES):
        found.append(person.page.evaluate(FIRST_FRAME))
        person.until("status.step > 0")
        person.press("Reset")
        person.rests_at(0)
    return found


def frame_rate(person) -> tuple[float, dict[str, float]]:
    """Frames a second with boundary and curves in them, and the milliseconds that each view takes to draw."""
    person.play()
    person.frames(FRAMES // 4)  # the first ones start things up
    before = len(person.notes["frames"])
    person.frames(FRAMES)
    views = person.page.evaluate("[...__networkPlayground.connections.values()].at(-1).stats.views")
    frames = [frame for frame in person.notes["frames"][before:] if {"boundary", "curves"} <= set(frame["views"])]
    seconds = (frames[-1]["now"] - frames[0]["now"]) / 1000
    person.pause()
    return (len(frames) - 1) / seconds, views


def spirals(person) -> None:
    """Print how long learning a spiral takes with 8-8-8, for every seed, from the press of play to what is seen."""
    print(f"spiral, 2-8-8-8-1: from the press of play to a test loss below {LEARNT}")
    found = []
    for seed in SEEDS:
        person.open(PRESETS["spiral"].experiment.replace(seed=seed))
        result = person.page.evaluate(UNTIL_LEARNT, [LEARNT, PATIENCE])
        person.pause()
        found.append(result["seconds"] or math.inf)
        line = (
            f"{found[-1]:6.1f} s "
            if result["seconds"]
            else f"  not within {PATIENCE:.0f} s (it is {result['now']:.3f})"
        )
        print(
            f"  seed {seed}  {line}  epoch {result['epoch']:8,.0f}, {result['pace']:8,.0f} epochs/s by then", flush=True
        )
    within = sum(seconds <= LEARNT_SECONDS for seconds in found)
    print(f"  median  {statistics.median(found):6.1f} s   {within} of {len(found)} within {LEARNT_SECONDS:g} s")


def main() -> None:
    """Print the table."""
    if (missing := what_is_missing()) is not None:
        print(f"not measured: there is no {missing} (make test gets it)")
        return
    with somebody() as person:
        paint, whole = visits(person)
        print("a second visit")
        print(f"  first paint                  {paint:6.0f} ms")
        print(f"  every view drawn             {whole:6.0f} ms")
        for name, experiment in EXPERIMENTS.items():
            person.open(experiment)
            presses = first_frames(person)
            rate, views = frame_rate(person)
            print(name)
            print(
                f"  press to first moving frame  {statistics.median(presses):6.0f} ms   (worst {max(presses):.0f} ms)"
            )
            print(f"  boundary and curves together {rate:6.1f} frames/s")
            for view in ("boundary", "network", "curves"):
                print(f"  drawing the {view:<16} {views[view]:6.1f} ms")
        spirals(person)


if __name__ == "__main__":
    main()
