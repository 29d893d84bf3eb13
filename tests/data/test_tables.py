"""Real tables and uploaded ones, prepared from end to end."""

import pickle

import numpy as np
import pytest
import sklearn.datasets
from sklearn.linear_model import LinearRegression, LogisticRegression

from playground.data import inspect, load, prepare, store
from playground.data.errors import TableError
from playground.data.tables import REAL, TABLES
from playground.experiment import REGISTRIES
from playground.experiment.data import CSV


def built_in(kind, **choices):
    return load(REGISTRIES["data"][kind](kind=kind, **choices))


def uploaded(data: bytes, **choices):
    """The table as it is proposed, with these choices."""
    proposal = inspect(data).proposal
    spec = {"target": proposal.target, "as_task": proposal.task, "columns": proposal.columns, **choices}
    return load(CSV(kind="csv", table=store.put(data), **spec))


@pytest.mark.parametrize("kind", REAL)
def test_names_are_scikit_learns(kind):
    theirs, ours = getattr(sklearn.datasets, REAL[kind].loader)(), REAL[kind]
    assert theirs.data.shape[1] == len(ours.inputs)
    if kind != "diabetes":  # its names are abbreviations there
        assert ours.inputs == tuple(name.replace("_", " ") for name in theirs.feature_names)
    if kind in ("iris", "breast_cancer"):
        assert ours.classes == tuple(theirs.target_names)


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("seed", [1, 2])
def test_inputs_are_standardised_on_the_training_part(kind, seed):
    data = built_in(kind, seed=seed)
    np.testing.assert_allclose(data.x_train.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(data.x_train.std(axis=0), 1, atol=1e-5)
    assert np.abs(data.x_test.mean(axis=0)).max() > 1e-3


@pytest.mark.parametrize("kind", ["iris", "wine", "breast_cancer"])
def test_classes_keep_their_shares(kind):
    data = built_in(kind)
    train, test = np.bincount(data.y_train), np.bincount(data.y_test)
    np.testing.assert_allclose(train / train.sum(), test / test.sum(), atol=0.02)
    assert LogisticRegression(max_iter=1_000).fit(data.x_train, data.y_train).score(data.x_test, data.y_test) > 0.9


def test_the_diabetes_target_is_standardised_and_can_be_read_back():
    data = built_in("diabetes")
    mean, deviation = data.target_scale
    assert abs(data.y_train.mean()) < 1e-5 and abs(data.y_train.std() - 1) < 1e-5
    values = np.concatenate([data.y_train, data.y_test]) * deviation + mean
    original = sklearn.datasets.load_diabetes().target
    np.testing.assert_allclose(np.sort(values), np.sort(original), atol=1e-3)
    assert LinearRegression().fit(data.x_train, data.y_train).score(data.x_test, data.y_test) > 0.3


@pytest.mark.parametrize("kind", ["wine", "breast_cancer"])
def test_balance_repeats_training_rows_of_the_rarer_classes(kind):
    plain, even = built_in(kind), built_in(kind, balance=True)
    assert len(set(np.bincount(even.y_train))) == 1
    assert np.bincount(even.y_train)[0] == np.bincount(plain.y_train).max()
    assert np.array_equal(even.x_test, plain.x_test)
    assert {row.tobytes() for row in even.x_train} == {row.tobytes() for row in plain.x_train}
    assert len(even.train_points) == len(even.x_train)
    assert np.array_equal(built_in(kind, balance=True).y_train, even.y_train)


def test_an_uploaded_table_from_end_to_end(mixed_csv):
    data = uploaded(mixed_csv)
    assert data.classes == ("x", "y", "z")
    assert data.target == "species"
    assert data.inputs == ("age", "city = Berlin", "city = Paris", "city = Rome", "smoker = yes", "weight")
    # Of 60 rows 6 lack an age and 5 a city, one of them both.
    assert len(data.x_train) + len(data.x_test) == 50
    assert data.notes == ("10 rows with missing values left out",)
    assert set(np.unique(data.x_train[:, 1:5])) == {0, 1}
    assert np.array_equal(data.x_train[:, 1:4].sum(axis=1), np.ones(len(data.x_train)))


@pytest.mark.parametrize("missing", ["mean", "median", "most_frequent"])
def test_filled_rows_are_kept(mixed_csv, missing):
    data = uploaded(mixed_csv, missing=missing)
    assert len(data.x_train) + len(data.x_test) == 60
    assert data.notes == ()


def test_statistics_come_from_the_training_part_alone(mixed_csv):
    """A wild value changes nothing about the training inputs as long as it stands in a row that tests."""
    data = uploaded(mixed_csv, missing="mean")
    header, *lines = mixed_csv.decode().split("\n")
    wild_tests = 0
    for place, line in enumerate(lines):
        cells = line.split(",")
        wild = ",".join([*cells[:4], "1e6", cells[5]])
        changed = uploaded("\n".join([header, *lines[:place], wild, *lines[place + 1 :]]).encode(), missing="mean")
        if changed.x_test[:, 5].max() > 1_000:
            wild_tests += 1
            assert np.array_equal(changed.x_train, data.x_train)
            assert np.array_equal(changed.plane.inputs(np.ones((1, 2))), data.plane.inputs(np.ones((1, 2))))
        else:
            assert not np.array_equal(changed.x_train, data.x_train)
    assert wild_tests == len(data.x_test)


def test_rows_without_a_target_are_left_out():
    rows = "".join(f"{row % 7},{row % 5},{'' if row % 4 == 0 else 'ab'[row % 2]}\n" for row in range(40))
    data = uploaded(b"p,q,label\n" + rows.encode(), missing="mean")
    assert len(data.x_train) + len(data.x_test) == 30
    assert data.notes == ("10 rows without a value of 'label' left out",)


def test_a_number_can_be_a_class_and_a_regression_target():
    rows = "".join(f"{(row * 7) % 11},{row % 3 + 1}\n" for row in range(60)).encode()
    as_classes = uploaded(b"a,grade\n" + rows)
    assert as_classes.classes == ("1", "2", "3")
    as_number = uploaded(b"a,grade\n" + rows, as_task="regression")
    assert as_number.task == "regression"
    assert sorted(set(np.round(as_number.y_train * as_number.target_scale[1] + as_number.target_scale[0], 4))) == [
        1,
        2,
        3,
    ]


def test_one_input_is_a_line_for_a_regression_and_stripes_for_classes():
    rows = "".join(f"{(row * 7) % 11},{row % 3 + 1}\n" for row in range(60)).encode()
    line = uploaded(b"a,grade\n" + rows, as_task="regression")
    assert line.plane.kind == "line"
    assert line.plane.titles == ("a", "grade")
    assert np.array_equal(line.plane.inputs(line.train_points), line.x_train)
    stripes = uploaded(b"a,grade\n" + rows)
    assert stripes.plane.kind == "pca"
    assert np.allclose(
        stripes.plane.inputs(np.array([[0.5, -3.0], [0.5, 3.0]])), stripes.plane.inputs(np.array([[0.5, 0]]))
    )


def test_a_class_of_one_row_trains():
    rows = "".join(f"{(row * 7) % 11},{row % 5},{'rare' if row == 17 else 'ab'[row % 2]}\n" for row in range(40))
    data = uploaded(b"p,q,label\n" + rows.encode())
    assert (data.y_train == data.classes.index("rare")).sum() == 1


def test_balance_works_on_the_labels_the_network_is_shown(mixed_csv):
    data = uploaded(mixed_csv, balance=True, label_noise=0.3, missing="mean")
    assert len(set(np.bincount(data.y_train))) == 1


NUMBERS = [(row * 7) % 11 for row in range(40)]


def file(**cells) -> bytes:
    rows = zip(*cells.values(), strict=True)
    return "\n".join([",".join(cells), *(",".join(map(str, row)) for row in rows)]).encode()


REFUSED = {
    "no such target": ({"b": NUMBERS}, {"target": "nowhere"}, "target", "no column 'nowhere'"),
    "no such input": ({"b": NUMBERS}, {"target": "b", "columns": ("c",)}, "columns", "no column 'c'"),
    "one class": ({"b": ["same"] * 40}, {"target": "b"}, "target", "'b' is 'same' in every row"),
    "one value": (
        {"b": [5] * 40}, {"target": "b", "as_task": "regression"}, "target", "'b' is 5 in every row"
    ),
    "one class once rows are dropped": (
        {"a2": ["", *NUMBERS[1:]], "b": ["x", *["y"] * 39]}, {"target": "b", "columns": ("a", "a2")}, "target",
        "'b' is 'y' in every row",
    ),
    "too many classes": ({"b": [f"k{row}" for row in range(40)]}, {"target": "b"}, "target", "40 different values"),
    "too many numbers": ({"b": list(range(40))}, {"target": "b"}, "as_task", "predict it as a number"),
    "words as numbers": (
        {"b": ["x", "y"] * 20}, {"target": "b", "as_task": "regression"}, "as_task", "holds words, not numbers"
    ),
    "empty target": ({"b": [""] * 40}, {"target": "b"}, "target", "'b' has no values"),
    "empty input": (
        {"e": [""] * 40, "b": ["x", "y"] * 20}, {"target": "b", "columns": ("a", "e")}, "columns", "'e' has no values"
    ),
    "all dropped": (
        {"c": ["", 1] * 20, "d": [1, ""] * 20, "b": ["x", "y"] * 20}, {"target": "b", "columns": ("c", "d")},
        "missing", "Only 0 rows left",
    ),
    "one target": (
        {"b": ["x", *[""] * 39]}, {"target": "b", "missing": "mean"}, "target", "Only one row has a value"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_said_at_the_field_to_change(name):
    cells, choices, field, words = REFUSED[name]
    spec = {"columns": ("a",), "as_task": "classification", **choices}
    with pytest.raises(TableError, match=words) as caught:
        load(CSV(kind="csv", table=store.put(file(a=NUMBERS, **cells)), **spec))
    assert caught.value.field == field


def test_an_unknown_table_asks_for_the_file():
    spec = CSV(kind="csv", table="0" * 64, target="b", as_task="regression", columns=("a",))
    with pytest.raises(TableError, match="not on this server: upload it again") as caught:
        load(spec)
    assert caught.value.field == "table"


def test_the_size_of_the_whole_is_bounded(mixed_csv, monkeypatch):
    monkeypatch.setattr(prepare, "MOST_VALUES", 100)
    with pytest.raises(TableError, match="50 rows with 6 inputs each are too many; 2 inputs are possible") as caught:
        uploaded(mixed_csv)
    assert caught.value.field == "columns"


def test_what_is_loaded_can_be_sent_to_another_process(mixed_csv):
    found = pickle.loads(pickle.dumps(inspect(mixed_csv)))
    assert found.proposal == inspect(mixed_csv).proposal
    data = built_in("iris")
    again = pickle.loads(pickle.dumps(data))
    assert np.array_equal(again.x_train, data.x_train)
    assert np.array_equal(again.plane.inputs(np.ones((2, 2))), data.plane.inputs(np.ones((2, 2))))
