"""Training on images: how they are fed, varied, measured, and in which precision."""

import numpy as np
import pytest
import torch

from playground.data import load
from playground.network import build
from playground.training import Trainer, rules
from playground.training.engines.selection import choose_engine
from playground.training.tasks import supervised
from playground.training.tasks.supervised import Supervised
from tests.network.describe import block, conv, experiment, linear

CUDA = torch.cuda.is_available()
RELU, POOL = {"kind": "relu"}, {"kind": "max_pool2d"}
STACK = [
    conv(4, padding=1), {"kind": "batch_norm"}, RELU, POOL, {"kind": "dropout2d", "p": 0.1},
    block(conv(8, padding=1), shortcut="projection"), RELU, {"kind": "global_avg_pool"},
]  # fmt: skip
VARIED = {"kind": "digits", "augment": {"shift": 0.1, "noise": 0.2}}


def described(layers=STACK, **changes):
    given = {
        "data": {"kind": "digits"}, "loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "adam", "lr": 0.01},
        "batch_size": 64,
    }  # fmt: skip
    return experiment(layers, **{**given, **changes})


@pytest.fixture
def few(monkeypatch):
    """Of each part of the digits, 100 images are measured."""
    monkeypatch.setattr(supervised, "PIXELS_MEASURED", 0)
    monkeypatch.setattr(supervised, "IMAGES_MEASURED", 100)


def test_digits_are_learnt(few):
    trainer = Trainer(described([conv(8), RELU, POOL]), device="cpu")
    trainer.advance(epochs=4)
    assert trainer.engine_name == "torch" and trainer.measure()["test_accuracy"] > 0.85


@pytest.mark.parametrize("data", [{"kind": "digits"}, VARIED], ids=["as they are", "varied"])
def test_a_run_is_the_same_however_it_is_cut_saved_and_rewound(few, data):
    whole, cut = Trainer(described(data=data), device="cpu"), Trainer(described(data=data), device="cpu")
    whole.advance(50)
    for steps in (1, 7, 20):
        cut.advance(steps)
    cut = Trainer.loads(cut.dumps())
    cut.advance(30)
    cut.rewind(26)
    cut.advance(24)
    assert torch.equal(whole.module.flat.values, cut.module.flat.values)
    assert whole.history.equals(cut.history)


def test_what_varies_is_what_the_augmenter_gives_for_epoch_and_row():
    exp = described(data=VARIED)
    task = Supervised(exp, load(exp.data))
    rows = np.array([5, 900, 3])
    first, second = task.inputs(rows, 0), task.inputs(rows, 1)
    assert task.varied and first.shape == (3, 64)
    assert not torch.equal(first, second) and not torch.equal(first, task.x_train[rows])
    assert torch.equal(task.inputs(rows[1:], 1), second[1:])
    plain = Supervised(described(), load(exp.data))
    assert not plain.varied and torch.equal(plain.inputs(rows, 7), plain.x_train[rows])


def test_varied_images_train_another_network_also_where_it_is_dense(few):
    dense = [linear(8), RELU]
    plain, varied = Trainer(described(dense), engine="torch"), Trainer(described(dense, data=VARIED))
    assert varied.engine_name == "torch" and "vary" in varied.engine_reason
    plain.advance(3), varied.advance(3)
    assert not torch.equal(plain.module.flat.values, varied.module.flat.values)


def test_dense_networks_on_images_are_the_fused_engines_and_it_measures_the_same(few):
    exp = described([linear(8), RELU])
    fused, torch_ = (Trainer(exp, device="cpu", engine=engine) for engine in ("fused", "torch"))
    assert fused.task.measured == (100, 100)
    assert list(fused.measure().values()) == pytest.approx(list(torch_.measure().values()), rel=1e-4)
    fused.advance(20), torch_.advance(20)
    assert fused.history.step.tolist() == torch_.history.step.tolist()


