"""A person's own table: uploaded, understood, and read as they choose."""

from typing import get_args

import pytest

from playground.data import load
from playground.experiment.data import CSV
from playground.experiment.presets import PRESETS
from playground.ui import csv_panel, data_panel
from playground.ui.plain import plain
from playground.ui.workbench import TABLE


def flower(number: int) -> str:
    """One row: a number of its own, two lengths (the second missing now and then), a colour, and the species."""
    width = "" if number % 10 == 0 else f"{2 + number % 5:.1f}"
    return (
        f"{number},{4 + number % 7 / 2:.1f},{width},{('red', 'blue')[number % 2]},{('rose', 'lily')[number % 3 == 0]}"
    )


FLOWERS = "\n".join(["id,length,width,colour,species", *map(flower, range(1, 61))]).encode()
KEY = "field:data/"


@pytest.fixture
def page(open_page, bench):
    """The Data tab with the flowers in it."""
    csv_panel.take(bench, FLOWERS, "flowers.csv")
    return open_page("Data", bench)


def test_an_upload_is_understood(bench, page):
    data = bench.experiment.data
    assert not page.exception and not page.error
    assert (data.name, data.target, data.as_task) == ("flowers.csv", "species", "classification")
    assert data.columns == ("length", "width", "colour")
    assert bench.experiment.training.loss.kind in ("half_mse", "cross_entropy")
    assert bench.in_step
    told = [caption.value for caption in page.caption]
    assert "flowers.csv: 60 rows, 5 columns, comma-separated, UTF-8" in told
    assert any("rows with missing values left out" in text for text in told)
    assert page.selectbox(key=KEY + "target").options == ["id", "length", "width", "colour", "species"]
    assert page.multiselect(key=KEY + "columns").value == ["length", "width", "colour"]
    assert list(page.dataframe[0].value["column"]) == ["id", "length", "width", "colour", "species"]


def test_the_uploader_itself(open_page, bench):
    page = open_page("Data", bench)
    page.file_uploader(key="csv_upload").set_value(("my flowers.csv", FLOWERS, "text/csv")).run()
    assert not page.exception
    assert bench.experiment.data.name == "my flowers.csv"


def test_another_target_swaps_places_with_the_inputs(bench, page):
    page.selectbox(key=KEY + "target").set_value("length").run()
    assert not page.exception and not page.error
    data = bench.experiment.data
    assert (data.target, data.as_task) == ("length", "regression")
    assert data.columns == ("width", "colour", "species")
    assert bench.experiment.training.loss.kind == "half_mse"
    assert page.multiselect(key=KEY + "columns").options == ["id", "width", "colour", "species"]


def test_a_task_that_the_target_cannot_have_is_refused_there(bench, page):
    before = bench.experiment
    page.selectbox(key=KEY + "as_task").set_value("regression").run()
    assert not page.exception
    assert bench.experiment == before
    assert list(bench.errors) == [("data", "as_task")]
    assert ["holds words, not numbers" in error.value for error in page.error] == [True]
    assert page.selectbox(key=KEY + "as_task").value == "classification"


def test_a_number_can_be_read_as_classes_and_back(bench, page):
    page.selectbox(key=KEY + "target").set_value("length").run()
    page.selectbox(key=KEY + "as_task").set_value("classification").run()
    assert bench.experiment.data.as_task == "classification"
    assert bench.in_step
    page.selectbox(key=KEY + "as_task").set_value("regression").run()
    assert bench.experiment.data.as_task == "regression"
    assert not page.exception and not page.error


def test_what_only_classes_have_is_offered_only_for_them(page):
    def shown():
        return {item.key for item in (*page.toggle, *page.number_input)} & {KEY + "balance", KEY + "label_noise"}

    assert len(shown()) == 2
    page.selectbox(key=KEY + "target").set_value("length").run()
    assert shown() == set()


def test_columns_are_left_out_and_never_all_of_them(bench, page):
    page.multiselect(key=KEY + "columns").set_value(["width"]).run()
    assert bench.experiment.data.columns == ("width",)
    page.multiselect(key=KEY + "columns").set_value([]).run()
    assert not page.exception
    assert bench.experiment.data.columns == ("width",)
    assert list(bench.errors) == [("data", "columns")]
    assert len(page.error) == 1
    assert page.multiselect(key=KEY + "columns").value == ["width"]


def test_missing_values_are_a_choice(bench, page):
    rows = len(load(bench.experiment.data).x_train)
    assert page.selectbox(key=KEY + "missing").options == list(csv_panel.MISSING.values())
    assert set(csv_panel.MISSING) == set(get_args(CSV.model_fields["missing"].annotation))
    page.selectbox(key=KEY + "missing").set_value("median").run()
    assert bench.experiment.data.missing == "median"
    assert len(load(bench.experiment.data).x_train) > rows
    assert not any("left out" in caption.value for caption in page.caption)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04zip", b"a\n1\n", b"a,b\n1,2\n"])
def test_a_file_that_is_no_table_changes_nothing_and_says_why(open_page, bench, content):
    before = bench.experiment
    csv_panel.take(bench, content, "what.csv")
    assert bench.experiment == before
    assert list(bench.errors) == [TABLE]
    page = open_page("Data", bench)
    assert not page.exception
    (error,) = page.error
    assert error.value.startswith(plain("what.csv: "))


def test_the_table_can_be_taken_up_again_as_it_was_set(bench, page):
    page.multiselect(key=KEY + "columns").set_value(["width"]).run()
    chosen = bench.experiment.data
    data_panel.pick(bench, "circle")
    page.run()
    page.button(key="csv_again").click().run()
    assert not page.exception
    assert bench.experiment.data == chosen


def test_the_same_file_again_keeps_its_choices(bench, page):
    page.multiselect(key=KEY + "columns").set_value(["width"]).run()
    bench.change(lambda _: PRESETS["spiral"].experiment)
    csv_panel.take(bench, FLOWERS, "flowers.csv")
    assert bench.experiment.data.columns == ("width",)
    assert bench.experiment.network == PRESETS["spiral"].experiment.network


def test_a_name_full_of_tricks_is_cleaned(bench):
    csv_panel.take(bench, FLOWERS, "a\u202eb\n" + "x" * 300 + ".csv")
    assert bench.errors == {}
    assert "\u202e" not in bench.experiment.data.name and len(bench.experiment.data.name) <= 100
