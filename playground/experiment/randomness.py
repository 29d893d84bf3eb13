"""Randomness is a function, not a state: a fresh generator for each (seed, purpose, index).

So runs that share a worker cannot disturb one another, and a run resumes exactly without any generator's state.
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
