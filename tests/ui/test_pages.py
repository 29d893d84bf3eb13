"""The whole pages in Streamlit's test runner: they draw without an error, and everything can be reached in them."""

import itertools

import pytest

from playground.data.downloadable import COLLECTIONS
from playground.experiment import REGISTRIES, edits, layer_kinds, losses_for, task_of
from playground.experiment.data import BROUGHT
from playground.experiment.presets import PRESETS, start
from playground.runs import hub
from playground.ui import catalogue, data_panel, gallery, preset_panel, stack, training_panel
from playground.ui.changes import value_at
from playground.ui.network_panel import bias_rules
from playground.ui.workbench import Workbench

SPIRAL = PRESETS["spiral"].experiment
DRAFT = start().replace(network=({"kind": "residual", "layers": [{"kind": "linear", "units": 5}]},))
TABS = ("Data", "Network", "Training")


def texts(page) -> str:
    """Everything that is told in boxes and captions."""
    return "\n".join(item.value for kind in ("error", "warning", "info", "caption") for item in getattr(page, kind))


def bench_of(page) -> Workbench:
    return page.session_state["workbench"]


def keys(page, kind: str) -> set[str]:
    return {item.key for item in getattr(page, kind)}


@pytest.mark.parametrize(("preset", "tab"), list(zip(PRESETS, itertools.cycle(TABS), strict=False)))
def test_every_preset_in_one_of_the_tabs(open_page, preset, tab):
    page = open_page(tab, x=PRESETS[preset].experiment.to_link())
    assert not page.exception
    assert not page.error and not page.warning
    assert [item.label for item in page.tabs] == list(TABS)


def test_only_the_open_tab_is_drawn(open_page):
    assert "field:training/optimizer/kind" not in keys(open_page("Network"), "selectbox")
    assert "field:training/optimizer/kind" in keys(open_page("Training"), "selectbox")


def test_the_address_holds_the_experiment_and_the_run(open_page):
    page = open_page("Training", x=SPIRAL.to_link())
    bench = bench_of(page)
    assert page.query_params == {"x": SPIRAL.to_link(), "run": bench.run}
    page.number_input(key="field:training/batch_size").set_value(33).run()
    assert bench.experiment.to_link() != SPIRAL.to_link()
    assert page.query_params == {"x": bench.experiment.to_link(), "run": bench.run}
    assert hub().get(bench.run).experiment.training.batch_size == 33


def test_a_second_browser_at_the_same_address(open_page):
    first = open_page(x=SPIRAL.to_link())
    second = open_page("Training", x=start().to_link(), run=bench_of(first).run)
    assert bench_of(second).experiment == SPIRAL
    second.number_input(key="field:training/batch_size").set_value(44).run()
    first.run()
    assert bench_of(first).experiment.training.batch_size == 44


def test_a_damaged_link_is_told_on_the_page(open_page):
    page = open_page(x="damaged")
    assert not page.exception
    assert "The link could not be opened." in texts(page)
    assert bench_of(page).experiment == start()


@pytest.mark.parametrize("kind", [kind for kind in REGISTRIES["data"] if kind not in (*BROUGHT, *COLLECTIONS)])
def test_every_data_set_can_be_picked(open_page, shared, kind):
    assert kind in [item["kind"] for item in data_panel.pictures()]
    assert shared.change(lambda _: start())
    data_panel.pick(shared, kind)
    assert shared.experiment.data.kind == kind and shared.in_step
    for tab in TABS:
        page = open_page(tab, shared)
        assert not page.exception
        assert not page.error and not page.warning


