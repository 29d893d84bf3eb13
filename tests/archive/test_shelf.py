"""What is put on the shelf is there again, for whom it is theirs, as long as there is room: in both databases."""

import dataclasses
import secrets

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sqlalchemy import create_engine, text

from playground.archive import ArchiveError, Shelf
from playground.settings import Settings
from playground.training import Trainer
from tests.archive.entries import NOW, entry, status, trained
from tests.databases import postgresql


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, tmp_path_factory):
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('kept')}/there/kept.db"
        return
    with postgresql() as address:
        yield Settings(storage=address).storage_url


@pytest.fixture(scope="module")
def shelf(url):
    shelf = Shelf(url)
    yield shelf
    shelf.close()


@pytest.fixture
def me():
    """Somebody who has no runs yet."""
    return secrets.token_hex(32)


def ids(runs) -> list[str]:
    return [run.id for run in runs]


def test_a_run_comes_back_as_it_was(shelf, me):
    given = entry(me, parent="another")
    assert shelf.keep([given]) == [given.id]
    (run,) = shelf.runs(me)
    assert run == shelf.get(given.id, me) == shelf.find(given.run_id)
    assert (run.experiment, run.parent, run.device, run.name) == (trained().experiment, "another", "auto", "")
    assert (run.state, run.step, run.epoch) == ("paused", 40, trained().epoch), "nobody plays it any more"
    assert (run.train_loss, run.metric) == (trained().measure()["train_loss"], "accuracy")
    again = Trainer.loads(shelf.checkpoint(given.id, me))
    assert again.step == 40
    assert again.history.equals(trained().history)
    kept = shelf.history(given.id, me)
    assert {name: column.tolist() for name, column in kept.items()} == {
        name: column.tolist() for name, column in trained().recorded().items()
    }


@examples(max_examples=8)
@given(arrays("<f8", st.tuples(st.integers(1, 8), st.integers(0, 9)), elements=st.floats(width=64)))
def test_every_number_of_a_history_comes_back_also_those_that_are_none(shelf, table):
    given = entry("numbers", columns=tuple(f"c{i}" for i in range(len(table))), history=table.tobytes())
    shelf.keep([given])
    back = np.array(list(shelf.history(given.id, "numbers").values())).reshape(table.shape)
    assert back.tobytes() == table.tobytes()


def test_losses_that_are_no_numbers_are_none(shelf, me):
    shelf.keep([entry(me, status=status(state="diverged", train_loss=None, test_loss=None, metric=None))])
    (run,) = shelf.runs(me)
    assert (run.state, run.train_loss, run.metric, run.test_metric) == ("diverged", None, "", None)


def test_a_run_goes_on_under_its_id(shelf, me):
    given = entry(me)
    shelf.keep([given])
    later = dataclasses.replace(given, updated=NOW + 9, status=status(step=50), history=b"", columns=("a",))
    assert shelf.keep([later]) == [given.id]
    (run,) = shelf.runs(me)
    assert (run.step, run.created, run.updated) == (50, NOW, NOW + 9)
    assert shelf.history(given.id, me)["a"].shape == (0,)


def test_the_latest_is_first_and_the_one_of_an_address(shelf, me):
    runs = [entry(me, run_id="same-address-" + me[:8], updated=NOW + i) for i in (2, 3, 1)]
    shelf.keep(runs)
    assert ids(shelf.runs(me)) == [runs[1].id, runs[0].id, runs[2].id]
    assert shelf.find(runs[0].run_id).id == runs[1].id
    shelf.delete(runs[1].id, me)
    assert shelf.find(runs[0].run_id).id == runs[0].id


def test_nobody_reaches_the_runs_of_others(shelf, me):
    given = entry(me)
    shelf.keep([given])
    for reach in (shelf.get, shelf.history, shelf.checkpoint, shelf.star, shelf.delete, shelf.restore):
        with pytest.raises(KeyError):
            reach(given.id, "somebody else")
    with pytest.raises(KeyError):
        shelf.rename(given.id, "somebody else", "mine now")
    assert shelf.runs("somebody else") == []
    (run,) = shelf.runs(me)
    assert (run.name, run.starred, run.deleted) == ("", False, None)


def test_a_name_is_one_line_of_some_length(shelf, me):
    given = entry(me)
    shelf.keep([given])
    assert shelf.rename(given.id, me, "  the\nwide \x00 one ") == "the wide one" == shelf.get(given.id, me).name
    assert shelf.rename(given.id, me, "Größe 大 " * 40) == shelf.get(given.id, me).name
    assert len(shelf.get(given.id, me).name) <= 80


