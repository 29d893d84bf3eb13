"""The components inside Streamlit: what keeps its place while the page runs again and again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import Server as WholeServer

PARTS = [".np-transport", ".np-network", ".np-net-canvas", ".np-plot-node", ".np-plot-node .main-svg"]
MARK = "parts => { globalThis.marked = parts.map((part) => document.querySelector(part)); }"
SAME = "parts => parts.every((part, i) => marked[i] && marked[i] === document.querySelector(part))"
CONNECTION = "__networkPlayground.connections.values().next().value"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeServer]:
    """The whole app, as a person starts it."""
    folder: Path = tmp_path_factory.mktemp("whole")
    with WholeServer(folder) as running:
        yield running


@pytest.fixture(scope="module")
def opened(browser: Browser, whole: WholeServer) -> Iterator[Page]:
    """The first page, every component drawn. The tests of this module share it."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.set_default_timeout(60_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(whole.url)
    for part in (".np-transport[data-ready]", ".np-network[data-ready]", ".np-plot[data-ready] .main-svg"):
        page.wait_for_selector(part)
    settled(page)
    yield page
    page.close()
    assert not errors, errors


@pytest.fixture
def playing(opened: Page) -> Page:
    """The page, its run playing, with its nodes as they are now marked."""
    play = opened.get_by_role("button", name="Play (space)")
    if play.count():
        play.click()
    opened.wait_for_function(f"{CONNECTION}.status.state === 'playing' && {CONNECTION}.status.step > 0")
    opened.evaluate(MARK, PARTS)
    return opened


def settled(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def columns(page: Page) -> list[str]:
    return page.locator(".np-net-units span").all_inner_texts()


def test_nodes_stay_while_the_experiment_changes(playing):
    before = columns(playing)
    more = playing.locator(".np-step:not([hidden])").nth(1)
    for times in (1, 2):
        more.click()
        playing.wait_for_function(
            f"n => {CONNECTION}.views.network.base.columns[1].units === n", arg=int(before[1]) + times
        )
        settled(playing)
        assert playing.evaluate(SAME, PARTS)
    assert playing.evaluate("__networkPlayground.connections.size") == 1


def test_inputs_are_switched_in_the_diagram(playing):
    playing.get_by_role("button", name="Input x₁²: off").click()
    expect(playing.get_by_role("button", name="Input x₁²: on")).to_have_count(1)
    playing.wait_for_function("!document.querySelector('.np-wish')")
    settled(playing)
    assert columns(playing)[0] == "3 features"
    assert playing.evaluate(SAME, PARTS)


def test_new_weights_are_another_seed_of_the_same_run(playing):
    run = playing.evaluate("__networkPlayground.connections.keys().next().value")
    address = playing.url
    playing.keyboard.press("n")
    playing.wait_for_url(lambda url: url != address)
    settled(playing)
    assert playing.evaluate("__networkPlayground.connections.keys().next().value") == run
    assert playing.evaluate(SAME, PARTS)


def test_colours_follow_the_system_without_a_new_node(playing):
    playing.emulate_media(color_scheme="dark")
    expect(playing.locator(".np-network[data-dark='true']")).to_have_count(1)
    assert playing.evaluate(SAME, PARTS)
    playing.emulate_media(color_scheme="light")
    expect(playing.locator(".np-network[data-dark='false']")).to_have_count(1)


def test_a_reload_finds_the_run_where_it_is(playing):
    playing.get_by_role("button", name="Pause (space)").click()
    expect(playing.get_by_role("button", name="Play (space)")).to_have_count(1)
    playing.wait_for_function(f"{CONNECTION}.status.state === 'paused'")
    step = playing.evaluate(f"{CONNECTION}.status.step")
    playing.reload()
    playing.wait_for_selector(".np-transport[data-ready]")
    assert playing.evaluate(f"{CONNECTION}.status.step") == step