@pytest.mark.parametrize(
    ("changes", "why"),
    [({}, "no layers that work on images"), ({"precision": "mixed", "layers": [linear(4)]}, "float32")],
)
def test_why_the_fused_engine_is_passed_over(changes, why):
    exp = described(**changes)
    network = build(exp, load(exp.data))
    assert why in choose_engine("auto", exp, network, Supervised(exp, load(exp.data)))[1]
    with pytest.raises(ValueError, match=why):
        choose_engine("fused", exp, network, Supervised(exp, load(exp.data)))


def test_measured_are_the_first_images_of_each_part(few):
    trainer = Trainer(described(), device="cpu")
    trainer.advance(10)
    task, module = trainer.task, trainer.module.eval()
    assert task.measured == (100, 100)
    for part, start in (("train", 0), ("test", task.samples)):
        x, y = task.x[start:][:100], task.labels[start:][:100]
        with torch.no_grad():
            answers = module(x)
        assert trainer.measure()[f"{part}_loss"] == pytest.approx(
            torch.nn.functional.cross_entropy(answers, y).item(), rel=1e-4
        )
        assert trainer.measure()[f"{part}_accuracy"] == pytest.approx((answers.argmax(1) == y).float().mean().item())


def test_measuring_takes_a_small_part_of_the_time():
    apart = rules.apart(measured=2_275, batch_size=64)
    assert apart == 512
    recorded = [step for step in range(10_000) if rules.is_recorded(step, apart)]
    assert recorded[:14] == [0, 1, 2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128, 160]
    found, step = [0], 0
    while step < recorded[-1]:
        step = rules.next_stop(step, apart)
        found += [step] if rules.is_recorded(step, apart) else []
    assert found == recorded
    # A third of a step's work for every image, about: a part in 24 of what the steps between two records take.
    late = [step for step in recorded if step >= 2048]
    assert 2_275 / 3 * (len(late) - 1) <= 64 * (late[-1] - late[0]) / 24


def test_history_has_a_row_for_every_recorded_step(few):
    trainer = Trainer(described(), device="cpu")
    trainer.advance(40)
    apart = rules.apart(200, 64)
    assert trainer.history.step.tolist() == [step for step in range(41) if rules.is_recorded(step, apart)]


def test_mixed_precision_learns_and_measures_in_float32(few):
    mixed, exact = (Trainer(described(precision=kind), device="cpu") for kind in ("mixed", "float32"))
    assert mixed.measure() == exact.measure()
    mixed.advance(60), exact.advance(60)
    assert not torch.equal(mixed.module.flat.values, exact.module.flat.values)
    assert mixed.module.flat.values.dtype == torch.float32
    assert mixed.measure()["test_loss"] == pytest.approx(exact.measure()["test_loss"], rel=0.15)
    again = Trainer.loads(mixed.dumps())
    mixed.advance(5), again.advance(5)
    assert torch.equal(mixed.module.flat.values, again.module.flat.values)


def test_a_layer_whose_numbers_run_away_is_named(few):
    trainer = Trainer(described([conv(4), RELU]), device="cpu")
    trainer.module.at((0,)).weight.data.fill_(1e38)
    trainer.advance(1)
    assert trainer.status == "diverged" and trainer.divergence.layer == "layer 1 (Convolution 4)"


@pytest.mark.skipif(not CUDA, reason="needs CUDA")
@pytest.mark.parametrize("precision", ["float32", "mixed"])
def test_on_a_gpu_it_is_as_on_the_cpu(few, precision):
    exp = described(precision=precision, data=VARIED)
    cpu, gpu = Trainer(exp, device="cpu"), Trainer(exp, device="cuda")
    assert torch.equal(gpu.module.flat.values.cpu(), cpu.module.flat.values)
    cpu.advance(60), gpu.advance(60)
    close = 0.02 if precision == "float32" else 0.2
    assert gpu.measure()["test_loss"] == pytest.approx(cpu.measure()["test_loss"], rel=close)
    again = Trainer.loads(gpu.dumps())
    gpu.advance(5), again.advance(5)
    torch.testing.assert_close(gpu.module.flat.values, again.module.flat.values, rtol=1e-3, atol=1e-4)
