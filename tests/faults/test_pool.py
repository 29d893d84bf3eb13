"""What does not start is started again, however often that fails, and nobody who waits for it is forgotten."""

import errno
import sys
import threading

from playground.runs import channel, pool
from playground.runs.keeper import retry_seconds


def test_pauses_are_bounded_after_any_number_of_failures():
    for failures in (1, 20, 5000):
        assert 0 < retry_seconds(failures) <= 60
        assert 0 <= pool.pause_seconds(failures) <= 10
    assert (retry_seconds(1), retry_seconds(2), retry_seconds(5000)) == (4, 8, 60)


def test_a_program_that_cannot_be_started_is_tried_again(monkeypatch):
    """As where the machine has no memory for another process at that moment."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    told, twice = [], threading.Event()

    def on_problem(text: str) -> None:
        told.append(text)
        if len(told) == 2:
            twice.set()

    opened = pool.Pool(1, lambda *message: None, lambda slot, last: None, on_problem)
    opened.start()
    try:
        assert twice.wait(60)
        assert "/nowhere/python" in told[0]
    finally:
        opened.close()
    assert not opened._keeper.is_alive()


def test_a_slot_without_a_descriptor_for_its_worker_gets_one_later(monkeypatch):
    def full(*arguments):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(pool, "_LONGEST_PAUSE", 0.01)
    deaths, missed = [], threading.Event()

    def on_death(slot: int, last: str) -> None:
        deaths.append((slot, last))
        missed.set()

    opened = pool.Pool(1, lambda *message: None, on_death, lambda text: None)
    with monkeypatch.context() as patched:
        patched.setattr(channel.socket, "socketpair", full)
        opened.replace(0)
    assert opened.pids() == [None]
    assert missed.wait(60), "whoever has runs there hears that they must be loaded again"
    assert deaths == [(0, "")]
    opened.replace(0)
    assert opened._channels[0] is not None
    opened.close()
