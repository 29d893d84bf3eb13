"""What a neuron computes, written out with its numbers; and how often a number goes out."""

import base64

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.web.stage import Stage, Viewer, network, typed
from tests.web.test_views import diagram, drawn
from tests.web.test_weights import card, neuron


@pytest.fixture
def viewer(page: Page, stage: Stage) -> Viewer:
    """A network of two inputs, three units and one output, drawn: every weight is 0.5, every bias 0."""
    return diagram(page, stage, stage.name())


@pytest.mark.parametrize(
    ("functions", "text"),
    [
        ([], "0.50·x₁ + 0.50·x₂ + 0"),
        (["BatchNorm", "ReLU"], "ReLU(BatchNorm( 0.50·x₁ + 0.50·x₂ + 0 ))"),
        (["tanh", "+", "sigmoid"], "sigmoid(skip + tanh( 0.50·x₁ + 0.50·x₂ + 0 ))"),
        (["+"], "skip + 0.50·x₁ + 0.50·x₂ + 0"),
    ],
)
def test_formulas(page, viewer, functions, text):
    view = network(rev=2)
    view["base"]["columns"][1]["functions"] = functions
    page.mouse.move(8, 380)
    drawn(page, viewer, viewer.send({"network": view}))
    neuron(page, "Linear 3 · tanh, unit 1").hover()
    written = page.locator(".np-tooltip .np-formula")
    expect(written).to_be_visible()
    assert " ".join(written.text_content().split()) == text


def test_formulas_of_layers_alike_keep_their_own_letters(page, viewer):
    drawn(page, viewer, viewer.send({"network": network(units=2, hidden=2, rev=2)}))
    written = page.locator(".np-card .np-formula")
    tiles = neuron(page, "Linear 2 · tanh, unit 1")
    for tile, text in (
        (tiles.first, "0.50·x₁ + 0.50·x₂"),
        (tiles.last, "0.50·h₁ + 0.50·h₂"),
        (tiles.first, "0.50·x₁ + 0.50·x₂"),
    ):
        tile.click()
        expect(written).to_contain_text(text)
        page.keyboard.press("Escape")


def test_numbers_in_formulas_are_short(shared):
    script = "async (values) => { const m = await import(STATIC + 'format.js'); return values.map(m.factor); }"
    values = {0: "0", 0.0456: "0.046", 0.523: "0.52", -1.3: "−1.30", 12.345: "12.3", 678.9: "679", 1e6: "1.0e+6"}
    assert shared.evaluate(script, list(values)) == list(values.values())


def wide(weights: np.ndarray, shown: int = 4) -> dict:
    """One output over so many inputs, of which `shown` have a tile."""
    count = weights.shape[1]
    names = [f"column {i}" for i in range(count)]
    inputs = {"kind": "inputs", "label": "Inputs", "units": count, "shown": shown, "names": names[:shown]}
    head = {"kind": "head", "label": "Output", "path": "head", "units": 1, "shown": 1, "names": ["price"]}
    strong = np.sort(np.argsort(-np.abs(weights[0]))[:8])
    told = {"dtype": "i4", "shape": "1, 8", "bdata": base64.b64encode(strong.astype("<i4").tobytes()).decode()}
    frame = {
        "tiles": [None, None],
        "weights": [typed(weights[:, :shown])],
        "biases": [None],
        "strongest": [{"units": told, "weights": typed(weights[:, strong])}],
    }
    base = {
        "columns": [inputs | {"others": names[shown:]}, head],
        "links": [[0, 1]],
        "skips": [],
        "plane": {"kind": "xy"},
    }
    return {"rev": 9, "base": base, "frame": frame}


def test_a_wide_neuron_tells_the_strongest_and_counts_the_rest(page, viewer):
    weights = np.full((1, 30), 0.01)
    weights[0, [2, 20, 25]] = [1.0, -2.0, 3.0]
    view = wide(weights)
    view["base"]["columns"][1]["functions"] = ["sigmoid"]
    drawn(page, viewer, viewer.send({"network": view}))
    neuron(page, "Output, price").click()
    expect(card(page)).to_have_accessible_name("Output, price: Weight from column 0")  # there is no bias
    formula = card(page).locator(".np-formula")
    for text in ("1.00·column 2", "− 2.00·column 20", "+ 3.00·column 25"):
        expect(formula).to_contain_text(text)
    more = card(page).get_by_role("combobox", name="Another weight that leads here")
    assert more.locator("option").first.text_content() == "+ 25 more"
    more.select_option(label="from column 3")
    expect(card(page)).to_have_accessible_name("Output, price: Weight from column 3")
    expect(formula).to_contain_text("·column 3")
    assert formula.text_content().startswith("sigmoid(")
    assert formula.text_content().rstrip().endswith(")")


def test_values_are_paced_and_the_last_one_always_comes(own_page):
    own_page.clock.install()
    script = """async () => {
      const { Paced } = await import(STATIC + 'paced.js');
      globalThis.sent = [];
      globalThis.paced = new Paced((value) => sent.push([value, performance.now()]));
      for (let i = 0; i < 10; i += 1) paced.give(i);
      return [...sent];
    }"""
    assert [value for value, _ in own_page.evaluate(script)] == [0]
    own_page.clock.run_for(100)
    (_, first), (value, second) = own_page.evaluate("sent")
    assert value == 9
    assert second - first >= 60
    own_page.evaluate("for (let i = 10; i < 13; i += 1) paced.give(i); paced.flush()")
    assert own_page.evaluate("sent.at(-1)[0]") == 12
