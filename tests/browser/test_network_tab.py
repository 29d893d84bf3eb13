"""The layer stack, edited on its cards and in the diagram, while it trains."""

import pytest
from playwright.sync_api import expect

from playground.experiment import Experiment
from playground.experiment.presets import PRESETS, start
from tests.browser.person import Person, described, linear

TANH = {"kind": "tanh"}


def kinds(experiment: Experiment) -> list[str]:
    return [layer.kind for layer in experiment.network]


@pytest.fixture
def training(stayer: Person) -> Person:
    """Somebody whose newcomer's run trains: Linear 4, Tanh, Linear 2, Tanh."""
    if stayer.experiment != start():
        stayer.preset(PRESETS["tensorflow-playground"].title)
    stayer.transport.get_by_label("Speed").select_option("100/s")
    stayer.play()
    stayer.rev = stayer.status["rev"]
    stayer.keep_nodes()
    return stayer


def columns(person: Person, *titles: str) -> None:
    """Expect the diagram's columns, inputs and head left out, to be headed so."""
    heads = person.page.get_by_role("group", name="Network diagram").locator(".np-net-head .np-net-units span")
    expect(heads).to_have_text([*titles])


def add(person: Person, layer: str, inside: bool = False) -> Experiment:
    person.page.get_by_role("button", name="+ inside the block" if inside else "+ Add a layer").click()
    return person.changes_address(person.page.locator(".palette").get_by_role("button", name=layer, exact=True).click)


def test_add_duplicate_move_and_remove(training):
    assert kinds(add(training, "Dropout")) == ["linear", "tanh", "linear", "tanh", "dropout"]
    assert kinds(training.tool("0", "Duplicate"))[:3] == ["linear", "linear", "tanh"]
    columns(training, "2 features", "4", "4", "2", "1 output")
    assert kinds(training.tool("1", "Move .* down"))[:3] == ["linear", "tanh", "linear"]
    assert kinds(training.tool("5", "Remove")) == ["linear", "tanh", "linear", "linear", "tanh"]
    training.until("status.state === 'playing' && status.rev === rev && status.step > 0", rev=training.rev + 4)
    expect(training.card("0").locator(".shape")).to_have_text("2 → 412 parameters")


def test_units_on_the_card_and_in_the_diagram(training):
    assert training.changes_address(lambda: training.units("0", 7)).network[0].units == 7
    columns(training, "2 features", "7", "2", "1 output")
    more = training.page.get_by_role("group", name="Network diagram").get_by_role("button", name="One unit more").nth(1)
    more.click()
    more.click()
    columns(training, "2 features", "7", "4", "1 output")
    expect(training.card("2").get_by_role("spinbutton", name="Units")).to_have_value("4")
    training.until("status.rev >= rev && status.step > 0 && status.state === 'playing'", rev=training.rev + 2)
    assert training.experiment.network[2].units == 4
    assert all(training.same_nodes)
    assert training.page.evaluate("__networkPlayground.connections.size") == 1


def test_a_feature_is_switched_on_in_the_diagram(training):
    squared = training.page.get_by_role("button", name="Input x₁²")
    after = training.changes_address(squared.click)
    assert after.data.features == ("x1", "x2", "x1_squared")
    expect(squared).to_have_attribute("aria-pressed", "true")
    columns(training, "3 features", "4", "2", "1 output")
    after = training.changes_address(training.page.get_by_role("button", name="Input x₁:").click)
    assert after.data.features == ("x2", "x1_squared")
    training.until("status.rev === rev && status.state === 'playing' && status.step > 0", rev=training.rev + 2)
    assert all(training.same_nodes)


def test_a_residual_block_is_filled_and_trains(training):
    after = add(training, "Residual block")
    assert kinds(after)[-1] == "residual"
    after = add(training, "ReLU", inside=True)
    assert after.network[-1].layers[-1].kind == "relu"
    training.until("status.rev === rev && status.state === 'playing' && status.step > 0", rev=training.rev + 2)
    assert training.page.locator(".problem").count() == 0


def test_the_settings_of_a_layer_open_at_its_card(training):
    training.card("1").get_by_role("button", name="settings").click()
    settings = training.page.locator(".st-key-layer_settings")
    expect(settings).to_contain_text("Tanh")
    expect(settings.locator(".katex").first).to_be_visible()
    expect(settings.locator("svg[role=img]").first).to_be_visible()
    settings.get_by_role("button", name="Close").click()
    expect(settings).to_have_count(0)


def test_presets_replace_everything_at_once(training):
    after = training.preset("Iris")
    assert (after.data.kind, after.training.optimizer.kind) == ("iris", "adam")
    training.until("status.rev === rev && status.metric?.name === 'accuracy' && status.step > 0", rev=training.rev + 1)
    expect(training.page.get_by_role("group", name="Network diagram")).to_contain_text("setosa")


def test_a_misfit_is_told_at_its_card_while_the_old_run_goes_on_and_mending_it_heals(person):
    block = {"kind": "residual", "layers": [linear(4), TANH], "shortcut": "identity"}
    person.open(described(linear(4), TANH, block))
    person.play()
    rev = person.status["rev"]
    person.units("2.0", 5)
    problem = person.page.locator("li.card.wrong .problem")
    expect(problem).to_contain_text("4")
    expect(problem).to_contain_text("5")
    expect(person.page.get_by_text("does not fit together")).to_be_visible()
    person.goes_on()
    assert person.status["rev"] == rev
    person.units("2.0", 4)
    expect(problem).to_have_count(0)
    expect(person.page.get_by_text("does not fit together")).to_have_count(0)
    person.goes_on()
    assert person.status["rev"] == rev, "nothing was lost meanwhile"
