"""A person's own table: uploaded, understood, changed and trained; and a file that is none."""

import random
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person

ROWS = 60


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Flats: two numbers (one with gaps), a word, and whether it was let: what a teacher might bring."""
    draw = random.Random(0)
    lines = ["size;rent;district;let"]
    for number in range(ROWS):
        size = draw.randint(20, 120)
        rent = round(size * 11.5 + draw.uniform(-80, 80), 2)
        district = draw.choice(["North", "South", "Süd-Ost"])
        lines.append(f"{size};{rent if number % 10 else ''};{district};{'yes' if rent < 900 else 'no'}")
    path = tmp_path / "flats <b>.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def person_at_data(person: Person) -> Person:
    person.open()
    person.play()
    person.tab("Data")
    person.page.get_by_text("Your own table (CSV)").click()
    return person


def upload(person: Person, path: Path) -> None:
    person.page.locator("input[type=file]").first.set_input_files(path)


def test_a_table_is_understood_and_trained(person_at_data, table):
    person = person_at_data
    after = person.changes_address(lambda: upload(person, table))
    assert (after.data.kind, after.data.target, after.data.as_task) == ("csv", "let", "classification")
    assert set(after.data.columns) == {"size", "rent", "district"}
    assert [layer.kind for layer in after.network] == ["linear", "tanh", "linear", "tanh"]
    expect(person.page.get_by_text("60 rows, 4 columns")).to_be_visible()
    person.until("status.rev === 2 && status.state === 'playing' && status.step > 50")
    diagram = person.page.get_by_role("group", name="Network diagram")
    expect(diagram).to_contain_text("5 inputs")
    expect(diagram).to_contain_text("Süd-Ost")


def test_another_target_makes_it_a_regression(person_at_data, table):
    person = person_at_data
    person.changes_address(lambda: upload(person, table))
    after = person.changes_address(lambda: person.choose("Target", "rent"))
    assert (after.data.target, after.data.as_task) == ("rent", "regression")
    assert "let" in after.data.columns and "rent" not in after.data.columns
    assert after.training.loss.kind in ("mse", "half_mse")
    person.until("status.metric?.name === 'R²' && status.step > 50")
    after = person.changes_address(lambda: person.choose("Missing values", "Fill with the column's median"))
    assert after.data.missing == "median"
    person.until("status.rev === 4 && status.step > 0")


def test_a_fresh_browser_opens_the_uploaded_table_by_its_link(person_at_data, table, new_page):
    link = person_at_data.changes_address(lambda: upload(person_at_data, table))
    other = Person(new_page(stranger=True)).open(link)
    assert other.experiment == link
    assert other.run != person_at_data.run
    other.train(epochs=1)


NASTY = {
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "not a CSV file"),
    "nothing": (b"", "empty"),
    "zero bytes": (b"a,b\0\n1,2\n", "zero bytes"),
    "one row": (b"a,b\n1,2\n", "at least"),
}


def test_files_that_are_no_tables_are_told_and_nothing_else_is_lost(person_at_data, tmp_path):
    person = person_at_data
    before, rev = person.experiment, person.status["rev"]
    for name, (content, told) in NASTY.items():
        path = tmp_path / f"{name}.csv"
        path.write_bytes(content)
        upload(person, path)
        expect(person.page.locator(".st-key-panel").get_by_role("alert")).to_contain_text(told)
        assert person.experiment == before
        person.goes_on()
        assert person.status["rev"] == rev
