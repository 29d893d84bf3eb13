"""Files as people have them: encodings, delimiters, headers, and what is wrong with the wrong ones."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data import csv
from playground.data.columns import table_of
from playground.data.csv import Grid, read
from playground.data.errors import TableError
from playground.data.names import NAME_LENGTH, clean, unique
from playground.settings import Settings

PLAIN = "größe,name,price\n1,Zoë,2.5\n2,Ana,3.5\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (PLAIN.encode(), "utf-8"),
        (PLAIN.encode("utf-8-sig"), "utf-8"),
        (PLAIN.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), "utf-16"),
        (PLAIN.encode("utf-32"), "utf-32"),
        (PLAIN.encode("latin-1"), "cp1252"),
        (PLAIN.replace("2.5", "\x81").encode("latin-1"), "latin-1"),
    ],
)
def test_encodings(data, encoding):
    grid = read(data)
    assert grid.encoding == encoding
    assert grid.names == ("größe", "name", "price")
    assert grid.rows[0][1] == "Zoë"


def test_euro_sign_of_windows():
    assert read("a;b\n1;5 €\n2;6 €\n".encode("cp1252")).rows[0] == ["1", "5 €"]


@pytest.mark.parametrize("delimiter", csv.DELIMITERS)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_endings(delimiter, ending):
    text = ending.join(delimiter.join(cells) for cells in [["a", "b", "c"], ["1", "2", "x"], ["3", "4", "y"]])
    for data in (text, text + ending, text + ending * 3):
        grid = read(data.encode())
        assert grid == Grid(("a", "b", "c"), [["1", "2", "x"], ["3", "4", "y"]], True, delimiter, "utf-8")


def test_decimal_commas_do_not_hide_semicolons():
    grid = read(b"1,5;2,5;3,5\n1,25;2,5;3,5\n")
    assert grid.delimiter == ";"
    assert not grid.header
    assert [column.values[0] for column in table_of(grid).columns] == [1.5, 2.5, 3.5]


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks():
    grid = read(b'name,note\n"Doe, Jane","said ""hi"""\n"Roe","two\nlines"\n')
    assert grid.rows == [["Doe, Jane", 'said "hi"'], ["Roe", "two\nlines"]]


def test_excels_own_first_line_names_the_delimiter():
    assert read(b"sep=;\r\na;b\r\n1;2\r\n3;4\r\n").names == ("a", "b")


def test_a_delimiter_at_the_end_of_the_rows_is_no_column():
    assert read(b"a,b\n1,2,\n3,4,\n").rows == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b\n1,2\n3,4\n", True),
        ("1,2\n3,4\n5,6\n", False),
        ("name,city\nAna,Rome\nBob,Paris\n", True),
        ("red,small\nblue,small\nred,large\n", False),
        (",a\n0,1.5\n1,2.5\n", True),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", False),
        ("a,b\n?,1\nNA,2\n", True),
    ],
)
def test_header_or_none(text, header):
    grid = read(text.encode())
    assert grid.header is header
    if not header:
        assert grid.names[:2] == ("column 1", "column 2")


def test_a_person_knows_better_about_the_header():
    data = b"1,2\n3,4\n5,6\n"
    assert read(data, header=True).names == ("1", "2")
    assert len(read(data, header=False).rows) == 3


def test_names_are_bounded_printable_and_unique():
    evil = "\u202egnp.exe\u2066"
    grid = read(f"a,a,{'n' * 500},{evil},x\u200by,,\x85\n1,2,3,4,5,6,7\n1,2,3,4,5,6,7\n".encode())
    assert grid.names[:2] == ("a", "a (2)")
    assert len(grid.names[2]) == NAME_LENGTH and grid.names[2].endswith("…")
    assert grid.names[3:] == ("gnp.exe", "xy", "column 6", "column 7")


@given(st.lists(st.text(max_size=80), min_size=1, max_size=20))
def test_any_names_become_unique_and_short(names):
    result = unique(clean(name) for name in names)
    assert len(set(result)) == len(result)
    assert all(len(name) <= NAME_LENGTH for name in result)
    assert all(char.isprintable() for name in result for char in name)


BAD = {
    "nothing at all": (b"", "empty"),
    "white space only": (b" \n\n\t\n", "empty"),
    "byte order mark only": (b"\xef\xbb\xbf", "empty"),
    "header only": (b"a,b,c\n", "0 rows"),
    "one row": (b"a,b\n1,2\n", "1 row"),
    "one column": (b"a\n1\n2\n", "Only one column"),
    "ragged": (b"a,b\n1,2\n1,2,3\n1,2\n", "Line 3 has 3 cells, but the first line has 2"),
    "short row": (b"a,b,c\n1,2,3\n1,2\n1,2,3\n", "Line 3 has 2 cells, but the first line has 3"),
    "zero bytes": (b"a,b\n1,\x00\n2,3\n", "zero bytes"),
    "utf-16 without its mark": ("a,b\n1,2\n".encode("utf-16-le"), "zero bytes"),
    "zero characters in utf-16": ("a,b\n1,\x00\n2,3\n".encode("utf-16"), "control characters"),
    "broken utf-16": (b"\xff\xfea\x00\x00\xd8b", "parts of it are not"),
    "control characters": (b"a,b\n\x01\x02,3\n4,5\n", "control characters"),
    "excel": (b"PK\x03\x04rest", "an Excel workbook"),
    "old excel": (b"\xd0\xcf\x11\xe0rest", "an old Excel workbook"),
    "pdf": (b"%PDF-1.7", "a PDF document"),
    "picture": (b"\x89PNG\r\n", "a picture"),
    "quote never closed": (b'a,b\n1,"2\n3,4\n', "quotation marks do not match"),
    "text after a quote": (b'a,b\n1,"2"x\n3,4\n', "quotation marks do not match"),
    "endless cell": (b'a,b\n1,"' + b"x" * 200_000 + b'"\n', "longer than a whole page"),
    "too many columns": (b",".join([b"a"] * 600) + b"\n", "600 columns"),
    "too many rows": (b"a,b\n" + b"1,2\n" * 50_001, "more than 50,000 rows"),
    "too many bytes": (b"a,b\n" + b"1,2\n" * 2_000_000, "7.6 MB; at most 5.0 MB"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said(name):
    data, words = BAD[name]
    with pytest.raises(TableError, match=words) as caught:
        read(data)
    assert caught.value.field == "table"
    assert str(caught.value) == caught.value.message


def test_limits_are_the_settings():
    small = replace(Settings(), csv_bytes=100, csv_rows=3, csv_columns=2)
    assert len(read(b"a,b\n1,2\n3,4\n5,6\n", settings=small).rows) == 3
    for data in (b"a,b\n" + b"1,2\n" * 4, b"a,b,c,d\n1,2,3,4\n5,6,7,8\n", b"a,b\n" + b"1,2\n" * 40):
        with pytest.raises(TableError):
            read(data, settings=small)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_an_explained_error(data):
    try:
        table = table_of(read(data))
    except TableError as error:
        assert error.message
    else:
        assert all(len(column.values) == table.rows for column in table.columns)


CELLS = st.text(alphabet='ab1.,;|\t"\n é-?', max_size=6)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_any_text_is_a_table_or_an_explained_error(rows, delimiter):
    try:
        table_of(read("\n".join(delimiter.join(row) for row in rows).encode()))
    except TableError as error:
        assert error.message
