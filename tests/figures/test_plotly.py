"""Every figure is one that Plotly accepts, and its frames fit its base."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from playground import lenses
from playground.figures import FIGURES, Quantised, draw, slices, still, view_of
from playground.figures.curves import CurvesOptions, base, frame
from playground.lenses.registry import LENSES
from playground.runs.wire import encode
from playground.training import Trainer
from tests.figures.looks import KINDS, look
from tests.lenses.moments import experiment_of


def check(figure_base, figure_frame):
    """Plotly takes it; frames name traces and attributes that the base has, in the same shapes."""
    figure = go.Figure(still(figure_base, figure_frame))
    go.Figure(still(figure_base))
    for index, patch in figure_frame["traces"].items():
        trace = figure_base["data"][int(index)]
        for name, value in patch.items():
            assert name in trace
            assert np.shape(getattr(value, "array", value))
    assert figure.layout.meta["description"]
    assert figure.layout.uirevision
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color is None  # the page's
    assert encode({"base": figure_base, "frame": figure_frame})
    return figure


@pytest.mark.parametrize("discrete", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_boundary(kind, discrete):
    view, arrays, moment = look(kind, resolution=16, discrete=discrete)
    figure_base, figure_frame = view.base(arrays, moment), view.frame(arrays, moment)
    figure = check(figure_base, figure_frame)
    for index, patch in figure_frame["traces"].items():
        for name, value in patch.items():
            old = figure_base["data"][int(index)][name]
            assert np.shape(getattr(value, "array", value)) == np.shape(getattr(old, "array", old))
    hidden, arrays, moment = look(kind, resolution=16, show_test=False)
    bare = hidden.base(arrays, moment)
    assert sum(trace.get("visible") is False for trace in bare["data"]) == 1
    assert "test" not in bare["layout"]["annotations"][0]["text"]
    assert len(figure.data) == 3


@pytest.mark.parametrize("options", [{}, {"log": True}, {"show_lr": True, "at": 12.5}])
@pytest.mark.parametrize("metric", ["accuracy", "R²", ""])
def test_curves(options, metric):
    chosen = CurvesOptions(**options)
    n = np.arange(1, 50.0)
    names = ("train_loss", "test_loss", "train_metric", "test_metric", "lr")
    arrays = {"metric": metric, **{name: 1 / n for name in names}, **{f"{name}_x": n for name in names}}
    figure = check(base(arrays, None, chosen), frame(arrays, None, chosen))
    assert len(figure.layout.shapes) == ("at" in options)
    assert figure.layout.yaxis.type == ("log" if "log" in options else "linear")
    assert bool(figure.data[4].visible) == ("show_lr" in options)
    assert figure.data[2].visible is (metric != "")


@pytest.mark.parametrize("kind", ["circle", "curve", "multi_gaussian", "diabetes"])
def test_data_without_a_test_part(kind):
    view, _, moment = look(kind, resolution=8)
    data = moment.dataset
    empty = {"x_test": data.x_test[:0], "y_test": data.y_test[:0], "test_points": data.test_points[:0]}
    alone = replace(moment, dataset=replace(data, **empty))
    arrays = getattr(lenses, view.lens)(alone, **view.lens_options)
    go.Figure(still(view.base(arrays, alone), view.frame(arrays, alone)))


def test_curves_of_a_loss_of_zero_on_a_log_scale():
    n = np.zeros(3, np.float32)
    names = ("train_loss", "test_loss", "train_metric", "test_metric", "lr")
    arrays = {"metric": "accuracy", **{name: n for name in names}, **{f"{name}_x": n for name in names}}
    moved = frame(arrays, None, CurvesOptions(log=True))
    assert np.isnan(moved["traces"]["0"]["y"]).all()
    assert (moved["traces"]["2"]["y"] == 0).all()


def test_the_base_does_not_depend_on_the_step():
    """Sent once: the same bytes whatever the weights are."""
    for kind in KINDS:
        view, arrays, moment = look(kind, resolution=8)
        before = encode(view.base(arrays, moment))
        moment.module.flat.values.mul_(3)
        later = look(kind, resolution=8)[0]
        again = getattr(lenses, view.lens)(moment, **view.lens_options)
        assert encode(later.base(again, moment)) == before
        assert encode(later.frame(again, moment)) != encode(view.frame(arrays, moment))


def test_options_are_split_between_lens_and_figure():
    view, *_ = look("circle", resolution=32, discrete=True)
    assert view.lens_options == {"resolution": 32, "plane": None, "mark": None}
    assert view.options.discrete
    curve, *_ = look("curve", resolution=32, discrete=True)  # a curve has no resolution, and does not mind
    assert curve.lens == "fitted_curve"
    assert "resolution" not in curve.lens_options


@pytest.mark.parametrize(
    ("view", "options"),
    [("boundary", {"colour": "red"}), ("boundary", {"resolution": 10**6}), ("network", {"shown": 0}), ("sound", {})],
)
def test_nonsense_is_refused_in_plain_words(view, options):
    _, _, moment = look("circle")
    with pytest.raises(ValueError, match=r"^(There is no view|The view|Option)"):
        view_of(view, moment.dataset, options)


def test_every_figure_has_a_lens_and_a_label():
    for figure in FIGURES.values():
        assert figure.label
        assert set(figure.drawings) <= set(LENSES)


def test_still_changes_neither_base_nor_frame():
    marked = Quantised(np.ones((2, 2)), 0, 1)
    figure_base = {"data": [{"z": None, "marker": {"size": 3}}], "layout": {}}
    figure_frame = {"traces": {"0": {"z": marked, "marker.color": "red"}}, "layout": {"xaxis.range": [0, 1]}}
    whole = still(figure_base, figure_frame)
    assert whole["data"][0]["marker"] == {"size": 3, "color": "red"}
    assert whole["layout"] == {"xaxis": {"range": [0, 1]}}
    assert isinstance(whole["data"][0]["z"], np.ndarray)
    assert figure_base == {"data": [{"z": None, "marker": {"size": 3}}], "layout": {}}
    with pytest.raises(IndexError):
        still(figure_base, {"traces": {"7": {"z": 1}}})


def test_a_trainer_is_drawn_in_one_line():
    trainer = Trainer(experiment_of({"kind": "circle", "samples": 60}), device="cpu", engine="torch")
    trainer.advance(steps=5)
    boundary = go.Figure(draw("boundary", trainer, resolution=20, discrete=True))
    assert np.shape(boundary.data[0].z) == (20, 20)
    curves = go.Figure(draw("curves", trainer))
    assert len(curves.data[0].x) == 6
    with pytest.raises(ValueError, match=r"lenses\.network"):
        draw("network", trainer)


@pytest.mark.parametrize(
    ("scores", "lowest"),
    [([-20.0, -3.0, 0.9], -1.0), ([-20.0, -0.4], -1.0), ([-20.0, -5.0], -10.0), ([-7.0, np.nan], -14.0), ([], -1.0)],
)
def test_however_bad_an_r2_is_the_best_of_it_is_seen(scores, lowest):
    nothing = {
        f"{part}_{what}{axis}": [] for part in ("train", "test") for what in ("loss", "metric") for axis in ("", "_x")
    }
    arrays = nothing | {"metric": "R²", "lr": [], "lr_x": [], "test_metric": scores, "test_metric_x": scores}
    assert frame(arrays)["layout"] == {"yaxis2.autorangeoptions.clipmin": lowest}
    along = {"along": np.arange(2.0), "origin": 0.0, "name": "", "score_name": "r2"}
    lines = {f"{part}_{what}": np.zeros(0) for part in ("train", "test") for what in ("loss", "score")}
    assert slices.frame(along | lines | {"test_score": scores})["layout"]["yaxis2.range"][0] == lowest
    assert "layout" not in frame(arrays | {"metric": "accuracy"})


def test_the_figures_import_no_torch():
    names = (
        "activation_plot boundary confusion curves fit keys live network points predictions residuals roc stills svg"
    )
    names += " theme thumbnails units distributions findings gradients layers unit_counts weight_history"
    code = "import sys\n" + "\n".join(f"import playground.figures.{name}" for name in names.split())
    code += "\nsys.exit('torch' in sys.modules or 'streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
