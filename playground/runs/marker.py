"""A few bytes of memory shared between a worker and the web process: the run that the worker is at right now.

A worker that is killed (by the kernel, out of memory; by a crash inside a library) cannot say why. What it was
doing is still in this memory, so the hub can tell the run that keeps killing workers from the innocent ones beside it.
"""

import mmap
import os
import tempfile

_SIZE = 64  # a run id is 22 characters


class Marker:
    """The shared text; `descriptor` travels to the worker, which opens it with `Marker(descriptor)`."""

    def __init__(self, descriptor: int | None = None) -> None:
        self.descriptor = _anonymous_file() if descriptor is None else descriptor
        self._memory = mmap.mmap(self.descriptor, _SIZE)

    def write(self, text: str) -> None:
        """Put ``text`` (ASCII, at most 63 characters) there; a plain memory write, cheap enough for every slice."""
        data = text.encode("ascii")[: _SIZE - 1]
        self._memory[: len(data) + 1] = data + b"\0"

    def read(self) -> str:
        """What was written last, "" for nothing."""
        return self._memory[:].split(b"\0", 1)[0].decode("ascii", "replace")

    def close(self) -> None:
        """Give the memory and the descriptor back."""
        self._memory.close()
        os.close(self.descriptor)


def _anonymous_file() -> int:
    """Descriptor of a file in memory that has no name and goes with its last user."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("playground-marker")
    else:
        descriptor, path = tempfile.mkstemp()
        os.unlink(path)
    os.ftruncate(descriptor, _SIZE)
    return descriptor
