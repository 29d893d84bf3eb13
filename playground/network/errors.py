"""The error of a network that cannot be built."""

from __future__ import annotations


class NetworkError(ValueError):
    """What is wrong with a stack of layers, in words for the person who built it.

    path: the layer it arises at ((2, 0) is layer 0 of the block at 2, "head" the head), for a page to show it there.
    """

    def __init__(self, message: str, path: tuple[int, ...] | str = "head") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __reduce__(self) -> tuple:
        # Exceptions pickle by their args alone; this one crosses from a worker to the web process.
        return type(self), (self.message, self.path)
