import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.training.packing import pack, piece, plan_from, plan_text, unpack

CPU = torch.device("cpu")
TENSORS = st.builds(lambda shape: torch.randn(shape), st.lists(st.integers(0, 4), max_size=3))
LEAVES = TENSORS | st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.floats(allow_nan=False)
NESTED = st.recursive(LEAVES, lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(max_size=3), x, max_size=4))


def equal(a, b):
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.shape == b.shape and torch.equal(a, b)
    if isinstance(a, list):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return list(a) == list(b) and all(equal(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


@settings(deadline=None)
@given(NESTED)
def test_what_is_packed_comes_back(state):
    packed = pack(state, CPU)
    assert equal(unpack(packed, CPU), state)
    assert plan_from(plan_text(packed.plan)) == packed.plan


def test_a_pack_is_a_copy_both_ways():
    x = torch.zeros(3)
    packed = pack({"x": x}, CPU)
    x.fill_(1)
    out = unpack(packed, CPU)["x"]
    assert out.tolist() == [0, 0, 0]
    out.fill_(2)
    assert unpack(packed, CPU)["x"].tolist() == [0, 0, 0]


def test_infinity_survives_and_other_things_are_refused():
    assert unpack(pack([math.inf], CPU), CPU) == [math.inf]
    for wrong in ("text", torch.zeros(2, dtype=torch.float64), object()):
        with pytest.raises(TypeError):
            pack([wrong], CPU)


@settings(deadline=None)
@given(first=NESTED, last=NESTED)
def test_one_piece_is_found_among_all_others(first, last):
    wanted = torch.randn(2, 3)
    packed = pack({"a": first, "b": {"c": last, "values": wanted}, "d": last}, CPU)
    assert torch.equal(piece(packed, "b", "values"), wanted.reshape(-1))
    for wrong in (("b",), ("b", "nothing"), ("nothing",), ("b", "values", "more")):
        with pytest.raises(KeyError):
            piece(packed, *wrong)
