"""Hostile tables: each gets its sentence in the Data tab or becomes a table to train on; the experiment is safe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.serving import Server
from tests.hostile.tables import FILE_NAMES, TABLES, File
from tests.hostile.visitor import Shown, Visitor

GOOD = b"a,b\n" + b"".join(b"%d,%d\n" % (n * 7 % 31, n * n % 17) for n in range(40))


def _data_tab(visitor: Visitor, query: str = "") -> Shown:
    shown = visitor.open(query)
    return visitor.choose(shown.widget("tab_container").id, "Data")


@pytest.fixture(scope="module")
def intruder(server: Server) -> Iterator[Visitor]:
    """One whose Data tab stays open."""
    with Visitor(server) as person:
        _data_tab(person)
        yield person


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.name)
def test_table(intruder: Visitor, file: File) -> None:
    before = intruder.again()
    shown = intruder.upload(before.widget("file_uploader", "CSV file").id, "table.csv", file.content)
    assert not shown.failures
    rest = shown.told.lower()
    for words in file.told:
        assert words in rest, f"{words!r} is not said in {shown.told!r}"
        rest = rest.partition(words)[2]
    if file.told:
        assert shown.query == before.query, "a table that cannot be used has changed the experiment"
        assert len(shown.told) < 400, "nobody reads that"
    else:
        assert not shown.alerts
        assert shown.query != before.query, "a table that can be used is not used"


def test_more_than_the_limit_is_refused_before_it_is_read(visitor: Visitor) -> None:
    shown = _data_tab(visitor)
    with pytest.raises(AssertionError, match="refused the upload with 413"):
        visitor.upload(shown.widget("file_uploader", "CSV file").id, "table.csv", b"a,b\n" + b"1,2\n" * 6_000_000)


@pytest.mark.parametrize("name", FILE_NAMES)
def test_file_name(visitor: Visitor, name: str) -> None:
    before = _data_tab(visitor)
    try:
        shown = visitor.upload(before.widget("file_uploader", "CSV file").id, FILE_NAMES[name], GOOD)
    except (AssertionError, OSError) as refused:  # the name alone is more than an upload may be
        assert name == "10 MB", refused
        return
    assert not shown.failures
    assert len(shown.query) < 2000, "the name has grown into the link"
    reopened = visitor.open(shown.query)
    assert not reopened.alerts, "the link of the table does not open again"
