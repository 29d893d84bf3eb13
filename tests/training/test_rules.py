from playground.training.rules import is_photographed, is_recorded, next_stop


def count(rule, start, end):
    return sum(rule(step) for step in range(start, end))


def test_everything_early_and_a_fixed_number_an_octave_later():
    assert all(is_recorded(step) for step in range(256))
    assert all(is_photographed(step) for step in range(96))
    for octave in range(8, 18):
        assert count(is_recorded, 2**octave, 2 ** (octave + 1)) == 128
        assert count(is_photographed, 2**octave, 2 ** (octave + 1)) == 48
        assert is_recorded(2**octave)
        assert is_photographed(2**octave)


def test_next_stop_misses_nothing():
    due = [step for step in range(1, 70_000) if is_recorded(step) or is_photographed(step)]
    found, step = [], 0
    while step < due[-1]:
        step = next_stop(step)
        found.append(step)
    assert found == due
    # From anywhere, not only from a stop.
    for step in range(0, 5_000, 7):
        assert next_stop(step) == next(s for s in due if s > step)
