"""Look inside a run: gradients that vanish are seen and told, and every moment of the past is there."""

from playwright.sync_api import expect

from tests.browser.person import CONNECTION, Person, described, linear

SIGMOIDS = [layer for _ in range(5) for layer in (linear(4), {"kind": "sigmoid"})]
PLOTS = ("gradients", "units", "activations", "weights")
NODE = "document.querySelector('.st-key-{} .np-plot-node')"
MOMENTS = f"{NODE.format('gradients')}?.data?.[0].x.length"
NODES = f"[{', '.join(NODE.format(name) for name in PLOTS)}]"


def test_gradients_that_vanish_are_seen_and_every_moment_is_there(person: Person):
    person.open(described(*SIGMOIDS))
    person.train(epochs=2)
    page = person.page
    page.get_by_role("radio", name="Inside").click()
    told = page.get_by_role("list", name="What the inside of the network shows")
    expect(told).to_contain_text("Vanishing gradients")
    expect(told).to_contain_text("Hidden layer 1 gets")
    page.wait_for_function(f"() => {MOMENTS} === 21")  # nobody looked before: every step is still there
    page.evaluate(f"() => {{ globalThis.kept = {NODES}; }}")

    box = page.locator(".st-key-gradients .nsewdrag").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function(f"() => {CONNECTION}.at > 5 && {CONNECTION}.at < 15")
    page.wait_for_function(f"() => {NODE.format('gradients')}._fullLayout.shapes.length === 1")
    person.until("notes.steps.activations === status.at && notes.steps.gradients === 20")

    page.get_by_role("combobox", name="Weights of").click()
    page.get_by_role("option", name="Output").click()
    person.until("notes.steps.weight_history === 20")
    person.press("Live")
    person.press("One epoch")
    person.until("notes.steps.gradients === 30 && notes.steps.activations === 30")
    assert page.evaluate(f"() => {NODES}.every((node, i) => node.isConnected && node === kept[i])")
