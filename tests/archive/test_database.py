"""A database that cannot be used is told in plain words, soon, and used again when it can be."""

import contextlib
import sqlite3
import subprocess
import sys
import threading

import pytest

from playground.archive import ArchiveError, Shelf, database
from tests.archive.entries import entry


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(database, "REST_SECONDS", 0.0)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "kept.db"


@pytest.fixture
def shelf(file):
    shelf = Shelf(f"sqlite:///{file}")
    yield shelf
    shelf.close()


def test_many_at_once_make_the_tables_once(file, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 60.0)
    shelves = [Shelf(f"sqlite:///{file}") for _ in range(4)]
    given, kept = [entry("all") for _ in shelves], []
    threads = [
        threading.Thread(target=lambda shelf=shelf, run=run: kept.append(shelf.keep([run])[0]))
        for shelf, run in zip(shelves, given, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {run.id for run in shelves[0].runs("all")} == set(kept)
    assert file.stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"
    for shelf in shelves:
        shelf.close()


def test_a_new_file_that_others_use_is_waited_for(shelf, file, monkeypatch):
    """To have readers beside a writer SQLite needs a moment alone, and does not wait for it by itself."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 60.0)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("CREATE TABLE theirs (x)")
        other.execute("BEGIN")
        other.execute("SELECT * FROM theirs").fetchall()
        kept = []
        thread = threading.Thread(target=lambda: kept.extend(shelf.keep([entry("me")])))
        thread.start()
        thread.join(0.1)
        other.execute("ROLLBACK")
        thread.join(60)
    assert len(kept) == len(shelf.runs("me")) == 1


def test_a_second_shelf_leaves_the_first_one_its_locks(shelf, file):
    """Without them the next program to go takes the write-ahead log away, and what is kept then is lost or damaged."""
    first = entry("me")
    shelf.keep([first])
    second = Shelf(f"sqlite:///{file}")
    assert second.runs("me")
    read = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM playground_runs').fetchall()"
    subprocess.run([sys.executable, "-c", read, file], check=True)
    assert file.with_name("kept.db-wal").exists(), "it is still ours"
    second.close()
    last = entry("me")
    shelf.keep([last])
    with contextlib.closing(sqlite3.connect(file)) as other:
        assert {run for (run,) in other.execute("SELECT id FROM playground_runs")} == {first.id, last.id}
        assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_one_that_is_busy_is_used_again_afterwards(shelf, file):
    shelf.keep([entry("me")])
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert len(shelf.runs("me")) == 1, "it can be read meanwhile"
    with pytest.raises(ArchiveError, match="busy"):
        shelf.keep([entry("me")])
    assert "busy" in shelf.problem
    other.execute("ROLLBACK")
    other.close()
    shelf.keep([entry("me")])
    assert (len(shelf.runs("me")), shelf.problem) == (2, "")


def test_a_full_disk_keeps_what_was_there(shelf, file, monkeypatch):
    def small(connection, _record):
        tune(connection, _record)
        connection.execute("PRAGMA max_page_count = 60")  # SQLite says the same as for a full disk

    tune = database._tune
    monkeypatch.setattr(database, "_tune", small)
    first = entry("me")
    shelf.keep([first])
    with pytest.raises(ArchiveError, match="no space left"):
        shelf.keep([entry("me", checkpoint=b"x" * 400_000)])
    assert [run.id for run in shelf.runs("me")] == [first.id]
    assert shelf.checkpoint(first.id, "me") == first.checkpoint


def test_what_is_no_database_is_left_alone(shelf, file):
    file.write_bytes(b"my diary " * 1000)
    with pytest.raises(ArchiveError, match="damaged, or no database"):
        shelf.runs("me")
    assert file.read_bytes() == b"my diary " * 1000
    file.unlink()
    assert shelf.runs("me") == []


def test_tables_of_a_later_version_are_left_alone(shelf, file):
    shelf.runs("me")
    shelf.close()
    with sqlite3.connect(file) as other:
        other.execute("UPDATE playground_version SET version = 99")
    other.close()
    with pytest.raises(ArchiveError, match="another version"):
        shelf.keep([entry("me")])


@pytest.mark.parametrize(
    "url",
    ["nonsense", "oracle://me:secret@there/x", "postgresql+psycopg://me:secret@127.0.0.1:1/x", "sqlite:////proc/no/x"],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(url):
    shelf = Shelf(url)
    with pytest.raises(ArchiveError) as told:
        shelf.runs("me")
    assert str(told.value).startswith("The database of kept runs cannot be used")
    assert "secret" not in str(told.value)


def test_after_a_failure_nobody_waits_for_a_while(shelf, file, monkeypatch):
    monkeypatch.setattr(database, "REST_SECONDS", 1000.0)
    file.write_bytes(b"x" * 100)
    with pytest.raises(ArchiveError, match="damaged"):
        shelf.runs("me")
    file.unlink()
    with pytest.raises(ArchiveError, match="damaged"):
        shelf.runs("me")  # it would work again, but is not asked
