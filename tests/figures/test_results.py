"""The figures of the results: Plotly takes them, what moves fits what stands, and the measures are scikit-learn's."""

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from playground import lenses
from playground.figures import roc, still, theme, view_of
from playground.figures.confusion import average, measures
from playground.figures.live import Unsuited
from playground.figures.roc import MOST_LINES
from playground.runs.wire import encode
from tests.figures.looks import look
from tests.lenses.moments import moment_of


@settings(max_examples=80)
@given(seed=st.integers(0, 10**6), classes=st.integers(2, 8), rows=st.integers(1, 60))
def test_measures_are_scikit_learns(seed, classes, rows):
    actual, predicted = np.random.default_rng(seed).integers(0, classes, (2, rows))
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (actual, predicted), 1)
    *theirs, support = precision_recall_fscore_support(
        actual, predicted, labels=range(classes), zero_division=np.nan, average=None
    )
    ours = measures(counts)
    np.testing.assert_allclose(ours, np.stack(theirs, axis=1))
    np.testing.assert_array_equal(counts.sum(axis=1), support)
    expected = [np.nanmean(column) if np.isfinite(column).any() else np.nan for column in ours.T]
    np.testing.assert_allclose(average(ours), expected)


@pytest.mark.parametrize("kind", ["circle", "iris", "breast_cancer"])
@pytest.mark.parametrize("part", ["train", "test"])
def test_the_confusion_matrix_travels_as_plain_json(kind, part):
    view, arrays, moment = look(kind, "confusion", part=part)
    base, frame = view.base(arrays, moment), view.frame(arrays, moment)
    assert base["classes"] == list(moment.dataset.classes)
    assert len(set(base["colours"])) == len(base["classes"])
    assert frame["total"] == len(getattr(moment.dataset, f"y_{part}")) == sum(map(sum, frame["counts"]))
    assert frame["right"] == sum(frame["counts"][k][k] for k in range(len(base["classes"])))
    assert b"NaN" not in encode({"base": base, "frame": frame})


@pytest.mark.parametrize("kind", ["circle", "spiral3", "iris", "breast_cancer"])
@pytest.mark.parametrize("part", ["both", "train", "test"])
def test_roc(kind, part):
    view, arrays, moment = look(kind, "roc", part=part)
    base, frame = view.base(arrays, moment), view.frame(arrays, moment)
    figure = go.Figure(still(base, frame))
    classes = len(moment.dataset.classes)
    lines = (2 if part == "both" else 1) * (1 if classes == 2 else classes)
    assert len(figure.data) == 1 + 2 * lines
    assert set(frame["traces"]) == {str(index) for index in range(1, 1 + 2 * lines)}
    assert f"{arrays['test_auc' if part != 'train' else 'train_auc'][0]:.3f}" in figure.layout.annotations[0].text
    assert "–" in base["layout"]["annotations"][0]["text"], "the base does not change with the step"


def test_roc_of_many_classes_draws_some_and_says_so():
    many = 17
    arrays = {
        "classes": np.arange(many),
        "test_fpr": [np.array([0, 1.0])] * many,
        "test_tpr": [np.array([0, 1.0])] * many,
        "test_auc": np.full(many, 0.5),
        "test_now": np.zeros((many, 2)),
    }
    names = type("Data", (), {"classes": tuple(f"<b>{k}</b>" for k in range(many)), "y_test": np.zeros(9)})
    base = roc.base(arrays, names)
    assert len(base["data"]) == 1 + 2 * MOST_LINES
    text = base["layout"]["annotations"][0]["text"]
    assert "and 7 classes more" in text
    assert "<b>3</b>" not in text, "names of strangers are no markup"


@pytest.mark.parametrize("kind", ["plane", "curve", "diabetes"])
@pytest.mark.parametrize("show_test", [True, False])
def test_residuals(kind, show_test):
    view, arrays, moment = look(kind, "residuals", show_test=show_test)
    base, frame = view.base(arrays, moment), view.frame(arrays, moment)
    figure = go.Figure(still(base, frame))
    assert [trace.visible for trace in figure.data] == [True, show_test] * 2
    assert len(figure.layout.annotations) == 1 + show_test
    low, high = figure.layout.yaxis.range
    for part in ("train", "test"):
        assert low < arrays[f"{part}_residual"].min()
        assert high > arrays[f"{part}_residual"].max()
    for index, patch in frame["traces"].items():
        for name, value in patch.items():
            assert np.shape(base["data"][int(index)][name]) == np.shape(value)


