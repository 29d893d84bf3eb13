"""The notebook is well formed, and its cells, run from top to bottom, train as the script does."""

import ast
import json

import pytest

from playground.experiment.presets import PRESETS, start
from playground.export import notebook, script
from tests.export.agree import agree
from tests.network.describe import experiment, linear, tanh_stack
from tests.test_contract import described

SOME = {
    "first": start(),
    "spiral": PRESETS["spiral"].experiment,
    "table": experiment(tanh_stack(4), data={"kind": "iris"}, optimizer={"kind": "lbfgs"}),
    "painted": described("data", "painted"),
    "much": experiment(
        [linear(5, frozen=True), {"kind": "dropout"}, {"kind": "batch_norm"}, {"kind": "sine"}],
        l1=0.01, l2=0.01, clip_norm=1.0, early_stopping={},
        optimizer={"kind": "muon"}, schedule={"kind": "cosine"}, loss={"kind": "focal"},
    ),
}  # fmt: skip


def code_of(text):
    """What the cells hold, in the order in which a person runs them."""
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("name", SOME)
def test_its_cells_hold_the_script(name):
    """The same statements in the same order; only the guard around the last one is gone."""
    whole = ast.parse(script(SOME[name]))
    guarded = whole.body.pop()
    cells = [statement for source in code_of(notebook(SOME[name])) for statement in ast.parse(source).body]
    assert [ast.dump(one) for one in cells] == [ast.dump(one) for one in (*whole.body[1:], *guarded.body)]


def test_run_from_top_to_bottom_it_trains_as_the_trainer_does(run):
    exp = SOME["first"].replace(training={**SOME["first"].training.model_dump(), "max_epochs": 4})
    *cells, last = code_of(notebook(exp))
    by_cell = run("\n\n".join(cells), 4)
    assert last == "model, losses = train(EPOCHS)"
    assert by_cell == agree(run, exp, steps=100)


@pytest.mark.parametrize("name", SOME)
def test_it_is_what_jupyter_reads(name):
    """nbformat 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html"""
    text = notebook(SOME[name])
    content = json.loads(text)
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    names = [cell["id"] for cell in content["cells"]]
    assert len(set(names)) == len(names)
    for cell in content["cells"]:
        assert set(cell) >= {"id", "cell_type", "metadata", "source"}
        assert all(line.endswith("\n") for line in cell["source"][:-1])
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
    assert text == notebook(SOME[name])


@pytest.mark.parametrize("name", SOME)
def test_every_cell_of_code_has_a_heading_and_a_sentence(name):
    cells = json.loads(notebook(SOME[name]))["cells"]
    assert cells[0]["source"][0].startswith("# ")
    for words, code in zip(cells[2::2], cells[3::2], strict=True):
        heading, _, *text = "".join(words["source"]).split("\n")
        assert (words["cell_type"], code["cell_type"]) == ("markdown", "code")
        assert heading.startswith("## ") and " ".join(text).endswith(".")
