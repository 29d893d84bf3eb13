"""The path of a run: its snapshots against the trainer's own past, its plane against scikit-learn's PCA."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from playground.lenses.landscape.path import EXACT, coordinates, principal, snapshots
from playground.training import Trainer
from tests.lenses.moments import experiment_of


def spread(rows, columns, rank, seed=0, offset=3.0):
    """A matrix whose rows spread in `rank` directions, each half as wide as the one before."""
    random = torch.Generator().manual_seed(seed)
    weights = torch.randn(rows, rank, generator=random) * 2.0 ** -torch.arange(rank)
    return offset + weights @ torch.linalg.qr(torch.randn(columns, rank, generator=random)).Q.T


def assert_as_sklearns(matrix, count=2, atol=2e-4):
    components, ratio = principal(matrix, count)
    reference = PCA(count, svd_solver="full").fit(matrix.double().numpy())
    np.testing.assert_allclose(ratio, reference.explained_variance_ratio_, rtol=1e-4)
    same = np.abs(np.einsum("ij,ij->i", components.numpy(), reference.components_))
    np.testing.assert_allclose(same, 1.0, atol=atol)
    np.testing.assert_allclose((components @ components.T).numpy(), np.eye(count), atol=1e-5)


@settings(deadline=None, max_examples=25)
@given(rows=st.integers(3, 30), columns=st.integers(3, 60), seed=st.integers(0, 99))
def test_few_points_have_sklearns_components(rows, columns, seed):
    assert_as_sklearns(spread(rows, columns, min(rows - 1, columns, 6), seed))


@pytest.mark.parametrize("shape", [(EXACT + 150, EXACT + 60), (EXACT + 20, 2000)])
@pytest.mark.parametrize("kind", ["decaying", "walk"])
def test_many_points_have_sklearns_components_too(shape, kind):
    random = torch.Generator().manual_seed(1)
    matrix = spread(*shape, 40) if kind == "decaying" else torch.randn(shape, generator=random).cumsum(0)
    assert_as_sklearns(matrix, count=3)


def test_without_a_direction_that_stands_out_the_variance_is_nearly_sklearns():
    """The hardest case: white noise, where all directions are as wide."""
    noise = torch.randn(EXACT + 100, 1000, generator=torch.Generator().manual_seed(2))
    _, ratio = principal(noise)
    np.testing.assert_allclose(ratio, PCA(2, svd_solver="full").fit(noise.numpy()).explained_variance_ratio_, rtol=0.02)


@pytest.mark.parametrize("rows", [1, 5, EXACT + 40])
def test_directions_that_are_missing_are_zeros(rows):
    still = torch.full((rows, EXACT + 50), 0.1)
    components, ratio = principal(still)
    assert ratio.tolist() == [0.0, 0.0]
    assert not components.any()
    hardly = torch.zeros(rows, EXACT + 50)
    hardly[-1] = 1e-40  # from weights of zeros, by a learning rate of next to nothing
    assert principal(hardly)[1].tolist() == [0.0, 0.0]
    line = 100.0 + torch.arange(rows)[:, None] * torch.linspace(-1, 1, EXACT + 50)
    components, ratio = principal(line)
    assert not components[1].any()
    if rows > 1:
        np.testing.assert_allclose(ratio, [1.0, 0.0], atol=1e-9)


def test_signs_are_fixed_and_follow_an_earlier_plane():
    matrix = spread(20, 30, 4)
    components, _ = principal(matrix)
    largest = components.abs().argmax(1)
    assert (components[torch.arange(2), largest] > 0).all()
    for signs in ([1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]):
        like = components * torch.tensor(signs)[:, None]
        torch.testing.assert_close(principal(matrix, like=like)[0], like)
    torch.testing.assert_close(principal(matrix, like=torch.zeros_like(components))[0], components)


def test_the_state_of_other_randomness_is_left_alone():
    before = torch.random.get_rng_state()
    principal(spread(EXACT + 10, EXACT + 10, 5))
    assert torch.equal(torch.random.get_rng_state(), before)


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 999),
    columns=st.integers(2, 40),
    kind=st.sampled_from(["any", "parallel", "no second", "none"]),
)
def test_coordinates_are_those_of_least_squares(seed, columns, kind):
    random = torch.Generator().manual_seed(seed)
    points, centre = torch.randn(7, columns, generator=random), torch.randn(columns, generator=random)
    first, second = torch.randn(2, columns, generator=random)
    if kind != "any":
        second = 2 * first if kind == "parallel" else torch.zeros(columns)
        first = torch.zeros(columns) if kind == "none" else first
    places, off = coordinates(points, centre, first, second)
    axes, away = torch.stack([first, second], 1).double().numpy(), (points.double() - centre.double()).numpy()
    expected = np.linalg.lstsq(axes, away.T, rcond=1e-6)[0].T
    np.testing.assert_allclose(places, expected, atol=1e-6)
    np.testing.assert_allclose(off, np.linalg.norm(away - expected @ axes.T, axis=1), atol=1e-6)


def test_a_point_of_the_plane_is_found_and_lies_on_it():
    centre, first, second = torch.randn(3, 50, generator=torch.Generator().manual_seed(3))
    places, off = coordinates((centre + 0.5 * first - 2.0 * second)[None], centre, first, second)
    np.testing.assert_allclose(places, [[0.5, -2.0]], atol=1e-6)
    np.testing.assert_allclose(off, 0.0, atol=1e-5)


def test_coordinates_of_no_points_are_none():
    places, off = coordinates(torch.empty(0, 4), *torch.ones(3, 4))
    assert places.shape == (0, 2)
    assert off.shape == (0,)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("engine", ["torch", "fused"])
def test_snapshots_are_the_runs_own_past(optimizer, engine):
    batch_norm = [{"kind": "linear", "units": 3}, {"kind": "batch_norm"}, {"kind": "tanh"}]
    experiment = experiment_of({"kind": "circle", "samples": 40}, batch_norm)
    experiment = experiment.model_validate(
        {**experiment.model_dump(), "training": {"loss": {"kind": "bce"}, "optimizer": {"kind": optimizer}}}
    )
    trainer = Trainer(experiment, device="cpu", engine=engine)
    trainer.advance(steps=5)
    seen = {trainer.step: trainer.module.flat.parameters.clone()}
    for _ in range(200):
        trainer.advance(steps=1)
        seen[trainer.step] = trainer.module.flat.parameters.clone()
    for most in (2, 7, 64, 1000):
        steps, matrix = snapshots(trainer, most)
        assert len(steps) == len(matrix) <= most
        assert (steps[0], steps[-1]) == (0, 205)
        assert (np.diff(steps) > 0).all()
        for step, row in zip(steps[steps >= 5].tolist(), matrix[steps >= 5], strict=True):
            assert torch.equal(row, seen[step])
    assert len(steps) == len(trainer.tape.steps) + (trainer.step != trainer.tape.steps[-1])


def test_a_run_that_has_not_begun_has_a_path_of_one_point():
    trainer = Trainer(experiment_of({"kind": "circle", "samples": 40}), device="cpu")
    steps, matrix = snapshots(trainer)
    assert steps.tolist() == [0]
    assert torch.equal(matrix[0], trainer.module.flat.parameters)
    assert principal(matrix)[1].tolist() == [0.0, 0.0]
