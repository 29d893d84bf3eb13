"""Weights as safetensors: out and in against the reference package and PyTorch; what is wrong with a file is told."""

import json

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from playground import Experiment, Trainer
from playground.export import TAKEAWAYS, FileError, weights

STACK = [
    {"kind": "linear", "units": 5},
    {"kind": "batch_norm"},
    {"kind": "residual", "layers": [{"kind": "linear", "units": 5}, {"kind": "prelu"}]},
]


def described(network=STACK, **rest):
    return Experiment.model_validate(
        {
            "v": 1,
            "data": {"kind": "circle", "samples": 60},
            "network": network,
            "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "adam", "lr": 0.01}},
            **rest,
        }
    )


@pytest.fixture(scope="module")
def trainer():
    trained = Trainer(described())
    trained.advance(steps=30)
    return trained


@pytest.fixture(scope="module")
def file(trainer):
    return TAKEAWAYS["weights"](trainer)


def with_header(header, numbers=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers


def test_pytorch_reads_the_file_into_the_same_network(trainer, file):
    twin = Trainer(described(seed=99)).module
    # PyTorch itself adds the counter of batches that files of old did not have, and ours have no use for.
    found = twin.load_state_dict(safetensors.torch.load(file), strict=False)
    assert found.missing_keys == []
    assert torch.equal(twin.eval()(trainer.task.x), trainer.at(None).module(trainer.task.x))


def test_what_was_taken_away_comes_back(trainer, file):
    other = Trainer(described(seed=99))
    other.load_weights(weights.read(file))
    assert other.weights().keys() == trainer.weights().keys()
    assert all(np.array_equal(other.weights()[name], values) for name, values in trainer.weights().items())


def test_the_file_says_whose_weights_it_holds(trainer, file):
    assert Experiment.from_link(weights.experiment_link(file)) == trainer.experiment
    header = json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])
    assert header["__metadata__"]["step"] == str(trainer.step)
    assert weights.experiment_link(save({"a": np.zeros(1)})) is None


shapes = st.lists(st.integers(0, 4), max_size=3)
arrays = st.dictionaries(
    st.text(min_size=1, max_size=8).filter(lambda name: name != "__metadata__" and name.isprintable()),
    st.tuples(shapes, st.sampled_from(["<f4", "<f8", "<f2", "<i8", "<i4", "<i2", "i1", "u1"])),
    max_size=5,
)


@given(arrays)
def test_what_the_package_writes_is_read(described):
    given_ = {
        name: np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(d) for name, (shape, d) in described.items()
    }
    found = weights.read(save(given_))
    assert found.keys() == given_.keys()
    for name, values in given_.items():
        assert found[name].dtype == values.dtype and found[name].shape == values.shape
        assert np.array_equal(found[name], values)


def test_bfloat16_becomes_float32():
    given_ = torch.tensor([[1.5, -2.0], [0.0, 3e38]], dtype=torch.bfloat16)
    found = weights.read(safetensors.torch.save({"a": given_}))["a"]
    assert found.dtype == np.float32
    assert np.array_equal(found, given_.float().numpy())


@given(st.data())
def test_a_damaged_file_is_told_and_nothing_else(file, data):
    """Cut off, longer, or with some bytes changed: FileError, or arrays that are what the header says."""
    damaged = bytearray(file)
    for place in data.draw(st.lists(st.integers(0, len(file) - 1), max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    damaged = bytes(damaged[: data.draw(st.integers(0, len(file)))]) + data.draw(st.binary(max_size=4))
    try:
        found = weights.read(damaged)
    except FileError as error:
        assert str(error).endswith(".")
    else:
        assert all(isinstance(values, np.ndarray) for values in found.values())


ONE = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "nor a file of weights"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "nor a file of weights"),
        (b"<html>" + bytes(40), "nor a file of weights"),
        (b"PK\x03\x04" + bytes(60), "PyTorch's own format"),
        (b"\x80\x04\x95" + bytes(60), "PyTorch's own format"),
        ((2**63).to_bytes(8, "little") + b"{}", "nor a file of weights"),
        (with_header({"a": ONE}, bytes(8))[:-20], "end is missing"),
        (with_header({"a": ONE}, bytes(7)), "more or fewer numbers"),
        (with_header({"a": ONE}, bytes(9)), "more or fewer numbers"),
        (with_header({"a": {**ONE, "data_offsets": [8, 0]}}, bytes(8)), "does not describe"),
        (with_header({"a": {**ONE, "data_offsets": [4, 12]}}, bytes(12)), "does not describe"),
        (with_header({"a": {**ONE, "data_offsets": [0, 2**62]}}, bytes(8)), "damaged"),
        (with_header({"a": {**ONE, "shape": [2**40, 2**40]}}, bytes(8)), "does not describe"),
        (with_header({"a": {**ONE, "shape": [-2]}}, bytes(8)), "does not describe"),
        (with_header({"a": ONE, "b": ONE}, bytes(8)), "damaged"),
        (with_header({"a": {**ONE, "shape": [2**62, 0], "data_offsets": [0, 0]}}), "shape of 'a' is none"),
        (with_header({"a": {**ONE, "shape": [2**64 - 1, 0], "data_offsets": [0, 0]}}), "shape of 'a' is none"),
        (with_header({"a": {**ONE, "shape": [1] * 100, "data_offsets": [0, 4]}}, bytes(4)), "shape of 'a' is none"),
        (with_header({"a": {**ONE, "dtype": "C64", "shape": [1]}}, bytes(8)), "of the type C64"),
        (with_header(b'{"a":' * 20_000), "nor a file of weights"),
        (with_header(b"{" + b'"a": 1,' * 200_000), "nor a file of weights"),
        (with_header({str(i): 0 for i in range(5_000)}), "5,000 tensors"),
        (with_header(b'{"a": NaN}'), "does not describe"),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(data, told):
    with pytest.raises(FileError, match=told):
        weights.read(data)


def test_a_file_larger_than_any_network_is_refused_unread():
    with pytest.raises(FileError, match="too large"):
        weights.read(bytes(weights.most_bytes() + 1))
