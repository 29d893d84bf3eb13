"""When a run is saved: at once after a command, but not for every move of a weight that is dragged."""

import math

from playground.runs.build import build
from playground.runs.place import Place
from tests.runs.viewer import experiment

ORDER = {"run": "id", "revision": 1, "generation": 0, "seq": 0, "playing": False, "goal": None, "speed": None,
         "device": "cpu", "engine": "auto"}  # fmt: skip
WEIGHT = {"path": [0], "unit": 0, "input": 0, "value": 1.0}


def saved_place(sent):
    """A run that was saved this very moment, and will have been for a while."""
    seat = build(ORDER, experiment().model_dump_json().encode(), b"")
    place = Place(seat, lambda kind, payload=b"", **header: sent.append(kind))
    place.save(busy=1)
    assert sent == ["checkpoint"]
    sent.clear()
    place._save_time = math.inf
    return seat, place


def test_a_weight_that_is_dragged_is_not_saved_at_every_move():
    sent = []
    seat, place = saved_place(sent)
    for count in range(20):
        seat.command("weight", {**WEIGHT, "value": count / 10})
        place.save(busy=1)
    assert sent == []
    place._save_time = -math.inf  # a while later
    place.save(busy=1)
    assert sent == ["checkpoint"]
    assert not seat.unsaved


def test_what_is_no_dragging_is_saved_at_once():
    sent = []
    seat, place = saved_place(sent)
    seat.command("silence", {"path": [0], "unit": 0, "on": True})
    seat.command("pause", None)
    place.save(busy=1)
    assert sent == ["checkpoint"]
    sent.clear()
    seat.load_weights(seat.trainer.weights())
    place.save(busy=1)
    assert sent == ["checkpoint"]