def test_what_was_deleted_can_be_had_back(shelf, me):
    given = entry(me)
    shelf.keep([given])
    shelf.delete(given.id, me)
    assert (shelf.runs(me), ids(shelf.runs(me, deleted=True))) == ([], [given.id])
    shelf.keep([given])
    assert shelf.runs(me) == [], "it trains on, and stays deleted"
    shelf.restore(given.id, me)
    assert ids(shelf.runs(me)) == [given.id]


@pytest.mark.parametrize("care", ["nothing", "name", "star", "delete"])
def test_what_begins_again_takes_no_place_that_a_person_cares_for(shelf, me, care):
    given = entry(me)
    shelf.keep([given])
    {
        "nothing": lambda: None,
        "name": lambda: shelf.rename(given.id, me, "keep me"),
        "star": lambda: shelf.star(given.id, me),
        "delete": lambda: shelf.delete(given.id, me),
    }[care]()
    (kept,) = shelf.keep([dataclasses.replace(given, again=True)])
    assert (kept == given.id) == (care == "nothing")
    assert kept in ids(shelf.runs(me))


def test_one_that_cannot_be_kept_harms_no_other(shelf, me):
    good = [entry(me), entry(me)]
    bad = entry(me, status=status(step=2**63))
    worse = entry(me, status=b"[]")
    assert shelf.keep([good[0], bad, worse, good[1]]) == [good[0].id, None, None, good[1].id]
    assert set(ids(shelf.runs(me))) == {run.id for run in good}


# -- room ----------------------------------------------------------------------------------------------------------


def test_of_one_person_the_oldest_that_nobody_cares_for_go(url, me):
    shelf = Shelf(url, Settings(kept_runs=3))
    runs = [entry(me, updated=NOW + i) for i in range(4)]
    shelf.keep(runs[:3])
    shelf.star(runs[0].id, me)
    shelf.keep(runs[3:])
    assert ids(shelf.runs(me)) == [runs[3].id, runs[2].id, runs[0].id]
    shelf.delete(runs[3].id, me)
    shelf.keep([entry(me, updated=NOW + 9)])
    with pytest.raises(KeyError):
        shelf.restore(runs[3].id, me)
    shelf.close()


def test_all_together_take_no_more_than_they_may(url, me):
    size = len(entry().checkpoint) + len(entry().history)
    spoil(url, "delete from playground_states")
    spoil(url, "delete from playground_runs")
    shelf = Shelf(url, Settings(kept_bytes=3 * size + 100))
    runs = [entry(me, updated=NOW + 1000 + i) for i in range(6)]
    shelf.keep(runs[:1])
    shelf.star(runs[0].id, me)
    for run in runs[1:]:
        shelf.keep([run])
    left = ids(shelf.runs(me))
    assert runs[5].id in left
    assert runs[0].id in left
    assert len(left) <= 3
    assert runs[1].id not in left
    assert shelf.keep([runs[1]]) == [runs[1].id], "it had to go, but is trained on"
    shelf.close()


# -- damage --------------------------------------------------------------------------------------------------------


def spoil(url: str, statement: str, **values) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


@pytest.mark.parametrize(
    "damage",
    ["experiment = 'x'", "experiment = '{}'", "step = -1", "state = 'flying'", "bytes = -1"],
)
def test_a_damaged_run_is_left_out_and_the_others_are_there(shelf, url, me, damage):
    runs = [entry(me), entry(me)]
    shelf.keep(runs)
    spoil(url, f"update playground_runs set {damage} where id = :id", id=runs[0].id)
    assert ids(shelf.runs(me)) == [runs[1].id]
    assert shelf.find(runs[0].run_id) is None
    with pytest.raises(ArchiveError, match="damaged"):
        shelf.get(runs[0].id, me)


@pytest.mark.parametrize("columns", ["", "{}", "[]", '["a", "a"]', "[1]", '["a", "b", "c", "d", "e"]'])
def test_a_damaged_history_is_told(shelf, url, me, columns):
    given = entry(me, history=b"12345678" * 7)
    shelf.keep([given])
    spoil(url, "update playground_states set columns = :columns where id = :id", id=given.id, columns=columns)
    with pytest.raises(ArchiveError, match="damaged"):
        shelf.history(given.id, me)
    assert shelf.checkpoint(given.id, me) == given.checkpoint


def test_a_state_that_is_missing_is_told(shelf, url, me):
    given = entry(me)
    shelf.keep([given])
    spoil(url, "delete from playground_states where id = :id", id=given.id)
    with pytest.raises(ArchiveError, match="damaged"):
        shelf.checkpoint(given.id, me)
