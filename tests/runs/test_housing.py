"""Where runs live when some workers are not there."""

import pytest

from playground.runs import messages
from playground.runs.housing import Housing
from playground.runs.records import Record, ServerFull
from tests.runs.viewer import experiment


class Street:
    """Three workers of two places, of which ``there`` are there."""

    def __init__(self, *there: int) -> None:
        self.there = set(there)
        self.sent: list[tuple[int, bytes]] = []
        self.housing = Housing(3, 2, lambda slot, message: self.sent.append((slot, message)), self.there.__contains__)
        self.count = 0

    def house(self) -> Record:
        self.count += 1
        record = Record(f"run {self.count}", experiment(), "auto", "auto")
        self.housing.house(record)
        return record


def test_workers_that_are_there_come_first():
    street = Street(1)
    assert [street.house().slot for _ in range(4)] == [1, 1, 0, 2]


def test_runs_of_a_lost_worker_move_to_one_that_is_there():
    street = Street(0, 1)
    records = [street.house() for _ in range(3)]
    assert [record.slot for record in records] == [0, 1, 0]
    street.there.discard(0)
    for record in street.housing.worker_died(0, ""):
        street.housing.resettle(record)
    assert sorted(record.slot for record in records) == [0, 1, 1], "one waits: there is no other place"
    street.there.add(2)
    street.housing.settle()
    assert sorted(record.slot for record in records) == [1, 1, 2]
    assert street.housing.count(0) == 0


def test_where_nobody_is_there_each_waits_in_its_place():
    street = Street()
    records = [street.house() for _ in range(3)]
    before = list(street.sent)
    street.housing.settle()
    assert street.sent == before
    for record in street.housing.worker_died(0, ""):
        street.housing.resettle(record)
    assert [record.slot for record in records] == [0, 1, 2]
    again = street.sent[len(before) :]
    assert [(slot, messages.unpack(message)[0]) for slot, message in again] == [(0, "load")], "by whoever comes"


def test_a_run_without_a_worker_leaves_at_once():
    """Nobody is there to send its last checkpoint."""
    street = Street(1)
    records = [street.house() for _ in range(3)]
    street.housing.unload(records[2])
    assert (records[2].slot, records[2].leaving) == (None, False)
    street.housing.unload(records[0])
    assert records[0].leaving


def test_a_full_street_is_full():
    street = Street(0, 1, 2)
    records = [street.house() for _ in range(6)]
    for record in records:
        record.playing = True
    with pytest.raises(ServerFull):
        street.house()
