"""What a study's figures show is what its trials found, said as a person says it, and each point knows its trial."""

import json
import math

import numpy as np
import optuna
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from optuna.trial import TrialState, create_trial

from playground.figures import theme
from playground.runs.wire import encode
from playground.studies.figures import FIGURES, MOST_CURVES, MOST_TRIALS, Words, figure

LR, KIND, WIDTH = "training.optimizer.lr", "training.optimizer", "width"
SPREADS = {
    LR: optuna.distributions.FloatDistribution(1e-4, 1.0, log=True),
    KIND: optuna.distributions.CategoricalDistribution(["sgd", "adam"]),
    WIDTH: optuna.distributions.IntDistribution(1, 32),
}
SAID = {"sgd": "SGD", "adam": "Adam"}
WORDS = Words(
    {LR: "Learning rate", KIND: "Optimizer", WIDTH: "Width"}, lambda _at, value: SAID.get(value, str(value)), ("Loss",)
)


def trial(index: int, values, state=TrialState.COMPLETE, curve=(), width=None):
    params = {LR: 10.0 ** -(index % 4), KIND: ("sgd", "adam")[index % 2], WIDTH: width or 1 + index % 32}
    return create_trial(
        state=state, values=values, params=params, distributions=SPREADS, intermediate_values=dict(enumerate(curve, 1))
    )


def study_of(trials, directions=("minimize",)) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(directions=list(directions))
    study.add_trials(trials)
    return study


@pytest.fixture(scope="module")
def study() -> optuna.Study:
    """Twelve that finished, four that were given up and one that failed."""
    finished = [trial(i, [0.1 + 0.05 * ((i * 7) % 12)], curve=[1.0, 0.5, 0.2]) for i in range(12)]
    pruned = [trial(i, None, TrialState.PRUNED, curve=[2.0, 1.5]) for i in range(4)]
    return study_of([*finished, *pruned, trial(1, None, TrialState.FAIL)])


def pressable(drawn) -> list[list[int]]:
    return [trace["meta"]["trials"] for trace in drawn["data"] if trace.get("meta")]


def test_the_history_shows_every_result_and_the_best_until_then(study):
    best, points = figure(study, "history", WORDS)["data"]
    values = [one.value for one in study.trials[:12]]
    assert points["x"] == points["meta"]["trials"] == list(range(12))
    assert points["y"] == values
    assert list(best["y"])[:12] == np.minimum.accumulate(values).tolist()


def test_curves_tell_the_best_from_what_was_given_up(study):
    drawn = figure(study, "curves", WORDS)
    lines = {trace["meta"]["trials"][0]: trace for trace in drawn["data"] if trace.get("meta")}
    assert sorted(lines) == list(range(16)), "one that failed measured nothing"
    assert lines[0]["x"] == [1, 2, 3] and lines[0]["y"] == [1.0, 0.5, 0.2]
    assert [number for number, line in lines.items() if line["line"]["color"] == theme.NEGATIVE] == [
        study.best_trial.number
    ]
    assert {lines[number]["line"]["color"] for number in range(12, 16)} == {theme.FAINT}
    assert "given up" in lines[12]["hovertemplate"] and "Optimizer: SGD" in lines[12]["hovertemplate"]
    assert [trace["name"] for trace in drawn["data"] if trace.get("showlegend") is not False] == [
        "Best so far", "Finished", "Given up early",
    ]  # fmt: skip


def test_importances_are_optunas(study):
    (bars,) = figure(study, "importances", WORDS)["data"]
    ours = dict(zip(bars["y"], map(float, bars["x"]), strict=True))
    theirs = optuna.importance.get_param_importances(study)
    assert ours == pytest.approx({WORDS.names[name]: share for name, share in theirs.items()})


def test_slices_show_what_was_chosen_in_words(study):
    drawn = figure(study, "slice", WORDS)
    titles = {drawn["layout"][name]["title"]["text"] for name in drawn["layout"] if name.startswith("xaxis")}
    assert titles == set(WORDS.names.values())
    (optimizer,) = [trace for trace in drawn["data"] if set(trace["x"]) <= {"SGD", "Adam"}]
    assert {(number, name) for number, name in zip(optimizer["meta"]["trials"], optimizer["x"], strict=True)} == {
        (number, ("SGD", "Adam")[number % 2]) for number in range(12)
    }
    assert all(sorted(numbers) == list(range(12)) for numbers in pressable(drawn))


def test_the_best_line_of_parallel_coordinates_lies_above_all_others(study):
    drawn = figure(study, "parallel", WORDS)
    assert len(drawn["data"]) == 12
    assert [line["line"]["color"] == theme.NEGATIVE for line in drawn["data"]] == [False] * 11 + [True]
    assert float(drawn["data"][-1]["y"][0]) == 0.0, "the least loss is at the bottom of the first axis"
    assert list(drawn["layout"]["xaxis"]["ticktext"]) == ["Loss", "Learning rate", "Optimizer", "Width"]
    assert drawn["data"][-1]["meta"]["trials"] == [study.best_trial.number] * 4, "it can be pressed anywhere"


def test_labels_of_parallel_coordinates_do_not_overlap_and_are_such_as_were_tried():
    rates = (0.000823, 0.05, 0.806)  # the ends, and 0.001 next to one of them
    params = [{LR: rate, KIND: "sgd", WIDTH: 1 + index} for index, rate in enumerate(rates)]
    study = study_of([create_trial(value=0.1 + i, params=one, distributions=SPREADS) for i, one in enumerate(params)])
    notes = figure(study, "parallel", WORDS)["layout"]["annotations"]
    said = {place: [note["text"] for note in notes if note["x"] == place] for place in range(4)}
    assert {"0.000823", "0.806"} < set(said[1]) and "0.001" not in said[1]
    assert sorted(said[3]) == ["1", "2", "3"], "no width of 1.5"


