"""A run saved and read back goes on bit for bit."""

import json
import pickle
import subprocess
import sys

import pytest
import torch

from playground.experiment import REGISTRIES
from playground.training import CheckpointError, Trainer
from playground.training.rules import is_photographed
from tests.network.describe import experiment, tanh_stack
from tests.training.test_trainer import busy, same

VARIANTS = [
    *({"kind": kind} for kind in REGISTRIES["optimizer"]),
    {"kind": "sgd", "momentum": 0.9, "nesterov": True}, {"kind": "adam", "amsgrad": True},
    {"kind": "rmsprop", "momentum": 0.5, "centered": True}, {"kind": "lbfgs", "line_search": False, "lr": 0.01},
    {"kind": "asgd", "t0": 10.0},
]  # fmt: skip


@pytest.mark.parametrize("optimizer", VARIANTS, ids=lambda o: "-".join(str(v) for v in o.values()))
@pytest.mark.parametrize("at", [0, 1, 47])
def test_every_optimizer_goes_on_bit_for_bit(optimizer, at):
    slow = optimizer["kind"] == "lbfgs"
    run = busy(optimizer=optimizer)
    run.advance(at)  # 47: in the middle of an epoch of 4 steps
    again = Trainer.loads(run.dumps())
    same(run, again)
    assert again.tape.steps == run.tape.steps
    ahead = 12 if slow else 60
    run.advance(ahead), again.advance(ahead)
    same(run, again)
    again.rewind(at + 5)
    again.advance(ahead - 5)
    same(run, again)


def test_changes_history_and_tape_come_along():
    run = busy()
    run.advance(20)
    run.update({"lr": 0.05})
    run.advance(30)
    run.update({"l1": 0.01})
    again = Trainer.loads(run.dumps())
    same(run, again)
    assert again.lr == run.lr
    assert torch.equal(again.at(7).module.flat.values, run.at(7).module.flat.values)
    run.rewind(35), again.rewind(35)
    same(run, again)
    run.reset(), again.reset()
    same(run, again)


def test_another_process_goes_on_bit_for_bit(tmp_path):
    run = busy()
    run.advance(30)
    (tmp_path / "run").write_bytes(run.dumps())
    code = (
        "import sys, pathlib; from playground.training import Trainer;"
        "here = pathlib.Path(sys.argv[1]); run = Trainer.loads((here / 'run').read_bytes());"
        "run.advance(100); (here / 'later').write_bytes(run.dumps())"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    run.advance(100)
    same(run, Trainer.loads((tmp_path / "later").read_bytes()))


def test_a_saved_run_is_a_copy():
    run = busy()
    run.advance(10)
    state = run.state_dict()
    values = run.module.flat.values.clone()
    run.advance(10)
    again = Trainer.restore(state)
    assert torch.equal(again.module.flat.values, values)
    again.advance(10)
    same(run, again)
    same(Trainer.restore(state), Trainer.restore(state))


def test_what_is_saved_of_a_long_run_is_small():
    run = Trainer(experiment(tanh_stack(8, 8), optimizer={"kind": "adam"}), device="cpu")
    packed = run._core.snapshot
    run.advance(1)
    for step in range(2, 10_001):  # the tape and history of 10,000 steps, without taking them
        if is_photographed(step):
            run.tape.add(step, packed())
    assert len(run.tape) > 350
    assert len(run.dumps()) < 800_000


def test_nothing_is_trusted():
    with pytest.raises(CheckpointError):
        Trainer.loads(b"nonsense")
    with pytest.raises(CheckpointError):
        Trainer.loads(b"")
    with pytest.raises(CheckpointError):
        Trainer.loads(pickle.dumps({"v": 1, "experiment": print}, protocol=2))
    with pytest.raises(CheckpointError, match="another version"):
        Trainer.restore({**busy().state_dict(), "v": 99})
    with pytest.raises(CheckpointError):
        Trainer.restore({"v": 1})


def test_a_state_is_plain():
    state = busy().state_dict()

    def check(value):
        if isinstance(value, dict):
            assert all(isinstance(key, str) for key in value)
            [check(item) for item in value.values()]
        elif isinstance(value, list):
            [check(item) for item in value]
        else:
            assert value is None or isinstance(value, torch.Tensor | str | int | float), type(value)

    check(state)
    assert json.loads(state["experiment"])["v"] == 1
