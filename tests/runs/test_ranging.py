"""The studio's range test is the headless one, drawn, and what is wrong is told in plain words."""

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.experiment.rate_ranges import RateRange
from playground.figures import range_test as figure
from playground.runs.jobs import JOBS
from playground.runs.ranging import range_test
from playground.runs.wire import encode
from playground.training import lr_range_test
from tests.network.describe import experiment, linear, tanh_stack


def test_a_test_is_the_headless_one():
    exp = experiment(tanh_stack(4), optimizer={"kind": "adam"})
    assert JOBS["range_test"] == f"{range_test.__module__}:{range_test.__name__}"
    looks = list(range_test(RateRange(experiment=exp, steps=60, seeds=2).model_dump(mode="json"), None))
    assert looks[-1][0] == 1.0 and looks[-1][1] == encode(figure.range_test(lr_range_test(exp, steps=60, seeds=2)))
    assert sum(data is not None for _, data, _ in looks) == 2


@pytest.mark.parametrize("high", [100.0, 2e-3], ids=["explodes", "moves nothing"])
def test_the_picture_is_one_that_plotly_takes(high):
    found = lr_range_test(experiment([linear(3)], data={"kind": "plane"}), 1e-5, high, steps=60, seeds=3)
    drawn = figure.range_test(found)
    whole = go.Figure({"data": drawn["data"], "layout": drawn["layout"]})
    assert drawn["suggestion"] == found.suggestion and len(whole.data) == (4 if found.suggestion else 2)
    low, high = whole.layout.yaxis.range
    first = found.smoothed[:6].mean()
    shown = np.log10(first) if whole.layout.yaxis.type == "log" else first
    assert low < shown < high
    encode(drawn)


@pytest.mark.parametrize(
    ("change", "text"),
    [({"steps": 1}, "Steps must be at least 20"), ({"high": 2e-4}, "ten times"), ({"experiment": {}}, "Data must be")],
)
def test_what_is_wrong_is_told(change, text):
    asked = RateRange(experiment=experiment()).model_dump(mode="json")
    with pytest.raises(ValueError, match=text):
        next(range_test({**asked, **change}, None))
