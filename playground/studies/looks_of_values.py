"""How the figures of results look: curves, history, importances, the front of the best compromises.

Each function takes Optuna's figure as a plain dict (see `looks_basis.plain`) and gives one that suits our pages: blue
is what came to its end, orange the best, violet what runs, and grey what was given up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from playground.figures import theme
from playground.studies.looks_basis import BEST, DONE, KEYS, RUNNING, Figure, Look, axis, results, titled

_STATES = {TrialState.PRUNED: "given up early", TrialState.RUNNING: "running", TrialState.FAIL: "failed"}
_COLOURS = {TrialState.PRUNED: theme.FAINT, TrialState.FAIL: theme.FAINT, TrialState.RUNNING: RUNNING}
_MARGIN = {"l": 62, "r": 14, "t": 26, "b": 40}


def curves(figure: Figure, look: Look, trials: Sequence[FrozenTrial], best: int | None) -> Figure:
    """One line a trial; the best one over all others, and what runs over what has ended. trials: those drawn."""
    known = {trial.number: trial for trial in trials}
    lines = [_curve(trace, known, best) for trace in figure["data"]]
    lines.sort(key=lambda line: (line["meta"]["trials"][:1] == [best], line["line"]["color"] == RUNNING))
    seen = [value for line in lines for value in line["y"]]
    layout = {
        "xaxis": titled("Epoch", **({"dtick": 1} if max(max(line["x"]) for line in lines) <= 10 else {})),
        "yaxis": results(seen, look),
        "legend": KEYS,
        "showlegend": True,
        "hovermode": "closest",
        "margin": _MARGIN,
    }
    return {"data": [*lines, *_keys({trial.state for trial in trials}, best)], "layout": layout}


def _curve(trace: Figure, known: dict[int, FrozenTrial], best: int | None) -> Figure:
    number = int(trace["name"].removeprefix("Trial"))
    trial, values = known[number], [float(value) for value in trace["y"]]
    colour, width = BEST if number == best else _COLOURS.get(trial.state, DONE), 1.4
    if number == best or trial.state is TrialState.RUNNING:
        width = 3 if number == best else 2.4
    chosen = "".join(f"<br>{name}: {_short(value)}" for name, value in list(trial.params.items())[:8])
    return {
        "type": "scatter",
        "mode": "lines" if len(values) > 1 else "markers",
        "x": [int(epoch) for epoch in trace["x"]],
        "y": values,
        "line": {"color": colour, "width": width},
        "marker": {"color": colour, "size": 5},
        "opacity": 0.55 if trial.state is TrialState.PRUNED else 1.0 if number == best else 0.8,
        "hovertemplate": f"<b>Trial {number}</b> {_STATES.get(trial.state, '')}<br>epoch %{{x}}: %{{y:.4g}}"
        f"{chosen}<extra></extra>",
        "showlegend": False,
        "meta": {"trials": [number] * len(values)},
    }


def _keys(states: Iterable[TrialState], best: int | None) -> list[Figure]:
    """What the colours mean, of those that are there."""
    keys = {
        "Best so far": (BEST, best is not None),
        "Finished": (DONE, TrialState.COMPLETE in states),
        "Given up early": (theme.FAINT, TrialState.PRUNED in states),
        "Running": (RUNNING, TrialState.RUNNING in states),
    }
    line = {"type": "scatter", "mode": "lines", "x": [None], "y": [None]}
    return [
        {**line, "name": name, "line": {"color": colour, "width": 3}} for name, (colour, here) in keys.items() if here
    ]


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def history(figure: Figure, look: Look, numbers: Sequence[int]) -> Figure:
    """Points for the results, a line for the best until then (Optuna draws one for a single objective).

    numbers: of the trials, by their places in Optuna's figure.
    """
    for trace in figure["data"]:
        trace["x"] = [numbers[int(place)] for place in trace["x"]]
    points = next(trace for trace in figure["data"] if trace["mode"] == "markers")
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    points |= {
        "name": "A trial",
        "marker": {"color": DONE, "size": 7, "opacity": 0.8},
        "meta": {"trials": points["x"]},
        "hovertemplate": f"<b>Trial %{{x}}</b><br>{look.objective}: %{{y:.4g}}<extra></extra>",
    }
    for line in lines:
        line |= {"name": "Best so far", "line": {"color": BEST, "width": 3, "shape": "hv"}, "hoverinfo": "skip"}
    layout = {
        "xaxis": titled("Trial"),
        "yaxis": results([float(value) for value in points["y"]], look),
        "legend": KEYS,
        "showlegend": True,
        "hovermode": "closest",
        "margin": _MARGIN,
    }
    return {"data": [*lines, points], "layout": layout}


def importances(figure: Figure, look: Look) -> Figure:
    """A bar for each choice, the one that matters most on top."""
    bars = figure["data"][0]
    bars |= {
        "marker": {"color": DONE},
        "showlegend": False,
        "textfont": {"size": 13},
        "text": [f"{value:.0%}".replace("%", " %") if value >= 0.01 else "< 1 %" for value in map(float, bars["x"])],
        "hovertemplate": "%{y}: %{x:.0%}<extra></extra>",
    }
    most = max((float(value) for value in bars["x"]), default=1.0)
    title = f"How much each choice matters for {look.objective[:1].lower()}{look.objective[1:]}"
    layout = {
        "xaxis": titled(title, range=[0, 1.12 * most], tickformat=".0%"),
        "yaxis": {"automargin": True, "ticksuffix": "  ", "tickfont": {"size": 13}},
        "margin": {"l": 20, "r": 30, "t": 12, "b": 44},
        "bargap": 0.35,
    }
    return {"data": [bars], "layout": layout}


def pareto(figure: Figure) -> Figure:
    """What is best in one objective for a price in the other; everything else is grey."""
    others, front = figure["data"][0], figure["data"][1]
    _points(others, "A trial", theme.FAINT, 7)
    _points(front, "Best compromises", BEST, 10)
    front |= {"mode": "lines+markers", "line": {"color": BEST, "width": 1.5, "dash": "dot"}}
    layout = {"legend": KEYS, "showlegend": True, "hovermode": "closest", "margin": {**_MARGIN, "b": 44}}
    for name in "xy":
        title = figure["layout"][f"{name}axis"]["title"]["text"]
        layout[f"{name}axis"] = titled(title, **axis([*others[name], *front[name]]))
    return {"data": [others, front], "layout": layout}


def _points(trace: Figure, name: str, colour: str, size: int) -> None:
    """The trials of a trace from left to right, each known by its number."""
    # Optuna says which trial a point is in the JSON of its label.
    numbers = [int(json.loads(text.replace("<br>", " "))["number"]) for text in trace["text"]]
    rows = sorted(zip(map(float, trace["x"]), map(float, trace["y"]), numbers, strict=True))
    trace["x"], trace["y"], numbers = ([row[part] for row in rows] for part in range(3))
    trace |= {
        "name": name,
        "showlegend": True,
        "text": [str(number) for number in numbers],
        "meta": {"trials": numbers},
        "marker": {"color": colour, "size": size, "line": {"width": 1, "color": "#ffffff"}},
        "hovertemplate": "<b>Trial %{text}</b><br>%{x:.4g}, %{y:.4g}<extra></extra>",
    }
