"""Pictures become data sets: chosen, split, standardised; what comes with the project is what it says."""

import hashlib

import numpy as np
import pytest
import sklearn.datasets
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from playground.data import class_names, input_shape, load
from playground.data.glimpse import glimpse
from playground.data.image_sets import FOLDER, digits, mnist_5k
from playground.data.images import Pictures, channel_scale, image_data, parts, standardised
from playground.data.shapes import CLASSES, shapes
from playground.experiment import REGISTRIES
from playground.experiment.images import MNIST, Augmentation, Digits, MNIST5k, OwnImages, Shapes
from tests.pictures import noise, own_images, stand_in_for_downloads

PIXELS = "2913c6b6527114b7307e1086335a7665e3f94c74aba3d67525e6f116bf5ae20f"
"""SHA-256 of the 5,000 images."""


def test_the_digits_are_scikit_learns():
    theirs = sklearn.datasets.load_digits()
    found = digits()
    np.testing.assert_allclose(found.images[:, 0] / 255, theirs.images / 16, atol=0.5 / 255)
    np.testing.assert_array_equal(found.labels, theirs.target)


def test_mnist_5k_is_500_of_each_digit_and_what_its_script_makes():
    found = mnist_5k()
    assert found.images.shape == (5_000, 1, 28, 28) and found.images.dtype == np.uint8
    assert np.bincount(found.labels).tolist() == [500] * 10
    # Of the pixels alone: how they are packed may change with zlib.
    assert hashlib.sha256(found.images.tobytes()).hexdigest() == PIXELS
    assert "Creative Commons" in (FOLDER / "LICENSE.md").read_text()
    # The ink lies in the middle and the paper is black, as MNIST's centre-of-mass rule has it.
    mass = found.images[:, 0].astype(float)
    rows = (mass.sum(axis=2) * np.arange(28)).sum(axis=1) / mass.sum(axis=(1, 2))
    assert abs(rows - 13.5).max() < 1.5
    split = load(MNIST5k(kind="mnist_5k", samples=1_500))
    assert LogisticRegression(max_iter=200).fit(split.x_train, split.y_train).score(split.x_test, split.y_test) > 0.8


@pytest.mark.parametrize("by", CLASSES)
def test_shapes_are_what_they_are_called(by):
    found = shapes(3, 400, 0.0, by)
    assert found.images.shape == (400, 3, 28, 28)
    assert np.bincount(found.labels).tolist() == [100] * 4
    again, other = shapes(3, 400, 0.0, by), shapes(4, 400, 0.0, by)
    assert again.images.tobytes() == found.images.tobytes() != other.images.tobytes()
    if by == "colour":
        # The most saturated pixel of a picture has its colour: red, green, blue, yellow.
        pixels = found.images.transpose(0, 2, 3, 1).reshape(400, -1, 3).astype(int)
        strongest = pixels[np.arange(400), (pixels.max(axis=2) - pixels.min(axis=2)).argmax(axis=1)]
        red, green, blue = strongest.T
        told = np.select([blue > np.maximum(red, green), green > 1.5 * red, red > 1.5 * green], [2, 1, 0], 3)
        assert (told == found.labels).mean() > 0.97


def test_the_classes_of_shapes_go_by_what_was_chosen():
    for by, names in CLASSES.items():
        assert class_names(Shapes(kind="shapes", by=by)) == names


@settings(max_examples=15)
@given(
    st.integers(4, 60), st.sampled_from([(1, 3, 5), (3, 4, 4)]), st.floats(0.05, 0.95), st.booleans(), st.integers(0, 9)
)
def test_standardised_by_channel_on_the_training_part(count, shape, fraction, constant, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)
    if constant:
        pixels[:, -1] = 77
    labels = np.arange(count) % 2
    spec = Digits(kind="digits", test_fraction=fraction, seed=seed)
    data = image_data(spec, ("a", "b"), Pictures(pixels, labels))
    assert data.image == shape and len(data.inputs) == np.prod(shape) == len(set(data.inputs))
    means, deviations = data.input_scale
    assert means.shape == deviations.shape == (np.prod(shape),)
    # Back to pixels, in the order (channel, row, column): the very images, each in one part.
    back = np.rint((np.concatenate([data.x_train, data.x_test]) * deviations + means) * 255)
    rows = {image.tobytes() for image in pixels.reshape(count, -1)}
    assert {image.astype(np.uint8).tobytes() for image in back} == rows
    by_channel = data.x_train.reshape(-1, *shape).astype(np.float64).transpose(1, 0, 2, 3).reshape(shape[0], -1)
    np.testing.assert_allclose(by_channel.mean(axis=1), 0, atol=1e-5)
    deviation = [*np.ones(shape[0] - 1), 0 if constant else 1]
    np.testing.assert_allclose(by_channel.std(axis=1), deviation, atol=1e-5)