@pytest.mark.parametrize("kind", layer_kinds())
def test_every_layer_can_be_added_and_set(open_page, shared, kind):
    assert shared.change(lambda _: start())
    stack.apply(shared, {"op": "insert", "path": [4], "kind": kind})
    stack.apply(shared, {"op": "select", "path": [4]})
    page = open_page("Network", shared)
    assert not page.exception
    assert page.button(key="close_settings")
    shown = {key for family in ("number_input", "toggle", "selectbox") for key in keys(page, family)}
    simple = set(layer_kinds()[kind].parameters()) - {"layers"}
    tails = {f"field:network/4/{name}" + ("/kind" if name in ("weights", "biases") else "") for name in simple}
    assert tails <= shown
    page.button(key="close_settings").click().run()
    assert shared.selected is None
    assert "close_settings" not in keys(page, "button")


CHOICES = [
    ("Training", "loss", ("training", "loss"), losses_for(task_of(start().data))),
    ("Training", "optimizer", ("training", "optimizer"), REGISTRIES["optimizer"]),
    ("Training", "schedule", ("training", "schedule"), REGISTRIES["schedule"]),
    ("Network", "init", ("init", "weights"), REGISTRIES["init"]),
    ("Network", "init", ("init", "biases"), bias_rules()),
]


@pytest.mark.parametrize(("tab", "family", "path", "offered"), CHOICES)
def test_every_entry_can_be_chosen(open_page, shared, tab, family, path, offered):
    assert shared.change(lambda _: start())
    page = open_page(tab, shared)
    key = "field:" + "/".join((*path, "kind"))
    assert page.selectbox(key=key).options == [entry.label for entry in offered.values()]
    for kind, entry in offered.items():
        page.selectbox(key=key).set_value(kind).run()
        assert not page.exception and not page.error, kind
        assert value_at(shared.experiment, path) == entry(kind=kind)
        assert shared.in_step
        assert entry.about in page.selectbox(key=key).help


def test_all_losses_are_offered_somewhere():
    assert {*losses_for("classification"), *losses_for("regression")} == set(REGISTRIES["loss"])


@pytest.mark.parametrize(
    "path", [("network", 0, "weights"), ("network", 0, "biases"), ("head", "weights"), ("head", "biases")]
)
def test_a_layer_can_start_in_its_own_way(open_page, shared, path):
    assert shared.change(lambda _: start())
    shared.selected = (0,) if path[0] == "network" else ("head",)
    page = open_page("Network", shared)
    key = "field:" + "/".join(str(part) for part in (*path, "kind"))
    page.selectbox(key=key).set_value("constant").run()
    assert value_at(shared.experiment, path).kind == "constant"
    number = "field:" + "/".join(str(part) for part in (*path, "value"))
    page.number_input(key=number).set_value(0.5).run()
    assert value_at(shared.experiment, path).value == 0.5
    page.selectbox(key=key).set_value("").run()
    assert not page.exception
    assert value_at(shared.experiment, path) is None


def test_the_output_activation_can_be_chosen_and_given_back(open_page, shared):
    assert shared.change(lambda _: start())
    shared.selected = ("head",)
    page = open_page("Network", shared)
    choice = "field:head/activation"
    assert page.selectbox(key=choice).options == ["Automatic (tanh)", "Tanh", "Identity", "Sigmoid"]
    page.selectbox(key=choice).set_value("identity").run()
    assert shared.experiment.head.activation == "identity"
    page.selectbox(key=choice).set_value("").run()
    assert shared.experiment.head.activation is None
    assert not page.toggle(key="field:head/frozen").value
    page.toggle(key="field:head/frozen").set_value(True).run()
    assert shared.experiment.head.frozen
    assert not page.exception


def test_early_stopping_is_switched_and_set(open_page, shared):
    assert shared.change(lambda _: start())
    page = open_page("Training", shared)
    page.toggle(key="field:training/early_stopping").set_value(True).run()
    page.number_input(key="field:training/early_stopping/patience").set_value(12).run()
    assert shared.experiment.training.early_stopping.patience == 12
    page.toggle(key="field:training/early_stopping").set_value(False).run()
    assert shared.experiment.training.early_stopping is None
    assert not page.exception


