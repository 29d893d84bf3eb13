"""A person's own table: uploaded, understood, changed and trained; and a file that is none. All in one visit."""

import random
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person

ROWS = 60


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Flats: two numbers (one with gaps), a word, and whether it was let: what a teacher might bring."""
    draw = random.Random(0)
    lines = ["size;rent;district;let"]
    for number in range(ROWS):
        size = draw.randint(20, 120)
        rent = round(size * 11.5 + draw.uniform(-80, 80), 2)
        district = draw.choice(["North", "South", "Süd-Ost"])
        lines.append(f"{size};{rent if number % 10 else ''};{district};{'yes' if rent < 900 else 'no'}")
    path = tmp_path_factory.mktemp("flats") / "flats <b>.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def at_data(stayer: Person) -> Person:
    """Somebody whose run trains, with the form for their own table open."""
    stayer.transport.get_by_label("Speed").select_option("100/s")
    stayer.play()
    stayer.tab("Data")
    if stayer.experiment.data.kind != "csv":
        stayer.page.get_by_text("Your own table (CSV)").click()
    return stayer


@pytest.fixture
def at_table(at_data: Person, table: Path) -> Person:
    """The same, once the table is uploaded."""
    if at_data.experiment.data.kind != "csv":
        at_data.changes_address(lambda: upload(at_data, table))
    return at_data


def upload(person: Person, path: Path) -> None:
    person.page.locator("input[type=file]").first.set_input_files(path)


def test_a_table_is_understood_and_trained(at_data, table):
    person, rev = at_data, at_data.status["rev"]
    after = person.changes_address(lambda: upload(person, table))
    assert (after.data.kind, after.data.target, after.data.as_task) == ("csv", "let", "classification")
    assert set(after.data.columns) == {"size", "rent", "district"}
    assert [layer.kind for layer in after.network] == ["linear", "tanh", "linear", "tanh"]
    expect(person.page.get_by_text("flats <b>.csv: 60 rows, 4 columns")).to_be_visible()
    person.until("status.rev === rev + 1 && status.state === 'playing' && status.step > 50", rev=rev)
    diagram = person.page.get_by_role("group", name="Network diagram")
    expect(diagram).to_contain_text("5 inputs")
    expect(diagram).to_contain_text("Süd-Ost")


def test_another_target_makes_it_a_regression(at_table):
    person, rev = at_table, at_table.status["rev"]
    after = person.changes_address(lambda: person.choose("Target", "rent"))
    assert (after.data.target, after.data.as_task) == ("rent", "regression")
    assert "let" in after.data.columns and "rent" not in after.data.columns
    assert after.training.loss.kind in ("mse", "half_mse")
    person.until("status.metric?.name === 'R²' && status.step > 50")
    after = person.changes_address(lambda: person.choose("Missing values", "Fill with the column's median"))
    assert after.data.missing == "median"
    person.until("status.rev === rev + 2 && status.step > 0", rev=rev)


def test_a_fresh_browser_opens_the_uploaded_table_by_its_link(at_table, new_page):
    link = at_table.experiment
    other = Person(new_page(stranger=True)).open(link)
    assert other.experiment == link
    assert other.run != at_table.run
    other.train(epochs=1)


NASTY = {
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "not a CSV file"),
    "nothing": (b"", "empty"),
    "zero bytes": (b"a,b\0\n1,2\n", "zero bytes"),
    "one row": (b"a,b\n1,2\n", "at least"),
}


def test_files_that_are_no_tables_are_told_and_nothing_else_is_lost(at_table, tmp_path):
    person = at_table
    before, rev = person.experiment, person.status["rev"]
    for name, (content, told) in NASTY.items():
        path = tmp_path / f"{name}.csv"
        path.write_bytes(content)
        upload(person, path)
        expect(person.page.locator(".st-key-panel").get_by_role("alert")).to_contain_text(told)
        assert person.experiment == before
        person.goes_on()
        assert person.status["rev"] == rev
