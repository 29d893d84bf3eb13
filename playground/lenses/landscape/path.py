"""The path of a run through the space of its parameters: its points, its principal directions, and where the points
lie in a plane."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

MOST = 128
EXACT = 256
"""Up to so many points (or parameters) all products of two of them are taken, and the result is exact."""
BLOCK, ROUNDS, RESIDUAL = 14, 5, 1e-5
"""Of larger ones: columns beyond those wanted, passes to and fro at most, and when it is near enough."""
ROUNDING = float(torch.finfo(torch.float32).eps)
NUMBERS = 1 << 20
"""Handled at once in double precision."""


def snapshots(trainer: Any, most: int = MOST) -> tuple[np.ndarray, Tensor]:
    """(steps, matrix): the run's parameters at no more than `most` (>= 2) moments, in order, the present one last.

    steps (k,) int64; matrix (k, P) float32 in main memory, never larger than the tape and one row more. Every 2^j-th
    snapshot is taken: dense where much happens in few steps, and the same ones again while the run goes on.
    """
    past = [step for step in trainer.tape.steps if step < trainer.step]
    stride = 1
    while -(-len(past) // stride) > max(most, 2) - 1:
        stride *= 2
    chosen = past[::stride]
    now = trainer.module.flat.parameters.detach().cpu()
    matrix = torch.cat([trainer.parameters_at(chosen), now[None]])
    return np.array([*chosen, trainer.step], np.int64), matrix


def principal(matrix: Tensor, count: int = 2, like: Tensor | None = None) -> tuple[Tensor, np.ndarray]:
    """(components, ratio): the directions in which the rows of `matrix` (k, P) spread most, and how much of it.

    components (count, P) float32: orthonormal rows; ratio (count,) float64: the share of the rows' variance along each
    (Pearson 1901; of the path of a run: Lorch 2016). Where the rows spread in fewer directions (beyond the rounding of
    their numbers) the rest are rows of zeros with ratio 0. Of each row the largest number is positive, or, with `like`
    (count, P) as an earlier call gave it, the product with the row there: a plane that follows a run does not flip.

    Exact where there are at most 256 rows or columns. Beyond, by block Lanczos, to a residual of 1e-5 of the largest
    variance, or the best that five passes give (which is poor of white noise only); no random state but its own.
    """
    centred = matrix - matrix.mean(0)
    centred -= centred.mean(0)  # what rounding has left of the first one
    total = _squares(centred)
    variances, rows = _exact(centred, count) if min(centred.shape) <= EXACT else _krylov(centred, count)
    components, ratio = torch.zeros(count, matrix.shape[1], dtype=torch.float32), np.zeros(count)
    # What is left of a direction in which nothing moves is the rounding of the numbers themselves.
    noise = (2 * ROUNDING) ** 2 * _squares(matrix)
    for index, (variance, row) in enumerate(zip(variances.tolist(), rows, strict=True)):
        if total and variance > noise:
            ratio[index] = variance / total
            components[index] = _signed(row / torch.linalg.vector_norm(row), None if like is None else like[index])
    return components, ratio


def coordinates(points: Tensor, centre: Tensor, first: Tensor, second: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """(places, off): the point of the plane centre + x first + y second nearest to each of `points` (k, P).

    places (k, 2) float64: its x and y (of a direction that is zero, or of two that are parallel, the shortest that will
    do); off (k,) float64: how far from the plane the point lies, in the units of the parameters.
    """
    axes = torch.stack([first, second]).double()
    solve = torch.linalg.pinv(axes @ axes.T, hermitian=True) @ axes
    places, off = [np.empty((0, 2))], [np.empty(0)]
    for rows in _blocks(points):
        away = rows.double() - centre.double()
        found = away @ solve.T
        places.append(found.numpy())
        off.append(torch.linalg.vector_norm(away - found @ axes, dim=1).numpy())
    return np.concatenate(places), np.concatenate(off)


def _exact(centred: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` largest squared singular values and right singular vectors (not normed), from the smaller square."""
    wide = centred.shape[0] <= centred.shape[1]
    square = torch.zeros(min(centred.shape), min(centred.shape), dtype=torch.float64)
    for part in _blocks(centred.T if wide else centred):
        part = part.double()
        square += part.T @ part
    variances, vectors = _largest(square, count)
    return variances, _combined(centred, vectors) if wide else vectors.T.float()


def _krylov(centred: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The same by Lanczos with a block of columns, all orthogonal to one another (Golub and Underwood 1977)."""
    random = torch.Generator().manual_seed(0)
    start = torch.randn(len(centred), min(count + BLOCK, len(centred)), generator=random, dtype=torch.float64)
    block = torch.linalg.qr(start).Q
    basis, images = block[:, :0], centred.new_empty(centred.shape[1], 0)
    for _ in range(ROUNDS):
        image = centred.T @ block.to(centred.dtype)
        basis, images = torch.cat([basis, block], 1), torch.cat([images, image], 1)
        variances, vectors = _largest(images.double().T @ images.double(), count)
        left = (centred @ image).double()
        for _ in range(2):  # once leaves what rounding has brought back
            left = left - basis @ (basis.T @ left)
        block, rest = torch.linalg.qr(left)
        if torch.linalg.vector_norm(rest @ vectors[-block.shape[1] :], dim=0).max() <= RESIDUAL * variances[0]:
            break
    return variances, (images @ vectors.to(images.dtype)).T


def _largest(square: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` largest eigenvalues of a symmetric matrix, at least 0, and their vectors as columns."""
    values, vectors = torch.linalg.eigh(square)
    return values.flip(0)[:count].clamp_min(0.0), vectors.flip(1)[:, :count]


def _combined(rows: Tensor, weights: Tensor) -> Tensor:
    """weights.T @ rows in double precision, as float32."""
    return torch.cat([(weights.T @ part.T.double()).float() for part in _blocks(rows.T)], 1)


def _signed(row: Tensor, like: Tensor | None) -> Tensor:
    product = 0.0 if like is None else torch.dot(row, like).item()
    return row if (product or row[row.abs().argmax()].item()) > 0 else -row


def _squares(matrix: Tensor) -> float:
    return torch.linalg.vector_norm(matrix, dim=1).double().square().sum().item()


def _blocks(rows: Tensor) -> Iterator[Tensor]:
    """A matrix a few rows at a time."""
    yield from rows.split(max(1, NUMBERS // max(rows.shape[1], 1)))