def test_the_inputs_are_switched_on_and_off(open_page, shared):
    assert shared.change(lambda _: start())
    page = open_page("Data", shared)
    pills = page.button_group(key="field:data/features")
    pills.set_value(["x1", "sin_x1"]).run()
    assert shared.experiment.data.features == ("x1", "sin_x1")
    page.button_group(key="field:data/features").set_value([]).run()
    assert not page.exception
    assert shared.experiment.data.features == ("x1", "sin_x1")
    assert [error.value for error in page.error] == ["The network needs at least one input."]
    assert page.button_group(key="field:data/features").value == ["x1", "sin_x1"]


def test_the_diagram_cannot_take_the_last_input_either(shared):
    assert shared.change(lambda _: start())
    data_panel.choose_inputs(shared, [])
    assert shared.experiment == start()
    assert shared.error(data_panel.INPUTS) == "The network needs at least one input."


def test_regenerate_draws_other_points(open_page, shared):
    assert shared.change(lambda _: start())
    page = open_page("Data", shared)
    page.button(key="regenerate").click().run()
    assert shared.experiment.data.seed != start().data.seed
    assert shared.experiment.replace(data=start().data) == start(), "and nothing else"


def test_a_draft_is_told_and_can_be_given_up(open_page, bench):
    bench.change(lambda _: DRAFT)
    page = open_page("Training", bench)
    assert "does not fit together yet" in texts(page)
    page.button(key="undo").click().run()
    assert not page.exception and not page.warning
    assert bench.experiment == start()


@pytest.mark.parametrize("name", ["landscape", "explore", "images"])
def test_pages_without_its_forms_say_why_nothing_trains_and_lead_to_where_it_is_mended(open_page, bench, name):
    page = open_page(x=DRAFT.to_link()).switch_page(f"../../pages/{name}.py").run()
    assert not page.exception
    (problem,) = {text for _, text in bench_of(page).summary.problems}
    assert f"cannot be trained yet. {problem}" in texts(page).replace("\\", "")
    page.button(key="mend").click().run()
    assert "see the card marked red" in texts(page)
    page = open_page(bench=bench).switch_page(f"../../pages/{name}.py").run()
    assert not page.warning, "this one trains"
    bench.change(lambda _: DRAFT)
    page.run()
    assert "the last one that did" in texts(page)
    page.button(key="undo").click().run()
    assert not page.exception and not page.warning


@pytest.mark.parametrize("name", ["landscape", "explore", "images"])
def test_a_damaged_link_is_told_on_every_page(open_page, name):
    page = open_page(x="nonsense").switch_page(f"../../pages/{name}.py").run()
    assert "could not be opened" in texts(page)


def test_an_error_is_told_even_where_its_field_is_not_drawn(open_page, bench):
    bench.set(("training", "optimizer", "lr"), -1)
    assert [error.value for error in open_page("Network", bench).error] == list(bench.errors.values())
    assert len(open_page("Training", bench).error) == 1, "at the field, and only there"


def test_data_that_cannot_be_read_breaks_no_tab(open_page, bench):
    missing = REGISTRIES["data"]["csv"](
        kind="csv", table="0" * 64, name="gone.csv", target="y", as_task="regression", columns=("x",)
    )
    link = edits.fit_loss(SPIRAL, missing).to_link()
    for tab in TABS:
        page = open_page(tab, x=link)
        assert not page.exception
        assert "This data cannot be read" in texts(page)
        assert ("upload it again" in texts(page)) == (tab == "Data")


def test_presets_replace_the_experiment_and_keep_the_run(shared):
    run = shared.run
    for kind, preset in PRESETS.items():
        gallery.pick(shared, kind)
        assert (shared.experiment, shared.trained, shared.run) == (preset.experiment, preset.experiment, run)
        assert shared.lesson == kind
    gallery.pick(shared, "nothing of ours")
    assert shared.lesson == kind


