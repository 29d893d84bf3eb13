"""What browsers may ask to see."""

import orjson
import pytest

from playground.figures.live import FIGURES
from playground.runs.views import MOMENT, keys_of


def test_equal_wishes_have_equal_keys():
    asked = keys_of({"boundary": {"resolution": 100}}, None)
    assert asked == keys_of({"boundary": {}}, None) == keys_of({"boundary": None}, None)
    assert asked != keys_of({"boundary": {"resolution": 60}}, None)
    assert orjson.loads(asked["boundary"].options)["resolution"] == 100


def test_equal_planes_and_marks_have_equal_keys():
    short = {"plane": {"kind": "features", "x": 2, "y": 3}, "mark": {"actual": 1, "predicted": 0}}
    full = {
        "plane": {"row": None, "y": 3, "x": 2, "kind": "features"},
        "mark": {"predicted": 0, "actual": 1, "part": "test"},
    }
    assert keys_of({"boundary": short}, None) == keys_of({"boundary": full}, None)
    assert keys_of({"boundary": short}, None) != keys_of({"boundary": {}}, None)


@pytest.mark.parametrize("name", FIGURES)
def test_every_view_can_be_asked_for(name):
    assert keys_of({name: {}}, None)[name].name == name


def test_the_past_is_another_picture_but_the_curves_are_the_whole_run():
    keys = keys_of({"boundary": {}, "curves": {}}, 12)
    assert (keys["boundary"].at, keys["curves"].at, keys[MOMENT].at) == (12, None, 12)


@pytest.mark.parametrize(
    ("views", "at", "words"),
    [
        ({"nothing": {}}, None, "no view 'nothing'"),
        ({"boundary": {"resolution": 10_000}}, None, "resolution"),
        ({"boundary": {"resolution": "many"}}, None, "resolution"),
        ({"boundary": {"resolution": float("nan")}}, None, "resolution"),
        ({"boundary": {"color": "red"}}, None, "no option 'color'"),
        ({"boundary": {"plane": {"kind": "features", "x": 2, "y": 2}}}, None, "different"),
        ({"network": {"plane": {"kind": "features", "x": -1}}}, None, "plane"),
        ({"boundary": {"plane": {"kind": "features", "x": 10**12}}}, None, "plane"),
        ({"boundary": {"plane": {"kind": "sphere"}}}, None, "plane"),
        ({"boundary": {"mark": {"actual": 0}}}, None, "mark"),
        ({"boundary": {"mark": {"part": "<b>", "actual": 0, "predicted": 0}}}, None, "mark"),
        ({"confusion": {"part": "both"}}, None, "part"),
        ({"boundary": [1]}, None, "must be an object"),
        ({"boundary": {"resolution": {"a": object()}}}, None, "must be JSON"),
        (["boundary"], None, "must be an object"),
        ({f"v{i}": {} for i in range(99)}, None, "at most"),
        ({}, -1, "'at'"),
        ({}, 1.5, "'at'"),
        ({}, True, "'at'"),
        ({}, "3", "'at'"),
    ],
)
def test_nonsense_is_refused_in_plain_words(views, at, words):
    with pytest.raises(ValueError, match=words):
        keys_of(views, at)
