"""Cells of a sweep against the same experiments, each trained alone."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.training import Sweep, Trainer
from playground.training.engines.fused import ahead
from playground.training.together import stock
from tests.network.describe import experiment, linear
from tests.training.together.agreeing import agrees


def test_cells_are_what_they_are_alone():
    described = [
        experiment([linear(4), {"kind": "tanh"}], optimizer={"kind": "sgd", "lr": lr}, seed=seed)
        for lr in (0.01, 0.3)
        for seed in (0, 1)
    ]
    sweep = Sweep(described, device="cpu", engine="fused")
    sweep.advance(epochs=3)
    sweep.advance(epochs=2.5)
    for cell in sweep.cells:
        trainer = Trainer(cell.experiment, device="cpu", engine="fused")
        trainer.advance(epochs=5.5)
        agrees(cell, trainer)


def test_one_that_cannot_be_built_says_why_and_the_others_train():
    digits = {"kind": "digits"}
    described = [
        experiment([{"kind": "conv2d", "channels": 2, "kernel": kernel}], data=digits, loss={"kind": "cross_entropy"})
        for kernel in (3, 15)
    ]
    sweep = Sweep(described, device="cpu")
    sweep.advance(steps=2)
    assert [cell.status for cell in sweep.cells] == ["running", "failed"]
    assert "kernel" in sweep.cells[1].problem


@pytest.mark.parametrize("given", [{}, {"steps": 1, "seconds": 1}])
def test_exactly_one_way_to_say_how_far(given):
    with pytest.raises(ValueError, match="only one"):
        Sweep([]).advance(**given)


@settings(max_examples=10)
@given(
    cuts=st.lists(st.one_of(st.integers(1, 9), st.sampled_from([0.3, 1.7, 4.0]), st.just("moment")), max_size=5),
    engine=st.sampled_from(["fused", "torch"]),
)
def test_the_same_however_it_is_cut(cuts, engine):
    described = [
        experiment([linear(3), {"kind": "dropout", "p": 0.2}, {"kind": "tanh"}], batch_size=size, seed=seed)
        for size, seed in ((7, 0), (7, 1), (20, 0), (50, 3))
    ]
    whole, cut = (Sweep(described, device="cpu", engine=engine) for _ in range(2))
    for part in cuts:
        if part == "moment":
            cut.advance(seconds=1e-4, until=20)
        else:
            cut.advance(**({"steps": part} if isinstance(part, int) else {"epochs": part}), until=20)
    for sweep in (whole, cut):
        sweep.advance(epochs=100, until=25)
        assert sweep.epoch == 25
    for one, other in zip(whole.cells, cut.cells, strict=True):
        assert one.step == other.step
        assert one.recorded()["test_loss"].tolist() == other.recorded()["test_loss"].tolist()


def test_none_gets_far_ahead():
    described = [experiment([linear(4)], batch_size=size) for size in (1, 50)]
    sweep = Sweep(described, device="cpu", engine="fused")
    for _ in range(5):
        sweep.advance(seconds=0.01)
        epochs = [cell.epoch for cell in sweep.cells]
        assert max(epochs) <= 10 * (min(epochs) + 1), "a round takes all along, and is at most eight times the last"
    assert sweep.advance(seconds=0.0) == 0


def test_cells_go_over_to_compiled_code_when_it_is_there(monkeypatch):
    kept = [False]
    monkeypatch.setattr(ahead, "is_kept", lambda: kept[0])
    monkeypatch.setattr(ahead, "begin", lambda: None)
    convolution = [{"kind": "conv2d", "channels": 2, "kernel": 5}]
    described = [
        experiment(network, optimizer={"kind": "adam", "lr": 0.01}, seed=seed, data=data, loss={"kind": loss})
        for network, data, loss in (
            ([linear(4), {"kind": "tanh"}], {"kind": "circle", "samples": 60}, "half_mse"),
            (convolution, {"kind": "digits", "test_fraction": 0.9}, "cross_entropy"),
        )
        for seed in (0, 1)
    ]
    sweep = Sweep(described, device="cpu")
    sweep.advance(epochs=1)
    assert sweep.provisional
    assert {cell.engine_name for cell in sweep.cells} == {"torch"}
    kept[0] = True
    sweep.advance(epochs=1)
    assert not sweep.provisional
    assert [cell.engine_name for cell in sweep.cells] == ["fused", "fused", "torch", "torch"]
    assert len(sweep._units) == 3, "the convolutions are a stack"
    for cell in sweep.cells:
        trainer = Trainer(cell.experiment, device="cpu", engine="torch")
        trainer.advance(epochs=2)
        agrees(cell, trainer, 1e-5)


def test_what_does_not_fit_beside_the_others_is_not_built(monkeypatch):
    monkeypatch.setattr(stock, "settings", replace(stock.settings, cells_bytes=600_000))
    described = [experiment([linear(units)], seed=units) for units in (64, 65, 66, 200, 2)]
    problems = [cell.problem for cell in Sweep(described, device="cpu", engine="fused").cells]
    assert problems[0] is None
    assert "no room" in problems[3]
    assert problems[4] is None, "a small one does"
