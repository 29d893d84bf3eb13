"""Take away and bring back, on a real run: what comes out goes in again, and what does not fit is told."""

import io

import numpy as np
import pandas as pd
import pytest

from playground.experiment.presets import PRESETS, start
from playground.export import experiment_file, weights
from playground.runs import hub
from playground.ui import takeaway_panel
from playground.ui.plain import plain

SPIRAL = PRESETS["spiral"].experiment
WIDER = start().replace(network=({"kind": "linear", "units": 7}, {"kind": "tanh"}))


def weights_of(bench):
    return weights.read(hub().fetch(bench.run, "weights"))


def equal(one, two):
    return one.keys() == two.keys() and all(np.array_equal(one[name], two[name]) for name in one)


def test_every_file_of_a_run(open_page, draw, shared):
    labels = {button.proto.label for button in open_page(bench=shared).get("download_button")}
    assert labels == {"Experiment", *(file.label for file in takeaway_panel.FILES)}
    made = {}

    def make(bench):
        made.update({file.what: takeaway_panel.fetching(bench, file.what)() for file in takeaway_panel.FILES})

    assert not draw(shared, make).exception
    assert list(pd.read_csv(io.BytesIO(made["history"])).columns)[:2] == ["step", "epoch"]
    assert weights.experiment_link(made["weights"]) == shared.trained.to_link()
    assert made["animation"].startswith(b"<!doctype html>")


def test_an_experiment_goes_out_and_comes_back(shared):
    out = experiment_file.write(SPIRAL)
    shared.change(lambda _: start())
    good, told = takeaway_panel.take(shared, out, "spiral.json")
    assert good and told.startswith("Opened Spiral")
    assert shared.experiment == SPIRAL
    assert hub().get(shared.run).experiment == SPIRAL
    assert shared.history.now.told.startswith("Opened Spiral")  # and so it can be undone


def test_weights_go_out_and_come_back(shared):
    shared.change(lambda _: start())
    before = hub().fetch(shared.run, "weights")
    shared.set(("seed",), 1234)
    assert not equal(weights_of(shared), weights.read(before))
    good, told = takeaway_panel.take(shared, before, "w.safetensors")
    assert good, told
    assert equal(weights_of(shared), weights.read(before))


def test_weights_of_another_network_are_told_and_can_bring_their_experiment(shared):
    shared.change(lambda _: WIDER)
    theirs = hub().fetch(shared.run, "weights")
    shared.change(lambda _: start())
    good, told = takeaway_panel.take(shared, theirs, "w.safetensors")
    assert not good and "belong to another network" in told
    assert shared.experiment == start()
    assert takeaway_panel.owner_of(theirs) == WIDER


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "a.json", "not JSON"),
        (b"{", "a.safetensors", "not JSON"),
        (b"[]", "a", "does not hold an experiment"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "a.png", "neither an experiment"),
        (b"PK\x03\x04" + bytes(99), "model.pt", "PyTorch's own format"),
        (bytes(8) + b"{}", "a.safetensors", "neither an experiment"),
    ],
)
def test_what_is_neither_is_told_and_changes_nothing(shared, data, name, told):
    shared.change(lambda _: start())
    good, said = takeaway_panel.take(shared, data, name)
    assert not good and told in said
    assert shared.experiment == start() and not shared.errors


def test_an_experiment_whose_table_is_elsewhere_is_told_and_changes_nothing(shared):
    shared.change(lambda _: start())
    table = {"kind": "csv", "table": "0" * 64, "target": "y", "as_task": "classification", "columns": ["x"]}
    described = start().model_dump(mode="json") | {"data": table}
    described["training"]["loss"] = {"kind": "cross_entropy"}
    good, told = takeaway_panel.take(shared, experiment_file.json.dumps(described).encode(), "csv.json")
    assert not good and told.startswith("This experiment cannot be opened here.")
    assert shared.experiment == start() and not shared.errors


def test_weights_for_a_run_that_is_gone_go_into_the_one_that_takes_its_place(bench):
    file = hub().fetch(bench.run, "weights")
    bench.run = "gone"
    assert takeaway_panel.take_weights(bench, file)[0]
    assert equal(weights_of(bench), weights.read(file))


def test_a_person_brings_files_back(open_page, bench):
    """Through the uploader itself: weights of another network, their experiment by a button, then a broken file."""
    bench.change(lambda _: WIDER)
    theirs = hub().fetch(bench.run, "weights")
    bench.change(lambda _: start())
    page = open_page(bench=bench)
    page.file_uploader(key="brought_back:0").set_value(("w.safetensors", theirs, "")).run()
    assert "belong to another network" in page.error[0].value
    page.button(key="brought_back_open").click().run()
    assert bench.experiment == WIDER and not page.error
    assert "The weights are in" in page.success[0].value
    assert equal(weights_of(bench), weights.read(theirs))
    page.file_uploader(key="brought_back:1").set_value(("a.json", b"<script>", "")).run()
    assert "not JSON" in page.error[0].value and not page.exception
    bench.set(("seed",), 5)
    assert not page.run().error


def test_nothing_is_made_of_the_signs_in_a_message():
    assert plain("![a](http://b) **c** `d` $e$ :red[f] <g>") == (
        r"\!\[a\](http\://b) \*\*c\*\* \`d\` \$e\$ \:red\[f\] \<g\>"
    )
