import io

import pytest
import torch

from playground.training.packing import pack, unpack
from playground.training.rules import is_photographed
from playground.training.tape import Tape

CPU = torch.device("cpu")


def snapshot(step, size=10):
    return pack({"w": torch.full((size,), float(step)), "step": step}, CPU)


def filled(limit, last):
    tape = Tape(limit)
    for step in range(last + 1):
        if is_photographed(step):
            tape.add(step, snapshot(step))
    return tape


def test_before_and_nearest():
    tape = Tape(10**6)
    for step in (0, 10, 20):
        tape.add(step, snapshot(step))
    assert [tape.before(step)[0] for step in (0, 9, 10, 19, 99)] == [0, 0, 10, 10, 20]
    assert [tape.nearest(step)[0] for step in (0, 4, 5, 6, 15, 16, 99)] == [0, 0, 0, 10, 10, 20, 20]
    assert unpack(tape.before(19)[1], CPU)["step"] == 10
    tape.truncate(10)
    assert tape.steps == [0, 10]
    tape.truncate(-1)
    with pytest.raises(LookupError):
        tape.before(5)
    with pytest.raises(LookupError):
        tape.nearest(5)


def test_it_is_bounded_and_thins_the_old_ones():
    one = snapshot(0).nbytes
    tape = filled(60 * one, 100_000)
    assert len(tape) <= 60
    assert tape.nbytes <= 60 * one
    assert tape.nbytes == len(tape) * one
    assert tape.steps[0] == 0
    assert 100_000 - tape.steps[-1] < 100_000 // 30
    gaps = [b - a for a, b in zip(tape.steps, tape.steps[1:], strict=False)]
    # No gap is much longer than the run was at that time: old moments are still to be found.
    assert all(gap <= max(64, tape.steps[i + 1]) for i, gap in enumerate(gaps))
    assert tape.steps == filled(60 * one, 100_000).steps


def test_the_first_and_the_last_stay_whatever_the_limit():
    tape = filled(1, 1000)
    assert tape.steps == [0, max(step for step in range(1001) if is_photographed(step))]


def test_saved_and_read_back():
    tape = Tape(10**6)
    tape.add(0, pack({"empty": None}, CPU))
    for step in (1, 2, 5):
        tape.add(step, snapshot(step, size=3))
    tape.add(9, snapshot(9, size=4))
    buffer = io.BytesIO()
    torch.save(tape.state(), buffer)
    buffer.seek(0)
    twin = Tape(10**6)
    twin.load(torch.load(buffer, weights_only=True))
    assert twin.steps == tape.steps
    assert twin.nbytes == tape.nbytes
    for step in tape.steps:
        a, b = tape.before(step)[1], twin.before(step)[1]
        assert (a.plan, a.numbers) == (b.plan, b.numbers)
        assert torch.equal(a.vector, b.vector)


def test_what_is_there_already_is_not_added_again():
    tape = Tape(10**6)
    tape.add(3, snapshot(3))
    tape.add(3, snapshot(4))
    tape.add(2, snapshot(2))
    assert tape.steps == [3]
