"""What travels through the pipe between the web process and a worker: a small JSON header and plain bytes.

Nothing is pickled, so a worker that went wrong (or was made to) cannot run code in the web process.

A message is ``>I`` header length, header (JSON object with its kind under ``"t"``), payload. The payload is
opaque here: a checkpoint, or pieces of JSON that go on to browsers as they are.
"""

import struct
from typing import Any

import orjson

_LENGTH = struct.Struct(">I")


def pack(kind: str, payload: bytes = b"", **header: Any) -> bytes:
    """One message of ``kind`` with JSON-able ``header`` fields."""
    head = orjson.dumps({"t": kind, **header})
    return b"".join((_LENGTH.pack(len(head)), head, payload))


def unpack(message: bytes) -> tuple[str, dict[str, Any], memoryview]:
    """``(kind, header, payload)`` of a message; the payload is a view, not a copy.

    Raises ValueError when it is no message of `pack`.
    """
    if len(message) < _LENGTH.size:
        raise ValueError("a message is at least 4 bytes long")
    (length,) = _LENGTH.unpack_from(message)
    view = memoryview(message)
    header = orjson.loads(view[_LENGTH.size : _LENGTH.size + length])
    kind = header.pop("t", None) if isinstance(header, dict) else None
    if not isinstance(kind, str):
        raise ValueError("a message's header is a JSON object with its kind under 't'")
    return kind, header, view[_LENGTH.size + length :]


def join_pieces(pieces: list[bytes]) -> tuple[bytes, list[int]]:
    """Several byte strings as one payload, and their lengths for the header."""
    return b"".join(pieces), [len(piece) for piece in pieces]


def split_pieces(payload: memoryview, lengths: list[int]) -> list[bytes]:
    """The byte strings of `join_pieces` again. Raises ValueError when the lengths do not add up."""
    if sum(lengths) != len(payload):
        raise ValueError(f"pieces of {sum(lengths)} bytes in a payload of {len(payload)}")
    pieces, start = [], 0
    for length in lengths:
        pieces.append(bytes(payload[start : start + length]))
        start += length
    return pieces