def test_the_gallery_opens_with_every_preset(open_page, bench):
    page = open_page(bench=bench)
    page.button(key=preset_panel.OPEN).click().run()
    assert not page.exception
    shown = [card["kind"] for group in gallery.cards() for card in group["cards"]]
    assert shown == list(PRESETS)
    assert all("<svg" in card["picture"] for group in gallery.cards() for card in group["cards"])


def test_what_to_observe_stays_until_it_is_closed(open_page, bench):
    gallery.take(bench, "momentum")
    page = open_page("Training", bench)
    note = PRESETS["momentum"].observe
    assert any(note in text.value for text in page.markdown)
    page.number_input(key="field:training/batch_size").set_value(33).run()
    assert any(note in text.value for text in page.markdown), "it is there while one tries what it says"
    page.button(key="close_lesson").click().run()
    assert not any(note in text.value for text in page.markdown)
    bench.travel(bench.history.past[0].serial)
    assert bench.lesson is None
    gallery.take(bench, "momentum")
    assert bench.lesson == "momentum"


def test_a_shared_preset_comes_with_its_note(open_page):
    assert bench_of(open_page(x=PRESETS["l2"].experiment.to_link())).lesson == "l2"
    assert bench_of(open_page(x=start().to_link())).lesson is None, "a newcomer first looks around"
    assert bench_of(open_page()).lesson is None


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("http://localhost:8501/?x=old&run=abc", "http://localhost:8501/?x=NEW"),
        ("https://play.example.org/nets/?run=abc#top", "https://play.example.org/nets/?x=NEW"),
        ("http://localhost:8501", "http://localhost:8501/?x=NEW"),
        ("http://localhost:8501/nets", "http://localhost:8501/nets/?x=NEW"),
        ("", "/?x=NEW"),
    ],
)
def test_the_link_to_share(page, link):
    assert preset_panel.share_link(page, "NEW") == link


def test_a_server_without_a_gpu_says_so(draw, bench):
    page = draw(bench, lambda bench: training_panel.device(bench, ["cpu"]))
    assert [caption.value for caption in page.caption] == ["Device: CPU (this server has no CUDA GPU)."]
    assert not page.selectbox


def test_a_server_with_gpus_offers_them(draw, bench):
    devices = ["cpu", "cuda:0 NVIDIA H200", "cuda:1 NVIDIA H200"]
    page = draw(bench, lambda bench: training_panel.device(bench, devices))
    assert page.selectbox[0].options == ["Whichever is quicker", "CPU", *devices[1:]]
    assert page.selectbox[0].value == "auto"
    page.selectbox[0].set_value("cpu").run()
    assert not page.exception
    assert bench.device == "cpu"


@pytest.mark.parametrize("family", catalogue.FAMILIES)
def test_the_catalogue_shows_every_entry(open_page, family):
    page = open_page()
    page.switch_page("../../pages/catalogue.py").run()
    page.button_group(key="family").set_value(family).run()
    assert not page.exception
    shown = "\n".join(item.value for item in page.markdown)
    formulas = {item.value.strip("$\n") for item in page.latex}
    for kind, entry in catalogue.FAMILIES[family].items():
        assert f"**{entry.label}** `{kind}`" in shown
        assert entry.about in shown
        assert not entry.formula or any(entry.formula in formula for formula in formulas)


@pytest.mark.parametrize(
    ("family", "kind", "name", "text"),
    [
        ("data", "circle", "noise", "0 to 0.5"),
        ("data", "circle", "seed", "0 to 2,147,483,647"),
        ("optimizer", "sgd", "lr", "above 0, up to 100"),
        ("optimizer", "sgd", "momentum", "from 0, below 1"),
        ("schedule", "one_cycle", "end_div", "1 to 100,000,000"),
        ("optimizer", "sgd", "nesterov", ""),
    ],
)
def test_the_catalogue_says_what_a_number_may_be(family, kind, name, text):
    assert catalogue.limits(REGISTRIES[family][kind].model_fields[name]) == text
