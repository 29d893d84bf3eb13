"""Randomness is a function, not a state: a fresh generator for each (seed, purpose, index).

So runs that share a worker cannot disturb one another, and a run resumes exactly without any generator's state. Where
a generator would be too slow (the order of an epoch, the dropout of a step, how images vary) there is a hash that
compiled code and a GPU can make, too: `mix` is `lowbias32` (Chris Wellons,
https://nullprogram.com/blog/2018/07/31/), and the draw of an element is mix(base_of(key, index) + element * ODD), in
unsigned 32-bit arithmetic that wraps around.
"""

from __future__ import annotations

import hashlib

import numpy as np


def key(seed: int, purpose: str, *index: int | str) -> int:
    """A 64-bit number that depends on all of its arguments and nothing else."""
    text = "/".join(str(part) for part in (seed, purpose, *index))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def generator(seed: int, purpose: str, *index: int | str) -> np.random.Generator:
    """A numpy generator of its own for (seed, purpose, index...)."""
    return np.random.Generator(np.random.Philox(key(seed, purpose, *index)))


LOW = 0xFFFFFFFF
ODD = 0x9E3779B1


def base_of(key: int, index: int) -> int:
    """What all draws of (key, index) are hashed from; index is a step or an epoch."""
    return _mix_number(_mix_number((key & LOW) ^ (index & LOW)) ^ (key >> 32) ^ ((index >> 32) & LOW))


def hashed(key: int, index: int, elements: np.ndarray) -> np.ndarray:
    """The draws of these elements (integers below 2**32, of any shape) under (key, index), uint32."""
    h = elements.astype(np.uint32) * np.uint32(ODD) + np.uint32(base_of(key, index))
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x7FEB352D)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x846CA68B)
    h ^= h >> np.uint32(16)
    return h


def _mix_number(h: int) -> int:
    h ^= h >> 16
    h = (h * 0x7FEB352D) & LOW
    h ^= h >> 15
    h = (h * 0x846CA68B) & LOW
    return h ^ (h >> 16)
