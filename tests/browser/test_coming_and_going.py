"""People come, look and go, again and again: nothing of them stays behind."""

import os
import time
from pathlib import Path

import pytest

from tests.browser.conftest import no_failures
from tests.browser.person import Person
from tests.browser.room import report

CYCLES = 6
WARM = 3  # what the first visits allocate, the next ones use again
MEGABYTE = 1024 * 1024


def resident(pid: int) -> float:
    """Resident memory in megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def busy(pids: list[int]) -> int:
    """Processor time used so far, in clock ticks."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(field[11]) + int(field[12]) for field in fields)


def wait_until_nothing_trains(workers: list[int], seconds: float = 60.0) -> None:
    """Wait until the workers use no processor; from outside there is no event for it."""
    deadline = time.monotonic() + seconds
    before = -1
    while (used := busy(workers)) - before > 1:
        assert time.monotonic() < deadline, "a run goes on that nobody looks at"
        before = used
        time.sleep(0.3)


@pytest.mark.slow
def test_visits_leave_nothing_behind(frail, visiting):
    workers = frail.workers()
    with no_failures(frail) as errors:
        person = Person(report(visiting.new_page(), errors))

        def come(address: str = "/") -> Person:
            person.page.goto(address)
            return person.settled()

        def visit() -> str:
            come().play()
            address = person.page.url
            person.page.goto("about:blank")
            return address

        for _ in range(WARM):
            visit()
        wait_until_nothing_trains(workers)
        processes = set(frail.processes())
        memory = {pid: resident(pid) for pid in processes}
        files = {pid: descriptors(pid) for pid in processes}
        for _ in range(CYCLES - WARM):
            address = visit()
        wait_until_nothing_trains(workers)
        assert set(frail.processes()) == processes
        grown = {pid: resident(pid) - memory[pid] for pid in processes}
        opened = {pid: descriptors(pid) - files[pid] for pid in processes}
        # Streamlit keeps a closed tab's session for two minutes, in case it comes back: three descriptors (an event
        # loop) and less than half a megabyte each. The workers keep nothing.
        assert max(grown.values()) < 9
        assert opened.pop(frail.pid) <= 3 * (CYCLES - WARM) + 4
        assert set(opened.values()) == {0}

        come(address)
        person.until("status.state === 'paused' && status.step > 0")  # it was saved when it lost its place
        person.train(steps=1)
        person.page.close()
