"""What holds for every entry of the "data" registry, whatever it is."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.data import class_names, input_names, load, loading, store, task_of
from playground.data.split import train_count
from playground.experiment import REGISTRIES
from playground.experiment.data import CURVE_FEATURES, FEATURES
from playground.experiment.data_basis import Synthetic
from tests.pictures import own_images, stand_in_for_downloads

KINDS = sorted(REGISTRIES["data"])
SYNTHETIC = [kind for kind in KINDS if issubclass(REGISTRIES["data"][kind], Synthetic)]
WITH_CLASSES = [kind for kind in SYNTHETIC if "classes" in REGISTRIES["data"][kind].model_fields]
CLASSIFIED = [kind for kind in KINDS if "label_noise" in REGISTRIES["data"][kind].model_fields]

ROWS = b"width,height,colour\n" + b"".join(
    b"%d,%d,%s\n" % (row * 7 % 11, row * 5 % 13, (b"red", b"green", b"blue")[row % 3]) for row in range(60)
)


def describe(kind: str, **choices):
    """An entry of this kind with its defaults; what is a person's own gets something to describe."""
    if kind == "csv":
        choices = {
            "table": store.put(ROWS),
            "target": "colour",
            "as_task": "classification",
            "columns": ("width", "height"),
            **choices,
        }
    if kind == "images":
        choices = {"images": own_images(), "size": 12, **choices}
    if kind in ("mnist_5k", "shapes"):
        choices = {"samples": 300, **choices}
    return REGISTRIES["data"][kind](kind=kind, **choices)


@pytest.fixture(autouse=True)
def _downloads(monkeypatch, server):
    stand_in_for_downloads(monkeypatch, server)


def arrays(dataset):
    return (
        dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test, dataset.train_points, dataset.test_points
    )  # fmt: skip


def test_there_is_a_loader_for_every_kind_and_no_other():
    assert set(loading.LOADERS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_types_and_ranges(kind):
    spec = describe(kind)
    data = load(spec)
    inputs, points = len(data.inputs), data.plane.dimensions
    train, test = len(data.x_train), len(data.x_test)
    assert train > 0
    assert test > 0
    assert data.x_train.shape == (train, inputs) and data.x_test.shape == (test, inputs)
    assert data.y_train.shape == (train,) and data.y_test.shape == (test,)
    assert data.train_points.shape == (train, points) and data.test_points.shape == (test, points)
    assert {array.dtype for array in (data.x_train, data.x_test, data.train_points, data.test_points)} == {
        np.dtype("float32")
    }
    assert all(np.isfinite(array).all() for array in arrays(data))
    assert data.task == task_of(spec)
    if data.task == "classification":
        assert data.y_train.dtype == data.y_test.dtype == np.int64
        assert set(np.unique(data.y_train)) == set(range(len(data.classes)))
        assert set(np.unique(data.y_test)) <= set(range(len(data.classes)))
    else:
        assert data.y_train.dtype == data.y_test.dtype == np.float32
        assert data.classes == ()


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_are_read_only(kind):
    for array in arrays(load(describe(kind))):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_known_without_the_arrays(kind):
    spec = describe(kind)
    data = load(spec)
    assert input_names(spec) == data.inputs
    assert class_names(spec) == data.classes
    assert len(set(data.inputs)) == len(data.inputs)


@pytest.mark.parametrize("kind", KINDS)
def test_the_plane_maps_to_the_inputs(kind):
    data = load(describe(kind))
    corners = np.array(np.meshgrid(*data.plane.domain[: data.plane.dimensions])).reshape(data.plane.dimensions, -1).T
    inputs = data.plane.inputs(corners)
    assert inputs.shape == (len(corners), len(data.inputs))
    assert inputs.dtype == np.float32
    assert np.isfinite(inputs).all()
    assert len(data.plane.domain) == len(data.plane.titles) == 2
    assert all(low < high for low, high in data.plane.domain)
    if data.plane.kind != "pca":
        assert np.array_equal(data.plane.inputs(data.train_points), data.x_train)
    with pytest.raises(ValueError, match="plane takes points"):
        data.plane.inputs(np.zeros((3, data.plane.dimensions + 1)))


@pytest.mark.parametrize("kind", KINDS)
def test_without_noise_all_points_lie_in_the_domain(kind):
    spec = describe(kind, **({"samples": 2_000} if kind in SYNTHETIC else {}))
    data = load(spec)
    points = np.concatenate([data.train_points, data.test_points])
    low, high = np.array(data.plane.domain[: data.plane.dimensions]).T
    share = ((points >= low) & (points <= high)).all(axis=1).mean()
    # The two clouds of TensorFlow Playground have no edge; all others do.
    assert share > 0.99 if kind in ("gaussian", "blobs") else share == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_arrays_and_another_seed_others(kind):
    first = load(describe(kind, seed=3))
    loading.forget()
    load(describe(kind, seed=8))  # what else is loaded in between does not matter
    again, other = load(describe(kind, seed=3)), load(describe(kind, seed=4))
    assert first is not again
    assert all(a.tobytes() == b.tobytes() for a, b in zip(arrays(first), arrays(again), strict=True))
    assert not np.array_equal(first.x_train, other.x_train)


@pytest.mark.parametrize("kind", KINDS)
def test_a_description_is_loaded_once(kind):
    assert load(describe(kind)) is load(describe(kind))


@pytest.mark.parametrize("kind", SYNTHETIC)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.data())
def test_any_choice_of_parameters_is_kept_to(kind, choices):
    samples = choices.draw(st.integers(20, 700))
    fraction = choices.draw(st.floats(0.05, 0.95))
    seed = choices.draw(st.integers(0, 2**31 - 1))
    options = {
        "samples": samples, "test_fraction": fraction, "seed": seed, "noise": choices.draw(st.floats(0, 0.5))
    }  # fmt: skip
    if kind in WITH_CLASSES:
        options["classes"] = choices.draw(st.integers(2, 5))
    if kind in CLASSIFIED:
        options["label_noise"] = choices.draw(st.floats(0, 0.5))
    allowed = CURVE_FEATURES if kind == "curve" else FEATURES
    options["features"] = tuple(choices.draw(st.lists(st.sampled_from(allowed), min_size=1, unique=True)))
    spec = describe(kind, **options)
    data = load(spec)
    assert len(data.x_train) == train_count(samples, fraction) >= 1
    assert len(data.x_train) + len(data.x_test) == samples
    assert data.x_train.shape[1] == len(spec.features) == len(data.inputs)
    assert all(np.isfinite(array).all() for array in arrays(data))
    if data.classes:
        assert len(data.classes) == options.get("classes", 2)
        assert data.y_train.min() >= 0 and data.y_train.max() < len(data.classes)
    else:
        assert np.abs(data.y_train).max() < 5


@pytest.mark.parametrize("kind", CLASSIFIED)
def test_label_noise_is_for_the_training_part_only(kind):
    clean, noisy = load(describe(kind)), load(describe(kind, label_noise=0.2))
    assert np.array_equal(clean.x_train, noisy.x_train)
    assert np.array_equal(clean.y_test, noisy.y_test)
    assert (clean.y_train != noisy.y_train).sum() == round(0.2 * len(clean.y_train))


@pytest.mark.parametrize("kind", WITH_CLASSES)
@pytest.mark.parametrize("classes", [2, 3, 4, 5])
def test_every_class_has_its_share(kind, classes):
    data = load(describe(kind, classes=classes, samples=1_000))
    sizes = np.bincount(np.concatenate([data.y_train, data.y_test]), minlength=classes)
    assert sizes.min() > 0.6 * 1_000 / classes
