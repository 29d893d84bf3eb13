"""The network's weights as a file and back: safetensors, a format that holds numbers and nothing that could run.

In any PyTorch program that builds the same network: `module.load_state_dict(safetensors.torch.load_file(path))`.

Eight bytes with the length of a header, the header (JSON: type, shape and place of every tensor), then the numbers; see
https://huggingface.co/docs/safetensors. The package checks that the places fit together and lie inside the file; what
else may be wrong with a stranger's file is found here first, and said in plain words.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from playground import __version__
from playground.data.names import clean
from playground.export.errors import FileError
from playground.settings import settings

MOST_HEADER = 2**20
"""Bytes of a header: far more than the names of any network here need."""
MOST_TENSORS = 4_096
BYTES_A_NUMBER = 4
ENDED = "This file is cut off or damaged: its end is missing. Save it again, or copy it anew."
NO_WEIGHTS = "This is neither an experiment (.json) nor a file of weights (.safetensors), or its beginning is damaged."
PICKLED = (
    "This looks like PyTorch's own format (.pt, .pth, .bin). Such a file can hold programs, so it is never opened "
    "here; save the weights with safetensors instead."
)
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}


def most_bytes() -> int:
    """Bytes of the largest file that is taken in: that of the largest network there may be, in single precision."""
    return MOST_HEADER + BYTES_A_NUMBER * settings.max_parameters


def write(trainer: Any) -> bytes:
    """The weights as they are now, by the names of `trainer.module.state_dict()`; as many bytes as the numbers take,
    and a few kilobytes.

    Its metadata, texts by name: `experiment` (the link of what was trained, as `Experiment.from_link` reads it),
    `step`, `made_by`, and `format`, by which other programs know that the names are PyTorch's.
    """
    # Copies in memory order: the package writes what lies there, whatever the strides. (`ascontiguousarray` would make
    # a number of no dimension one of one.)
    tensors = {name: np.array(values, order="C") for name, values in trainer.weights().items()}
    about = {
        "format": "pt",
        "made_by": f"Network Playground {__version__}",
        "experiment": trainer.experiment.to_link(),
        "step": str(trainer.step),
    }
    return save(tensors, metadata=about)


def read(data: bytes) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file by name, in the types and shapes that stand there (bfloat16 as float32).

    Whether they are those of some network is for `Trainer.load_weights` to say. Raises FileError for a file that is of
    another kind, too large, cut off, or whose header does not fit its numbers. Takes about twice the file's memory.
    """
    _header(data)
    try:
        found = deserialize(bytes(data))
    except SafetensorError as error:
        raise FileError(_damage(str(error))) from error
    return {name: _array(name, **tensor) for name, tensor in found}


def experiment_link(data: bytes) -> str | None:
    """The link of the experiment that the weights belong to, as the file says; None where it says nothing.

    Raises FileError as `read`. The text is a stranger's: it may be no link at all.
    """
    about = _header(data).get("__metadata__")
    link = about.get("experiment") if isinstance(about, dict) else None
    return link if isinstance(link, str) else None


def _header(data: bytes) -> dict[str, Any]:
    """The header, as a dict that nothing has checked. Raises FileError for what has none."""
    if len(data) > most_bytes():
        raise FileError(f"This file is too large: {len(data):,} bytes, where {most_bytes():,} are the most.")
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or not 2 <= length <= MOST_HEADER or data[8:9] not in (b"{", b""):
        pickled = data[:1] == b"\x80" or bytes(data[:4]) == b"PK\x03\x04"  # a bare pickle, or one in a zip archive
        raise FileError(PICKLED if pickled else NO_WEIGHTS)
    if len(data) < 8 + length:
        raise FileError(ENDED)
    try:
        header = json.loads(bytes(data[8 : 8 + length]))
    except (ValueError, RecursionError) as error:
        raise FileError(NO_WEIGHTS) from error
    if not isinstance(header, dict):
        raise FileError(NO_WEIGHTS)
    if len(header) > MOST_TENSORS:
        raise FileError(f"This file holds {len(header):,} tensors, where {MOST_TENSORS:,} are the most.")
    return header


def _damage(reason: str) -> str:
    """What the package found, in other words where a person can do something about it."""
    if "not fully covered" in reason:
        return "This file is damaged: it has more or fewer numbers than its header says."
    return "This file is damaged: its header does not describe its numbers."


def _array(name: str, dtype: str, shape: list[int], data: bytearray) -> np.ndarray:
    if dtype != "BF16" and dtype not in _TYPES:
        raise FileError(f"The numbers of {clean(name)!r} are of the type {clean(dtype)}; F32 would be right.")
    if dtype == "BF16":  # the upper half of a float32, which numpy has no type for
        numbers = (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
    else:
        numbers = np.frombuffer(data, _TYPES[dtype])
    try:
        return numbers.reshape(shape)
    except ValueError as error:  # too many dimensions, or one without end beside one of none
        raise FileError(f"The shape of {clean(name)!r} is none that numbers can have.") from error
