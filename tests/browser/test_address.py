"""The address bar: an experiment travels by its link, a run by its id, and neither is lost by reloading."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from playground.experiment.presets import start
from tests.browser.conftest import no_failures
from tests.browser.person import BOUNDARY, Person, described, linear
from tests.browser.room import leave
from tests.browser.serving import Server

WAVE = described(linear(6), {"kind": "sine"}, data={"kind": "moons"}, l2=0.01)


def address(person: Person, **parts: str) -> str:
    return "/?" + "&".join(f"{name}={value}" for name, value in parts.items())


def test_a_link_opens_the_same_experiment_with_a_run_of_its_own(person, new_page):
    person.open(WAVE)
    assert person.experiment == WAVE
    person.train(epochs=2)
    other = Person(new_page()).open(person.experiment)
    assert other.experiment == WAVE
    assert other.run != person.run
    other.rests_at(0)
    other.train(epochs=2)
    assert other.boundary == person.boundary, "the same experiment gives the same network"


def test_an_address_with_a_run_joins_it_and_both_see_what_either_does(person, new_page):
    person.open(WAVE)
    person.play()
    other = Person(new_page(stranger=True))
    other.page.goto(person.page.evaluate("location.pathname + location.search"))
    other.settled()
    assert other.run == person.run
    assert other.status["step"] > 0, "it is the run that trains, not another from the start"
    assert other.status["state"] == "playing"
    at = other.pause()
    person.until("status.state === 'paused'")
    person.rests_at(at)
    person.press("One step")
    for each in (person, other):
        each.rests_at(at + 1)
    assert other.boundary == person.boundary


def test_an_edit_in_one_browser_reaches_the_other(person, new_page):
    person.open(WAVE)
    person.changes_address(lambda: person.units("0", 5))
    other = Person(new_page())
    other.page.goto(person.page.evaluate("location.pathname + location.search"))
    other.settled()
    expect(other.page.get_by_text("2 → 5", exact=True)).to_be_visible()
    assert other.page.url == person.page.url
    after = person.changes_address(lambda: person.units("0", 3))
    other.until("status.rev === 3 && status.train_loss !== null")
    expect(other.page.locator(".np-net-head .np-net-units span").nth(1)).to_have_text("3")
    other.tab("Training")  # whatever the other does next, it is with the new experiment
    other.page.wait_for_function("x => new URL(location).searchParams.get('x') === x", arg=after.to_link())


def test_a_damaged_link_is_told_and_opens_the_experiment_to_start_from(person):
    """Of every other kind of damage the server's answers are looked at in `tests.hostile.test_links`."""
    person.page.goto(address(person, x=WAVE.to_link()[:-7]))
    person.settled()
    expect(person.page.get_by_role("alert").filter(has_text="The link could not be opened")).to_be_visible()
    assert person.experiment == start()
    person.train(steps=1)


def test_an_unknown_run_falls_back_to_the_link(person):
    person.page.goto(address(person, x=WAVE.to_link(), run="x" * 22))
    person.settled()
    assert person.experiment == WAVE
    assert person.run != "x" * 22
    person.train(steps=1)


@pytest.fixture
def waving(_staying: Person, server: Server) -> Iterator[Person]:
    """Somebody who opened the wave, once for all stories that follow."""
    with no_failures(server, _staying.page.errors):
        yield _staying.open(WAVE) if _staying.page.url == "about:blank" else _staying
        leave(_staying.page)


def test_a_reload_finds_the_run_going_on(waving):
    person = waving
    person.play()
    run, step = person.run, person.step
    person.page.reload()
    person.settled()
    assert person.run == run
    assert person.step > step
    assert person.status["state"] == "playing"
    before = person.boundary
    person.differs(BOUNDARY, before)


def test_the_share_link_is_a_copy_without_the_run(waving):
    person = waving
    person.page.get_by_role("button", name="Share").click()
    code = person.page.get_by_test_id("stCode").inner_text()
    assert f"?x={WAVE.to_link()}" in code
    assert "run=" not in code
    person.page.keyboard.press("Escape")


def test_back_and_forward_keep_the_page_alive(waving):
    """The address changes in place; a person who goes to the catalogue and back finds the run."""
    person = waving
    person.play()
    run = person.run
    person.page.get_by_role("link", name="Catalogue").click()
    expect(person.page.get_by_role("heading", name="Catalogue")).to_be_visible()
    person.page.get_by_role("link", name="Playground").click()
    person.settled()
    assert person.run == run
    person.goes_on()
