"""Eigenvalues and trace of a symmetric matrix that is known by its products with vectors only."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Self

import numpy as np
import torch
from torch import Tensor

from playground.experiment.randomness import key

Product = Callable[[Tensor], Tensor]
"""(k, size) float32 to the same: every row times the matrix."""
RESIDUAL = 1e-4
"""Of the largest eigenvalue: how far a vector's product may be from its eigenvalue times it when it is near enough.
The error of an eigenvalue is about the square of that."""
NOTHING = 1e-6
"""Of the largest eigenvalue: a vector this short is the rounding of float32 products."""


class Eigen(NamedTuple):
    """The outermost eigenvalues of a symmetric matrix, and their unit vectors, the largest number of each positive.

    values (count,) float64, the largest first; vectors (count, size) float32; smallest: the least eigenvalue (below
    zero where there is a direction of negative curvature), hollow (size,) its vector. Where the matrix has
    fewer than `count` eigenvalues the rest are NaN, their vectors zeros.
    """

    values: np.ndarray
    vectors: Tensor
    smallest: float
    hollow: Tensor

    @classmethod
    def of_matrix(cls, matrix: np.ndarray, count: int) -> Self:
        """Those of a matrix (size, size) that is written down; all NaN where a number of it is not finite."""
        if not np.isfinite(matrix).all():
            return unknown(count, len(matrix))
        values, vectors = np.linalg.eigh(matrix)
        return _eigen(values, torch.from_numpy(vectors.T.copy()), count)


def unknown(count: int, size: int) -> Eigen:
    """Of a matrix without rows, or with numbers that are none."""
    return Eigen(np.full(count, np.nan), torch.zeros(count, size), float("nan"), torch.zeros(size))


def lanczos(product: Product, size: int, count: int, steps: int, seed: int = 0) -> Eigen:
    """The outermost eigenvalues of a symmetric matrix from at most `steps` products (Lanczos 1950).

    Every vector is made orthogonal, in double precision and twice, to all before it (Paige 1972: without it
    eigenvalues come back as ghosts). It ends when the `count` largest and the smallest are within `RESIDUAL`; an
    eigenvalue that comes twice may then have been found once. With as many steps as rows it is exact. The start is
    drawn from `seed` alone. All is NaN once a product is not finite.
    """
    random = torch.Generator().manual_seed(key(seed, "lanczos") >> 1)
    steps = min(steps, size)
    basis = torch.empty(steps, size, dtype=torch.float64)
    middle, beside = np.zeros(steps), np.zeros(steps)
    vector = _apart(torch.randn(size, generator=random, dtype=torch.float64), basis[:0])
    largest = 0.0
    for step in range(steps):
        basis[step] = vector
        image = product(vector[None].float())[0].double().cpu()
        middle[step] = float(image @ vector)
        if not np.isfinite(middle[step]):
            return unknown(count, size)
        image, before = _apart(image, basis[: step + 1], unit=False), float(torch.linalg.vector_norm(image))
        beside[step] = float(torch.linalg.vector_norm(image))
        largest = max(largest, before)
        values, vectors = _of_tridiagonal(middle[: step + 1], beside[:step])
        # A space that the matrix maps into itself may lack eigenvalues, twice the same for one: on with a new start.
        closed = beside[step] <= NOTHING * largest
        if closed:
            beside[step] = 0.0
        elif step >= count and steps < size and _near(values, beside[step] * np.abs(vectors[-1]), count):
            break
        if step + 1 < steps:
            fresh = torch.randn(size, generator=random, dtype=torch.float64) if closed else image
            vector = _apart(fresh, basis[: step + 1])
    return _eigen(values, torch.from_numpy(vectors.T.copy()) @ basis[: step + 1], count)


def trace(product: Product, size: int, draws: int, seed: int = 0, known: Tensor | None = None) -> tuple[float, float]:
    """(estimate, standard error) of a symmetric matrix's trace from `draws` >= 2 products (Hutchinson 1989).

    The mean of z A z over vectors z of random signs. known (k, size): orthonormal rows, such as eigenvectors: what the
    matrix does to them is taken as it is and only the rest estimated (Meyer et al. 2021), which says more where few
    eigenvalues are most of it.
    """
    random = torch.Generator().manual_seed(key(seed, "trace") >> 1)
    signs = torch.randint(0, 2, (draws, size), generator=random, dtype=torch.float32) * 2 - 1
    exact = 0.0
    if known is not None:
        known = known.cpu()[known.cpu().any(1)]
        signs -= (signs @ known.T) @ known
        exact = float((known.double() * product(known).cpu()).sum()) if len(known) else 0.0
    found = (signs.double() * product(signs).cpu()).sum(1).numpy()
    return exact + float(found.mean()), float(found.std(ddof=1) / np.sqrt(draws))


def _apart(vector: Tensor, basis: Tensor, unit: bool = True) -> Tensor:
    """What of a vector is at right angles to all rows of `basis`, of length 1 or as it is."""
    for _ in range(2):
        vector = vector - (basis @ vector) @ basis
    return vector / torch.linalg.vector_norm(vector) if unit else vector


def _of_tridiagonal(middle: np.ndarray, beside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.linalg.eigh(np.diag(middle) + np.diag(beside, 1) + np.diag(beside, -1))


def _near(values: np.ndarray, residuals: np.ndarray, count: int) -> bool:
    """Whether the largest and the smallest of ascending values are near enough to eigenvalues."""
    return max(residuals[-count:].max(), residuals[0]) <= RESIDUAL * np.abs(values).max()


def _eigen(values: np.ndarray, vectors: Tensor, count: int) -> Eigen:
    """values: ascending; vectors: their rows."""
    kept = min(count, len(values))
    padding = torch.zeros(count - kept, vectors.shape[1], dtype=vectors.dtype)
    rows = _signed(torch.cat([vectors.flip(0)[:kept], padding])).float()
    top = np.concatenate([values[::-1][:kept], np.full(count - kept, np.nan)])
    return Eigen(top, rows, float(values[0]), _signed(vectors[:1])[0].float())


def _signed(rows: Tensor) -> Tensor:
    """Every row with its largest number positive."""
    largest = rows.gather(1, rows.abs().argmax(1, keepdim=True))
    return torch.where(largest < 0, -rows, rows)
