"""TensorBoard's event files read without TensorBoard: TFRecords with their checksums, and what protobuf writes."""

import struct
from collections.abc import Iterator
from typing import Any

CASTAGNOLI = 0x82F63B78  # reversed polynomial of CRC-32C


def records(data: bytes) -> Iterator[bytes]:
    """The records of a TFRecord file. AssertionError where a checksum is wrong, or something is left over."""
    at = 0
    while at < len(data):
        length, checked = struct.unpack_from("<QI", data, at)
        assert masked(data[at : at + 8]) == checked
        record = data[at + 12 : at + 12 + length]
        assert masked(record) == struct.unpack_from("<I", data, at + 12 + length)[0]
        yield record
        at += 16 + length
    assert at == len(data)


def masked(data: bytes) -> int:
    """The checksum as TFRecords have it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (CASTAGNOLI if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def fields(message: bytes) -> dict[int, list[Any]]:
    """A protobuf message by field number: varints as int, fixed numbers as bytes, the rest as bytes."""
    found: dict[int, list[Any]] = {}
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(message, at)
        else:
            size, at = _varint(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            value, at = message[at : at + size], at + size
        found.setdefault(number, []).append(value)
    return found


def scalars(data: bytes) -> dict[str, list[tuple[int, float, float]]]:
    """(step, value, wall time) of every scalar by its tag (Event: wall_time 1, step 2, summary 5; Value: tag 1,
    simple_value 2)."""
    found: dict[str, list[tuple[int, float, float]]] = {}
    for record in records(data):
        event = fields(record)
        (time,) = struct.unpack("<d", event[1][0])
        for value in (fields(value) for summary in event.get(5, []) for value in fields(summary).get(1, [])):
            if 2 in value:
                (number,) = struct.unpack("<f", value[2][0])
                found.setdefault(value[1][0].decode(), []).append((event.get(2, [0])[0], number, time))
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
