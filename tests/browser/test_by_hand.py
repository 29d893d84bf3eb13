"""Weights, biases, silence and frost set by hand in the diagram, answered by the boundary."""

from playwright.sync_api import Locator, expect

from tests.browser.person import BOUNDARY, Person, described, linear

STACK = (linear(4), {"kind": "tanh"}, linear(2), {"kind": "tanh"})


def neuron(person: Person, name: str) -> Locator:
    return person.page.get_by_role("button", name=name, exact=True)


def formula(person: Person) -> str:
    """What the card of a neuron says that it computes."""
    return " ".join(person.page.locator(".np-card .np-formula").inner_text().split())


def test_a_neuron_is_taken_into_the_hand(person):
    """Paused and training: the boundary answers at once, and Escape, silence and frost do what they say."""
    person.open(described(*STACK))
    at = person.train(epochs=1)
    before = person.boundary
    card, keys = person.page.get_by_role("dialog"), person.page.keyboard

    neuron(person, "Linear 4 · Tanh, unit 2").focus()
    keys.press("Enter")
    expect(card.get_by_role("spinbutton", name="Bias")).to_be_focused()
    written = formula(person)
    keys.type("3.25")
    person.differs(BOUNDARY, before)
    assert person.step == at, "it is still paused"
    expect(card.locator(".np-formula")).to_contain_text("+ 3.25")
    assert written.split(" + ")[0] == formula(person).split(" + ")[0]
    keys.press("Escape")
    person.page.wait_for_function(f"before => {BOUNDARY} === before", arg=before)

    neuron(person, "Linear 2 · Tanh, unit 1").click()
    card.get_by_role("button", name="Silence neuron").click()
    person.differs(BOUNDARY, before)
    expect(neuron(person, "Linear 2 · Tanh, unit 1, silenced")).to_be_visible()
    card.get_by_role("button", name="Silence neuron").click()
    person.page.wait_for_function(f"before => {BOUNDARY} === before", arg=before)

    assert person.changes_address(lambda: card.get_by_role("button", name="Freeze layer").click()).network[2].frozen
    expect(person.page.get_by_role("button", name="Linear 2 · Tanh is frozen")).to_be_visible()
    frozen = formula(person)
    person.play()
    person.goes_on(100)
    assert formula(person) == frozen, "its weights do not learn"
    card.get_by_role("button", name="weight from unit 3").click()
    keys.press("Shift+ArrowUp")
    expect(card.locator(".np-formula")).not_to_have_text(frozen)
    assert formula(person) != frozen, "but they can be set while it trains"
    thaw = person.page.get_by_role("button", name="Linear 2 · Tanh is frozen")
    assert not person.changes_address(thaw.click).network[2].frozen
    person.until("status.frozen.length === 0")
    keys.press("Escape")
