"""The studio's comparison is the headless one, and what is wrong is told in plain words."""

import pytest

from playground.experiment.comparisons import Comparison
from playground.figures import compare as figure
from playground.lenses.landscape import comparing
from playground.runs.comparing import compare
from playground.runs.jobs import JOBS
from playground.runs.wire import encode
from tests.runs.viewer import experiment


def test_a_comparison_is_the_headless_one():
    first = experiment()
    asked = Comparison(first=first, second=first.replace(seed=3), epochs=2, resolution=11)
    assert JOBS["compare"] == f"{compare.__module__}:{compare.__name__}"
    *_, (share, last, _) = compare(asked.model_dump(mode="json"), None)
    assert share == 1.0 and last == encode(figure.comparison(comparing.run(asked)))


@pytest.mark.parametrize(
    ("change", "text"),
    [({"epochs": 0}, "Epochs must be at least 1"), ({"first": {}}, "Data must be given"), ({"odd": 1}, "odd")],
)
def test_what_is_wrong_is_told(change, text):
    asked = Comparison(first=experiment(), second=experiment()).model_dump(mode="json")
    with pytest.raises(ValueError, match=text):
        next(compare({**asked, **change}, None))
