"""What the cells of a column are taken for, and what is proposed for a table."""

import numpy as np
import pytest

from playground.data.columns import column_of, number_text, table_of
from playground.data.csv import read
from playground.data.errors import TableError
from playground.data.inspection import inspect, propose


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", " 2 ", "-3", "+4", "5.", ".5", "1e3", "-2.5E-2"], [1, 2, -3, 4, 5, 0.5, 1000, -0.025]),
        (["1,5", "-2,25", "3"], [1.5, -2.25, 3]),
        (["1,234", "1,234,567.5", "12"], [1234, 1234567.5, 12]),
        (["1", "", "NA", "n/a", "?", "null", "NaN", "-", "2"], [1, *[np.nan] * 7, 2]),
        (["1", "inf", "-Infinity", "1e999", "1e200", "2"], [1, *[np.nan] * 4, 2]),
    ],
)
def test_numbers(cells, expected):
    column = column_of("c", cells)
    assert column.kind == "number"
    np.testing.assert_array_equal(column.values, expected)
    assert column.missing == np.isnan(expected).sum()


def test_commas_are_decimal_where_semicolons_separate():
    assert column_of("c", ["1,234", "5,678"], comma_separated=False).values.tolist() == [1.234, 5.678]


def test_a_few_stray_words_among_numbers_are_missing_and_told():
    column = column_of("c", ["1"] * 60 + ["unknown", "broken"])
    assert column.kind == "number"
    assert column.missing == 2
    assert column.note == "2 cells are no numbers and count as missing: 'unknown', 'broken'"
    assert column_of("c", ["1"] * 10 + ["unknown", "broken"]).kind == "category"


@pytest.mark.parametrize(
    "cells", [["1_000", "2_000"], ["٣", "٤"], ["0x1F", "0x2F"], ["1 2", "3 4"], ["--1", "++2"], ["1e", "e1"]]
)
def test_what_python_would_read_and_nobody_means_is_no_number(cells):
    assert column_of("c", cells).kind == "category"


@pytest.mark.parametrize("cells", [["yes", "No", "YES", ""], ["true", "false", "NA", "True"], ["n", "y", "?"]])
def test_booleans_have_no_before_yes(cells):
    column = column_of("c", cells)
    assert column.kind == "boolean"
    assert [level.lower()[0] in "yt" for level in column.levels] == [False, True]
    answers = [-1 if cell in ("", "NA", "?") else int(cell.lower()[0] in "yt") for cell in cells]
    assert column.values.tolist() == answers


@pytest.mark.parametrize("cell", ["2024-03-01", "1.3.2024", "03/01/24", "2024-03-01T10:15:00Z", "10:15", "9:05 pm"])
def test_dates(cell):
    assert column_of("c", [cell] * 3).kind == "date"


def test_text_with_few_values_is_a_category_and_with_many_is_text():
    assert column_of("c", list("abc") * 10).kind == "category"
    assert column_of("c", [f"city {row % 30}" for row in range(300)]).kind == "category"
    assert column_of("c", [f"name {row}" for row in range(30)]).kind == "text"
    assert (
        column_of("c", [f"a sentence of more than forty characters, number {row % 30}" for row in range(300)]).kind
        == "text"
    )
    assert column_of("c", ["", "NA"]).kind == "empty"


def test_levels_are_sorted_clean_and_unique():
    long = "x" * 100
    column = column_of("c", ["b\u202e", "a", long + "1", long + "2", "\u200b"])
    assert column.levels[0] == "a"
    assert len(set(column.levels)) == 5
    assert all(len(level) <= 60 for level in column.levels)
    assert "(invisible)" in column.levels


@pytest.mark.parametrize(("value", "text"), [(3.0, "3"), (-0.5, "-0.5"), (1e20, "1e+20"), (0.1 + 0.2, "0.3")])
def test_numbers_are_written_short(value, text):
    assert number_text(value) == text