@pytest.mark.parametrize("kind", ["circle", "spiral3", "iris"])
def test_the_points_of_a_cell_stand_out(kind):
    cell = {"part": "train", "actual": 1, "predicted": 0}
    view, arrays, moment = look(kind, resolution=8, mark=cell)
    base, frame = view.base(arrays, moment), view.frame(arrays, moment)
    figure = go.Figure(still(base, frame))
    counts = lenses.confusion(moment, "train")["counts"]
    marked = figure.data[3]
    assert len(marked.x) == counts[1, 0]
    np.testing.assert_array_equal(np.stack([marked.x, marked.y], 1), moment.dataset.train_points[arrays["marked"]])
    assert marked.marker.color == theme.class_colour(1)
    assert figure.data[1].opacity == figure.data[2].opacity < 0.5
    assert "taken for" in marked.hovertemplate


def test_a_table_in_a_chosen_plane_has_its_own_numbers_and_its_own_zoom():
    plain, arrays, moment = look("iris", resolution=8)
    chosen, seen, _ = look("iris", resolution=8, plane={"kind": "features", "x": 2, "y": 3})
    layout = chosen.base(seen, moment)["layout"]
    assert layout["xaxis"]["title"]["text"] == "petal length (cm)"
    assert layout["xaxis"]["range"][1] > 6.9  # centimetres
    assert layout["uirevision"] != plain.base(arrays, moment)["layout"]["uirevision"]
    points = chosen.base(seen, moment)["data"][1]
    assert points["x"].min() == pytest.approx(1.0, abs=1e-5)
    assert chosen.frame(seen, moment)["traces"]["0"]["z"].array.shape == (8, 8)


def test_the_row_that_a_plane_goes_through_is_ringed():
    view, arrays, moment = look("wine", resolution=8, plane={"kind": "features", "x": 2, "y": 3, "row": 6})
    ring = view.base(arrays, moment)["data"][-1]
    row = moment.dataset.x_train[6] * moment.dataset.input_scale[1] + moment.dataset.input_scale[0]
    np.testing.assert_allclose([ring["x"][0], ring["y"][0]], row[[2, 3]], rtol=1e-5)
    assert ring["marker"]["color"] == theme.FITTED
    assert "row" not in look("wine", resolution=8, plane={"kind": "pca", "row": 6})[1]


@pytest.mark.parametrize("plane", [{"kind": "pca"}, {"kind": "features", "x": 2, "y": 8, "row": 3}])
def test_a_table_of_numbers_has_a_surface_where_a_plane_is_asked_for(plane):
    assert look("diabetes")[0].lens == "predictions"
    view, arrays, moment = look("diabetes", resolution=8, plane=plane)
    assert view.lens == "decision_boundary"
    go.Figure(still(view.base(arrays, moment), view.frame(arrays, moment)))
    diagram, tiles, _ = look("diabetes", "network", plane=plane)
    kind = {"pca": "pca", "features": "features"}[plane["kind"]]
    assert diagram.base(tiles, moment)["plane"] == {"kind": kind}


@pytest.mark.parametrize("kind", ["circle", "curve", "iris"])
def test_what_other_data_has_is_passed_over(kind):
    """The page may ask for the plane of a table that the run has just left."""
    options = {"plane": {"kind": "features", "x": 8, "y": 9}, "mark": {"actual": 7, "predicted": 0}}
    view, arrays, moment = look(kind, **options)
    assert not view.lens_options.get("plane")
    assert not view.lens_options.get("mark")
    assert view.base(arrays, moment)
    assert look(kind, "network", plane=options["plane"])[1]["tiles"]


@pytest.mark.parametrize(("kind", "view"), [("plane", "confusion"), ("diabetes", "roc"), ("circle", "residuals")])
def test_results_of_another_task_are_none(kind, view):
    with pytest.raises(Unsuited, match="there is none"):
        view_of(view, moment_of({"kind": kind}).dataset)
