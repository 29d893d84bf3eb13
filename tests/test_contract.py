"""The contract of every registry entry: it builds, trains a step, and survives its link."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from playground.data import input_shape, store
from playground.experiment import REGISTRIES, Experiment
from playground.experiment.layers_image import IMAGE_LAYERS
from playground.network import columns, infer
from playground.network.building import sizes_of
from playground.settings import Settings
from playground.training import Trainer
from tests.pictures import own_images, stand_in_for_downloads

ROWS = b"colour,size,weight,kind\n" + b"".join(
    f"{'red' if i % 3 else 'blue'},{i % 7},{i * 0.5},{'ab'[i % 2]}\n".encode() for i in range(40)
)
LINEAR = {"kind": "linear", "units": 4}
TANH = {"kind": "tanh"}
NEEDED = {
    "residual": {"layers": [LINEAR, TANH]},
    "csv": {"target": "kind", "columns": ["colour", "size", "weight"], "as_task": "classification"},
}


CONV = {"kind": "conv2d", "channels": 4, "padding": 1}
OF_IMAGES = {layer.model_fields["kind"].annotation.__args__[0] for layer in IMAGE_LAYERS}


@pytest.fixture(scope="module", autouse=True)
def stand_ins(tmp_path_factory):
    """Nothing is downloaded."""
    with pytest.MonkeyPatch.context() as patch:
        stand_in_for_downloads(patch, Settings(home=tmp_path_factory.mktemp("home")))
        yield


def entry(family: str, kind: str) -> dict[str, Any]:
    """The entry with what it cannot do without, and few images."""
    given = {"kind": kind, **NEEDED.get(kind, {})}
    if kind == "csv":
        return {**given, "table": store.put(ROWS)}
    if kind == "images":
        return {**given, "images": own_images()}
    fields = REGISTRIES[family][kind].model_fields
    return {**given, "samples": 100} if family == "data" and "augment" in fields and "samples" in fields else given


def described(family: str, kind: str) -> Experiment:
    """A small experiment in which the entry has its part."""
    data: dict[str, Any] = {"kind": "circle", "samples": 60}
    network: list[dict[str, Any]] = [LINEAR, TANH]
    training: dict[str, Any] = {
        "loss": {"kind": "half_mse"}, "optimizer": {"kind": "sgd", "lr": 0.03}, "batch_size": 10,
    }  # fmt: skip
    init: dict[str, Any] = {}
    match family:
        case "data":
            data = entry(family, kind)
        case "layer" | "activation":
            network = [LINEAR, entry(family, kind), LINEAR, TANH]
            if kind in OF_IMAGES:
                data, network = {"kind": "digits"}, [CONV, entry(family, kind), TANH]
        case "init":
            # As weights everywhere; where biases may have it, as biases too.
            init = {"weights": entry(family, kind)}
            if REGISTRIES["init"][kind].for_biases:
                init["biases"] = entry(family, kind)
        case _:
            training[family] = entry(family, kind)
    if data["kind"] == "digits":
        training["batch_size"] = 100
    if family == "data" and kind != "csv" and REGISTRIES["data"][kind].task == "regression":
        training["loss"] = {"kind": "mse"}
    return Experiment.model_validate({"v": 1, "data": data, "network": network, "init": init, "training": training})


EVERY = [(family, kind) for family, entries in REGISTRIES.items() for kind in entries]


@pytest.mark.parametrize(("family", "kind"), EVERY, ids=lambda value: value)
def test_every_entry(family, kind):
    experiment = described(family, kind)
    assert Experiment.from_link(experiment.to_link()) == experiment

    trainer = Trainer(experiment, device="cpu")
    dataset = trainer.dataset
    summary = infer(experiment, *sizes_of(dataset))
    assert summary == infer(experiment, input_shape(experiment.data), len(dataset.classes))
    assert summary.problems == ()
    assert summary.parameters == trainer.module.flat.parameters.numel()
    assert columns(experiment, dataset.inputs, dataset.classes).columns[-1].units == summary.head.outputs

    before = trainer.module.flat.parameters.clone()
    assert trainer.advance(3) == 3
    assert trainer.status == "running"
    # Even from all zeros the head's bias moves.
    assert not torch.equal(trainer.module.flat.parameters, before)
    assert trainer.measure()["train_loss"] >= 0.0

    again = Trainer.loads(trainer.dumps())
    trainer.advance(2), again.advance(2)
    assert torch.equal(again.module.flat.values, trainer.module.flat.values)


@pytest.mark.parametrize(("family", "kind"), EVERY, ids=lambda value: value)
def test_every_entry_explains_itself(family, kind):
    cls = REGISTRIES[family][kind]
    assert cls.label
    assert cls.about.endswith(".")
    for name, info in cls.parameters().items():
        assert info.title, name
        assert info.description or name in ("layers",), name
