"""How the code of this engine is compiled, and where what was compiled is kept.

It takes some seconds once for a machine; from then on every process reads it from disk. The folder's name is made of
everything that the result depends on, so nothing stale is ever read. When it is compiled: see `ahead`.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding
import numba
from numba import njit
from numba.core.caching import UserProvidedCacheLocator

from playground.settings import settings

_LOG = logging.getLogger(__name__)

_SOURCES = (
    "compiling",
    "lanes",
    "functions",
    "kinds",
    "activations",
    "layers",
    "losses",
    "updates",
    "kernel",
    "survey",
    "many",
)
"""The files that what is compiled is made of."""

part = njit(error_model="numpy")
"""For a function that compiled code calls."""

inner = njit(error_model="numpy", forceinline=True)
"""For one that is written into its callers."""


@cache
def folder() -> Path:
    """Where the compiled code of this version is kept for this kind of processor."""
    digest = hashlib.blake2b(digest_size=12)
    for name in _SOURCES:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    features = llvmlite.binding.get_host_cpu_features().flatten()
    for what in (numba.__version__, llvmlite.__version__, llvmlite.binding.get_host_cpu_name(), features):
        digest.update(what.encode() + b"\0")
    return settings.kernels / digest.hexdigest()


class Anywhere(UserProvidedCacheLocator):
    """Keeps code without regard to where its source lies: `folder` has what it says in its name. A second copy of this
    house, as a cluster unpacks it on its machines, so reads what the first has compiled."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        return Path(py_file).parent.name


def kernel(function: Callable) -> Any:
    """For a function that Python calls: compiled at its first call, or read from `folder`; lets other threads run."""
    config = numba.config
    before = config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES
    # Looked at here and never again: others keep their own.
    config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = str(folder()), f"{__name__}.{Anywhere.__name__}"
    try:
        folder().mkdir(parents=True, exist_ok=True)
        return njit(function, nogil=True, cache=True, error_model="numpy")
    except (OSError, RuntimeError) as problem:
        _LOG.warning("compiled code cannot be kept (%s): every process will compile it for itself", problem)
        return njit(function, nogil=True, error_model="numpy")
    finally:
        config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = before
