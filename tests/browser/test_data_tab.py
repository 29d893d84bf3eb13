"""Data: every set in the picker trains, keeps the rest of the experiment, and says how it can be shaped."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from playground.data.downloadable import COLLECTIONS
from playground.experiment.data import BROUGHT
from playground.experiment.registry import REGISTRIES
from tests.browser.conftest import no_failures
from tests.browser.person import BOUNDARY, Person
from tests.browser.room import leave

KINDS = [kind for kind in REGISTRIES["data"] if kind not in BROUGHT]
HERE = [kind for kind in KINDS if kind not in COLLECTIONS]


@pytest.fixture(scope="module")
def browsing(tab, server) -> Iterator[Person]:
    """Somebody who looks through the picker without ever leaving the page."""
    with no_failures(server, tab.page.errors):
        tab.open().tab("Data")
        yield tab
        leave(tab.page)


def pick(person: Person, kind: str) -> None:
    radio = person.page.get_by_role("radiogroup", name="Data set").locator(f"[data-kind={kind}]")
    if radio.get_attribute("aria-checked") == "false":
        person.changes_address(radio.click)
    expect(radio).to_have_attribute("aria-checked", "true")


def test_the_picker_offers_every_set(browsing):
    labels = [REGISTRIES["data"][kind].label for kind in KINDS]
    expect(browsing.page.get_by_role("radiogroup", name="Data set").locator(".label")).to_have_text(labels)


@pytest.mark.parametrize("kind", HERE)
def test_every_set_can_be_chosen_and_trains(browsing, kind):
    pick(browsing, kind)
    experiment = browsing.experiment
    assert experiment.data.kind == kind
    assert [layer.kind for layer in experiment.network] == ["linear", "tanh", "linear", "tanh"], "the rest is kept"
    assert experiment.training.optimizer.kind == "sgd"
    rev = browsing.status["rev"]
    browsing.until("status.state === 'ready' && status.train_loss !== null", rev=rev)
    browsing.train(epochs=1)
    assert browsing.status["train_loss"] is not None
    name = "Accuracy" if task(kind) == "classification" else "R²"
    expect(browsing.transport.locator("[data-name=metric] dt")).to_have_text(name)
    assert browsing.page.locator(".st-key-boundary [data-failure]:not([data-failure=''])").count() == 0
    assert browsing.page.locator("[data-testid=stException]").count() == 0


def task(kind: str) -> str:
    return REGISTRIES["data"][kind](kind=kind).task


def test_samples_noise_and_test_fraction_change_what_is_drawn(browsing):
    pick(browsing, "spiral")
    browsing.changes_address(lambda: browsing.fill("Points", 300))
    browsing.changes_address(lambda: browsing.fill("Noise", 0.2))
    browsing.changes_address(lambda: browsing.fill("Test part", 0.2))
    points = browsing.page.locator(".st-key-boundary .scatterlayer .point")
    expect(points).to_have_count(300)
    places = points.first.get_attribute("transform")
    browsing.changes_address(lambda: browsing.page.get_by_role("button", name="Regenerate").click())
    expect(points.first).not_to_have_attribute("transform", places)


def test_spiral_with_five_classes_has_five_outputs(browsing):
    pick(browsing, "spiral")
    before = browsing.boundary
    browsing.changes_address(lambda: browsing.fill("Classes", 5))
    expect(browsing.page.get_by_role("group", name="Network diagram")).to_contain_text("5 outputs")
    browsing.differs(BOUNDARY, before)
    browsing.train(epochs=1)


def test_inputs_are_switched_by_their_pills_and_one_always_stays(browsing):
    pick(browsing, "xor")
    pills = browsing.page.get_by_role("tabpanel", name="Data").get_by_role("button")
    assert "x1_x2" in browsing.changes_address(pills.get_by_text("x₁x₂", exact=True).click).data.features
    for name in ("x₁x₂", "x₂"):
        browsing.changes_address(pills.get_by_text(name, exact=True).click)
    assert browsing.experiment.data.features == ("x1",)
    pills.get_by_text("x₁", exact=True).click()
    expect(browsing.page.get_by_text("The network needs at least one input.")).to_be_visible()
    assert browsing.experiment.data.features == ("x1",)
