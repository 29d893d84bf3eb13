"""Hostile files to bring back: weights (safetensors) and experiments (JSON). As `links`: name, bytes, words told."""

from __future__ import annotations

import json
import pickle
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from safetensors.numpy import save

from tests.hostile.links import GOOD, linear, nested, training
from tests.hostile.tables import File

RIGHT = {
    "layers.0.weight": np.ones((4, 2), np.float32),
    "layers.0.bias": np.ones(4, np.float32),
    "layers.2.weight": np.ones((2, 4), np.float32),
    "layers.2.bias": np.ones(2, np.float32),
    "head.weight": np.ones((1, 2), np.float32),
    "head.bias": np.ones(1, np.float32),
}
"""Weights of the network that a newcomer finds."""
DAMAGED = ("damaged",)


def but(**changes: Any) -> bytes:
    """The right weights, but for these (None: left out); dots in names are written as double underscores."""
    tensors = {**RIGHT, **{name.replace("__", "."): values for name, values in changes.items()}}
    return save({name: values for name, values in tensors.items() if values is not None})


def crafted(header: Any, numbers: bytes = bytes(100), length: int | None = None) -> bytes:
    """A file with this header (JSON, or text as it is) in front of these bytes, whether they fit or not."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + numbers


def tensor(start: Any = 0, end: Any = 4, shape: Any = (1,), kind: Any = "F32") -> dict[str, Any]:
    """One tensor's entry in a header."""
    return {"dtype": kind, "shape": shape, "data_offsets": [start, end]}


def _damaged_weights() -> Iterator[File]:
    good = save(RIGHT)
    yield File("the right weights", good, ("the weights are in",))
    yield File("nothing", b"", ("neither",))
    yield File("seven bytes", good[:7], ("neither",))
    yield File("only a length", good[:8], ("end is missing",))
    yield File("half a header", good[:60], ("end is missing",))
    yield File("half of the numbers", good[:-40], DAMAGED)
    yield File("a byte too many", good + b"\0", DAMAGED)
    yield File("a header of 2^63 bytes", crafted({}, length=2**63), ("neither",))
    yield File("a header of minus one byte", crafted({}, length=2**64 - 1), ("neither",))
    yield File("a header longer than the file", crafted(b"{", length=100_000), ("end is missing",))
    yield File("a header of nothing", crafted(b""), ("neither",))
    yield File("a header that is a list", crafted([1, 2]), ("neither",))
    yield File("a header that is deep", crafted(b"{" + b'"a":{' * 30_000), ("neither",))
    yield File("a header of noise", crafted(b"{\xff\xfe\xfd"), ("neither",))
    yield File("a header of many names", crafted({f"t{n}": tensor() for n in range(9000)}), ("9,000 tensors",))
    for name, place in {
        "backwards": (4, 0), "negative": (-4, 0), "beyond the end": (0, 10**9), "2^64": (0, 2**64),
        "a word": ("a", "b"), "1e999": (0, float("inf")), "nothing": (None, None),
    }.items():  # fmt: skip
        yield File(f"offsets: {name}", crafted({"a": tensor(*place)}), DAMAGED)
    yield File("overlapping tensors", crafted({"a": tensor(0, 4), "b": tensor(2, 6)}, bytes(6)), DAMAGED)
    yield File("a hole between tensors", crafted({"a": tensor(0, 4), "b": tensor(8, 12)}, bytes(12)), DAMAGED)
    for name, shape in {
        "negative": [-1], "of 10^12": [10**12], "whose product overflows": [2**32, 2**32, 2**32], "of words": ["x"],
        "of halves": [0.5], "no list": 7, "of a thousand ones": [1] * 1000,
    }.items():  # fmt: skip
        yield File(f"a shape {name}", crafted({"a": tensor(shape=shape)}, bytes(4)))
    yield File("an unknown type", crafted({"a": tensor(kind="OBJECT")}, bytes(4)), DAMAGED)
    yield File("complex numbers", crafted({"a": tensor(0, 8, (1,), "C64")}, bytes(8)))
    yield File("no type", crafted({"a": {"shape": [1], "data_offsets": [0, 4]}}, bytes(4)), DAMAGED)
    yield File("a name twice", crafted(b'{"a":%b,"a":%b}' % ((json.dumps(tensor()).encode(),) * 2), bytes(4)))


def _misfits() -> Iterator[File]:
    yield File("a tensor is missing", but(head__bias=None), ("head.bias",))
    yield File("a tensor too many", but(extra=np.ones(3, np.float32)), ("extra",))
    yield File("another shape", but(head__weight=np.ones((2, 1), np.float32)), ("head.weight", "2"))
    yield File("one dimension more", but(head__bias=np.ones((1, 1), np.float32)), ("head.bias",))
    yield File("NaN", but(head__bias=np.array([np.nan], np.float32)), ("head.bias",))
    yield File("infinity", but(head__bias=np.array([-np.inf], np.float32)), ("head.bias",))
    yield File("beyond float32", but(head__bias=np.array([1e300])), ("head.bias",))
    yield File("a script as name", but(**{"<script>alert(1)</script>": np.ones(1, np.float32)}), ("script",))
    yield File("a name of 500 kB", but(**{"n" * 500_000: np.ones(1, np.float32)}))
    yield File("no tensors", save({}), ("layers.0",))
    yield File("a pickle", pickle.dumps({"weights": [1.0]}), ("hold programs", "never opened"))
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("archive/data.pkl", pickle.dumps([1.0]))
    yield File("PyTorch's own format", archive.getvalue(), ("hold programs", "never opened"))


def _experiments() -> Iterator[File]:
    def experiment(**changes: Any) -> bytes:
        return json.dumps({**GOOD, **changes}).encode()

    yield File("an experiment", experiment(), ("opened",))
    yield File("an experiment in UTF-16", experiment().decode().encode("utf-16"))
    yield File("an experiment cut off", experiment()[:-20])
    yield File("an experiment of NaN", experiment(seed=float("nan")))
    yield File("an experiment of 1e999", b'{"v": 1e999}')
    yield File("an experiment of 10^12 units", experiment(network=linear(units=10**12)), ("units",))
    yield File("an experiment of blocks in blocks", experiment(network=nested(60)))
    yield File("an experiment with an unknown loss", experiment(training=training(loss={"kind": "x"})), ("loss",))
    yield File("an experiment with more than it should", experiment(shell="rm"), ("shell",))
    yield File("deep lists", b"[" * 1_000_000)
    yield File("deep objects", b'{"a":' * 1_000_000)
    yield File("a list", b"[]")
    yield File("five megabytes of blanks", b"{" + b" " * 5_000_000 + b"}")
    yield File("a number of a million digits", b'{"v":' + b"9" * 1_000_000 + b"}")


WEIGHTS = (*_damaged_weights(), *_misfits())
EXPERIMENTS = tuple(_experiments())
TAKEN = ("the right weights", "an experiment", "a name twice")
"""Those that are fine (of a name given twice, the last counts, as everywhere in JSON), or may be."""
