"""Which rows train and which test, labels made wrong on purpose, and classes made equally common."""

import numpy as np


def train_count(samples: int, test_fraction: float) -> int:
    """How many of the samples train: floor(samples * (1 - test_fraction)), as TensorFlow Playground has it."""
    return int(np.floor(samples * (1 - test_fraction) + 1e-9))  # 500 * (1 - 0.9) is 49.99999999999999


def shuffled(rng: np.random.Generator, samples: int, test_fraction: float) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers of the training and of the test part, in random order; at least one trains."""
    order = rng.permutation(samples)
    count = max(1, train_count(samples, test_fraction))
    return order[:count], order[count:]


def stratified(rng: np.random.Generator, labels: np.ndarray, test_fraction: float) -> tuple[np.ndarray, np.ndarray]:
    """Like `shuffled`, but every class keeps its share in both parts, to within one row.

    labels: (n,) class indices. Every class has at least one row that trains, so a class of a single row has none
    to test; the training part grows by what that takes.
    """
    found, members = np.unique(labels, return_inverse=True)
    sizes = np.bincount(members, minlength=len(found))
    counts = _shares(sizes, train_count(len(labels), test_fraction))
    train, test = [], []
    for group, count in enumerate(counts):
        rows = rng.permutation(np.flatnonzero(members == group))
        train.append(rows[:count])
        test.append(rows[count:])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))


def ranked(
    draws: np.ndarray, labels: np.ndarray | None, samples: int, test_fraction: float
) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers of the training and of the test part, each in the order of the rows' own `draws` (samples,).

    labels: (samples,) class indices, whose classes keep their shares as in `stratified`, or None. The least draws
    train. So a row more or less moves at most a few others from one part to the other.
    """
    order = np.argsort(draws, kind="stable")
    groups = [order] if labels is None else [order[labels[order] == label] for label in np.unique(labels)]
    counts = _shares(np.array([len(group) for group in groups]), train_count(samples, test_fraction))
    train = np.concatenate([group[:count] for group, count in zip(groups, counts, strict=True)])
    trains = np.zeros(samples, bool)
    trains[train] = True
    return order[trains[order]], order[~trains[order]]


def _shares(sizes: np.ndarray, total: int) -> np.ndarray:
    """`total` shared out in proportion to `sizes` (largest remainders), at least one each."""
    exact = sizes * (total / sizes.sum())
    counts = np.floor(exact + 1e-9).astype(np.int64)
    remainders = np.argsort(counts - exact, kind="stable")
    counts[remainders[: total - counts.sum()]] += 1
    counts = np.maximum(counts, 1)
    while counts.sum() > max(total, len(counts)):  # what the smallest classes took, the largest give
        counts[np.argmax(np.where(counts > 1, counts, 0))] -= 1
    return counts


def mislabelled(rng: np.random.Generator, labels: np.ndarray, share: float, classes: int) -> np.ndarray:
    """A copy of `labels` with round(share * n) of them replaced by another class, each other one as likely.

    Only ever for the training part: the test part must go on to measure the truth, or memorising the wrong labels
    would look as good as seeing through them.
    """
    count = round(share * len(labels))
    wrong = rng.permutation(len(labels))[:count]
    result = labels.copy()
    result[wrong] = (labels[wrong] + rng.integers(1, classes, size=count)) % classes
    return result


def balanced(rng: np.random.Generator, labels: np.ndarray, most_rows: int) -> np.ndarray:
    """Row numbers in which every class of `labels` comes equally often (random oversampling), in random order.

    Every row comes at least once and the rows of the rarer classes again and again, evenly, until each class is
    as large as the largest. Where that would be more than `most_rows`, every class gets most_rows // classes,
    and a class larger than that only a part of its rows.
    """
    found = np.unique(labels)
    size = max(np.bincount(labels).max(), 1)
    size = min(size, max(1, most_rows // len(found)))
    chosen = []
    for label in found:
        rows = np.flatnonzero(labels == label)
        rounds = -(-size // len(rows))
        chosen.append(np.concatenate([rng.permutation(rows) for _ in range(rounds)])[:size])
    return rng.permutation(np.concatenate(chosen))
