"""Two terrains for the view in the browser: one scale, and numbers that say who is ahead."""

import numpy as np
import orjson
import pytest

from playground.figures.compare import comparison, facts
from playground.lenses.landscape.comparing import Result, Side
from playground.runs.wire import encode

X = np.linspace(-1.0, 1.0, 11)
BOWL = np.add.outer(X**2, X**2)


def result(first, second, **more) -> Result:
    sides = (Side(10, "accuracy", surface=first, **more), Side(1200, "accuracy", surface=second))
    return Result(X, X, sides, True)


def test_both_are_drawn_on_one_scale():
    found = comparison(result(BOWL + 0.1, 5 * BOWL + 0.5))
    low, high = found["linear"]["low"], found["linear"]["high"]
    first, second = found["linear"]["z"]
    assert low <= first.min() and high >= second.max() * 0.95 and first.max() < second.max()
    assert np.allclose(first, BOWL + 0.1)
    assert np.allclose(found["log"]["z"][0], np.log10(BOWL + 0.1), atol=1e-6)
    assert found["log"]["low"] <= np.log10(0.1) and found["log"]["high"] >= np.log10(10.5) - 1e-6
    assert np.allclose(found["lines"][1], 5 * X**2 + 0.5)


def test_a_loss_of_nothing_has_no_logarithm():
    assert comparison(result(BOWL, BOWL + 1))["log"] is None


@pytest.mark.parametrize("wild", [np.full((11, 11), np.nan), np.where(BOWL > 1, np.inf, BOWL + 0.1)])
def test_what_is_no_number_is_drawn_at_the_top(wild):
    found = comparison(result(BOWL + 0.1, wild))
    z = found["linear"]["z"][1]
    assert np.isfinite(z).all() and z[~np.isfinite(wild)] == pytest.approx(found["linear"]["high"])
    orjson.loads(encode(found))


def test_before_there_are_surfaces_there_are_curves():
    found = comparison(result(None, None, curve=np.array([[0.0, 1.0], [1.0, 0.5]])))
    assert "linear" not in found and list(found["curves"][0]["y"]) == [1.0, 0.5]
    assert [row["values"] for row in found["facts"] if row["name"] == "rise"] == [["–", "–"]]


def test_who_is_ahead():
    told = {row["name"]: row for row in facts(result(BOWL, 3 * BOWL, train_loss=0.1, test_loss=0.2, test_score=0.9))}
    assert told["rise"]["better"] == 0
    assert told["parameters"]["values"] == ["10", "1,200"] and told["parameters"]["better"] is None
    assert told["test accuracy"]["values"] == ["90%", "–"] and told["test accuracy"]["better"] is None
    sides = result(BOWL, BOWL, test_score=0.97)
    sides.sides[1].test_score = 0.5
    assert {row["name"]: row["better"] for row in facts(sides)}["test accuracy"] == 0
