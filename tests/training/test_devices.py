import pytest
import torch

from playground.training import DeviceError, Trainer
from playground.training import devices as module
from playground.training.devices import choose_device
from tests.network.describe import experiment

CUDA = torch.cuda.is_available()


def test_auto_takes_what_is_worthwhile(monkeypatch):
    monkeypatch.setattr(module.torch.cuda, "is_available", lambda: True)
    assert choose_device("auto", 100, 10)[0].type == "cpu"
    assert choose_device("auto", 1_000_000, 100)[0].type == "cuda"
    monkeypatch.setattr(module.torch.cuda, "is_available", lambda: False)
    device, why = choose_device("auto", 1_000_000, 100)
    assert device.type == "cpu"
    assert "no CUDA" in why


@pytest.mark.skipif(CUDA, reason="this machine has CUDA")
def test_a_gpu_that_is_not_there():
    with pytest.raises(DeviceError, match="no device cuda"):
        Trainer(experiment(), device="cuda")


@pytest.mark.skipif(not CUDA, reason="needs CUDA")
def test_training_on_a_gpu_is_like_on_the_cpu():
    from tests.training.test_trainer import busy

    cpu = busy()
    gpu = Trainer(cpu.experiment, device="cuda")
    assert torch.equal(gpu.module.flat.values.cpu(), cpu.module.flat.values)
    cpu.advance(50), gpu.advance(50)
    torch.testing.assert_close(gpu.module.flat.values.cpu(), cpu.module.flat.values, rtol=1e-3, atol=1e-4)
    again = Trainer.loads(gpu.dumps())
    assert again.device.type == "cuda"
    gpu.advance(20), again.advance(20)
    assert torch.equal(gpu.module.flat.values, again.module.flat.values)