def test_scale_is_exact_however_many_images():
    pixels = noise(4, 2_500, 1).transpose(1, 2, 0)[:, :, :, None]
    means, deviations = channel_scale(pixels)
    np.testing.assert_allclose([means[0], deviations[0]], [(pixels / 255).mean(), (pixels / 255).std()], rtol=1e-12)
    expected = (pixels.reshape(2_500, -1) / 255 - means[0]) / deviations[0]
    np.testing.assert_allclose(standardised(pixels, means, deviations), expected, atol=1e-6)


@given(st.integers(100, 700), st.floats(0.05, 0.95), st.integers(0, 99))
@settings(max_examples=15)
def test_a_published_test_part_stays_one(samples, fraction, seed):
    labels = np.arange(700) % 10
    pictures = Pictures(np.zeros((700, 1, 2, 2), np.uint8), labels, tests=100)
    spec = MNIST(kind="mnist", samples=samples, test_fraction=fraction, seed=seed)
    train, test = parts(spec, pictures)
    assert (train < 600).all() and (test >= 600).all()
    assert len(set(train)) == len(train) and len(set(test)) == len(test)
    assert (
        len(train) + len(test) == samples or abs(len(train) + len(test) - samples) <= 10
    )  # one of each class at least
    assert set(labels[train]) == set(range(10))
    if samples == 700:
        assert (len(train), len(test)) == (600, 100)


def test_augmentation_leaves_the_data_alone():
    plain = Digits(kind="digits")
    assert load(plain) is load(plain.model_copy(update={"augment": Augmentation(flip=True)}))


def test_fewer_images_keep_the_shares_of_classes():
    data = load(MNIST5k(kind="mnist_5k", samples=200))
    assert (len(data.x_train), len(data.x_test)) == (160, 40)
    assert np.bincount(data.y_train).tolist() == [16] * 10


@pytest.mark.parametrize("kind", ["mnist", "fashion_mnist", "cifar10"])
def test_what_is_downloaded_is_read_as_it_is_published(kind, monkeypatch, server):
    spec = REGISTRIES["data"][kind](kind=kind)
    with pytest.raises(ValueError, match="is not on this server yet"):
        class_names(spec)
    stand_in_for_downloads(monkeypatch, server)
    data = load(spec)
    assert input_shape(spec) == data.image == ((3, 32, 32) if kind == "cifar10" else (1, 28, 28))
    assert len(class_names(spec)) == 10 and np.bincount(data.y_test).tolist() == [4] * 10


@pytest.mark.parametrize("choices", [{"size": 8}, {"size": 20, "fit": "pad"}, {"colour": False, "balance": True}])
def test_own_images(choices):
    spec = OwnImages(kind="images", images=own_images(), **choices)
    data = load(spec)
    assert data.classes == class_names(spec) == ("bright", "dark")
    assert data.image == spec.shape == input_shape(spec)
    brightness = data.x_test.mean(axis=1)
    assert brightness[data.y_test == 0].min() > brightness[data.y_test == 1].max()


def test_a_glimpse_is_of_the_training_part_and_classes_take_turns():
    spec = MNIST5k(kind="mnist_5k", samples=300, augment=Augmentation(shift=0.1))
    found, data = glimpse(spec), load(spec)
    np.testing.assert_array_equal(found.x, data.x_train[found.rows])
    assert data.y_train[found.rows[:10]].tolist() == list(range(10))
    assert found.train.sum() == len(data.x_train) and found.test.sum() == len(data.x_test)
    means, deviations = data.input_scale
    np.testing.assert_allclose(
        found.as_they_are(5).reshape(5, -1) / 255, data.x_train[found.rows[:5]] * deviations + means, atol=1e-6
    )
    assert found.varied(spec.augment, 0, 0, 5).tobytes() != found.as_they_are(5).tobytes()