def test_preview_shows_what_was_read():
    table = table_of(read(b"a,b,c\n1,x,yes\n,y,no\n2.5,,yes\n"))
    assert table.preview(2) == [{"a": "1", "b": "x", "c": "yes"}, {"a": "", "b": "y", "c": "no"}]
    assert len(table.preview(99)) == 3


def test_a_wrong_column_name_is_answered_with_the_right_ones():
    table = table_of(read(b"a,b\n1,2\n3,4\n"))
    with pytest.raises(TableError, match=r"no column 'z'\. It has: 'a', 'b'") as caught:
        table.column("z", "target")
    assert caught.value.field == "target"


def test_proposal_for_a_mixed_table(mixed_csv):
    found = inspect(mixed_csv)
    assert (found.header, found.delimiter, found.encoding) == (True, "comma", "utf-8")
    proposal = found.proposal
    assert (proposal.target, proposal.task) == ("species", "classification")
    assert proposal.columns == ("age", "city", "smoker", "weight")
    advice = {column.name: column for column in proposal.advice}
    assert advice["id"].reason == "only numbers the rows"
    assert advice["species"].reason == "is the target"
    assert not advice["species"].use
    assert (advice["age"].missing, advice["city"].missing) == (6, 5)
    assert [advice[name].kind for name in ("age", "city", "smoker")] == ["number", "category", "boolean"]


def columns(**cells):
    rows = max(len(column) for column in cells.values())
    lines = [",".join(cells), *(",".join(str(column[row]) for column in cells.values()) for row in range(rows))]
    return table_of(read("\n".join(lines).encode(), header=True))


WAVE = [round(((row * 37) % 50) / 7, 3) for row in range(50)]


@pytest.mark.parametrize(
    ("name", "cells", "reason"),
    [
        ("customer_id", [(row * 7) % 50 + 1000 for row in range(50)], "only numbers the rows"),
        ("customerId", [(row * 7) % 50 + 1000 for row in range(50)], "only numbers the rows"),
        ("n", list(range(50)), "only numbers the rows"),
        ("key", [f"k{row}" for row in range(50)], "only numbers the rows"),
        ("same", ["a"] * 50, "has the same value in every row"),
        ("gone", [""] * 50, "has no values"),
        ("day", [f"2024-01-{row % 28 + 1}" for row in range(50)], "holds dates or times"),
        ("remark", [f"remark {row}" for row in range(50)], "is free text: 50 different values"),
        ("height", [(row * 7) % 50 for row in range(50)], ""),
        ("idle", WAVE, ""),
    ],
)
def test_unfit_columns_are_left_out_with_a_reason(name, cells, reason):
    proposal = propose(columns(**{name: cells, "w": WAVE, "label": ["a", "b"] * 25}))
    advice = next(column for column in proposal.advice if column.name == name)
    assert advice.reason == reason
    assert advice.use is (reason == "")
    assert proposal.target == "label"


@pytest.mark.parametrize(
    ("target", "task"),
    [
        ([0, 1] * 25, "classification"),
        (["a", "b"] * 25, "classification"),
        ([3, 4, 5, 6, 7] * 10, "classification"),
        (list(range(100, 125)) * 2, "regression"),
        ([0.5, 1.5] * 25, "regression"),
        (WAVE, "regression"),
    ],
)
def test_task(target, task):
    proposal = propose(columns(a=WAVE, z=target))
    assert (proposal.target, proposal.task) == ("z", task)


def test_a_telling_name_goes_before_the_last_place():
    assert propose(columns(Price=WAVE, a=WAVE)).target == "Price"
    assert propose(columns(a=WAVE, b=WAVE, gone=[""] * 50)).target == "b"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"a": [1] * 9, "b": ["x"] * 9}, "No column can be predicted: 'a' has the same value in every row"),
        ({"a": WAVE, "b": ["x"] * 50}, "Only the column 'a' can be learned from"),
    ],
)
def test_a_hopeless_table_is_said_to_be_one(cells, words):
    with pytest.raises(TableError, match=words):
        propose(columns(**cells))