def test_a_contour_is_of_what_is_asked_for_or_of_what_matters_most(study):
    drawn = figure(study, "contour", WORDS, params=(WIDTH, LR))
    assert drawn["layout"]["xaxis"]["title"]["text"] == "Learning rate", "Optuna puts them in order"
    assert drawn["layout"]["yaxis"]["title"]["text"] == "Width"
    assert pressable(drawn) == [list(range(12))]
    most = [WORDS.names[name] for name in optuna.importance.get_param_importances(study)][:2]
    free = figure(study, "contour", WORDS)["layout"]
    assert {free["xaxis"]["title"]["text"], free["yaxis"]["title"]["text"]} == set(most)
    with pytest.raises(ValueError, match="No trial has a parameter 'nothing'"):
        figure(study, "contour", WORDS, params=("nothing", LR))


def test_results_over_many_powers_of_ten_are_seen_on_a_logarithmic_scale():
    values = [10.0 ** -(i % 8) for i in range(16)]
    study = study_of([trial(i, [value]) for i, value in enumerate(values)])
    assert figure(study, "history", WORDS)["layout"]["yaxis"]["type"] == "log"
    parallel = figure(study, "parallel", WORDS)
    assert {"1", "1e-7"} <= {note["text"] for note in parallel["layout"]["annotations"] if note["x"] == 0}
    assert parallel["data"][-1]["customdata"][0] == ["Loss", "1e-7"], "no logarithm"
    contour = figure(study, "contour", WORDS, params=(LR, WIDTH))["data"][0]
    measured = sorted(set(contour["z"][np.isfinite(contour["z"])].round(4).tolist()))
    assert set(measured) <= {-float(power) for power in range(8)} and len(measured) > 4
    assert contour["colorbar"]["ticktext"][0] == "1e-7"


def test_of_two_goals_the_front_is_what_no_other_trial_beats():
    rows = [(0.1, 90), (0.2, 40), (0.3, 60), (0.5, 10), (0.5, 20), (0.05, 200)]
    study = study_of([trial(i, row) for i, row in enumerate(rows)], ("minimize", "minimize"))
    words = Words(WORDS.names, WORDS.said, ("Loss", "Parameters"))
    others, front = figure(study, "pareto", words)["data"]
    assert front["meta"]["trials"] == [5, 0, 1, 3], "from left to right"
    assert sorted(others["meta"]["trials"]) == [2, 4]
    assert list(zip(front["x"], front["y"], strict=True)) == [rows[number] for number in front["meta"]["trials"]]
    for which in ("history", "slice", "parallel", "contour", "importances"):
        drawn = figure(study, which, words, objective=1)
        assert "empty" not in drawn["layout"].get("meta", {}), which
    assert figure(study, "history", words, objective=1)["data"][-1]["y"] == [row[1] for row in rows]
    with pytest.raises(ValueError, match="2 objectives"):
        figure(study, "history", words, objective=2)


def test_more_is_better_where_it_is():
    study = study_of([trial(i, [i / 10], curve=[i / 10]) for i in range(6)], ("maximize",))
    best = figure(study, "parallel", WORDS)["data"][-1]
    assert float(best["y"][0]) == 1.0
    lines = [trace for trace in figure(study, "curves", WORDS)["data"] if trace.get("meta")]
    assert lines[-1]["meta"]["trials"] == [5]
    assert "range" not in figure(study, "curves", WORDS)["layout"]["yaxis"]
    study.add_trial(trial(6, [0.9], curve=[-4000.0, 0.9]))
    shown = figure(study, "curves", WORDS)["layout"]["yaxis"]
    assert -1.2 < shown["range"][0] < -1.0 < 0.9 < shown["range"][1] < 1.1, "the first epoch leaves room for the rest"
    assert shown["title"]["text"] == "Loss, from −1"


def test_of_thousands_of_trials_the_latest_and_the_best_are_drawn():
    trials = [trial(i, [1.0 + i], curve=[1.0]) for i in range(MOST_TRIALS + 50)]
    study = study_of(trials)
    points = figure(study, "history", WORDS)["data"][-1]["x"]
    assert len(points) == MOST_TRIALS + 1 and points[:2] == [0, 50]
    lines = [trace for trace in figure(study, "curves", WORDS)["data"] if trace.get("meta")]
    assert len(lines) <= MOST_CURVES and lines[-1]["meta"]["trials"] == [0]


STATES = st.sampled_from([TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL, TrialState.RUNNING])
NUMBERS = st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1e-300, math.inf, -math.inf])


@settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(rows=st.lists(st.tuples(STATES, NUMBERS, st.lists(NUMBERS, max_size=3)), max_size=8), two=st.booleans())
def test_every_figure_of_any_study_can_be_sent_or_says_what_it_waits_for(rows, two):
    made = [
        trial(i, [value] * (1 + two) if state is TrialState.COMPLETE else None, state, curve)
        for i, (state, value, curve) in enumerate(rows)
    ]
    study = study_of(made, ("minimize", "minimize")[: 1 + two])
    words = Words(WORDS.names, WORDS.said, ("Loss", "Parameters")[: 1 + two])
    for which in FIGURES:
        drawn = json.loads(encode(figure(study, which, words)))
        waits = (drawn["layout"].get("meta") or {}).get("empty")
        assert drawn["data"] or waits
        for trace in drawn["data"]:
            numbers = (trace.get("meta") or {}).get("trials", [])
            assert all(0 <= number < len(rows) for number in numbers)
        assert "template" not in drawn["layout"]


def test_only_known_figures_are_drawn(study):
    with pytest.raises(ValueError, match="There is no figure 'nothing'"):
        figure(study, "nothing", WORDS)
