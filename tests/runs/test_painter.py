"""What a worker draws of a run."""

import orjson
import pytest

from playground.figures.live import FIGURES
from playground.lenses.lens import ImageLens
from playground.lenses.registry import LENSES
from playground.runs.painter import Painter
from playground.runs.place import Place
from playground.runs.seat import Seat
from playground.runs.views import MOMENT, keys_of
from playground.training import Trainer
from tests.lenses.moments import experiment_of
from tests.lenses.seeing import DIGITS, STACK
from tests.runs.viewer import experiment


@pytest.fixture(scope="module")
def seat():
    return seat_of()


def seat_of(data=None, network=None):
    trainer = Trainer(experiment() if data is None else experiment_of(data, network), device="cpu")
    trainer.advance(steps=300)
    return Seat("run", 1, trainer, {"generation": 0, "seq": 0, "playing": False, "goal": None, "speed": None})


@pytest.fixture(scope="module")
def regression():
    return seat_of({"kind": "plane", "samples": 60})


@pytest.fixture(scope="module")
def images():
    return seat_of(DIGITS, STACK)


@pytest.mark.parametrize("name", FIGURES)
def test_every_view_draws_its_base_and_its_frame(seat, regression, images, name):
    of_images = all(issubclass(LENSES[lens], ImageLens) for lens in FIGURES[name].drawings)
    seat = images if of_images else regression if name == "residuals" else seat
    (key,) = keys_of({name: {"path": [0]} if name == "map_detail" else {}}, None).values()
    part, pieces = Painter(seat).draw(list(key), base=True)
    assert (part["version"], part["step"], part["base"]) == ([1, 0, 300], 300, True)
    assert len([orjson.loads(piece) for piece in pieces]) == 2
    assert len(Painter(seat).draw(list(key), base=False)[1]) == 1


def test_a_moment_of_the_past_has_its_numbers(seat):
    key = keys_of({}, 100)[MOMENT]
    part, (piece,) = Painter(seat).draw(list(key), base=False)
    moment = orjson.loads(piece)
    row = seat.trainer.record_at(part["step"])
    assert abs(part["step"] - 100) <= 2
    assert moment["train_loss"] == row["train_loss"]
    assert moment["metric"]["name"] == "accuracy"


def test_a_view_of_the_past_is_drawn_until_it_is_whole_while_the_run_goes_on(images):
    seat = Seat("run", 1, images.trainer, {"generation": 0, "seq": 0, "playing": True, "goal": None, "speed": None})
    key, painter, seen = list(keys_of({"dream": {"steps": 512}}, 100)["dream"]), Painter(seat), []
    assert seat.hungry
    while not seen or painter.version(key) != seen[-1]:
        part, pieces = painter.draw(key, base=False)
        seen.append(part["version"])
        painter.forget()
    assert [version[:3] for version in seen] == [[1, 0, 100]] * len(seen)
    assert len(seen) > 1
    assert "512 steps" in orjson.loads(pieces[0])["note"]


def test_a_view_that_fails_is_its_error_and_is_reported_once(seat, capsys):
    painter = Painter(seat)
    for _ in range(3):
        part, (piece,) = painter.draw(["boundary", '{"resolution": -1}', None], base=True)
        assert part["error"] and not part["base"]
        assert "resolution" in orjson.loads(piece)
    assert capsys.readouterr().err.count("Traceback") == 1


@pytest.mark.parametrize("name", ["confusion", "roc"])
def test_what_other_data_has_is_no_failure_to_report(regression, name, capsys):
    """The page looked at classes a moment ago."""
    (key,) = keys_of({name: {}}, None).values()
    part, (piece,) = Painter(regression).draw(list(key), base=True)
    assert part["error"]
    assert "there is none for a regression" in orjson.loads(piece)
    assert not capsys.readouterr().err


def test_where_measuring_takes_long_a_run_at_rest_tells_its_own_step_and_a_moving_one_the_last_record():
    seat = seat_of(DIGITS, STACK)
    while seat.trainer.is_measured:
        seat.trainer.advance(steps=1)
    painter = Painter(seat)
    painter._measure_seconds = 0.1
    seat.playing = True
    assert painter.status()["step"] > seat.trainer.record_at(seat.trainer.step)["step"]
    assert painter.status()["test_loss"] == seat.trainer.record_at(seat.trainer.step)["test_loss"]
    seat.playing = False
    assert painter.status()["test_loss"] == seat.trainer.measure()["test_loss"]
    assert painter.status()["test_loss"] != seat.trainer.record_at(seat.trainer.step)["test_loss"]


def test_a_run_that_comes_to_rest_where_it_was_just_drawn_is_drawn_again():
    """What was drawn in a hurry, and before it was measured, would stay so."""
    seat, sent = seat_of(DIGITS, STACK), []
    while seat.trainer.is_measured:
        seat.trainer.advance(steps=1)
    place = Place(seat, lambda kind, payload, **header: sent.append(header))
    place._painter._measure_seconds = 0.1
    seat.playing = True
    (key,) = keys_of({"curves": {}}, None).values()
    versions = []
    for op in ("play", "pause", None, None):
        if op:
            seat.command(op, None)
        place.watch([{"key": list(key), "base": False, "after": versions[-1] if versions else None}])
        place.show(1000.0, 1)
        versions.append(sent[-1]["version"] if sent[-1]["parts"] else versions[-1])
    assert [bool(frame["parts"]) for frame in sent] == [True, False, True]
    assert versions[2:] == [seat.version, seat.version] != versions[:2]


def test_the_status_says_where_the_run_is(seat):
    status = Painter(seat).status()
    assert (status["state"], status["step"], status["epoch"]) == ("paused", 300, 30.0)
    assert status["train_loss"] == seat.trainer.measure()["train_loss"]
    assert status["timeline"] == {"first": 0, "last": 300}
    assert status["engine_reason"]
